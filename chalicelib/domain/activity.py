"""Sales' own touchpoints: Tasks of Salesforce that were completed, and Events that took place.

Whatever a marketing automation logs as a Task, and what is merely on somebody's list, is none of sales'.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from chalicelib.domain.engagement import Engagement, PersonKey, Value, engagement_id
from chalicelib.domain.instant import Instant

SOURCE = "salesforce"

Form = Literal["task", "event"]
Channel = Literal["call", "email", "none", "other"]
"""What the platform itself says of an activity: a call, an e-mail, nothing, or what sales does not do."""

_BY_CHANNEL: Mapping[Channel, str] = {"call": "sales_called", "email": "sales_emailed"}
_MET = "sales_met"


@dataclass(frozen=True, slots=True)
class ActivityTerms:
    """What the playbook says of activities; all texts are in small letters.

    Attributes:
        kinds: by an activity's type, the kind of engagement that it is.
        foreign_subjects: beginnings of subjects of what sales did not do, such as logged mailings.
        foreign_users: beginnings of names of users who log what sales did not do.
    """

    kinds: Mapping[str, str] = field(default_factory=dict)
    foreign_subjects: tuple[str, ...] = ()
    foreign_users: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Activity:
    """A Task or an Event, as Salesforce has it now.

    Attributes:
        id: of the record, 15 characters.
        of: the Lead or Contact.
        occurred_at: when it was done, or began.
        over_at: when it was, or will be, over; None for a Task that is open.
        type: what people chose it to be; empty where they chose nothing.
        owner: id of the user to whom it is assigned; empty where that is nobody in person.
        created_by: user name of who, or what, made the record.
    """

    form: Form
    id: str
    of: PersonKey
    occurred_at: Instant
    over_at: Instant | None
    channel: Channel
    subject: str = ""
    type: str = ""
    owner: str = ""
    created_by: str = ""
    product_line: str | None = None
    opportunity: str | None = None


def touchpoint_of(terms: ActivityTerms, activity: Activity, now: Instant) -> Engagement | None:
    """Say what sales did; None for what has not happened yet, or is none of sales' touchpoints.

    An activity is told once, whatever becomes of it later and whichever way it comes.
    """
    if activity.over_at is None or activity.over_at > now or _is_foreign(terms, activity):
        return None
    kind = _kind(terms, activity)
    if kind is None:
        return None
    told = {
        "actor": activity.owner,
        "subject": activity.subject,
        "product_line": activity.product_line,
        "opportunity": activity.opportunity,
    }
    attributes: dict[str, Value] = {name: value for name, value in told.items() if value}
    return Engagement(
        id=engagement_id(SOURCE, activity.form, activity.id),
        kind=kind,
        occurred_at=activity.occurred_at,
        source=SOURCE,
        keys=(activity.of,),
        attributes=attributes,
    )


def _kind(terms: ActivityTerms, activity: Activity) -> str | None:
    if activity.channel == "other":
        return None
    chosen = terms.kinds.get(activity.type.strip().casefold())
    if activity.form == "event":
        return chosen or _MET
    return _BY_CHANNEL.get(activity.channel, chosen)


def _is_foreign(terms: ActivityTerms, activity: Activity) -> bool:
    # An empty tuple is the beginning of nothing.
    return activity.subject.strip().casefold().startswith(
        terms.foreign_subjects
    ) or activity.created_by.casefold().startswith(terms.foreign_users)
