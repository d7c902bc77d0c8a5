"""Formulas that follow the lifecycle: until when the next step is due, what is open, what was in time."""

from collections.abc import Callable, Mapping
from pathlib import Path

from chalicelib.domain.instant import HOUR
from chalicelib.errors import Rejected
from chalicelib.playbook.salesforce_fields import INTEREST
from chalicelib.playbook.source import PlaybookSource
from smarketing.metadata.generated.fields import set_text
from smarketing.metadata.generated.places import Files, field_file, flow_file, read
from smarketing.metadata.xml import children, parse, text_of, write

_FLOW = "Interest_Stage_Times"
_DUE_AT = "DueAt"


def formula_files(playbook: PlaybookSource, root: Path) -> Files:
    """Write the formulas into their fields and into the flow that sets the times.

    Raises:
        Rejected: a field, the flow or its formula is missing.
    """
    by_field: Mapping[str, Callable[[PlaybookSource], str]] = {
        "Is_Open__c": _is_open,
        "Service_Level_Kept__c": _is_kept,
    }
    files: dict[Path, bytes | None] = {}
    for name, formula in by_field.items():
        path = field_file(root, INTEREST, name)
        node = parse(read(path, "lifecycle.yaml"), str(path))
        set_text(node, "formula", formula(playbook))
        files[path] = write(node)
    path = flow_file(root, _FLOW)
    files[path] = _flow(path, playbook)
    return files


def _is_open(playbook: PlaybookSource) -> str:
    closed = [f'ISPICKVAL(Stage__c, "{each.name}")' for each in playbook.lifecycle.stages if each.closed]
    return f"NOT(OR({', '.join(closed)}))"


def _is_kept(playbook: PlaybookSource) -> str:
    lifecycle = playbook.lifecycle
    first = next(each for each in lifecycle.stages if each.name == lifecycle.opens_in)
    if first.service_level is None:
        return "TRUE"
    touched = "IF(ISBLANK(First_Touch_At__c), NOW(), First_Touch_At__c)"
    return f"{touched} <= Opened_At__c + {_hours(first.service_level)} / 24"


def _flow(path: Path, playbook: PlaybookSource) -> bytes:
    root = parse(read(path, "lifecycle.yaml"), str(path))
    for each in children(root, "formulas"):
        if text_of(each, "name") == _DUE_AT:
            set_text(each, "expression", _due_at(playbook))
            return write(root)
    raise Rejected(f"{path}: has no formula {_DUE_AT}, which takes the service levels; add it")


def _due_at(playbook: PlaybookSource) -> str:
    levels = [
        f'"{each.name}", {_hours(each.service_level)}'
        for each in playbook.lifecycle.stages
        if each.service_level is not None
    ]
    if not levels:
        return "NULL"
    hours = f"CASE(TEXT({{!$Record.Stage__c}}), {', '.join(levels)}, 0)"
    return f"IF({hours} = 0, NULL, {{!$Flow.CurrentDateTime}} + {hours} / 24)"


def _hours(span: int) -> str:
    return f"{span / HOUR:g}"
