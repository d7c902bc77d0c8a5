"""Retrieves components by the SOAP calls of the Metadata API, which has no other way to read them.

Metadata API Developer Guide, retrieve(), checkRetrieveStatus(), listMetadata(); forms: its WSDL.
"""

import base64
import binascii
import time
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from lxml import etree

from chalicelib.errors import Rejected, Retryable
from smarketing.metadata.org_calls import OrgCalls
from smarketing.metadata.package import Member
from smarketing.metadata.xml import NAMESPACE, children, element, local, parse, text_of

_SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
_FIRST_PAUSE, _LONGEST_PAUSE = 0.2, 5.0
_LONGEST = 900.0
"""Seconds that a retrieve may take."""
_QUERIES = 3
"""Of a listMetadata call."""


@dataclass(frozen=True, slots=True)
class Retrieved:
    """A package in metadata format; `messages` tell what of the request the org does not have."""

    package: bytes
    messages: tuple[str, ...]


class Retrieving:
    """Reads the components of an org."""

    def __init__(
        self,
        calls: OrgCalls,
        sleep: Callable[[float], None] = time.sleep,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._calls = calls
        self._sleep = sleep
        self._monotonic = monotonic

    def retrieve(self, members: Iterable[Member]) -> Retrieved:
        """Retrieve components; one that the org does not have is left out.

        Raises:
            Rejected: the org refuses the call.
            Misconfigured: the login has expired, or is not for the Metadata API.
            Retryable: the org was not reached, or takes longer than a quarter of an hour.
        """
        request = element(
            "retrieveRequest",
            element("apiVersion", text=self._calls.api_version),
            element("singlePackage", text="true"),
            _unpackaged(members, self._calls.api_version),
        )
        queued = self._result("retrieve", request)
        done = self._await(text_of(queued, "id") or "")
        problems = tuple(text_of(each, "problem") or "" for each in children(done, "messages"))
        return Retrieved(_zip(done), problems)

    def names(self, types: Collection[str]) -> set[Member]:
        """List the components of some types that lie in no folders; raises as `retrieve` does."""
        found: set[Member] = set()
        kinds = sorted(types)
        for start in range(0, len(kinds), _QUERIES):
            queries = [
                element("queries", element("type", text=kind)) for kind in kinds[start : start + _QUERIES]
            ]
            version = element("asOfVersion", text=self._calls.api_version)
            for each in self._results("listMetadata", *queries, version):
                found.add((text_of(each, "type") or "", text_of(each, "fullName") or ""))
        return found

    def _await(self, retrieve_id: str) -> etree._Element:
        end = self._monotonic() + _LONGEST
        pause = _FIRST_PAUSE
        while True:
            result = self._result(
                "checkRetrieveStatus",
                element("asyncProcessId", text=retrieve_id),
                element("includeZip", text="true"),
            )
            if text_of(result, "done") == "true":
                return self._succeeded(result)
            if self._monotonic() > end:
                raise Retryable(f"{self._calls.org.name}: retrieve {retrieve_id} took longer than 15 minutes")
            self._sleep(pause)
            pause = min(_LONGEST_PAUSE, pause * 1.5)

    def _succeeded(self, result: etree._Element) -> etree._Element:
        if text_of(result, "success") != "true":
            code = text_of(result, "errorStatusCode") or "UNKNOWN_EXCEPTION"
            raise self._calls.refusal(code, text_of(result, "errorMessage") or "the retrieve failed")
        return result

    def _result(self, operation: str, *arguments: etree._Element) -> etree._Element:
        result = next(self._results(operation, *arguments), None)
        if result is None:
            raise Retryable(f"{self._calls.org.name}: {operation} was answered without a result")
        return result

    def _results(self, operation: str, *arguments: etree._Element) -> Iterator[etree._Element]:
        envelope = _envelope(self._calls.org.access_token, element(operation, *arguments))
        try:
            answer = parse(self._calls.soap(envelope), operation)
        except Rejected:
            raise Retryable(f"{self._calls.org.name}: {operation} was answered with no XML") from None
        body = next(children(answer, "Body"), answer)
        inside = next(children(body), None)
        if inside is None:
            raise Retryable(f"{self._calls.org.name}: {operation} was answered without a body")
        if local(inside) == "Fault":
            # SOAP leaves these two without a name space.
            code, _, message = (text_of(inside, "faultstring") or "").partition(": ")
            named = (text_of(inside, "faultcode") or "").rpartition(":")[2]
            raise self._calls.refusal(named or code, message or code)
        return children(inside, "result")


def _unpackaged(members: Iterable[Member], api_version: str) -> etree._Element:
    by_type: dict[str, list[str]] = defaultdict(list)
    for kind, name in sorted(set(members)):
        by_type[kind].append(name)
    types = [
        element("types", *(element("members", text=name) for name in names), element("name", text=kind))
        for kind, names in by_type.items()
    ]
    return element("unpackaged", *types, element("version", text=api_version))


def _envelope(token: str, call: etree._Element) -> bytes:
    names: Any = {"soapenv": _SOAP, None: NAMESPACE}
    root = etree.Element(f"{{{_SOAP}}}Envelope", nsmap=names)
    header = etree.SubElement(root, f"{{{_SOAP}}}Header")
    header.append(element("SessionHeader", element("sessionId", text=token)))
    etree.SubElement(root, f"{{{_SOAP}}}Body").append(call)
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True)


def _zip(result: etree._Element) -> bytes:
    try:
        return base64.b64decode(text_of(result, "zipFile") or "", validate=False)
    except binascii.Error:
        raise Retryable("Salesforce: the package that it sent is no base64") from None
