"""Finds Leads and Contacts whom somebody new may be: by mail address, and by a few that share a block.

A block is the beginning of the last name (or of the first name, as they may be swapped) together with one of
company, domain and end of the telephone number. A Contact's company is its Account, with its website.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote

from chalicelib.domain.interest import PersonId
from chalicelib.domain.likeness import CONTACT, Traits, domains_of, number_of
from chalicelib.domain.spellings import beginnings
from chalicelib.domain.twins import Seen, Sought, is_findable_by_name
from chalicelib.gateways.salesforce.mapping import PERSON_ID, UNKNOWN_NAME
from chalicelib.gateways.salesforce.rest import SOQL_BYTES, Rest, Row
from chalicelib.log import log_line

MOST = 200
"""Candidates for one person; where the block holds more, only the mail address tells who they are."""
_PAGE = 2_000
"""Records that one call gives (SOQL and SOSL Reference, Query Limits)."""
_OF_NAME = 2
_OF_COMPANY = 4
"""Letters of a name and of a company by which candidates are picked."""


@dataclass(frozen=True, slots=True)
class _Object:
    """How an object is searched: its fields, and by which of them company, domain and number are found."""

    select: str
    company: str
    website: str
    before: str = ""
    own: bool = False


_LEADS = _Object(
    f"SELECT Id, {PERSON_ID}, IsConverted, ConvertedContactId, FirstName, LastName, Company, Website, Email, "  # noqa: S608 - constants only
    "Phone, MobilePhone FROM Lead",
    "Company",
    "Website",
    before="IsConverted = false AND ",
    own=True,
)
_CONTACTS = _Object(
    "SELECT Id, FirstName, LastName, Account.Name, Account.Website, Email, Phone, MobilePhone FROM Contact",
    "Account.Name",
    "Account.Website",
)
_CONTACTS_BY_ID = f"{_CONTACTS.select} WHERE Id IN {{values}}"


class Lookalikes:
    """The Leads and Contacts of an org, as far as they are like somebody."""

    def __init__(self, rest: Rest) -> None:
        """Use the calls of the integration user."""
        self._rest = rest

    def look(self, wanted: Sequence[Sought], free_mail: frozenset[str]) -> Seen:
        """Look for persons, all of them in one call as far as the length of queries allows.

        A converted Lead is followed to its Contact.

        Raises:
            Retryable, Misconfigured: the org can't be asked.
        """
        leads, contacts = self._rows(
            _Question(_LEADS, wanted, free_mail), _Question(_CONTACTS, wanted, free_mail)
        )
        living = [each for each in leads if not each["IsConverted"]]
        candidates = [
            *(traits for row in living for traits in _of_lead(row, f"lead:{row['Id']}")),
            *(traits for row in contacts for traits in _of_contact(row)),
            *self._of_converted([each for each in leads if each["IsConverted"]], contacts),
        ]
        own = {PersonId(row[PERSON_ID]): f"lead:{row['Id']}" for row in living if row[PERSON_ID]}
        return Seen(own, candidates)

    def _of_converted(self, converted: Sequence[Row], contacts: Sequence[Row]) -> Iterator[Traits]:
        """Give the Contacts that Leads became, by what the Leads said; one that is gone is left out."""
        known = {str(each["Id"])[:15] for each in contacts}
        became = {str(each["ConvertedContactId"] or "")[:15]: each for each in converted}
        missing = [str(became[key]["ConvertedContactId"]) for key in became if key and key not in known]
        if missing:
            known |= {str(row["Id"])[:15] for row in self._rest.rows(_CONTACTS_BY_ID, missing)}
        for key, row in became.items():
            if key in known:
                yield from _of_lead(row, f"{CONTACT}{row['ConvertedContactId']}")

    def _rows(self, *questions: "_Question") -> list[list[Row]]:
        """Ask several questions at once, each of them in parts where it is too long or too many answer."""
        rows: list[list[Row]] = [[] for _ in questions]
        left = [(place, part) for place, each in enumerate(questions) for part in each.short_enough()]
        while left:
            answers = self._rest.queries([part.soql for _, part in left])
            again: list[tuple[int, _Question]] = []
            for (place, part), found in zip(left, answers, strict=True):
                if part.by_name and len(found) >= part.most:
                    again += [(place, smaller) for smaller in part.narrowed()]
                else:
                    rows[place] += found
            left = again
        return rows


@dataclass(frozen=True, slots=True)
class _Question:
    """Who of an object may be one of these persons."""

    of: _Object
    wanted: Sequence[Sought]
    free_mail: frozenset[str]
    by_name: bool = True

    @property
    def most(self) -> int:
        return min(MOST * len(self.wanted), _PAGE)

    @property
    def soql(self) -> str:
        """The query; empty where there is nothing to ask."""
        where = [*_by_values(self.of, self.wanted)]
        if self.by_name:
            where += [
                _by_name(self.of, each.traits, self.free_mail)
                for each in self.wanted
                if is_findable_by_name(each.traits, self.free_mail)
            ]
        most = self.most if self.by_name else _PAGE
        return f"{self.of.select} WHERE {' OR '.join(where)} ORDER BY Id LIMIT {most}" if where else ""

    def short_enough(self) -> "Iterator[_Question]":
        soql = self.soql
        if len(self.wanted) > 1 and len(quote(soql)) > SOQL_BYTES:
            for half in self._halves():
                yield from half.short_enough()
        elif soql:
            yield self

    def narrowed(self) -> "Iterator[_Question]":
        """Ask for half of the persons each, and for a single one by mail address only."""
        if len(self.wanted) > 1:
            yield from self._halves()
            return
        log_line("too many candidates", most=self.most)
        by_address = replace(self, by_name=False)
        if by_address.soql:
            yield by_address

    def _halves(self) -> "Iterator[_Question]":
        middle = len(self.wanted) // 2
        for some in (self.wanted[:middle], self.wanted[middle:]):
            yield replace(self, wanted=some)


def _by_values(of: _Object, wanted: Sequence[Sought]) -> Iterator[str]:
    emails = [each.traits.email for each in wanted if each.traits.email]
    if emails:
        yield _formatted("Email IN {values}", values=emails)
    if of.own:
        yield _formatted(f"{PERSON_ID} IN {{values}}", values=[each.person for each in wanted])


def _by_name(of: _Object, traits: Traits, free_mail: frozenset[str]) -> str:
    initials = {each for name in (traits.last_name, traits.first_name) for each in beginnings(name, _OF_NAME)}
    names = [_formatted("LastName LIKE '{value:like}%'", value=each) for each in sorted(initials)]
    common = [
        _formatted(f"{of.company} LIKE '{{value:like}}%'", value=each)
        for each in beginnings(traits.company, _OF_COMPANY, company=True)
    ]
    for domain in sorted(domains_of(traits, free_mail)):
        common += [
            _formatted("Email LIKE '%@{value:like}'", value=domain),
            _formatted(f"{of.website} LIKE '%{{value:like}}%'", value=domain),
        ]
    if digits := number_of(traits):
        # Whatever stands between the digits: numbers are stored as people typed them.
        ending = "%".join(["", *digits])
        common += [f"{name} LIKE '{ending}'" for name in ("Phone", "MobilePhone")]
    return f"({of.before}({' OR '.join(names)}) AND ({' OR '.join(common)}))"


def _formatted(soql: str, **values: Any) -> str:
    from simple_salesforce.format import format_soql

    return str(format_soql(soql, **values))


def _of_lead(row: Row, record: str) -> Iterator[Traits]:
    return _with_numbers(row, record, _told(row, "Company"), _told(row, "Website"))


def _of_contact(row: Row) -> Iterator[Traits]:
    account: Mapping[str, Any] = row.get("Account") or {}
    company, website = _told(account, "Name"), _told(account, "Website")
    return _with_numbers(row, f"{CONTACT}{row['Id']}", company, website)


def _with_numbers(row: Row, record: str, company: str, website: str) -> Iterator[Traits]:
    """Give what a record tells, once with each of its telephone numbers."""
    numbers: Iterable[str] = filter(None, dict.fromkeys((_told(row, "Phone"), _told(row, "MobilePhone"))))
    for number in [*numbers] or [""]:
        yield Traits(
            record=record,
            first_name=_told(row, "FirstName"),
            last_name=_told(row, "LastName"),
            company=company,
            email=_told(row, "Email"),
            phone=number,
            website=website,
        )


def _told(row: Mapping[str, Any], name: str) -> str:
    """Read a text; what stands in for an unknown name tells nothing."""
    text = str(row.get(name) or "")
    return "" if text == UNKNOWN_NAME else text
