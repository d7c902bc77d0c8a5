"""Validation rules of the playbook: the checklist before sales, the steps that are allowed, the second lock.

Formulas: Salesforce Help, Formula Operators and Functions by Context. `$Permission` tells whether the user
has a custom permission; the integration user is held to no rule, since it writes what history knows already.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path

from chalicelib.playbook.salesforce_fields import INTEREST, SalesforceField, salesforce_fields
from chalicelib.playbook.source import PlaybookSource, StageSource
from smarketing.metadata.generated.places import Files, field_file, read, rule_file
from smarketing.metadata.generated.support import lacks
from smarketing.metadata.xml import element, parse, text_of, write

_BY_PEOPLE = "NOT($Permission.Smarketing_Integration)"
_LOCKED_OBJECTS = ("Lead", "Contact", INTEREST, "Touchpoint__c")
"""Not Account: a flow writes it in the name of whoever moves a Contact."""
_COMPARED = {"Text": "{}", "Number": "{}", "DateTime": "{}", "Picklist": "TEXT({})"}
"""By type, how a formula sees what a field held before. Rich text is not seen; a checkbox is never blank."""


def rule_files(playbook: PlaybookSource, root: Path) -> Files:
    """Make the files of all validation rules that say what the playbook says."""
    stages = playbook.lifecycle.stages
    files: dict[Path, bytes | None] = {
        rule_file(root, "process", INTEREST, "Qualified_Before_Sales"): _checklist(playbook),
        rule_file(root, "process", INTEREST, "Step_Of_The_Playbook"): _steps(stages),
    }
    for name in _LOCKED_OBJECTS:
        path = rule_file(root, "after_go_live", name, "Marketing_Fields_Are_Read_Only")
        fields = [each for each in salesforce_fields(playbook) if each.object == name]
        files[path] = _read_only([each for each in fields if each.owner == "marketing"], root)
    return files


def _checklist(playbook: PlaybookSource) -> bytes | None:
    checked = [each.name for each in playbook.lifecycle.stages if each.checked]
    if not checked:
        return None
    lacking = ",\n    ".join(condition for _, condition in lacks(playbook))
    formula = (
        f"AND(\n  {_BY_PEOPLE},\n  OR(ISNEW(), ISCHANGED(Stage__c)),\n"
        f"  {is_any(checked)},\n  OR(\n    {lacking}\n  )\n)"
    )
    labels = ", ".join(each.label.en for each in playbook.qualification if each.required)
    return _rule(
        "Qualified_Before_Sales",
        "Only what Sales Support has checked goes on to sales (qualification.yaml).",
        formula,
        f"Complete the checklist before handing over to sales: {labels}. Still lacking says what is missing.",
        "Stage__c",
    )


def _steps(stages: Sequence[StageSource]) -> bytes:
    allowed = ",\n    ".join(
        f'AND(ISPICKVAL(PRIORVALUE(Stage__c), "{each.name}"), {is_any(each.next)})'
        for each in stages
        if each.next
    )
    formula = (
        f"AND(\n  {_BY_PEOPLE},\n  NOT(ISNEW()),\n  ISCHANGED(Stage__c),\n"
        f"  NOT(ISBLANK(TEXT(PRIORVALUE(Stage__c)))),\n  NOT(OR(\n    {allowed}\n  ))\n)"
    )
    return _rule(
        "Step_Of_The_Playbook",
        "An interest takes the steps that both teams agreed on (lifecycle.yaml).",
        formula,
        "The playbook does not allow this step. A closed interest stays closed: a new one opens instead.",
        "Stage__c",
    )


def _read_only(fields: Iterable[SalesforceField], root: Path) -> bytes:
    """Refuse to change what Smarketing has written; filling what is blank stays free, as conversion does."""
    changes = []
    for each in fields:
        path = field_file(root, each.object, each.name)
        kind = "" if each.purpose else text_of(parse(read(path, "fields.yaml"), str(path)), "type") or ""
        if kind in _COMPARED:
            before = _COMPARED[kind].format(f"PRIORVALUE({each.name})")
            changes.append(f"AND(ISCHANGED({each.name}), NOT(ISBLANK({before})))")
    return _rule(
        "Marketing_Fields_Are_Read_Only",
        "Second belt to field-level security: nobody else changes what Smarketing has written (fields.yaml).",
        f"AND(\n  {_BY_PEOPLE},\n  NOT(ISNEW()),\n  OR(\n    " + ",\n    ".join(changes) + "\n  )\n)",
        "Smarketing alone writes score, grade, stage and their like. Nothing was saved.",
    )


def is_any(stages: Sequence[str], field: str = "Stage__c") -> str:
    """Say in a formula that a field holds one of several stages; without any it never does."""
    each = [f'ISPICKVAL({field}, "{name}")' for name in stages]
    return each[0] if len(each) == 1 else f"OR({', '.join(each) or 'FALSE'})"


def _rule(name: str, description: str, formula: str, message: str, field: str | None = None) -> bytes:
    shown = () if field is None else (element("errorDisplayField", text=field),)
    return write(
        element(
            "ValidationRule",
            element("fullName", text=name),
            element("active", text="true"),
            element("description", text=description),
            element("errorConditionFormula", text=formula),
            *shown,
            element("errorMessage", text=message),
        )
    )
