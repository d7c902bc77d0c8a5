"""The picklist values of an interest's record types: all of them, for either kind of business."""

from pathlib import Path

from lxml import etree

from chalicelib.playbook.salesforce_fields import INTEREST
from chalicelib.playbook.source import PlaybookSource
from smarketing.metadata.generated.places import Files, foundation
from smarketing.metadata.generated.value_sets import ValueSet, value_sets
from smarketing.metadata.xml import children, element, local, parse, write

_PICKLISTS = {
    "Gate__c": "Smarketing_Gate",
    "Grade_When_Opened__c": "Smarketing_Grade",
    "Product_Line__c": "Smarketing_Product_Line",
    "Reason__c": "Smarketing_Reason",
    "Stage__c": "Smarketing_Stage",
}


def record_type_files(playbook: PlaybookSource, root: Path) -> Files:
    """Write the values into the record types; whatever else they say is kept."""
    sets = {each.name: each for each in value_sets(playbook)}
    folder = foundation(root) / "objects" / INTEREST / "recordTypes"
    files: dict[Path, bytes | None] = {}
    for path in sorted(folder.glob("*.recordType-meta.xml")):
        node = parse(path.read_bytes(), str(path))
        for each in list(children(node, "picklistValues")):
            node.remove(each)
        place = sum(local(each) < "picklistValues" for each in children(node))
        node[place:place] = [_values(field, sets[name]) for field, name in _PICKLISTS.items()]
        files[path] = write(node)
    return files


def _values(field: str, values: ValueSet) -> etree._Element:
    listed = [
        element("values", element("fullName", text=each), element("default", text="false"))
        for each in sorted(_encoded(one.name) for one in values.values)
    ]
    return element("picklistValues", element("picklist", text=field), *listed)


def _encoded(name: str) -> str:
    """Write a value's name as record types do: with percent signs for what is no letter (`A%2B` for `A+`)."""
    return name.replace("%", "%25").replace("+", "%2B")
