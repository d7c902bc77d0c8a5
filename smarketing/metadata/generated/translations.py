"""German labels and help texts of the fields."""

from pathlib import Path

from chalicelib.playbook.salesforce_fields import SalesforceField, salesforce_fields
from chalicelib.playbook.source import PlaybookSource
from smarketing.metadata.generated.fields import set_text
from smarketing.metadata.generated.places import LANGUAGE, Files, foundation, stale
from smarketing.metadata.xml import element, parse, write


def translation_files(playbook: PlaybookSource, root: Path) -> Files:
    """Make a translation for each field; what else stands in it, such as picklist values, is kept."""
    folder = foundation(root) / "objectTranslations"
    files: dict[Path, bytes | None] = {}
    for each in salesforce_fields(playbook):
        path = folder / f"{each.object}-{LANGUAGE}" / f"{each.name}.fieldTranslation-meta.xml"
        files[path] = _file(each, path)
        files |= _whole(path.parent)
    return files | stale(folder, f"*-{LANGUAGE}/*.fieldTranslation-meta.xml", files)


def _whole(folder: Path) -> Files:
    """Make the file of the object itself where there is none: sf wants one beside its fields."""
    path = folder / f"{folder.name}.objectTranslation-meta.xml"
    return {} if path.exists() else {path: write(element("CustomObjectTranslation"))}


def _file(field: SalesforceField, path: Path) -> bytes:
    if path.exists():
        root = parse(path.read_bytes(), str(path))
    else:
        root = element("CustomFieldTranslation", element("name", text=field.name))
    set_text(root, "help", field.help.de)
    set_text(root, "label", field.label.de)
    return write(root)
