"""How the sync's states and jobs lie in the table."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from chalicelib.domain.instant import Instant
from chalicelib.domain.interest import PersonId
from chalicelib.domain.sync import Platform, Row
from chalicelib.domain.sync_plan import Planned
from chalicelib.domain.sync_state import SyncState, Verdict
from chalicelib.gateways.store.items import Item

MOST_BYTES = 300_000
"""Of the rows of a job in one item, which may have 400 KB."""


def state_key(platform: Platform, record: str) -> Item:
    """Name the item of a record's state: `RECORD#contact#003...`."""
    kind, _, record_id = record.partition(":")
    return key(f"RECORD#{kind}#{record_id}", f"SYNC#{platform}")


def due_key(platform: Platform, record: str) -> Item:
    """Name the mark that a record is looked at though it did not change."""
    return key(f"SYNC#{platform}", f"DUE#{record}")


def job_key(platform: Platform) -> Item:
    """Name the item of the open job."""
    return key(f"SYNC#{platform}", "JOB")


def job_rows_key(platform: Platform, number: int) -> Item:
    """Name the item of a part of the open job's rows."""
    return key(f"SYNC#{platform}", f"JOB#ROWS#{number:05d}")


def key(pk: str, sk: str) -> Item:
    """Write a key."""
    return {"pk": {"S": pk}, "sk": {"S": sk}}


def state_item(state: SyncState) -> Item:
    """Write a state."""
    return state_key(state.platform, state.record) | {"body": {"S": _text(state_to_json(state))}}


def state_of(item: Item) -> SyncState:
    """Read a state."""
    return state_from_json(json.loads(item["body"]["S"]))


def state_to_json(state: SyncState) -> dict[str, Any]:
    """Write a state as plain values; what is usual is left out."""
    judged = state.verdict
    plain: dict[str, Any] = {
        "platform": state.platform,
        "record": state.record,
        "verdict": [
            judged.person,
            judged.eligible,
            judged.reason,
            judged.basis,
            judged.purpose,
            judged.since,
            judged.gone,
        ],
        "decided_at": state.decided_at,
    }
    rest = {name: getattr(state, name) for name in _REST}
    return plain | {name: value for name, value in rest.items() if value}


_REST = (
    *("account", "held", "remote_id", "stands_back_for", "checksum"),
    *("hashes", "outcome", "failure", "written_at"),
)


def state_from_json(plain: Mapping[str, Any]) -> SyncState:
    """Read a state from plain values."""
    person, eligible, reason, basis, purpose, since, gone = plain["verdict"]
    return SyncState(
        platform=plain["platform"],
        record=plain["record"],
        verdict=Verdict(
            None if person is None else PersonId(person), eligible, reason, basis, purpose, since, gone
        ),
        decided_at=Instant(plain["decided_at"]),
        **{name: plain[name] for name in _REST if name in plain},
    )


def rows_in_parts(rows: Sequence[Planned]) -> Iterator[str]:
    """Write a job's rows, without their values, in texts that fit an item each."""
    part: list[str] = []
    size = 0
    for each in rows:
        text = _text(_planned_to_json(each))
        if part and size + len(text.encode()) > MOST_BYTES:
            yield f"[{','.join(part)}]"
            part, size = [], 0
        part.append(text)
        size += len(text.encode()) + 1
    if part:
        yield f"[{','.join(part)}]"


def rows_from_part(text: str) -> list[Planned]:
    """Read what `rows_in_parts` wrote."""
    return [_planned_from_json(each) for each in json.loads(text)]


def _planned_to_json(planned: Planned) -> dict[str, Any]:
    return {
        "person": planned.row.person,
        "remote_id": planned.row.remote_id,
        "state": state_to_json(planned.state),
        "released": [state_to_json(each) for each in planned.released],
    }


def _planned_from_json(plain: Mapping[str, Any]) -> Planned:
    state = state_from_json(plain["state"])
    row = Row(PersonId(plain["person"]), state.record, "", plain["remote_id"])
    return Planned(row, state, tuple(state_from_json(each) for each in plain["released"]))


def _text(plain: Mapping[str, Any]) -> str:
    return json.dumps(plain, separators=(",", ":"), ensure_ascii=False)
