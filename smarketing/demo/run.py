"""The demo: a year of engagements through the HTTP front door, and what came of it."""

import os
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from random import Random
from typing import Any

import requests

from chalicelib.domain.instant import DAY, Instant
from smarketing.demo import findings
from smarketing.demo.org_records import import_people
from smarketing.demo.pardot_rows import forwards
from smarketing.demo.report import Figures
from smarketing.demo.senders import Call, Keys, arrivals, calls, mishaps
from smarketing.demo.world import people
from smarketing.demo.year import strangers, year
from smarketing.sandbox.sandbox import Sandbox

STEP = 14 * DAY
"""How far the year goes on before everything that was sent is worked off."""

_SENDERS = 4
"""Requests that are under way side by side."""

Progress = Callable[[int, int], None]
"""Told how many of how many engagements were sent."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What to generate."""

    seed: int = 20_251_124
    persons: int = 2_020
    strangers: int = 60
    data: Path | None = None
    """Folder with exported Account Engagement rows to send as well."""


@dataclass(slots=True)
class _Tally:
    received: int = 0
    refused: Counter[str] = field(default_factory=Counter)


def beginning(end: Instant) -> Instant:
    """Say when the year begins that ends on the day of `end`."""
    return Instant((end // DAY - 365) * DAY)


def run(sandbox: Sandbox, plan: Plan, start: Instant, progress: Progress) -> Figures:
    """Send the year and wait until all of it is worked off.

    Raises:
        Rejected: `plan.data` holds no rows.
        Retryable: the sandbox did not come to rest.
    """
    began = time.monotonic()
    random = Random(plan.seed)
    population = list(people(random, plan.persons))
    keys = _keys(sandbox)
    todo = _requests(random, plan, population, keys, start)
    total = sum(call.engagements for call in todo)
    tally = _Tally()
    sandbox.clock.set(start)
    import_people(sandbox, population)
    sandbox.drain()
    with ThreadPoolExecutor(_SENDERS) as senders, requests.Session() as session:
        session.mount("http://", requests.adapters.HTTPAdapter(pool_maxsize=_SENDERS))
        sent = 0
        for _, step in groupby(todo, key=lambda call: call.at // STEP):
            for at, together in groupby(step, key=lambda call: call.at):
                sandbox.clock.set(at)
                group = list(together)
                for call, status, accepted in senders.map(lambda each: _send(sandbox, session, each), group):
                    _note(tally, status, accepted)
                    sent += call.engagements
                progress(sent, total)
            sandbox.drain()
    sandbox.run_schedule("review_due")
    sandbox.drain()
    return _figures(sandbox, tally, time.monotonic() - began)


def _requests(
    random: Random, plan: Plan, population: Sequence[Any], keys: Keys, start: Instant
) -> list[Call]:
    happenings = [*year(random, list(population), start)]
    unknown = list(people(random, plan.persons + plan.strangers))[plan.persons :]
    happenings += strangers(random, unknown, start)
    good = list(calls(arrivals(random, happenings), keys))
    everything = list(mishaps(random, good, keys))
    if plan.data is not None:
        everything += forwards(plan.data, Instant(start + DAY), keys)
    return sorted(everything, key=lambda call: call.at)


def _keys(sandbox: Sandbox) -> Keys:
    secret = sandbox.credentials
    return Keys(secret.ens_signature_key, secret.intake_key_id, secret.intake_secret)


def _send(sandbox: Sandbox, session: requests.Session, call: Call) -> tuple[Call, int, int]:
    answer = session.post(f"{sandbox.url}{call.path}", data=call.body, headers=call.headers, timeout=60)
    accepted = answer.json().get("accepted", 0) if answer.status_code == 200 else 0
    return call, answer.status_code, accepted


def _note(tally: _Tally, status: int, accepted: int) -> None:
    tally.received += accepted
    if status != 200:
        tally.refused[str(status)] += 1


def _figures(sandbox: Sandbox, tally: _Tally, seconds: float) -> Figures:
    with _environment(sandbox):
        found = findings.look(sandbox)
    return Figures(
        received=tally.received,
        refused=dict(tally.refused),
        duplicates=tally.received - found.told_by_senders,
        recorded=found.recorded,
        persons=found.persons,
        mqls=found.mqls,
        sales_support_queue=found.queue,
        dead_letters=found.dead_letters,
        parked=found.parked,
        salesforce_calls=found.calls,
        least_calls=found.least_calls,
        salesforce_records=found.records_written,
        seconds=round(seconds, 1),
        explained=found.explained,
    )


@contextmanager
def _environment(sandbox: Sandbox) -> Iterator[None]:
    """Let the store's gateways in this process work on the sandbox."""
    before = dict(os.environ)
    os.environ.update(sandbox.environment)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
