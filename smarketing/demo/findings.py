"""What the demo finds when the year is over: in the table, in the queues and in Salesforce."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from chalicelib import bootstrap
from chalicelib.domain.explanation import explain
from chalicelib.domain.instant import iso
from chalicelib.domain.interest import Interest, PersonId
from chalicelib.domain.qualification import Compiled
from chalicelib.domain.scoring import in_order
from chalicelib.gateways.salesforce.client import least_calls
from chalicelib.gateways.store.items import interest_of
from chalicelib.gateways.store.persons import Persons
from smarketing.demo.org_records import count
from smarketing.sandbox.sandbox import Sandbox

_SHOWN = 14
"""Lines of the explained interest; the rest is summed up in one."""

_RECORD_BYTES = 500
"""Of a record on its way to Salesforce, roughly: what a bulk job's files would weigh."""

_WRITTEN = ("person", "interest", "touchpoint")

_QUEUE = "SELECT COUNT() FROM Interest__c WHERE Owner.Name = 'Sales Support' AND Stage__c = 'mql'"


@dataclass(frozen=True, slots=True)
class Findings:
    """Counts, and one interest explained."""

    recorded: int
    told_by_senders: int
    """Without what Salesforce told us itself."""
    persons: int
    mqls: dict[str, int]
    queue: int
    dead_letters: int
    parked: int
    calls: int
    least_calls: int
    """What a perfect sender needs for the same deliveries (`least_of`)."""
    records_written: int
    explained: dict[str, Any]


def look(sandbox: Sandbox) -> Findings:
    """Look everywhere; the environment has to be the sandbox's."""
    counts: Counter[str] = Counter()
    interests: list[Interest] = []
    for item in _items(sandbox):
        kind = item["sk"]["S"].split("#")[0]
        if kind == "ENGAGEMENT":
            counts["salesforce"] += json.loads(item["body"]["S"])["source"] == "salesforce"
        elif kind == "INTEREST":
            interests.append(interest_of(item))
        elif kind == "STATE" and "merged_into" in item:
            kind = "redirect"
        counts[kind] += 1
    statistics = sandbox.statistics()
    calls = statistics["salesforce"]["calls_by_user"]
    written = statistics["salesforce"]["records_written_by_user"]
    return Findings(
        recorded=counts["ENGAGEMENT"],
        told_by_senders=counts["ENGAGEMENT"] - counts["salesforce"],
        persons=counts["STATE"],
        mqls=dict(Counter(interest.product_line for interest in interests)),
        queue=count(sandbox, _QUEUE),
        dead_letters=sum(depth for name, depth in statistics["queues"].items() if name.endswith("-dead")),
        parked=counts["PARKED"],
        calls=int(calls.get(sandbox.credentials.salesforce_username, 0)),
        least_calls=sum(map(least_of, _deliveries(sandbox))),
        records_written=int(written.get(sandbox.credentials.salesforce_username, 0)),
        explained=_explained(interests),
    )


def _deliveries(sandbox: Sandbox) -> Iterator[Mapping[str, int]]:
    """Read from the function's own log what it tells of each delivery, as the number of commands by kind."""
    for line in (sandbox.run / "deliverer.log").read_text().splitlines():
        if line.startswith("{") and (told := json.loads(line)).get("what") == "delivered":
            yield told


def least_of(commands: Mapping[str, int]) -> int:
    """Count the calls that a delivery needs at least, since each step needs the answer of the one before.

    Look for new people, write all records, look again and read the interests that opened, write what
    enriches them.
    """
    records = sum(commands.get(kind, 0) for kind in _WRITTEN)
    writes = least_calls(records, records * _RECORD_BYTES)
    looks = bool(commands.get("twins")) + bool(commands.get("twins") or commands.get("enrichment"))
    return writes + looks + bool(commands.get("enrichment"))


def _items(sandbox: Sandbox) -> Iterator[dict[str, Any]]:
    paginator = sandbox.aws.client("dynamodb").get_paginator("scan")
    for page in paginator.paginate(TableName=sandbox.environment["SMARKETING_TABLE"]):
        yield from page["Items"]


def _explained(interests: list[Interest]) -> dict[str, Any]:
    """Explain the interest that was opened with the highest score, point by point."""
    if not interests:
        return {}
    interest = max(interests, key=lambda each: (each.score_when_opened, each.id))
    persons, compiled = bootstrap.persons(), bootstrap.playbook()()
    lines, total = _lines(persons, compiled, interest)
    return {
        "interest": interest.id,
        "product_line": interest.product_line,
        "gate": interest.gate,
        "grade": interest.grade_when_opened,
        "opened_at": iso(interest.opened_at),
        "score": round(total, 1),
        "lines": lines,
    }


def _lines(persons: Persons, compiled: Compiled, interest: Interest) -> tuple[list[dict[str, Any]], float]:
    person = persons.load([interest.person])[PersonId(interest.person)]
    history = [each for each in in_order(persons.history(person)) if each.occurred_at <= interest.opened_at]
    explanation = explain(compiled.scoring, history, interest.opened_at)
    shares = sorted(explanation.shares, key=lambda share: -abs(share.points))
    lines = [
        {"points": share.points, "label": share.label, "at": iso(share.occurred_at)[:10]}
        for share in shares[:_SHOWN]
    ]
    if rest := shares[_SHOWN:]:
        lines.append({"points": sum(share.points for share in rest), "label": f"and {len(rest)} more"})
    lines += [
        {"points": each.points, "label": f"{each.bound} of {explanation.labels[each.category]}"}
        for each in explanation.adjustments
    ]
    return lines, explanation.score.total
