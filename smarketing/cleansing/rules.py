"""All rules on one record: what is proposed for its fields, what is marked, what it says about consents."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from chalicelib.domain.instant import Instant
from smarketing.cleansing.companies import read_company
from smarketing.cleansing.consents import proposals_of, words_of
from smarketing.cleansing.countries import Spelling, check_country, country_code
from smarketing.cleansing.email_addresses import Marks, check_email, usable_email
from smarketing.cleansing.mapping import FieldMeaning
from smarketing.cleansing.org_fields import COUNTRIES, NAMES, PHONES, TEXTS
from smarketing.cleansing.person_names import Name, Words, check_names
from smarketing.cleansing.phone_numbers import check_phone, read_phone
from smarketing.cleansing.plain_text import tidied, tidy
from smarketing.cleansing.proposal import Finding, Found, Proposal, Record, proposals

COMPANY = {"Lead": "Company", "Account": "Name"}
"""The field that holds a company's name."""

_KEY_KIND = {"Lead": "lead", "Contact": "contact"}


@dataclass(frozen=True, slots=True)
class Rules:
    """What the rules need to know of an org.

    Attributes:
        region: alpha-2 code of the country that numbers belong to where a record names none.
        countries: how countries are written, by object.
        words: how names are written, by object.
        match_key_field: API name of a company's field for the match key; empty where there is none.
        types: of the fields, by object and name.
        writable: fields that may be written, by object; all of an object that is not there.
        required: fields that may not be emptied, by object.
        now: when the plan is made.
    """

    region: str
    now: Instant
    countries: Mapping[str, Spelling] = field(default_factory=dict)
    words: Mapping[str, Words] = field(default_factory=dict)
    marks: Marks = field(default_factory=Marks)
    match_key_field: str = ""
    meanings: Mapping[str, Sequence[FieldMeaning]] = field(default_factory=dict)
    types: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    writable: Mapping[str, frozenset[str]] = field(default_factory=dict)
    required: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def takes(self, record: Record, name: str) -> bool:
        """Whether the org has the field and lets it be written."""
        allowed = self.writable.get(record.object)
        return name in record.values and (allowed is None or name in allowed)


def propose(record: Record, rules: Rules) -> list[Proposal]:
    """Propose all that the rules find in a record.

    A converted Lead can't be edited any more; what it says about consents counts all the same.
    """
    made: list[Proposal] = []
    if record.get("IsConverted") != "true":
        found = {
            name: _kept_filled(name, findings, rules.required.get(record.object, frozenset()))
            for name, findings in _by_field(record, rules)
            if findings and rules.takes(record, name)
        }
        made += proposals(Found(record, found))
        made += _match_key(record, rules)
    words = words_of(
        record, rules.meanings.get(record.object, ()), rules.types.get(record.object, {}), rules.now
    )
    return made + (proposals_of(record, words, _keys(record)) if words else [])


def _kept_filled(name: str, findings: Sequence[Finding], required: frozenset[str]) -> tuple[Finding, ...]:
    """Mark a value that nothing would be left of, where the org wants one."""
    if name in required and any(each.after == "" for each in findings):
        return (Finding("required_empty", "holds nothing to read, and the org wants a value"),)
    return tuple(findings)


def _by_field(record: Record, rules: Rules) -> Iterator[tuple[str, tuple[Finding, ...]]]:
    country = COUNTRIES.get(record.object, "")
    if country in record.values:
        spelling = rules.countries.get(record.object, Spelling())
        yield country, tuple(check_country(record.get(country), spelling))
    for name in TEXTS.get(record.object, ()):
        yield name, tuple(tidy(record.get(name)))
    yield from _names(record, rules)
    if record.get("Email"):
        yield "Email", (*check_email(record.get("Email"), rules.marks), *_bounced(record))
    yield from _phones(record, country_code(record.get(country)), rules)


def _names(record: Record, rules: Rules) -> Iterator[tuple[str, tuple[Finding, ...]]]:
    if record.object not in NAMES:
        return
    words = rules.words.get(record.object, Words())
    name = Name(
        record.get("Salutation"),
        record.get("FirstName"),
        record.get("LastName"),
        record.get(words.title_field) if words.title_field else "",
    )
    found = check_names(name, words)
    for each in ("Salutation", "FirstName", "LastName", words.title_field):
        if each:
            yield each, (*tidy(record.get(each)), *found.get(each, ()))


def _phones(record: Record, country: str | None, rules: Rules) -> Iterator[tuple[str, tuple[Finding, ...]]]:
    region = country or rules.region
    for name in PHONES:
        if record.get(name):
            yield name, tuple(check_phone(record.get(name), region, known=country is not None))
    if "MobilePhone" in record.values and not record.get("MobilePhone"):
        number = read_phone(tidied(record.get("Phone")), region) if record.get("Phone") else None
        if number is not None and number.mobile:
            why = "the number in Phone is a mobile one"
            yield "MobilePhone", (Finding("phone_mobile", why, "low", number.text),)


def _bounced(record: Record) -> tuple[Finding, ...]:
    """Mark an address that mail came back from (Object Reference, Lead: EmailBouncedDate)."""
    at = record.get("EmailBouncedDate")
    if not at and record.get("IsEmailBounced") != "true":
        return ()
    return (
        Finding("email_bounced", f"mail came back{f' on {at[:10]}' if at else ''}: ask for another address"),
    )


def _match_key(record: Record, rules: Rules) -> list[Proposal]:
    name = rules.match_key_field
    source = COMPANY.get(record.object, "")
    if not rules.takes(record, name) or not record.get(source):
        return []
    company = read_company(record.get(source))
    if not company.key:
        return []
    form = f"legal form {company.form}" if company.form else "no legal form"
    finding = Finding("company_key", f"the name without its form and spelling; {form}", "high", company.key)
    return proposals(Found(record, {name: (finding,)}))


def _keys(record: Record) -> list[tuple[str, str]]:
    """Name the person: a role address names nobody."""
    kind = _KEY_KIND.get(record.object)
    if kind is None:
        return []
    email = usable_email(record.get("Email"))
    return [(kind, record.id), *([("email", email)] if email else [])]
