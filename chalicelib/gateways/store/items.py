"""How persons, engagements, interests and commands lie in the table: keys, and a body of JSON.

A body is one string, so that numbers come back bit for bit and an item costs little to write and read.
"""

import json
import zlib
from collections.abc import Mapping
from typing import Any

from chalicelib.domain.command import Command
from chalicelib.domain.engagement import Engagement, EngagementId, PersonKey, Position
from chalicelib.domain.instant import Instant
from chalicelib.domain.interest import Interest, InterestId, PersonId, opened_by
from chalicelib.domain.ledger import Head
from chalicelib.domain.message import engagement_from_json, engagement_to_json
from chalicelib.domain.person import (
    Bucket,
    Fact,
    HandRaise,
    InterestSummary,
    Person,
    ScoreState,
)
from chalicelib.errors import Rejected
from chalicelib.gateways.store.ledger_items import fold_from_json, fold_to_json
from chalicelib.gateways.store.mailing_items import mailing_from_json, mailing_to_json
from chalicelib.gateways.store.table import DUE_SHARDS, STATE

_SUMMARY = tuple(InterestSummary.__dataclass_fields__)

Item = dict[str, Any]
"""In DynamoDB's form: `{"pk": {"S": ...}, ...}`."""

MOST_BYTES = 400_000
"""DynamoDB's limit of an item is 400 KB."""


def key_of(person_key: PersonKey) -> Item:
    """Name the item that points from a key to its person."""
    return _key(f"KEY#{person_key.kind}#{person_key.value}", "KEY")


def state_key(person: PersonId) -> Item:
    """Name the item of a person's state."""
    return _key(partition(person), STATE)


def partition(person: PersonId) -> str:
    """Name a person's partition."""
    return f"PERSON#{person}"


def engagement_key(person: PersonId, engagement: EngagementId) -> Item:
    """Name an engagement's item by its id alone, which makes the item the mark that it was recorded.

    Its time has no place in the name: a sender may tell the same engagement again with another one (a won
    opportunity at each of its later saves, an outbound message with the record's latest values).
    """
    return _key(partition(person), f"ENGAGEMENT#{engagement}")


def interest_key(interest: InterestId) -> Item:
    """Name an interest's item, which stays in the partition of the person that it was opened for."""
    person, line, number = opened_by(interest)
    return _key(partition(person), f"INTEREST#{line}#{number:04d}")


def engagement_item(person: PersonId, engagement: Engagement, refused: str | None = None) -> Item:
    """Write an engagement and, where it told a change that was not followed, why.

    Raises:
        Rejected: it is larger than an item may be.
    """
    item = engagement_key(person, engagement.id) | _body(engagement_to_json(engagement))
    return item if refused is None else item | {"refused": {"S": refused}}


def engagement_of(item: Item) -> Engagement:
    """Read an engagement."""
    return engagement_from_json(json.loads(item["body"]["S"]))


def interest_item(interest: Interest) -> Item:
    """Write an interest."""
    return interest_key(interest.id) | _body(
        {name: getattr(interest, name) for name in Interest.__dataclass_fields__}
    )


def interest_of(item: Item) -> Interest:
    """Read an interest."""
    return Interest(**json.loads(item["body"]["S"]))


def outbox_key(person: PersonId, command_key: str) -> Item:
    """Name the item of a waiting command."""
    return _key(partition(person), f"OUTBOX#{command_key}")


def command_item(command: Command) -> Item:
    """Write a command into its person's outbox."""
    return {
        **outbox_key(command.person, command.key),
        "version": {"N": str(command.version)},
        **command_body(command),
    }


def command_body(command: Command) -> Item:
    """Write what a command says."""
    return _body(
        {
            "record": command.record,
            "external_id": command.external_id,
            "person": command.person,
            "version": command.version,
            "fields": dict(command.fields),
        }
    )


def command_of(item: Item) -> Command:
    """Read a command, waiting or parked."""
    return Command(**json.loads(item["body"]["S"]))


def redirect_item(person: Person, survivor: PersonId) -> Item:
    """Write that a person was absorbed by another one."""
    item: Item = {
        **state_key(person.id),
        "version": {"N": str(person.version + 1)},
        "merged_into": {"S": survivor},
    }
    if person.ledger is None:
        return item
    return item | {"ledger": {"S": json.dumps([person.ledger.sequence, person.ledger.hash])}}


def head_of(redirect: Item) -> Head | None:
    """Read where the consent ledger of an absorbed person ends."""
    return Head(*json.loads(redirect["ledger"]["S"])) if "ledger" in redirect else None


def state_item(person: Person) -> Item:
    """Write a person's state; whoever has something due stands in the index.

    Raises:
        Rejected: it is larger than an item may be.
    """
    score = person.score
    item = state_key(person.id) | {"version": {"N": str(person.version)}}
    if person.due_at is not None:
        shard = zlib.crc32(person.id.encode()) % DUE_SHARDS
        item |= {"due_shard": {"S": str(shard)}, "due_at": {"N": str(person.due_at)}}
    return item | _body(
        {
            "playbook": person.playbook,
            "keys": sorted([key.kind, key.value] for key in person.keys),
            "buckets": {name: [each.points, each.as_of] for name, each in score.buckets.items()},
            "counted": dict(score.counted),
            "last": score.last,
            "profile": {name: [fact.value, fact.position] for name, fact in person.profile.items()},
            "consents": [fold_to_json(*each) for each in sorted(person.consents.items())],
            "ledger": None if person.ledger is None else [person.ledger.sequence, person.ledger.hash],
            "hands": [
                [*pair, each.engagement, each.kind, each.at] for pair, each in person.hand_raises.items()
            ],
            "interests": {
                line: [getattr(each, name) for name in _SUMMARY] for line, each in person.interests.items()
            },
            "mailing": mailing_to_json(person.mailing),
            "absorbed": list(person.absorbed),
            "engagements": person.engagements,
            "last_touchpoint": person.last_touchpoint,
            "told_at": person.told_at,
        }
    )


def person_of(item: Item) -> Person:
    """Read a person's state."""
    body: Mapping[str, Any] = json.loads(item["body"]["S"])
    return Person(
        id=PersonId(item["pk"]["S"].removeprefix("PERSON#")),
        version=int(item["version"]["N"]),
        playbook=body["playbook"],
        keys=frozenset(PersonKey(kind, value) for kind, value in body["keys"]),
        score=ScoreState(
            {name: Bucket(points, as_of) for name, (points, as_of) in body["buckets"].items()},
            body["counted"],
            _position(body["last"]),
        ),
        profile={name: Fact(value, (at, by)) for name, (value, (at, by)) in body["profile"].items()},
        consents=dict(fold_from_json(each) for each in body["consents"]),
        ledger=None if body["ledger"] is None else Head(*body["ledger"]),
        hand_raises={(gate, line): HandRaise(by, kind, at) for gate, line, by, kind, at in body["hands"]},
        interests={line: InterestSummary(*each) for line, each in body["interests"].items()},
        mailing=mailing_from_json(body.get("mailing")),
        absorbed=tuple(body["absorbed"]),
        engagements=body["engagements"],
        last_touchpoint=_position(body["last_touchpoint"]),
        due_at=Instant(int(item["due_at"]["N"])) if "due_at" in item else None,
        told_at=body.get("told_at"),
    )


def _position(plain: Any) -> Position | None:
    return None if plain is None else (plain[0], plain[1])


def _key(pk: str, sk: str) -> Item:
    return {"pk": {"S": pk}, "sk": {"S": sk}}


def _body(plain: Mapping[str, Any]) -> Item:
    body = json.dumps(plain, separators=(",", ":"), ensure_ascii=False)
    try:
        size = len(body.encode())
    except UnicodeEncodeError:
        raise Rejected("engagement: a text is no Unicode; send UTF-8") from None
    if size > MOST_BYTES - 4_000:
        raise Rejected("engagement: larger than 400 KB with its person; send less in attributes and profile")
    return {"body": {"S": body}}
