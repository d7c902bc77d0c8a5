"""The sync's side of Account Engagement: one prospect for each Lead or Contact who may be written to.

A prospect is matched by its id, where it is known, or by its e-mail address. Few rows are written one by one,
many by an import: whichever needs fewer calls. A prospect has a history, and opt-outs: who may not be written
to any more isn't deleted but opted out.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from chalicelib.domain.command import FieldValue
from chalicelib.domain.interest import PersonId
from chalicelib.domain.sync import Platform, Row, RowResult
from chalicelib.errors import Rejected
from chalicelib.gateways.account_engagement.client import AccountEngagement
from chalicelib.gateways.account_engagement.prospect_imports import results_of
from chalicelib.gateways.account_engagement.prospect_job import (
    Match,
    ProspectJob,
    Written,
    by_match,
    key_of,
)
from chalicelib.gateways.account_engagement.prospect_withdrawal import OPTED_OUT, withdraw
from chalicelib.gateways.account_engagement.visitor_activity import has_opted_out

MOST_NOW = 3
"""Up to so many rows go one by one: an import takes a call to begin, one to look, one to hear of failures."""

MOST_ROWS = 30_000
"""Of a job: about a batch of an import."""

_RESTORED = dict.fromkeys(OPTED_OUT, False)
_IDS = (("contact", "contact_id", "salesforceContactId"), ("lead", "lead_id", "salesforceLeadId"))
_FIELDS = ("email", "optedOut", "isDoNotEmail", *(name for _, _, name in _IDS))


class ProspectSync:
    """Writes, withdraws and reads prospects."""

    platform: Platform = "account_engagement"
    most_rows = MOST_ROWS

    def __init__(
        self,
        account_engagement: AccountEngagement,
        fields: Mapping[str, str],
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        """Work on the prospects of a business unit.

        Args:
            account_engagement: the business unit.
            fields: the prospects' fields by our words, such as `job_title: jobTitle`.
            pause: waits so many seconds.
        """
        self._account_engagement = account_engagement
        self._fields = fields
        self._pause = pause

    def begin(self, rows: Sequence[Row]) -> str:
        """Hand rows over in the fewest calls; give the job's id, which can be kept and asked for later.

        Beginning the same rows again, as after a crash, changes nothing: each is matched.

        Raises:
            Retryable, Misconfigured: the gateway is busy, or must not; nothing is lost by trying again.
            Rejected: an import is refused as a whole.
        """
        now: dict[int, Written] = {}
        imports: dict[Match, str] = {}
        for match, places in by_match(rows).items():
            if len(places) <= MOST_NOW:
                now |= {place: self._write_now(rows[place]) for place in places}
            else:
                imports[match] = self._begin_import(match, [rows[place] for place in places])
        return ProspectJob(len(rows), now, imports).id

    def finish(self, job: str, rows: Sequence[Row]) -> Sequence[RowResult]:
        """Wait for a job; give one result for each row, in order.

        Raises:
            Retryable: the platform isn't done in time: ask again later.
            Misconfigured: as the gateway says.
            Rejected: the job is not one of these rows.
        """
        read = ProspectJob.of(job)
        if read.rows != len(rows):
            raise Rejected("job: has another number of rows")
        results = {place: each.result(rows[place]) for place, each in read.now.items()}
        for match, places in by_match(rows).items():
            if match in read.imports:
                part = [rows[place] for place in places]
                told = results_of(self._account_engagement, read.imports[match], part, self._pause)
                results |= dict(zip(places, told, strict=True))
        if len(results) != len(rows):
            raise Rejected("job: not of these rows")
        return [results[place] for place in range(len(rows))]

    def withdraw(self, rows: Sequence[Row]) -> Sequence[RowResult]:
        """Opt prospects out and take them off the lists; what isn't there counts as withdrawn.

        Raises:
            Retryable, Misconfigured, Rejected: a call failed as a whole.
        """
        return withdraw(self._account_engagement, rows, self._pause)

    def held(self, words: Sequence[str]) -> Iterator[Row]:
        """Read all prospects that are written to, with the values of these words; an empty field has none.

        Raises:
            Retryable, Misconfigured, Rejected: as the gateway says.
        """
        names = {word: self._fields[word] for word in words if word in self._fields}
        own = [self._fields[word] for word in ("person_id", "contact_id", "lead_id") if word in self._fields]
        for row in self._account_engagement.rows("prospects", (*_FIELDS, *own, *names.values())):
            if has_opted_out(row):
                continue
            values = {word: _read(word, row.get(name)) for word, name in names.items()}
            yield Row(
                person=PersonId(str(row.get(self._fields.get("person_id", "")) or "")),
                record=self._record(row),
                email=str(row.get("email") or ""),
                remote_id=str(row["id"]),
                values={word: value for word, value in values.items() if value is not None},
            )

    def _write_now(self, row: Row) -> Written:
        values = self._values(row) | (_RESTORED if row.silenced else {})
        try:
            # A prospect that was deleted or merged is known by its address only.
            if row.remote_id and self._account_engagement.change_prospect(row.remote_id, values):
                return Written(row.remote_id)
            return Written(self._account_engagement.upsert_prospect(row.email, values))
        except Rejected as error:
            return Written(None, str(error))

    def _begin_import(self, match: Match, rows: Sequence[Row]) -> str:
        for row in rows:
            if row.silenced:
                self._restore(row)
        written = [{match: key_of(row), **self._values(row)} for row in rows]
        columns = dict.fromkeys(name for row in written for name in row)
        return self._account_engagement.begin_import(
            [{name: row.get(name) for name in columns} for row in written]
        )

    def _restore(self, row: Row) -> None:
        """Let a prospect be written to again that we had opted out; the import tells of what can't be."""
        try:
            if row.remote_id:
                self._account_engagement.change_prospect(row.remote_id, _RESTORED)
            else:
                self._account_engagement.upsert_prospect(row.email, _RESTORED)
        except Rejected:
            return

    def _record(self, row: Mapping[str, Any]) -> str:
        """Name the Salesforce record: as we wrote it, or else as the platform's own connector tells it."""
        ours = [(kind, self._fields.get(word, "")) for kind, word, _ in _IDS]
        theirs = [(kind, name) for kind, _, name in _IDS]
        found = ((kind, row.get(name)) for kind, name in (*ours, *theirs))
        return next((f"{kind}:{str(value)[:15]}" for kind, value in found if value), "")

    def _values(self, row: Row) -> dict[str, Any]:
        words = {"person_id": row.person, **row.values, "email": row.email}
        return {name: _told(name, value) for word, value in words.items() if (name := self._fields.get(word))}


def _told(name: str, value: FieldValue) -> FieldValue:
    """Write flags of custom fields as words: those are texts, for a query leaves custom checkboxes out."""
    if isinstance(value, bool) and name.endswith("__c"):
        return "true" if value else "false"
    return value


def _read(word: str, value: Any) -> FieldValue:
    """Read a field as our word means it; custom fields give texts."""
    if isinstance(value, bool | int | float):
        return value
    text = str(value if value is not None else "").strip()
    if text == "":
        return None
    if word.startswith("opt_in_"):
        return text.lower() == "true"
    if word == "score":
        number = float(text)
        return int(number) if number.is_integer() else number
    return text
