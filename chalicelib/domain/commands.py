"""The commands that bring Salesforce to what we know of a person."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from chalicelib.domain.command import Command, FieldValue
from chalicelib.domain.consent import State
from chalicelib.domain.engagement import Engagement
from chalicelib.domain.explanation import explain_by_rule
from chalicelib.domain.instant import Instant
from chalicelib.domain.interest import Interest
from chalicelib.domain.permission import standing_of_purpose
from chalicelib.domain.person import Person
from chalicelib.domain.qualification import Compiled, grade_of
from chalicelib.domain.rich_text import rich_text
from chalicelib.domain.scoring import in_order, score_at

_PROFILE = (
    "first_name last_name salutation company job_title department industry country city phone "
    "website employees"
).split()

_SUBJECTS = ("subject", "asset", "form", "email_name", "url")
"""Attributes that say what an engagement was about, the most telling first."""


SUBSCRIPTIONS: Mapping[State, str] = {
    "granted": "subscribed",
    "requested": "requested",
    "withdrawn": "unsubscribed",
    "unproven": "unknown",
    "unknown": "unknown",
}
"""What sales reads of how a purpose stands."""


def known_to_salesforce(person: Person) -> bool:
    """Whether Salesforce has, or is about to get, a record of the person."""
    return bool(person.interests) or any(key.kind in ("lead", "contact") for key in person.keys)


def person_command(compiled: Compiled, person: Person, now: Instant) -> Command:
    """Tell a person's score, grade, stage, explanation and consents as they are now."""
    profile = {field: fact.value for field in _PROFILE if (fact := person.profile.get(field)) is not None}
    fields: dict[str, FieldValue] = {
        **_record_ids(person),
        "email": _first(person, "email"),
        **profile,
        "score": round(score_at(compiled.scoring, person.score, now).total, 1),
        "grade": grade_of(compiled, person).grade,
        "stage": stage_of(compiled, person),
        "explanation": rich_text(explain_by_rule(compiled.scoring, person.score, now)),
        "last_touchpoint_at": person.last_touchpoint[0] if person.last_touchpoint else None,
        **dict(_subscriptions(compiled, person)),
    }
    return Command("person", person.id, person.id, person.version, fields)


def interest_command(interest: Interest, person: Person) -> Command:
    """Tell an interest as it is."""
    fields: dict[str, FieldValue] = {
        **_record_ids(person),
        "interest_id": interest.id,
        "product_line": interest.product_line,
        "stage": interest.stage,
        "gate": interest.gate,
        "opened_at": interest.opened_at,
        "changed_at": interest.changed_at,
        "score": round(interest.score_when_opened, 1),
        "grade": interest.grade_when_opened,
        "explanation": interest.explanation,
        "reason": interest.reason,
    }
    if interest.opportunity is not None:
        fields["opportunity"] = interest.opportunity
    return Command("interest", interest.id, person.id, person.version, fields)


def touchpoint_command(compiled: Compiled, person: Person, engagement: Engagement) -> Command:
    """Show an engagement to sales."""
    labels = {kind.name: kind.label for kind in compiled.model.kinds}
    named = (engagement.attributes[name] for name in _SUBJECTS if name in engagement.attributes)
    subject = next((str(value) for value in named), None)
    fields: dict[str, FieldValue] = {
        **_record_ids(person),
        "engagement_id": engagement.id,
        "kind": engagement.kind,
        "label": labels[engagement.kind],
        "occurred_at": engagement.occurred_at,
        "source": engagement.source,
        "product_line": compiled.scoring.product_line_of(engagement),
        "subject": subject,
    }
    return Command("touchpoint", engagement.id, person.id, person.version, fields)


def latest_touchpoints(compiled: Compiled, history: Iterable[Engagement]) -> Sequence[Engagement]:
    """Pick the newest engagements that sales sees when Salesforce first learns of the person."""
    kinds = touchpoint_kinds(compiled)
    shown = [engagement for engagement in in_order(history) if engagement.kind in kinds]
    return shown[max(0, len(shown) - compiled.model.touchpoint_backfill) :]


def touchpoint_kinds(compiled: Compiled) -> frozenset[str]:
    """Name the kinds of engagement that sales sees."""
    return frozenset(kind.name for kind in compiled.model.kinds if kind.touchpoint)


def suppression_command(person: Person) -> Command:
    """Tell the marketing automations that nobody may write to the person any more; once is enough for all."""
    fields: dict[str, FieldValue] = {
        **_record_ids(person),
        "email": _first(person, "email"),
        "prospect_id": _first(person, "prospect"),
    }
    return Command("suppression", person.id, person.id, person.version, fields)


def promotion_command(person: Person, line: str, *, barred: bool) -> Command:
    """Tell the marketing automations that the person bought what they promote, or that they may again."""
    fields: dict[str, FieldValue] = {
        **_record_ids(person),
        "product_line": line,
        "barred": barred,
        "email": _first(person, "email"),
        "prospect_id": _first(person, "prospect"),
    }
    return Command("promotion", f"{person.id}-{line}", person.id, person.version, fields)


def row_command(person: Person) -> Command:
    """Have the next push look at the person's rows, whether or not Salesforce changed."""
    return Command("row", person.id, person.id, person.version, _record_ids(person))


def stage_of(compiled: Compiled, person: Person) -> str:
    """Tell how far the person's furthest open interest is."""
    lifecycle = compiled.model.lifecycle
    open_stages = {each.stage for each in person.interests.values()} - lifecycle.closed
    return max(open_stages, key=lifecycle.stages.index, default=lifecycle.stages[0])


def _subscriptions(compiled: Compiled, person: Person) -> Iterator[tuple[str, FieldValue]]:
    """Tell of each purpose how it stands, and whether the person themselves has opted in."""
    for purpose in compiled.model.purposes:
        standing = standing_of_purpose(compiled.model, person, purpose)
        yield f"subscription_{purpose.name}", SUBSCRIPTIONS[standing.state]
        yield f"opt_in_{purpose.name}", standing.granted and standing.basis == "double_opt_in"


def _record_ids(person: Person) -> dict[str, FieldValue]:
    return {
        "person_id": person.id,
        "lead_id": _first(person, "lead"),
        "contact_id": _first(person, "contact"),
    }


def _first(person: Person, kind: str) -> str | None:
    return min((key.value for key in person.keys if key.kind == kind), default=None)
