"""The gateway to Salesforce: writes commands in the fewest calls, reads records, keeps to the API budget."""

import random
import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import groupby
from math import ceil
from typing import Any

from chalicelib.domain.changed_record import ChangedRecord
from chalicelib.domain.command import Command
from chalicelib.domain.engagement import Engagement
from chalicelib.domain.instant import Instant
from chalicelib.domain.outcome import Blocked, Deferred, Outcome, Written
from chalicelib.domain.watermark import Watermark
from chalicelib.errors import Misconfigured, Rejected, Retryable
from chalicelib.gateways.salesforce import activities, bulk, changed_records, composite, redirects
from chalicelib.gateways.salesforce.budget import Budget
from chalicelib.gateways.salesforce.bulk import Job
from chalicelib.gateways.salesforce.composite import Result, Saved
from chalicelib.gateways.salesforce.errors import ApiError, classify
from chalicelib.gateways.salesforce.login import Login
from chalicelib.gateways.salesforce.mapping import QUEUE, Write, write_of
from chalicelib.gateways.salesforce.outcomes import outcome_of
from chalicelib.gateways.salesforce.queues import queue_id
from chalicelib.gateways.salesforce.reread import read_again
from chalicelib.gateways.salesforce.rest import Rest
from chalicelib.gateways.salesforce.session import Session

ROUNDS = 3
"""How often a record that somebody else holds is written within one delivery."""

_RANK = {"person": 0, "interest": 1, "touchpoint": 2, "possible_duplicate": 3}
_HELD_BY = re.compile(r"duplicates value on record with id: (\w{15,18})")


def least_calls(records: int, size: int) -> int:
    """Count the API calls that no client could go below for so many records of so many bytes.

    1,000 records a composite call, or 6 calls for a Bulk API 2.0 job of 150 MB.
    """
    return min(ceil(records / 1_000), 6 * ceil(size / 150_000_000))


class SalesforceGateway:
    """One integration user's view of one org; logs in at the first call and stays logged in."""

    def __init__(
        self,
        secret: Callable[[], Mapping[str, Any]],
        *,
        clock: Callable[[], Instant],
        share_for_people: float = 0.2,
        patience: bulk.Patience | None = None,
        sleep: Callable[[float], None] = time.sleep,
        chance: Callable[[], float] = random.random,
    ) -> None:
        """Make a gateway; nothing is called before it is used.

        Args:
            secret: gives `domain_url`, `consumer_key`, `username` and `private_key` whenever it logs in.
            clock: by which the API budget is kept.
            share_for_people: the share of the org's daily API requests that is left alone.
            patience: how long a Bulk job is waited for.
            sleep: waits for so many seconds.
            chance: spreads the pauses of parallel callers, in [0, 1).
        """
        self._budget = Budget(share_for_people, clock)
        self._rest = Rest(Session(Login(secret), self._budget, sleep, chance))
        self._patience = patience or bulk.Patience(sleep=sleep)
        self._query_patience = patience or bulk.Patience(300.0, first=2.0, longest=20.0, sleep=sleep)
        self._sleep = sleep
        self._chance = chance

    @property
    def calls(self) -> int:
        """API requests sent so far, repetitions included."""
        return self._budget.calls

    @cached_property
    def queue_id(self) -> str:
        """The queue that owns new interests.

        Raises:
            Misconfigured: the org has no such queue.
        """
        return queue_id(self._rest, QUEUE)

    def read_again(
        self, entity: str, ids: Sequence[str], now: Instant
    ) -> Iterator[Engagement | activities.Fact]:
        """Read records and give what they tell of persons; see `reread.read_again`."""
        return read_again(self._rest, entity, ids, now)

    def facts(
        self, source: activities.Source, since: Watermark | None, now: Instant
    ) -> Iterator[tuple[Watermark, activities.Fact]]:
        """Give what sales and support did after a watermark; see `activities.since`."""
        return activities.since(self._rest, source, since, now)

    def changed(self, source: changed_records.Source, since: Watermark | None) -> Iterator[ChangedRecord]:
        """Give what changed after a watermark, the oldest change first; see `changed_records.changed`."""
        return changed_records.changed(self._rest, source, since, self._query_patience)

    def records(self, names: Sequence[str]) -> Iterator[ChangedRecord]:
        """Read Leads and Contacts by name, such as `lead:00Q...`; see `changed_records.named`."""
        return changed_records.named(self._rest, names)

    def write(self, commands: Sequence[Command]) -> list[Outcome]:
        """Bring the records into the state that the commands want; gives one outcome each, in their order.

        Persons are written before interests, interests before touchpoints, which refer to them. Records that
        others hold are tried again a few times. When a whole call fails, its commands and those after it are
        deferred (or blocked); the outcomes of those before it stand.
        """
        results: dict[int, Outcome | ApiError] = {}
        waiting = list(range(len(commands)))
        for round_ in range(ROUNDS):
            if round_:
                self._sleep(self._chance() * 2**round_)
            results.update(self._attempt([(at, commands[at]) for at in waiting]))
            waiting = [at for at in waiting if _kind(results[at]) == "transient"]
            if not waiting:
                break
        moved = self._moved(commands, results)
        return [moved.get(command.key) or _final(results[at]) for at, command in enumerate(commands)]

    def _attempt(self, commands: Sequence[tuple[int, Command]]) -> dict[int, Outcome | ApiError]:
        results: dict[int, Outcome | ApiError] = {}
        undone: Outcome = Deferred("Salesforce: not reached")
        try:
            for job, result in self._send(self._jobs(commands)):
                results[job[0]] = _settled(job[1], result)
        except Retryable as error:
            undone = Deferred(str(error))
        except (Misconfigured, Rejected) as error:
            # A request that is refused as a whole is none of its records' fault.
            undone = Blocked(str(error))
        return {at: results.get(at, undone) for at, _ in commands}

    def _jobs(self, commands: Sequence[tuple[int, Command]]) -> list[Job]:
        """Order the writes: parents first, one way of writing after the other, a person's records together.

        Touchpoints of one person lock the same Lead; side by side they share a transaction.
        """
        queue = self.queue_id if any(command.record == "interest" for _, command in commands) else ""
        jobs = [(at, command, write_of(command, queue)) for at, command in commands]
        jobs.sort(
            key=lambda job: (_RANK[job[1].record], job[2].how, job[2].object, job[2].alike, job[1].person)
        )
        return [(at, write) for at, _, write in jobs]

    def _send(self, jobs: list[Job]) -> Iterator[tuple[Job, Result]]:
        while jobs:
            wave, jobs = _each_record_once(jobs)
            small: list[Job] = []
            for _, group in groupby(wave, key=lambda job: (job[1].object, job[1].how, job[1].alike)):
                some = list(group)
                if len(some) <= bulk.MORE_THAN:
                    small += some
                    continue
                yield from self._send_small(small)
                small = []
                yield from bulk.send(self._rest, some, self._patience)
            yield from self._send_small(small)

    def _send_small(self, jobs: Sequence[Job]) -> Iterator[tuple[Job, Result]]:
        sent = iter(jobs)
        for results in composite.send(self._rest, [write for _, write in jobs]):
            # Results first: zip takes from its first argument before it sees that the second is at its end.
            yield from ((job, result) for result, job in zip(results, sent, strict=False))

    def _moved(
        self, commands: Sequence[Command], results: dict[int, Outcome | ApiError]
    ) -> dict[str, Outcome]:
        failed = [
            (commands[at], result)
            for at, result in results.items()
            if isinstance(result, ApiError) and classify(result).kind == "redirect"
        ]
        if not failed:
            return {}
        try:
            return dict(redirects.follow(self._rest, failed))
        except (Retryable, Misconfigured) as error:
            return {command.key: Deferred(str(error)) for command, _ in failed}


def _each_record_once(jobs: Iterable[Job]) -> tuple[list[Job], list[Job]]:
    """Set aside writes of a record that is written already: Salesforce refuses two in one request."""
    first: list[Job] = []
    again: list[Job] = []
    targets = set()
    for job in jobs:
        (again if job[1].target in targets else first).append(job)
        targets.add(job[1].target)
    return first, again


def _settled(write: Write, result: Result) -> Outcome | ApiError:
    """Take a creation that finds its record there for done: that is what its repetition looks like."""
    if isinstance(result, Saved):
        return Written(result.id)
    held = _HELD_BY.search(result.message) if result.code == "DUPLICATE_VALUE" else None
    if held and write.how == "create" and write.key in result.message:
        return Written(held[1])
    return result


def _kind(result: Outcome | ApiError) -> str:
    return classify(result).kind if isinstance(result, ApiError) else ""


def _final(result: Outcome | ApiError) -> Outcome:
    return outcome_of(result) if isinstance(result, ApiError) else result
