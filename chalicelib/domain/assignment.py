"""Who has an interest, and until when they have to accept it: told by Salesforce, or by our assignment."""

from collections.abc import Collection
from dataclasses import dataclass, replace

from chalicelib.domain.engagement import Engagement, PersonKey, engagement_id
from chalicelib.domain.instant import Instant
from chalicelib.domain.interest import Interest, InterestId
from chalicelib.domain.step import OURSELVES

ASSIGNED = "interest_assigned"
"""The kind of engagement by which an interest got an owner in sales."""

ACCEPT_BY = "accept_by"
"""Its attribute: until when the owner has to accept, ms; without it nobody has to."""

OWNER = "owner"
"""The attribute, of this kind and of a change in Salesforce, that names who has the interest."""

ESCALATED = "escalated"
"""How the lead of a pool came by what nobody accepted in time."""


@dataclass(frozen=True, slots=True)
class Assignment:
    """An interest's owner in sales, decided once: whoever asks again gets the same.

    Attributes:
        handed_at: when the interest came to the stage in which it was assigned, or fell due there.
        owner: id of the user or queue, 18 characters.
        how: by which rule.
        pool: that the rule looked at; empty where it looked at none.
        why: for the owner to read, line by line.
        accept_by: until when they have to accept; None: they need not.
    """

    interest: InterestId
    handed_at: Instant
    owner: str
    how: str
    pool: str
    why: tuple[str, ...]
    assigned_at: Instant
    accept_by: Instant | None

    def told(self, key: PersonKey) -> Engagement:
        """Tell it to the history of the Lead or Contact whose interest it is."""
        bound = {} if self.accept_by is None else {ACCEPT_BY: int(self.accept_by)}
        return Engagement(
            id=engagement_id(OURSELVES, ASSIGNED, self.interest, str(self.handed_at)),
            kind=ASSIGNED,
            occurred_at=self.assigned_at,
            source=OURSELVES,
            keys=(key,),
            attributes={
                "interest_id": self.interest,
                OWNER: self.owner[:15],
                "how": self.how,
                "pool": self.pool,
                **bound,
            },
        )


def assigned(checked: Collection[str], interest: Interest, engagement: Engagement) -> Interest:
    """Note who got an interest; who got it before it went to another stage has it no more."""
    owner, accept_by = owner_told(engagement), engagement.attributes.get(ACCEPT_BY)
    if owner is None or engagement.occurred_at < interest.changed_at or interest.stage not in checked:
        return interest
    bound = Instant(accept_by) if isinstance(accept_by, int) else None
    return replace(interest, owner=owner, accept_by=bound)


def owner_told(engagement: Engagement) -> str | None:
    """Read who has an interest, by 15 characters of their id; None where it is not told."""
    named = engagement.attributes.get(OWNER)
    return str(named)[:15] if named else None
