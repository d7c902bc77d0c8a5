"""Searches an org for records that are one, and writes the pairs for people to decide."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from chalicelib.domain.instant import Instant
from chalicelib.domain.model import Model
from smarketing.cleansing.org_fields import Org, describe
from smarketing.cleansing.org_records import Rest
from smarketing.duplicates import account_table, person_table
from smarketing.duplicates.account_terms import ACCOUNT_TERMS
from smarketing.duplicates.explanation import explained
from smarketing.duplicates.manifest import PAIRS, Manifest
from smarketing.duplicates.matching import match
from smarketing.duplicates.org_tables import ACCOUNTS, PERSONS, Progress, read_tables
from smarketing.duplicates.pair import Pair
from smarketing.duplicates.pair_file import write_pairs
from smarketing.duplicates.person_terms import PERSON_TERMS
from smarketing.duplicates.terms import Terms
from smarketing.duplicates.workspace import workspace

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_STEPS = ("Learning", "Comparing", "Grouping")
_SHOWN_OF_PERSONS = ("first_name", "last_name", "company", "email", "phone", "postal_code", "city")
_SHOWN_OF_ACCOUNTS = ("company", "website", "phone", "postal_code", "city")


class RestOfOrg(Rest, Org, Protocol):
    """The calls that are needed."""


def find_duplicates(
    rest: RestOfOrg,
    org: str,
    folder: Path,
    model: Model,
    now: Instant,
    *,
    calling_code: str = "49",
    progress: Progress = lambda *_: None,
) -> Manifest:
    """Search Leads and Contacts together, and Accounts; nothing is changed in the org.

    Args:
        org: the organisation's id.
        folder: for the files; it is made.
        calling_code: of telephone numbers without a country, its digits.

    Raises:
        Misconfigured, Retryable: as `Rest` does.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with workspace() as connection:
        counts = read_tables(rest, describe(rest), connection, progress)
        person_table.prepare(connection, PERSONS, "person", calling_code)
        account_table.prepare(connection, ACCOUNTS, "account", calling_code)
        found = chain(
            _pairs(connection, "person", PERSONS, PERSON_TERMS, _SHOWN_OF_PERSONS, model, progress),
            _pairs(connection, "account", ACCOUNTS, ACCOUNT_TERMS, _SHOWN_OF_ACCOUNTS, model, progress),
        )
        numbered = (replace(each, number=number) for number, each in enumerate(found, 1))
        pairs = write_pairs(folder / PAIRS, numbered)
    manifest = Manifest(org, now, model.version, counts, pairs)
    manifest.write(folder)
    return manifest


def _pairs(
    connection: "DuckDBPyConnection",
    compared: str,
    typed: str,
    terms: Terms,
    shown: Sequence[str],
    model: Model,
    progress: Progress,
) -> Iterator[Pair]:
    bounds = model.duplicates

    def tell(step: str) -> None:
        progress(f"{step} ({compared}s)", _STEPS.index(step), len(_STEPS))

    made = match(connection, [compared], terms, looked_at=bounds.doubtful, one=bounds.certain, progress=tell)
    for each in explained(connection, made.pairs, compared, typed, terms, shown):
        yield replace(each, decision="same") if each.probability >= bounds.certain else each
