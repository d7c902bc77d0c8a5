"""The operations of the Metadata API over SOAP, each with its arguments in XML."""

import base64
import binascii
from collections.abc import Callable, Collection, Mapping
from typing import Any

from lxml import etree

from smarketing.metadata.types import PARTS, TYPES
from smarketing.metadata.xml import NAMESPACE, children, parse, text_of
from smarketing.sandbox.org.metadata_api.deploy_answers import deploy_result
from smarketing.sandbox.org.metadata_api.deploying import Options
from smarketing.sandbox.org.metadata_api.envelopes import XSI
from smarketing.sandbox.org.metadata_api.jobs import Job
from smarketing.sandbox.org.metadata_api.listing import soap_time
from smarketing.sandbox.org.metadata_api.metadata import Metadata
from smarketing.sandbox.org.refusals import Refusal

Plain = dict[str, Any]
Operation = Callable[[etree._Element, str], Any]
_TIMES = ("completedDate", "createdDate", "lastModifiedDate", "startDate")
_OF_A_DEPLOY = ("cancelDeploy", "checkDeployStatus")
"""Whoever knows a deploy's id was admitted before; these answer while a deploy has the org to itself."""
_MOST_QUERIES = 3
"""Of a listMetadata call (Metadata API Developer Guide)."""


class Operations:
    """Does what calls ask for."""

    def __init__(self, metadata: Metadata) -> None:
        """Work on an org's metadata."""
        self._metadata = metadata
        self._operations: Mapping[str, Operation] = {
            "cancelDeploy": self._cancel_deploy,
            "checkDeployStatus": self._check_deploy,
            "checkRetrieveStatus": self._check_retrieve,
            "deploy": self._deploy,
            "deployRecentValidation": self._deploy_validated,
            "describeMetadata": lambda arguments, user: metadata.listing.describe(),
            "listMetadata": self._list,
            "readMetadata": self._read,
            "retrieve": self._retrieve,
        }

    @property
    def names(self) -> Collection[str]:
        """The operations that there are."""
        return self._operations.keys()

    def call(self, name: str, arguments: etree._Element, user: str) -> Any:
        """Do an operation and give its result, or a list of them.

        Raises:
            Refusal: it can't be done.
            KeyError: there is no such operation.
        """
        if name not in _OF_A_DEPLOY:
            self._metadata.admit(user)
        return self._operations[name](arguments, user)

    def _deploy(self, arguments: etree._Element, user: str) -> Plain:
        options = next(children(arguments, "DeployOptions"), None)
        job = self._metadata.jobs.add(
            _decoded(text_of(arguments, "ZipFile") or ""), read_options(_texts(options)), user
        )
        return _queued(job)

    def _deploy_validated(self, arguments: etree._Element, user: str) -> str:
        # The WSDL calls it validationId, jsforce sends that, too.
        return self._metadata.jobs.quick(text_of(arguments, "validationId") or "", user).id

    def _check_deploy(self, arguments: etree._Element, user: str) -> Plain:
        job = self._metadata.jobs.get(text_of(arguments, "asyncProcessId") or "")
        details = text_of(arguments, "includeDetails") == "true"
        return in_soap(deploy_result(job, details=details))

    def _cancel_deploy(self, arguments: etree._Element, user: str) -> Plain:
        # The WSDL calls the argument String, jsforce id.
        job_id = text_of(arguments, "String") or text_of(arguments, "id") or ""
        job = self._metadata.jobs.cancel(job_id, user)
        return {"done": job.done, "id": job.id}

    def _retrieve(self, arguments: etree._Element, user: str) -> Plain:
        # The WSDL calls the argument retrieveRequest, jsforce request.
        request = next(children(arguments), arguments)
        package = next(children(request, "unpackaged"), None)
        members = [
            (text_of(types, "name") or "", (member.text or "").strip().removesuffix("/"))
            for types in (children(package, "types") if package is not None else ())
            for member in children(types, "members")
        ]
        version = text_of(request, "apiVersion") or "66.0"
        single = (text_of(request, "singlePackage") or "").lower() == "true"
        names = [each.text or "" for each in children(request, "packageNames")]
        retrieve_id = self._metadata.retrieve(members, version, names, single_package=single)
        return {"done": False, "id": retrieve_id, "state": "Queued"}

    def _check_retrieve(self, arguments: etree._Element, user: str) -> Plain:
        retrieve_id = text_of(arguments, "asyncProcessId") or ""
        # Clients of early versions leave it out and get the file.
        with_zip = text_of(arguments, "includeZip") != "false"
        found = self._metadata.retrieved(retrieve_id)
        return {
            "done": True,
            "fileProperties": list(found.properties),
            "id": retrieve_id,
            "messages": list(found.messages),
            "status": "Succeeded",
            "success": True,
            "zipFile": base64.b64encode(found.zip).decode() if with_zip else "",
        }

    def _list(self, arguments: etree._Element, user: str) -> list[Plain]:
        queries = list(children(arguments, "queries"))
        if len(queries) > _MOST_QUERIES:
            raise Refusal("EXCEEDED_ID_LIMIT", f"at most {_MOST_QUERIES} queries in a call")
        return [
            found
            for each in queries
            for found in self._metadata.list(text_of(each, "type") or "", text_of(each, "folder"))
        ]

    def _read(self, arguments: etree._Element, user: str) -> etree._Element:
        kind = text_of(arguments, "type") or ""
        if kind not in TYPES and kind not in PARTS:
            raise Refusal("INVALID_TYPE", f"Unknown type:{kind}")
        result = etree.Element(f"{{{NAMESPACE}}}result")
        for name in children(arguments, "fullNames"):
            result.append(self._record(kind, (name.text or "").strip()))
        return result

    def _record(self, kind: str, name: str) -> etree._Element:
        record = etree.Element(f"{{{NAMESPACE}}}records")
        content = self._metadata.read(kind, name)
        if content is None:
            record.set(f"{{{XSI}}}nil", "true")
            return record
        record.set(f"{{{XSI}}}type", kind)
        etree.SubElement(record, f"{{{NAMESPACE}}}fullName").text = name
        record.extend([each for each in children(parse(content, name)) if not each.tag.endswith("}fullName")])
        return record


def read_options(plain: Mapping[str, str]) -> Options:
    """Read DeployOptions; what is left out is false, as for every boolean of the API.

    Raises:
        Refusal: a test level is unknown.
    """
    level = plain.get("testLevel") or "NoTestRun"
    levels = ("NoTestRun", "RunSpecifiedTests", "RunLocalTests", "RunAllTestsInOrg", "RunRelevantTests")
    if level not in levels:
        raise Refusal("INVALID_FIELD", f"'{level}' is not a valid value for the enum 'TestLevel'")
    return Options(
        allow_missing_files=plain.get("allowMissingFiles") == "true",
        check_only=plain.get("checkOnly") == "true",
        ignore_warnings=plain.get("ignoreWarnings") == "true",
        purge_on_delete=plain.get("purgeOnDelete") == "true",
        rollback_on_error=plain.get("rollbackOnError") == "true",
        single_package=plain.get("singlePackage") == "true",
        test_level=level,
    )


def in_soap(plain: Plain) -> Plain:
    """Give a DeployResult the times of SOAP."""
    details = {
        key: [{**each, "createdDate": soap_time(each["createdDate"])} for each in value]
        if isinstance(value, list)
        else value
        for key, value in plain["details"].items()
    }
    times = {key: soap_time(plain[key]) for key in _TIMES if key in plain}
    return plain | times | {"details": details}


def _queued(job: Job) -> Plain:
    return {"done": False, "id": job.id, "state": "Queued"}


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text)
    except (binascii.Error, ValueError) as error:
        raise Refusal("INVALID_FIELD", f"ZipFile is not base64: {error}") from None


def _texts(options: etree._Element | None) -> dict[str, str]:
    # Clients in Python write True where XML says true.
    plain = children(options) if options is not None else ()
    return {
        etree.QName(each).localname: text.lower() if text in ("True", "False") else text
        for each in plain
        if (text := (each.text or "").strip())
    }
