"""Small packages, and deploys of them to an emulated org."""

import base64
import io
import json
import time
import zipfile
from collections.abc import Collection, Mapping
from typing import Any
from xml.sax.saxutils import escape

import requests
from defusedxml import ElementTree

from smarketing.sandbox.org.seed import ADMIN, user_id
from tests.sandbox.org.running_org import VERSION, RunningOrg

NAMESPACE = "http://soap.sforce.com/2006/04/metadata"
Members = Mapping[str, Collection[str]]


def metadata(kind: str, inner: str) -> str:
    """Write a file in metadata format."""
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<{kind} xmlns="{NAMESPACE}">\n{inner}\n</{kind}>\n'


def text_field(name: str, label: str = "Colour", more: str = "<length>20</length>") -> str:
    """Write a text field as it stands in an object's file."""
    return f"<fields><fullName>{name}</fullName><label>{label}</label>{more}<type>Text</type></fields>"


def manifest(members: Members) -> str:
    """Write a manifest."""
    types = "".join(
        f"<types>{''.join(f'<members>{escape(name)}</members>' for name in names)}<name>{kind}</name></types>"
        for kind, names in members.items()
    )
    return metadata("Package", f"{types}<version>{VERSION}</version>")


def package(members: Members, files: Mapping[str, str], folder: str = "") -> bytes:
    """Zip files with a manifest."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, text in {"package.xml": manifest(members), **files}.items():
            archive.writestr(f"{folder}{name}", text)
    return buffer.getvalue()


def deletion(members: Members) -> bytes:
    """Zip a list of deletions."""
    return package({}, {"destructiveChangesPost.xml": manifest(members)})


def lead_field(name: str = "Colour__c", **options: str) -> bytes:
    """Zip a text field of Lead."""
    content = metadata("CustomObject", text_field(name, **options))
    return package({"CustomField": [f"Lead.{name}"]}, {"objects/Lead.object": content})


def let_admin_see(org: RunningOrg, *fields: str) -> None:
    """Give the admin access to fields, which those that were just deployed are hidden from, too."""
    access = "".join(
        f"<fieldPermissions><editable>true</editable><field>{each}</field><readable>true</readable>"
        "</fieldPermissions>"
        for each in fields
    )
    file = metadata("PermissionSet", f"{access}<label>Eyes</label>")
    granted = deploy(org, package({"PermissionSet": ["Eyes"]}, {"permissionsets/Eyes.permissionset": file}))
    assert problems(granted) == []
    [eyes] = org.query("SELECT Id FROM PermissionSet WHERE Name = 'Eyes'")
    admin = user_id(org.org.database, ADMIN)
    org.create("PermissionSetAssignment", AssigneeId=admin, PermissionSetId=eyes["Id"])


def deploy(org: RunningOrg, content: bytes, *, user: str = ADMIN, **options: Any) -> dict[str, Any]:
    """Deploy over REST and give the result."""
    return finished(org, start(org, content, user=user, **options).json()["id"])


def start(org: RunningOrg, content: bytes, *, user: str = ADMIN, **options: Any) -> requests.Response:
    """Ask for a deploy over REST."""
    plain = json.dumps({"deployOptions": {"rollbackOnError": True, "singlePackage": True, **options}})
    return requests.post(
        f"{org.url}/services/data/v{VERSION}/metadata/deployRequest",
        files={
            "json": (None, plain, "application/json"),
            "file": ("deploy.zip", content, "application/zip"),
        },
        headers={"Authorization": f"Bearer {org.token(user)}"},
        timeout=10,
    )


def finished(org: RunningOrg, job: str) -> dict[str, Any]:
    """Wait for a deploy and give its result."""
    for _ in range(400):
        answer = org.call("GET", f"metadata/deployRequest/{job}", params={"includeDetails": "true"})
        result: dict[str, Any] = answer.json()["deployResult"]
        if result["done"]:
            return result
        time.sleep(0.01)
    raise AssertionError(f"deploy {job} does not end")


def problems(result: Mapping[str, Any]) -> list[str]:
    """Name what a deploy complained of."""
    return [each["problem"] for each in result["details"]["componentFailures"]]


def soap(org: RunningOrg, body: str, session: str | None = None, **headers: str) -> requests.Response:
    """Call the Metadata API with an envelope."""
    header = f"<SessionHeader><sessionId>{session}</sessionId></SessionHeader>" if session else ""
    envelope = (
        '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/">'
        f'<soapenv:Header xmlns="{NAMESPACE}">{header}</soapenv:Header>'
        f'<soapenv:Body xmlns="{NAMESPACE}">{body}</soapenv:Body></soapenv:Envelope>'
    )
    return requests.post(
        f"{org.url}/services/Soap/m/{VERSION}",
        data=envelope.encode(),
        headers={"Content-Type": "text/xml", "SOAPAction": '""', **headers},
        timeout=10,
    )


def retrieve(org: RunningOrg, members: Members) -> dict[str, str]:
    """Retrieve members over SOAP and give the files of the package."""
    types = manifest(members).partition("\n")[2].replace("Package", "unpackaged")
    inner = f"<apiVersion>{VERSION}</apiVersion><singlePackage>true</singlePackage>{types}"
    asked = soap(org, f"<retrieve><retrieveRequest>{inner}</retrieveRequest></retrieve>", org.token())
    job = texts(asked, "id")[0]
    call = f"<asyncProcessId>{job}</asyncProcessId><includeZip>true</includeZip>"
    answer = soap(org, f"<checkRetrieveStatus>{call}</checkRetrieveStatus>", org.token())
    content = base64.b64decode(texts(answer, "zipFile")[0])
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def texts(answer: requests.Response, element: str) -> list[str]:
    """Read the texts of all elements of a name in a SOAP answer."""
    assert answer.status_code == 200, answer.text
    root = ElementTree.fromstring(answer.content, forbid_dtd=True)
    return [each.text or "" for each in root.iter(f"{{{NAMESPACE}}}{element}")]


def columns(org: RunningOrg, *names: str) -> list[str]:
    """Name those of several fields that Lead has."""
    lead = org.org.records.sobject("Lead")
    return [name for name in names if lead.get(name) is not None]


def members_of(text: str) -> list[tuple[str, str]]:
    """Read a manifest."""
    root = ElementTree.fromstring(text, forbid_dtd=True)
    return [
        (each.findtext(f"{{{NAMESPACE}}}name") or "", member.text or "")
        for each in root.iter(f"{{{NAMESPACE}}}types")
        for member in each.iter(f"{{{NAMESPACE}}}members")
    ]


def lead_parts(*parts: str) -> dict[str, str]:
    return {"objects/Lead.object": metadata("CustomObject", "".join(parts))}
