"""The grade: how well a person fits, by thirds of a grade up and down from D."""

from collections.abc import Mapping
from dataclasses import dataclass

from chalicelib.domain.conditions import Predicate, compile_conditions
from chalicelib.domain.engagement import Value
from chalicelib.domain.model import GRADES, Criterion, Grade

_START = GRADES.index("D")


@dataclass(frozen=True, slots=True)
class CompiledCriterion:
    """A criterion made ready to run."""

    criterion: Criterion
    fields: frozenset[str]
    holds: Predicate


@dataclass(frozen=True, slots=True)
class GradeReason:
    """A criterion that moved the grade, by how many thirds: up above 0, down below."""

    criterion: str
    label: str
    thirds: int


@dataclass(frozen=True, slots=True)
class Graded:
    """A grade and what moved it from D, in the playbook's order."""

    grade: Grade
    reasons: tuple[GradeReason, ...]


def compile_grading(criteria: tuple[Criterion, ...]) -> tuple[CompiledCriterion, ...]:
    """Compile the criteria of a playbook that its loader has checked."""
    return tuple(
        CompiledCriterion(
            criterion,
            frozenset(condition.field for condition in criterion.where),
            compile_conditions(criterion.where) or _always,
        )
        for criterion in criteria
    )


def grade(criteria: tuple[CompiledCriterion, ...], profile: Mapping[str, str], email: str | None) -> Graded:
    """Grade a profile; `email` and `email_domain` stand beside its fields.

    Starts at D; the thirds of all criteria are summed first and clamped last, so that their order never
    matters: A+ at best, D- and finally F at worst. Numbers in text (`employees`, `annual_revenue`) are read
    as `read_number` does. A criterion whose fields are all missing or blank moves nothing.
    """
    offered = with_email(profile, email)
    known = {field for field, value in offered.items() if isinstance(value, str) and value.strip()}
    reasons = []
    for compiled in criteria:
        if known.isdisjoint(compiled.fields):
            continue
        criterion = compiled.criterion
        thirds = criterion.up if compiled.holds(offered) else -criterion.down
        if thirds:
            reasons.append(GradeReason(criterion.name, criterion.label, thirds))
    place = _START - sum(reason.thirds for reason in reasons)
    return Graded(GRADES[min(max(place, 0), len(GRADES) - 1)], tuple(reasons))


def with_email(profile: Mapping[str, str], email: str | None) -> dict[str, Value]:
    """Offer the address and its domain to conditions, beside the profile's fields."""
    offered: dict[str, Value] = dict(profile)
    if email:
        offered["email"] = email
        offered["email_domain"] = email.rpartition("@")[2]
    return offered


def at_least(found: Grade, wanted: Grade) -> bool:
    """Whether a grade is as good as wanted or better."""
    return GRADES.index(found) <= GRADES.index(wanted)


def _always(_: Mapping[str, Value]) -> bool:
    return True
