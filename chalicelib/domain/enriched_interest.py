"""What Salesforce holds of an interest that is enriched, and what is written to it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from html import escape

from chalicelib.domain.engagement import Engagement, PersonKey, engagement_id, person_key
from chalicelib.domain.enrichment import ACCOUNT, Link, Provenance
from chalicelib.domain.instant import Instant
from chalicelib.domain.interest import InterestId

TOLD = "told"
"""The source of a value that the person themselves told us, before there was a record to hold it."""


@dataclass(frozen=True, slots=True)
class Held:
    """An interest and its Lead or Contact as Salesforce has them.

    Attributes:
        record_id: of the interest's own record.
        person: the Lead or Contact.
        values: of the Lead or Contact in our words, and the interest's account; nothing empty.
        writable: words that may be written to it, the interest's account included.
        note: the interest's note on earlier enrichments.
    """

    interest: InterestId
    record_id: str
    person: PersonKey
    email: str
    values: Mapping[str, str]
    writable: frozenset[str]
    note: str = ""
    links: str = ""


@dataclass(frozen=True, slots=True)
class Enriched:
    """What is written: values of the Lead or Contact, the account, and the interest's note and searches."""

    note: str
    links: str
    at: Instant
    values: Mapping[str, str] = field(default_factory=dict)


def rich_links(links: Iterable[Link]) -> str:
    """Write searches as rich text; each opens in a window of its own."""
    return " · ".join(
        f'<a href="{escape(link.url)}" target="_blank" rel="noopener">{escape(link.label)}</a>'
        for link in links
    )


def learnt(held: Held, provenance: Iterable[Provenance]) -> Iterator[Engagement]:
    """Give what a filling tells of the person: one engagement for each value, so that the grade follows.

    It names the source, and is the same whenever the note is read again. What the person told us themselves
    is in their history already, and the account is no field of a person.
    """
    # With the address somebody is found who was not yet told which Lead is theirs.
    keys = (held.person, *([person_key("email", held.email)] if held.email else []))
    for each in provenance:
        found = each.found
        if each.fate != "filled" or found.source == TOLD or found.field == ACCOUNT:
            continue
        yield Engagement(
            id=engagement_id("enrichment", held.interest, found.field, found.value, found.source),
            kind="record_changed",
            occurred_at=found.found_at,
            source=f"enrichment:{found.source}",
            keys=keys,
            attributes={"interest_id": held.interest},
            profile={found.field: found.value},
        )
