"""Permission sets and their groups: what they give access to, and whether an org takes it."""

from collections.abc import Iterator, Mapping

from lxml import etree

from smarketing.metadata.checks.document import said
from smarketing.metadata.checks.finding import Finding
from smarketing.metadata.checks.inspection import Inspection
from smarketing.metadata.checks.sobjects import Field
from smarketing.metadata.xml import children, text_of

_COMPONENTS: Mapping[tuple[str, str], str] = {
    ("applicationVisibilities", "application"): "CustomApplication",
    ("customPermissions", "name"): "CustomPermission",
    ("recordTypeVisibilities", "recordType"): "RecordType",
    ("tabSettings", "tab"): "CustomTab",
}
_NEED: Mapping[str, tuple[str, ...]] = {
    "allowCreate": ("allowRead",),
    "allowEdit": ("allowRead",),
    "allowDelete": ("allowRead", "allowEdit"),
    "viewAllRecords": ("allowRead",),
    "modifyAllRecords": ("allowRead", "allowEdit", "allowDelete", "viewAllRecords"),
}
"""Rights that a right needs (Metadata API, PermissionSet; an org refuses it without)."""
_OPEN = frozenset({"Id", "Name", "OwnerId", "RecordTypeId", "CreatedDate", "CreatedById"})
_PARTS = ("Street", "City", "State", "PostalCode", "Country", "StateCode", "CountryCode")
"""Of an address (Object Reference, Address Compound Fields)."""
_UNCHECKED = (
    *("classAccesses", "customMetadataTypeAccesses", "customSettingAccesses", "externalDataSourceAccesses"),
    *("flowAccesses", "pageAccesses", "externalCredentialPrincipalAccesses", "agentAccesses"),
)


def check_permission_set(it: Inspection) -> Iterator[Finding]:
    """Check a permission set."""
    for path, kind in _COMPONENTS.items():
        for node in it.at(*path):
            yield from it.component(node, kind)
    for node in it.at("userPermissions", "name"):
        yield from it.name(node, "system permission")
    for item in it.at("objectPermissions"):
        yield from _object(it, item)
    for item in it.at("fieldPermissions"):
        yield from _field(it, item)
    for name in _UNCHECKED:
        for node in it.at(name):
            yield it.finding(node, f"<{name}> is not checked yet; do without", "unchecked")


def check_permission_set_group(it: Inspection) -> Iterator[Finding]:
    """Check a permission set group."""
    for node in it.at("permissionSets"):
        yield from it.component(node, "PermissionSet")
    for node in it.at("status"):
        yield from it.name(node, "status of a group")
    for node in it.at("mutingPermissionSets"):
        yield from it.component(node, "MutingPermissionSet")


def check_custom_permission(it: Inspection) -> Iterator[Finding]:
    """Check a custom permission: those that it needs."""
    for node in it.at("requiredPermission", "customPermission"):
        yield from it.component(node, "CustomPermission")
    for node in it.at("connectedApp"):
        yield it.finding(node, "connected apps are not checked yet; do without", "unchecked")


def _object(it: Inspection, item: etree._Element) -> Iterator[Finding]:
    for node in children(item, "object"):
        yield from it.sobject(node)
    for right, needed in _NEED.items():
        missing = [each for each in needed if text_of(item, each) != "true"]
        for node in children(item, right):
            if said(node) == "true" and missing:
                yield it.finding(node, f"{right} needs {missing[0]}; grant that too", "value")


def _field(it: Inspection, item: etree._Element) -> Iterator[Finding]:
    sobject, _, path = (text_of(item, "field") or "").partition(".")
    for node in children(item, "field"):
        yield from it.field(node, sobject, path)
    field = it.index.field(sobject, path)
    for node in children(item, "editable"):
        if said(node) == "true":
            if text_of(item, "readable") != "true":
                yield it.finding(node, "editable needs readable; set it to true, too", "value")
            if field is not None and field.computed:
                yield it.finding(node, f"nobody can edit {field.name}; set editable to false", "value")
    for node in children(item, "field"):
        address = _address(it, sobject, path)
        if address is not None:
            yield it.finding(
                node, f"{path} is part of {address}, which takes the permissions; name that", "value"
            )
        elif field is not None and not _takes_permissions(field):
            message = f"{path} is required or the platform's own and takes no permissions; take it out"
            yield it.finding(node, message, "value")


def _address(it: Inspection, sobject: str, name: str) -> str | None:
    """Find the address that a field such as `MailingCity` is part of."""
    found = it.index.sobjects.get(sobject)
    for field in found.fields.values() if found is not None else ():
        if field.type == "address":
            begin = field.name.removesuffix("Address")
            if name in {f"{begin}{part}" for part in _PARTS}:
                return field.name
    return None


def _takes_permissions(field: Field) -> bool:
    """Tell whether permission sets may name a field (Object Reference, FieldPermissions)."""
    own = field.name in _OPEN or (field.computed and not field.custom)
    return not (own or field.required or field.metadata_type == "MasterDetail")
