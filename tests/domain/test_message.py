"""What can't be read travels like what can, and ends where a human sees it."""

import json

import pytest

from chalicelib.domain.engagement import Engagement, engagement_id, person_key
from chalicelib.domain.instant import Instant
from chalicelib.domain.message import MESSAGE_BYTES, Unreadable, decode, pack_unreadable
from chalicelib.errors import Rejected


def an_engagement(kind: str = "email_opened") -> Engagement:
    return Engagement(
        id=engagement_id("test", kind),
        kind=kind,
        occurred_at=Instant(1_790_000_000_000),
        source="test",
        keys=(person_key("email", "ada@example.com"),),
    )


def test_what_is_unreadable_is_rejected_with_its_source_and_reason() -> None:
    body = next(pack_unreadable([Unreadable("intake", "engagements[0].id: send a text", "{}")]))

    with pytest.raises(Rejected, match=r"unreadable from intake: engagements\[0\]\.id: send a text"):
        decode(body)


def test_many_travel_together() -> None:
    bodies = list(pack_unreadable([Unreadable("intake", "reason", "x" * 1_000)] * 150))

    assert [len(json.loads(body)["unreadable"]) for body in bodies] == [100, 50]


def test_none_is_longer_than_a_message_may_be() -> None:
    bodies = list(pack_unreadable([Unreadable("intake", "reason", "\x00ü" * 500_000)] * 3))

    assert len(bodies) == 3
    assert max(len(body.encode()) for body in bodies) <= MESSAGE_BYTES
