"""Labels and help texts of all fields, and whole fields per purpose and per item of the checklist."""

from collections.abc import Mapping
from pathlib import Path

from lxml import etree

from chalicelib.errors import Rejected
from chalicelib.playbook.api_names import CHECKBOX, EVIDENCE, OPT_IN, SUBSCRIPTION
from chalicelib.playbook.fields_source import PURPOSE
from chalicelib.playbook.salesforce_fields import SalesforceField, salesforce_fields
from chalicelib.playbook.source import PlaybookSource
from smarketing.metadata.generated.places import Files, field_file, foundation, read, stale
from smarketing.metadata.xml import children, element, local, parse, write

SUBSCRIPTION_VALUES = "Smarketing_Subscription"


def field_files(playbook: PlaybookSource, root: Path) -> Files:
    """Make the files of all fields that the playbook names.

    Raises:
        Rejected: a field has no file, or is one per purpose whose kind nobody knows.
    """
    files: dict[Path, bytes | None] = {}
    for each in salesforce_fields(playbook):
        path = field_file(root, each.object, each.name)
        files[path] = _file(each, path)
    objects = foundation(root) / "objects"
    for prefix in (OPT_IN, SUBSCRIPTION, CHECKBOX, EVIDENCE):
        files |= stale(objects, f"*/fields/{prefix}*.field-meta.xml", files)
    return files


def set_text(root: etree._Element, name: str, text: str) -> None:
    """Set the text of a child element; one that is missing is put where sf would write it."""
    for each in children(root, name):
        each.text = text
        return
    place = sum(local(each) < name or local(each) == "fullName" for each in children(root))
    root.insert(place, element(name, text=text))


def _file(field: SalesforceField, path: Path) -> bytes:
    if field.item is not None:
        return _evidence(field) if field.name.startswith(EVIDENCE) else _checkbox(field)
    if field.purpose is not None:
        return _per_purpose(field)
    root = parse(read(path, "fields.yaml"), str(path))
    set_text(root, "inlineHelpText", field.help.en)
    set_text(root, "label", field.label.en)
    return write(root)


def _per_purpose(field: SalesforceField) -> bytes:
    if field.name.startswith(OPT_IN):
        return _checkbox(field)
    if field.name.startswith(SUBSCRIPTION):
        values = element(
            "valueSet",
            element("restricted", text="true"),
            element("valueSetName", text=SUBSCRIPTION_VALUES),
        )
        return _field(field, {"required": "false", "type": "Picklist"}, values)
    known = f"{OPT_IN}{PURPOSE}__c and {SUBSCRIPTION}{PURPOSE}__c"
    raise Rejected(f"fields.yaml: {field.name}: fields per purpose are {known}; rename or remove it")


def _checkbox(field: SalesforceField) -> bytes:
    more = {"trackHistory": "false"} if field.item is not None else {}
    return _field(field, {"defaultValue": "false", "type": "Checkbox", **more})


def _evidence(field: SalesforceField) -> bytes:
    return _field(field, {"length": "255", "required": "false", "trackHistory": "false", "type": "Text"})


def _field(field: SalesforceField, texts: Mapping[str, str], *more: etree._Element) -> bytes:
    by_whom = "by Smarketing alone" if field.owner == "marketing" else "by people"
    everything = {
        "description": f"{field.help.en} Written {by_whom}.",
        "inlineHelpText": field.help.en,
        "label": field.label.en,
        **texts,
    }
    parts = sorted([*(element(name, text=text) for name, text in everything.items()), *more], key=local)
    return write(element("CustomField", element("fullName", text=field.name), *parts))
