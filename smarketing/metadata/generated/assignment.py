"""Formulas and flows of an interest's assignment: where it lies with sales, and until when it waits.

In a stage that asks for the checklist an interest waits for the rep who was given it. The rep has answered
once it is accepted, closed or given back to Sales Support.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

from chalicelib.playbook.salesforce_fields import INTEREST
from chalicelib.playbook.source import PlaybookSource, StageSource
from smarketing.metadata.generated.fields import set_text
from smarketing.metadata.generated.places import Files, field_file, flow_file, read
from smarketing.metadata.generated.rules import is_any
from smarketing.metadata.xml import children, parse, write

_STAGE = "{!$Record.Stage__c}"
_OWNER = "{!$Record.OwnerId}"
_ASSIGNED = "{!$Record.Assigned_At__c}"
_A_PERSON = f'LEFT({_OWNER}, 3) = "005"'
_HAS_ACCEPTED = (
    "AND(NOT(ISBLANK(Accepted_At__c)), Accepted_At__c >= BLANKVALUE(Handed_Over_At__c, Accepted_At__c))"
)
"""Since the latest handover: an interest that opens again has been accepted before."""


def assignment_files(playbook: PlaybookSource, root: Path) -> Files:
    """Write the formulas into their fields, and into the flows when they start.

    Raises:
        Rejected: a field or a flow is missing.
    """
    stages = playbook.lifecycle.stages
    formulas = {
        "Hours_Since_Assignment__c": _hours_since_assignment(stages),
        "Accepted_In_Time__c": f"OR(ISBLANK(Accept_By__c), {_answered(stages)} <= Accept_By__c)",
    }
    starts: Mapping[str, str] = {
        "Interest_Owner_Times": _becomes_owner(stages),
        "Interest_Handed_Over": _has_to_take_over(stages),
    }
    files: dict[Path, bytes | None] = {}
    for name, formula in formulas.items():
        path = field_file(root, INTEREST, name)
        node = parse(read(path, "fields.yaml"), str(path))
        set_text(node, "formula", formula)
        files[path] = write(node)
    for name, condition in starts.items():
        path = flow_file(root, name)
        node = parse(read(path, "lifecycle.yaml"), str(path))
        for start in children(node, "start"):
            set_text(start, "filterFormula", condition)
        files[path] = write(node)
    return files


def with_sales(stages: Sequence[StageSource]) -> list[str]:
    """Name the open stages from the first checked one on, in the playbook's order; all where none is."""
    first = next((number for number, each in enumerate(stages) if each.checked), 0)
    return [each.name for each in stages[first:] if not each.closed]


def _answered(stages: Sequence[StageSource]) -> str:
    """Say when the rep answered, or that it is now where the interest still waits."""
    waits = is_any([each.name for each in stages if each.checked])
    return f"IF({_HAS_ACCEPTED}, Accepted_At__c, IF({waits}, NOW(), Stage_Since__c))"


def _hours_since_assignment(stages: Sequence[StageSource]) -> str:
    """Count until the answer; who became owner of what was accepted already has nothing to answer."""
    answered = _answered(stages)
    counts = f"AND(NOT(ISBLANK(Assigned_At__c)), {answered} >= Assigned_At__c)"
    return f"IF({counts}, ({answered} - Assigned_At__c) * 24, NULL)"


def _becomes_owner(stages: Sequence[StageSource]) -> str:
    return (
        "AND(NOT({!$Permission.Smarketing_Integration}), "
        f"OR(ISNEW(), ISCHANGED({_OWNER})), {_A_PERSON}, {is_any(with_sales(stages), _STAGE)})"
    )


def _has_to_take_over(stages: Sequence[StageSource]) -> str:
    """Tell who gets the task: the rep who was given the interest, once for each handover.

    Not who passes on what they own themselves: a moment later it is a rep's. Where the routing leaves it with
    the owner it had, the time of the assignment tells, once: an owner changed by hand has a time already.
    """
    before = f"PRIORVALUE({_ASSIGNED})"
    passes_on = f"AND(OR(ISNEW(), ISCHANGED({_STAGE})), LEFT({_OWNER}, 15) = LEFT({{!$User.Id}}, 15))"
    confirmed = (
        f"AND(ISCHANGED({_ASSIGNED}), OR(ISBLANK({before}), {before} < {{!$Record.Handed_Over_At__c}}))"
    )
    waits = is_any([each.name for each in stages if each.checked], _STAGE)
    return f"AND({waits}, {_A_PERSON}, NOT({passes_on}), OR(ISNEW(), ISCHANGED({_OWNER}), {confirmed}))"
