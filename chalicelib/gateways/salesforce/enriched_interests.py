"""Reads interests with their Lead or Contact, and fills what is empty there."""

from collections.abc import Mapping, Sequence
from typing import Any

from chalicelib.domain.engagement import PersonKey, person_key
from chalicelib.domain.enriched_interest import Enriched, Held
from chalicelib.domain.enrichment import ACCOUNT
from chalicelib.domain.interest import InterestId
from chalicelib.domain.outcome import Blocked, Deferred, Outcome, Refused, Written
from chalicelib.errors import Misconfigured, Rejected, Retryable
from chalicelib.gateways.salesforce.composite import results_of
from chalicelib.gateways.salesforce.errors import ApiError, classify, reason, the_cause
from chalicelib.gateways.salesforce.mapping import (
    INTEREST_ID,
    LEAD_PROFILE,
    UNKNOWN_NAME,
    Field,
    Value,
    date_time,
    is_record_id,
    text,
)
from chalicelib.gateways.salesforce.rest import Rest, Row
from chalicelib.gateways.salesforce.together import Reply, Subrequest, send_together

CONTACT_PROFILE: Mapping[str, Field] = {
    "first_name": Field("FirstName", text(40)),
    "last_name": Field("LastName", text(80)),
    "salutation": Field("Salutation", text(40)),
    "job_title": Field("Title", text(128)),
    "department": Field("Department", text(80)),
    "country": Field("MailingCountry", text(80)),
    "city": Field("MailingCity", text(40)),
    "phone": Field("Phone", text(40)),
}
"""What a Contact holds of its person (lengths: Object Reference, Contact); the Account holds the company."""

_OF_ACCOUNT: Mapping[str, str] = {
    "company": "Name",
    "website": "Website",
    "industry": "Industry",
    "employees": "NumberOfEmployees",
}
_NOTE, _LINKS, _AT, _ACCOUNT = "Enrichment_Note__c", "Profile_Links__c", "Enriched_At__c", "Account__c"
_LEAD_WORDS = {word: field for word, field in LEAD_PROFILE.items() if word != "email"}

_INTERESTS = (
    f"SELECT Id, {INTEREST_ID}, Lead__c, Contact__c, {_ACCOUNT}, {_NOTE}, {_LINKS}, "  # noqa: S608 - constants
    f"Lead__r.Email, {', '.join(f'Lead__r.{field.name}' for field in _LEAD_WORDS.values())}, "
    f"Contact__r.Email, {', '.join(f'Contact__r.{field.name}' for field in CONTACT_PROFILE.values())}, "
    f"{', '.join(f'Contact__r.Account.{name}' for name in _OF_ACCOUNT.values())} "
    f"FROM Interest__c WHERE {INTEREST_ID} IN {{values}}"
)


class EnrichedInterests:
    """The interests of an org, to be enriched."""

    def __init__(self, rest: Rest) -> None:
        """Use the calls of the integration user."""
        self._rest = rest

    def held(self, interests: Sequence[str]) -> dict[str, Held]:
        """Read interests with their Lead or Contact, by our id, in one query for many.

        Raises:
            Retryable, Misconfigured: the org can't be asked.
        """
        rows = self._rest.rows(_INTERESTS, interests)
        return {each.interest: each for row in rows if (each := _held(row)) is not None}

    def fill(self, fillings: Sequence[tuple[Held, Enriched]]) -> list[Outcome]:
        """Write Leads' or Contacts' values and their interests' notes, five interests in a call.

        Of each interest all is written or nothing; one outcome each, in their order.
        """
        several = [_records(held, enriched) for held, enriched in fillings]
        requests = [
            Subrequest("PATCH", "composite/sobjects", {"allOrNone": True, "records": records})
            for records in several
        ]
        outcomes: list[Outcome] = []
        undone: Outcome = Deferred("Salesforce: not reached")
        try:
            for (held, _), records, reply in zip(
                fillings, several, send_together(self._rest, requests), strict=True
            ):
                outcomes.append(_outcome(held, reply, len(records)))
        except Retryable as error:
            undone = Deferred(str(error))
        except (Rejected, Misconfigured) as error:
            # A request that is refused as a whole is none of its records' fault.
            undone = Blocked(str(error))
        return outcomes + [undone] * (len(fillings) - len(outcomes))


def _held(row: Row) -> Held | None:
    contact, lead = row.get("Contact__c"), row.get("Lead__c")
    if contact:
        of, words, person = row.get("Contact__r") or {}, CONTACT_PROFILE, person_key("contact", str(contact))
    elif lead:
        of, words, person = row.get("Lead__r") or {}, _LEAD_WORDS, person_key("lead", str(lead))
    else:
        return None
    values = {word: _written(of.get(field.name)) for word, field in words.items()}
    account = of.get("Account") or {}
    values |= {word: _written(account.get(name)) for word, name in _OF_ACCOUNT.items() if word not in values}
    values[ACCOUNT] = _written(row.get(_ACCOUNT))
    return Held(
        interest=InterestId(str(row[INTEREST_ID])),
        record_id=str(row["Id"]),
        person=person,
        email=_written(of.get("Email")),
        values={word: value for word, value in values.items() if value},
        writable=frozenset(words) | {ACCOUNT},
        note=_written(row.get(_NOTE)),
        links=_written(row.get(_LINKS)),
    )


def _records(held: Held, enriched: Enriched) -> list[dict[str, Any]]:
    interest: dict[str, Any] = {
        _NOTE: text(32_768)(enriched.note),
        _LINKS: text(32_768)(enriched.links),
        _AT: date_time(enriched.at),
    }
    if is_record_id(enriched.values.get(ACCOUNT, "")):
        interest[_ACCOUNT] = enriched.values[ACCOUNT]
    records = [{"attributes": {"type": "Interest__c"}, "id": held.record_id, **interest}]
    if values := _person_values(held.person, enriched.values):
        kind = "Contact" if held.person.kind == "contact" else "Lead"
        records.append({"attributes": {"type": kind}, "id": held.person.value, **values})
    return records


def _person_values(person: PersonKey, values: Mapping[str, str]) -> dict[str, Value]:
    words = CONTACT_PROFILE if person.kind == "contact" else _LEAD_WORDS
    written = {words[word].name: words[word].form(value) for word, value in values.items() if word in words}
    return {name: value for name, value in written.items() if value is not None}


def _outcome(held: Held, reply: Reply, count: int) -> Outcome:
    try:
        results = results_of(reply, count)
    except Retryable as error:
        return Deferred(str(error))
    errors = [each for each in results if isinstance(each, ApiError)]
    return _failed(the_cause(errors)) if errors else Written(held.record_id)


def _failed(cause: ApiError) -> Outcome:
    fault = classify(cause)
    said = f"Salesforce: {reason(cause, fault)}"
    if fault.kind == "configuration":
        return Blocked(said)
    # A record that was merged or converted meanwhile is found by the interest when the command comes again.
    return Refused(said) if fault.kind == "permanent" else Deferred(said)


def _written(value: Any) -> str:
    """Write a field's value; the name that stands in for an unknown one is none."""
    if value is None or isinstance(value, bool):
        return ""
    said = str(int(value)) if isinstance(value, float) and value.is_integer() else str(value).strip()
    return "" if said == UNKNOWN_NAME else said
