"""Reads Leads, Contacts and Accounts of an org into tables of the workspace."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

from smarketing.cleansing import org_records
from smarketing.cleansing.org_fields import OrgObject
from smarketing.cleansing.org_records import Rest
from smarketing.cleansing.proposal import Record

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

Progress = Callable[[str, int, int], None]
"""Takes what is being done, how many are, and of how many."""

PERSONS, ACCOUNTS = "typed_person", "typed_account"

_BATCH = 20_000
_ACCOUNT_COLUMNS = ("id", "company", "website", "phone", "postal_code", "city")
_PERSON_COLUMNS = (
    *("id", "first_name", "last_name", "company", "account", "email", "phone", "postal_code", "city"),
)


@dataclass(frozen=True, slots=True)
class _Source:
    """Which fields of an object fill the columns; of several the first that holds something."""

    object: str
    columns: Mapping[str, Sequence[str]]


_LEADS = _Source(
    "Lead",
    {
        "first_name": ("FirstName",),
        "last_name": ("LastName",),
        "company": ("Company",),
        "email": ("Email",),
        "phone": ("Phone", "MobilePhone"),
        "postal_code": ("PostalCode",),
        "city": ("City",),
    },
)
_CONTACTS = _Source(
    "Contact",
    {
        "first_name": ("FirstName",),
        "last_name": ("LastName",),
        "account": ("AccountId",),
        "email": ("Email",),
        "phone": ("Phone", "MobilePhone"),
        "postal_code": ("MailingPostalCode",),
        "city": ("MailingCity",),
    },
)
_ACCOUNTS = _Source(
    "Account",
    {
        "company": ("Name",),
        "website": ("Website",),
        "phone": ("Phone",),
        "postal_code": ("BillingPostalCode",),
        "city": ("BillingCity",),
    },
)


def read_tables(
    rest: Rest,
    described: Mapping[str, OrgObject],
    connection: "DuckDBPyConnection",
    progress: Progress = lambda *_: None,
) -> dict[str, int]:
    """Fill the tables of persons and Accounts; ids are `Lead:00Q...`. Gives the records by object.

    Converted Leads are left out: their Contact stands for them. A Contact's company is its Account's name.

    Raises:
        Misconfigured, Retryable: as `Rest` does.
    """
    for table, columns in ((ACCOUNTS, _ACCOUNT_COLUMNS), (PERSONS, _PERSON_COLUMNS)):
        connection.execute(
            f"CREATE OR REPLACE TABLE {table} ({', '.join(f'{each} VARCHAR' for each in columns)})"
        )
    counts = {}
    for source, table in ((_ACCOUNTS, ACCOUNTS), (_CONTACTS, PERSONS), (_LEADS, PERSONS)):
        counts[source.object] = _read(rest, described[source.object], source, connection, table, progress)
    connection.execute(
        f"UPDATE {PERSONS} SET company = a.company FROM {ACCOUNTS} a"  # noqa: S608 - tables of ours
        f" WHERE {PERSONS}.account IS NOT NULL AND a.id = 'Account:' || {PERSONS}.account"
    )
    return counts


def _read(
    rest: Rest,
    described: OrgObject,
    source: _Source,
    connection: "DuckDBPyConnection",
    table: str,
    progress: Progress,
) -> int:
    fields = [each for names in source.columns.values() for each in names if each in described.fields]
    more = ["IsConverted"] if "IsConverted" in described.fields else []
    total, records = org_records.read_all(rest, source.object, described.types, ["Id", *fields, *more])
    kept = (each for each in records if each.values.get("IsConverted") != "true")
    taken = 0
    while batch := list(islice(kept, _BATCH)):
        _insert(connection, table, [_row(source, each) for each in batch])
        taken += len(batch)
        progress(f"Reading {source.object}s", taken, max(total, taken))
    return taken


def _row(source: _Source, record: Record) -> dict[str, str | None]:
    def value(names: Sequence[str]) -> Iterator[str]:
        return (text for name in names if (text := record.values.get(name, "")))

    cells = {column: next(value(names), None) for column, names in source.columns.items()}
    return {"id": f"{source.object}:{record.id}", **cells}


def _insert(connection: "DuckDBPyConnection", table: str, rows: Sequence[Mapping[str, Any]]) -> None:
    import pyarrow

    schema = pyarrow.schema([(name, pyarrow.string()) for name in rows[0]])
    connection.register("batch", pyarrow.Table.from_pylist(rows, schema=schema))
    connection.execute(f"INSERT INTO {table} BY NAME FROM batch")
    connection.unregister("batch")
