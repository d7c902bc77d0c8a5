"""Finds the record that took the place of the one that a command names."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Protocol

from chalicelib.domain.command import Command
from chalicelib.domain.engagement import PersonKey, person_key
from chalicelib.domain.outcome import Moved
from chalicelib.gateways.salesforce.errors import ApiError
from chalicelib.gateways.salesforce.mapping import PERSON_ID, is_record_id

_STEPS = 5
"""How many mergers and conversions in a row are followed."""

_LEAD, _CONTACT = "00Q", "003"
"""What ids of the two objects begin with."""

_LEADS_BY_PERSON = f"SELECT Id, {PERSON_ID} FROM Lead WHERE {PERSON_ID} IN {{values}}"  # noqa: S608 - constants only
_LEADS = (
    "SELECT Id, IsDeleted, MasterRecordId, IsConverted, ConvertedContactId FROM Lead WHERE Id IN {values}"
)
_CONTACTS = "SELECT Id, IsDeleted, MasterRecordId FROM Contact WHERE Id IN {values}"
_CONTACTS_BY_EMAIL = "SELECT Id, Email FROM Contact WHERE Email IN {values}"
_LEADS_BY_EMAIL = "SELECT Id, Email FROM Lead WHERE IsConverted = false AND Email IN {values}"

Row = Mapping[str, Any]


class Queries(Protocol):
    """The reading side of the gateway."""

    def rows(self, soql: str, values: Iterable[str], *, deleted: bool = False) -> Iterator[Row]:
        """Run a query whose `{values}` are the given texts, in as many calls as its length asks for."""


def follow(crm: Queries, failed: Sequence[tuple[Command, ApiError]]) -> dict[str, Moved]:
    """Give, by command key, the record to write instead; commands without one are left out.

    What a duplicate rule finds may be merely alike: only the same e-mail address makes it the same person.
    """
    found: dict[str, Moved] = {}
    gone: list[Command] = []
    alike: list[Command] = []
    for command, error in failed:
        match = next((each for each in error.matches if each.startswith((_LEAD, _CONTACT))), None)
        if error.code == "DUPLICATES_DETECTED":
            alike.append(command)
        elif match:
            found[command.key] = Moved(_key(match), "record_changed")
        else:
            gone.append(command)
    found.update(_successors(crm, gone))
    found.update(_by_email(crm, alike))
    return found


def _successors(crm: Queries, commands: Sequence[Command]) -> Iterator[tuple[str, Moved]]:
    """Follow mergers (MasterRecordId of the deleted record) and conversions (ConvertedContactId)."""
    start = _starts(crm, commands)
    at = dict(start)
    for _ in range(_STEPS):
        rows = _by_id(crm, at.values())
        onward = {key: _onward(rows.get(record[:15])) for key, record in at.items()}
        arrived = [key for key, record in onward.items() if record and record[:15] == at[key][:15]]
        for key in arrived:
            record = at.pop(key)
            if record[:15] != start[key][:15]:
                converted = record.startswith(_CONTACT) and start[key].startswith(_LEAD)
                yield key, Moved(_key(record), "lead_converted" if converted else "record_changed")
        at = {key: onward[key] for key in at if onward[key]}
        if not at:
            return


def _starts(crm: Queries, commands: Sequence[Command]) -> dict[str, str]:
    """Give the id of the record that each command is about; a Lead of ours may be known by person only."""
    start = {command.key: _named(command) for command in commands}
    persons = {command.key: _person(command) for command in commands if not start[command.key]}
    if persons:
        rows = crm.rows(_LEADS_BY_PERSON, dict.fromkeys(persons.values()), deleted=True)
        leads = {row[PERSON_ID]: str(row["Id"]) for row in rows}
        start.update({key: leads.get(person, "") for key, person in persons.items()})
    return {key: record for key, record in start.items() if record}


def _by_id(crm: Queries, ids: Iterable[str]) -> dict[str, Row]:
    wanted = {each[:15]: each for each in ids}
    rows: dict[str, Row] = {}
    for prefix, soql in ((_LEAD, _LEADS), (_CONTACT, _CONTACTS)):
        some = [each for each in wanted.values() if each.startswith(prefix) and is_record_id(each)]
        if some:
            rows.update({row["Id"][:15]: row for row in crm.rows(soql, some, deleted=True)})
    return rows


def _onward(row: Row | None) -> str:
    """Give the record itself where it lives on, else the one after it, else nothing."""
    if row is None:
        return ""
    if row.get("IsConverted"):
        return str(row["ConvertedContactId"] or "")
    return str((row["MasterRecordId"] if row["IsDeleted"] else row["Id"]) or "")


def _by_email(crm: Queries, commands: Sequence[Command]) -> Iterator[tuple[str, Moved]]:
    """Find the one record with the person's e-mail address.

    A Contact comes before a Lead; several are left to people.
    """
    emails = {str(command.fields["email"]).casefold(): command.key for command in commands if _email(command)}
    for soql in (_CONTACTS_BY_EMAIL, _LEADS_BY_EMAIL):
        if not emails:
            return
        matches: dict[str, list[str]] = {}
        for row in crm.rows(soql, list(emails)):
            matches.setdefault(str(row["Email"]).casefold(), []).append(str(row["Id"]))
        for email, records in matches.items():
            if email in emails:
                key = emails.pop(email)
                if len(records) == 1:
                    yield key, Moved(_key(records[0]), "record_changed")


def _named(command: Command) -> str:
    return str(command.fields.get("contact_id") or command.fields.get("lead_id") or "")


def _person(command: Command) -> str:
    return str(command.fields.get("person_id") or command.person)


def _email(command: Command) -> bool:
    return bool(command.fields.get("email"))


def _key(record: str) -> PersonKey:
    return person_key("contact" if record.startswith(_CONTACT) else "lead", record)
