"""Who is marketing qualified, by which gate, and why somebody is not."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from chalicelib.domain.conditions import Predicate, compile_conditions
from chalicelib.domain.engagement import Engagement, Value
from chalicelib.domain.gates import ANY_LINE, Standing
from chalicelib.domain.grading import CompiledCriterion, Graded, compile_grading, grade, with_email
from chalicelib.domain.instant import Instant, iso
from chalicelib.domain.model import GRADES, Exclusion, Gate, Model
from chalicelib.domain.permission import permissions
from chalicelib.domain.person import InterestSummary, Person
from chalicelib.domain.scoring import Scoring, compile_scoring, falls_below_at, score_at


@dataclass(frozen=True, slots=True)
class Compiled:
    """A playbook made ready to run: what the functions of the numbers take."""

    model: Model
    scoring: Scoring
    grading: tuple[CompiledCriterion, ...]
    exclusions: tuple[tuple[Exclusion, Predicate], ...]
    hand_raisers: Mapping[str, tuple[tuple[str, Predicate | None], ...]]
    """By kind of engagement: the gates that it may open and their further conditions."""


@dataclass(frozen=True, slots=True)
class Qualification:
    """A product line in which an interest opens, and the gate that opens it."""

    product_line: str
    gate: str


@dataclass(frozen=True, slots=True)
class Hindrance:
    """Why no interest opens: in one product line, or (None) in any."""

    product_line: str | None
    reason: str


def compile_model(model: Model) -> Compiled:
    """Compile a playbook that its loader has checked; do it once and keep it."""
    hand_raisers: dict[str, list[tuple[str, Predicate | None]]] = {}
    for gate in model.gates:
        for kind in gate.hand_raiser_kinds:
            hand_raisers.setdefault(kind, []).append((gate.name, compile_conditions(gate.where)))
    return Compiled(
        model=model,
        scoring=compile_scoring(model),
        grading=compile_grading(model.criteria),
        exclusions=tuple(
            (exclusion, predicate)
            for exclusion in model.exclusions
            if (predicate := compile_conditions(exclusion.where)) is not None
        ),
        hand_raisers={kind: tuple(gates) for kind, gates in hand_raisers.items()},
    )


def hand_raises(compiled: Compiled, engagement: Engagement) -> list[tuple[str, str]]:
    """Name the (gate, product line) pairs in which this engagement asks to be contacted.

    Keep each as the person's newest hand-raise under that pair. Where the engagement tells no product line,
    the line is `ANY_LINE` (""): it counts for the person's strongest line, or the playbook's first.
    """
    candidates = compiled.hand_raisers.get(engagement.kind, ())
    gates = [gate for gate, where in candidates if where is None or where(engagement.attributes)]
    if not gates:
        return []
    line = compiled.scoring.product_line_of(engagement) or ANY_LINE
    return [(gate, line) for gate in gates]


def grade_of(compiled: Compiled, person: Person) -> Graded:
    """Grade a person; somebody with several e-mail addresses by the one that fits best."""
    profile = {field: fact.value for field, fact in person.profile.items()}
    graded = [grade(compiled.grading, profile, email) for email in _emails(person)]
    return min(graded, key=lambda each: GRADES.index(each.grade))


def contactable(compiled: Compiled, person: Person) -> bool:
    """Whether the ledger permits a purpose that makes contactable, over any of its channels."""
    return any(
        standing.granted
        for purpose in compiled.model.purposes
        if purpose.contactable
        for _, standing in permissions(compiled.model, person, purpose)
    )


def excluded_by(compiled: Compiled, person: Person) -> Exclusion | None:
    """Find the first exclusion that holds for the person with any of their e-mail addresses."""
    profile = {field: fact.value for field, fact in person.profile.items()}
    offers: list[dict[str, Value]] = [with_email(profile, email) for email in _emails(person)]
    for exclusion, holds in compiled.exclusions:
        if any(holds(offer) for offer in offers):
            return exclusion
    return None


def qualify(compiled: Compiled, person: Person, at: Instant) -> list[Qualification]:
    """Find the interests to open at a time: at most one per product line, by the first gate that holds.

    Nobody qualifies who is not contactable or is excluded; no product line that has an open interest or
    whose cool-off isn't over. A gate with a hand-raiser or a least category score looks at each product
    line; one without opens the strongest product line, by category score above 0, or none.
    """
    if not contactable(compiled, person) or excluded_by(compiled, person) is not None:
        return []
    standing = _standing(compiled, person, at)
    return [
        Qualification(line.name, gate.name)
        for line in compiled.model.product_lines
        if _hindrance(compiled, person.interests.get(line.name), at) is None
        if (gate := _first_gate(compiled, standing, line.name)) is not None
    ]


def why_not(compiled: Compiled, person: Person, at: Instant) -> list[Hindrance]:
    """Say what keeps interests from opening at a time; the reasons hold no personal data."""
    hindrances = []
    if not contactable(compiled, person):
        hindrances.append(Hindrance(None, "not contactable: no opt-in to a purpose that allows contact"))
    if (exclusion := excluded_by(compiled, person)) is not None:
        hindrances.append(Hindrance(None, f"excluded by {exclusion.name} ({exclusion.label})"))
    standing = _standing(compiled, person, at)
    for line in compiled.model.product_lines:
        reason = _hindrance(compiled, person.interests.get(line.name), at)
        if reason is None and _first_gate(compiled, standing, line.name) is None:
            reason = _shortfall(compiled, standing, line.name)
        if reason is not None:
            hindrances.append(Hindrance(line.name, reason))
    return hindrances


def next_change_at(compiled: Compiled, person: Person, at: Instant) -> Instant | None:
    """Find the earliest later time at which the person's numbers change by themselves; None if never.

    That is where the score, or a product line's category, falls below what a gate asks for, or where the
    cool-off of a product line is over.
    """
    return min(_changes(compiled, person, at), default=None)


def _changes(compiled: Compiled, person: Person, at: Instant) -> Iterator[Instant]:
    for summary in person.interests.values():
        end = _cool_off_end(compiled, summary)
        if end is not None and end > at:
            yield end
    lines = [line.name for line in compiled.model.product_lines]
    watched: set[tuple[float, str | None]] = set()
    for gate in compiled.model.gates:
        if gate.min_score is not None:
            watched.add((gate.min_score, None))
        if gate.min_category is not None:
            watched.update((gate.min_category, line) for line in lines)
    for threshold, category in watched:
        fall = falls_below_at(compiled.scoring, person.score, threshold, at, category)
        if fall is not None and fall > at:
            yield fall


def _standing(compiled: Compiled, person: Person, at: Instant) -> Standing:
    return Standing(
        at=at,
        score=score_at(compiled.scoring, person.score, at),
        grade=grade_of(compiled, person).grade,
        hand_raises=person.hand_raises,
        interests=person.interests,
        lines=tuple(line.name for line in compiled.model.product_lines),
    )


def _first_gate(compiled: Compiled, standing: Standing, line: str) -> Gate | None:
    return next((gate for gate in compiled.model.gates if standing.passes(gate, line)), None)


def _shortfall(compiled: Compiled, standing: Standing, line: str) -> str:
    lacking = (f"{gate.name} ({', '.join(standing.lacking(gate, line))})" for gate in compiled.model.gates)
    return f"no gate reached: {'; '.join(lacking)}"


def _hindrance(compiled: Compiled, summary: InterestSummary | None, at: Instant) -> str | None:
    if summary is None:
        return None
    if summary.stage not in compiled.model.lifecycle.closed:
        return f"open interest {summary.number} in stage {summary.stage}"
    end = _cool_off_end(compiled, summary)
    return f"cool-off until {iso(end)}" if end is not None and at < end else None


def _cool_off_end(compiled: Compiled, summary: InterestSummary) -> Instant | None:
    """Tell until when a closed interest bars another: its cool-off, or the later date that people gave."""
    lifecycle = compiled.model.lifecycle
    if summary.stage not in lifecycle.closed:
        return None
    span = lifecycle.cool_off.get(summary.stage)
    if summary.reason in lifecycle.recycling:
        span = lifecycle.recycling[summary.reason].after or span
    ends = (None if span is None else Instant(summary.changed_at + span), summary.until)
    return max((end for end in ends if end is not None), default=None)


def _emails(person: Person) -> list[str | None]:
    addresses: list[str | None] = [key.value for key in sorted(person.keys) if key.kind == "email"]
    return addresses or [None]
