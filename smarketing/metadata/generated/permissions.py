"""Who may read and edit the fields: a role's permission set says it as the playbook's owners want it."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from lxml import etree

from chalicelib.playbook.salesforce_fields import INTEREST, SalesforceField, salesforce_fields
from chalicelib.playbook.source import PlaybookSource
from smarketing.metadata.generated.places import Files, field_file, read
from smarketing.metadata.xml import children, element, local, parse, text_of, write

Edits = Callable[[SalesforceField], bool]

_TEAMWORK = ("Playbook_Version__c", "Improvement__c")

_ACCESS: Mapping[str, Edits] = {
    "Smarketing_Integration": lambda field: True,
    "Smarketing_Admin": lambda field: field.owner == "sales",
    "Smarketing_Marketing_Operations": lambda field: field.owner == "sales" and field.object in _TEAMWORK,
    "Smarketing_Sales_Support": lambda field: (
        field.owner == "sales" and field.object in (INTEREST, "Improvement__c", "Possible_Duplicate__c")
    ),
    # Sales works on an interest, but ticks no box of the checklist: that is Sales Support's word.
    "Smarketing_Sales": lambda field: (
        field.owner == "sales" and field.object in (INTEREST, "Improvement__c") and field.item is None
    ),
}
"""By permission set: may it edit the field? All of them read all fields.

Required fields stand in none: who sees the record sees them (Object Reference, FieldPermissions).
"""


def permission_files(playbook: PlaybookSource, root: Path) -> Files:
    """Write the field permissions into the permission sets; whatever else they grant is kept.

    Nobody can be given the right to edit a formula.
    """
    every = sorted(salesforce_fields(playbook), key=lambda each: each.full_name)
    required = frozenset(_having("required", "true", every, root))
    fields = [each for each in every if each not in required]
    formulas = frozenset(_having("formula", None, fields, root))
    files: dict[Path, bytes | None] = {}
    for name, edits in _ACCESS.items():
        path = _path(root, "access", name)
        editable = {each for each in fields if edits(each)} - formulas
        files[path] = _file(path, fields, editable.__contains__)
    path = _path(root, "before_go_live", "Smarketing_Before_Go_Live")
    owned = [each for each in fields if each.owner == "marketing"]
    files[path] = _file(path, owned, lambda field: True)
    return files


def _path(root: Path, package: str, name: str) -> Path:
    return root / package / "main" / "default" / "permissionsets" / f"{name}.permissionset-meta.xml"


def _having(
    attribute: str, wanted: str | None, fields: list[SalesforceField], root: Path
) -> Iterator[SalesforceField]:
    """Find the fields whose file says something of an attribute, or what is wanted of it."""
    for each in fields:
        path = field_file(root, each.object, each.name)
        if each.purpose is None and each.item is None:
            said = text_of(parse(read(path, "fields.yaml"), str(path)), attribute)
            if said is not None and wanted in (None, said):
                yield each


def _file(path: Path, fields: list[SalesforceField], edits: Edits) -> bytes:
    """Write the rows of our fields; those of standard fields are an admin's work and stay."""
    root = parse(read(path, "the list of roles"), str(path))
    rows = {str(text_of(each, "field")): each for each in children(root, "fieldPermissions")}
    for each in rows.values():
        root.remove(each)
    standard = {name: each for name, each in rows.items() if not name.endswith("__c")}
    ours = {each.full_name: _permission(each, editable=edits(each)) for each in fields}
    place = sum(local(each) < "fieldPermissions" for each in children(root))
    root[place:place] = [each for _, each in sorted((standard | ours).items())]
    return write(root)


def _permission(field: SalesforceField, *, editable: bool) -> etree._Element:
    return element(
        "fieldPermissions",
        element("editable", text=str(editable).lower()),
        element("field", text=field.full_name),
        element("readable", text="true"),
    )
