"""An expression of interest of one person in one product line: what is commonly called a lead."""

from dataclasses import dataclass
from typing import NewType

from chalicelib.domain.instant import Instant
from chalicelib.domain.model import Grade

PersonId = NewType("PersonId", str)
"""A ULID."""

InterestId = NewType("InterestId", str)
"""`<person>-<product line>-<number>`; keeps the person's first id when persons are merged."""


@dataclass(frozen=True, slots=True)
class Interest:
    """One interest; `number` counts a person's interests in the product line from 1."""

    id: InterestId
    person: PersonId
    product_line: str
    number: int
    stage: str
    gate: str
    opened_at: Instant
    changed_at: Instant
    score_when_opened: float
    grade_when_opened: Grade
    explanation: str
    """Why it was opened, for sales to read: rich text (HTML) of the shares that made the score."""
    reason: str | None = None
    """Why it was rejected or recycled."""
    opportunity: str | None = None
    """The Opportunity that came of it: 15 characters of its Salesforce id."""
    until: Instant | None = None
    """Before this nobody comes back to the person about the product line; people said so."""
    owner: str | None = None
    """Who has it: 15 characters of the id of a Salesforce user or queue, as far as it was told."""
    accept_by: Instant | None = None
    """Until when its owner in sales has to accept it; None where nobody has to, or has done so."""
    amount: float | None = None
    """What the Opportunity that came of it is worth, in the org's currency, as was last told."""


def interest_id(person: PersonId, product_line: str, number: int) -> InterestId:
    """Name the person's interest in a product line; the same arguments give the same id."""
    return InterestId(f"{person}-{product_line}-{number}")


def opened_by(interest: InterestId) -> tuple[PersonId, str, int]:
    """Read an interest's name: the person that it was opened for, the product line and the number."""
    person, rest = interest.split("-", 1)
    line, number = rest.rsplit("-", 1)
    return PersonId(person), line, int(number)
