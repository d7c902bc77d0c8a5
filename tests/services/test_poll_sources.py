"""A platform is polled, here Account Engagement: what is new goes to the queue, the watermark follows it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from chalicelib.domain.consent import withdrawal
from chalicelib.domain.engagement import Engagement, person_key
from chalicelib.domain.instant import MINUTE, Instant, iso
from chalicelib.domain.message import Engagements, decode
from chalicelib.domain.watermark import OVERLAP, Watermark
from chalicelib.errors import Rejected, Retryable
from chalicelib.gateways.account_engagement import polled_rows
from chalicelib.gateways.store.table import create_table_request
from chalicelib.gateways.store.watermarks import Watermarks
from chalicelib.services.poll_sources import MOST_TIME, Source, poll_sources
from tests.in_process_dynamodb import InProcessDynamoDB

NOON = Instant(1_800_000_000_000)
Row = dict[str, Any]


@dataclass
class Poll:
    """A business unit's rows, a table and a queue."""

    prospects: list[Row] = field(default_factory=list)
    activities: list[Row] = field(default_factory=list)
    now: Instant = NOON
    asked: list[Instant | None] = field(default_factory=list)
    sent: list[Engagement] = field(default_factory=list)
    full_after: int = 1_000_000
    echoes: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        client: Any = InProcessDynamoDB()
        client.create_table(**create_table_request("poll"))
        self.watermarks = Watermarks(client, "poll")

    def run(self) -> list[Engagement]:
        before = len(self.sent)
        sources = [
            Source(
                "account_engagement",
                "prospects",
                self._rows(self.prospects),
                polled_rows.place,
                self._prospects,
                self._compare,
            ),
            self.source_of_activities(),
        ]
        poll_sources(sources, self.watermarks, self, lambda: self.now)
        return self.sent[before:]

    def source_of_activities(self) -> Source:
        rows = self._rows(self.activities)
        return Source("account_engagement", "activities", rows, polled_rows.place, self._activities)

    def send(self, bodies: Iterable[str]) -> None:
        for body in bodies:
            if self.full_after == 0:
                raise Retryable("the queue is full")
            self.full_after -= 1
            message = decode(body)
            assert isinstance(message, Engagements)
            self.sent += message.engagements

    def _rows(self, rows: list[Row]) -> Any:
        def changed_since(mark: Watermark | None) -> Iterator[Row]:
            since = mark.at if mark else None
            self.asked.append(since)
            for row in sorted(rows, key=lambda each: str(each["updatedAt"])):
                if since is None or row["updatedAt"] >= iso(since):
                    yield row

        return changed_since

    def _prospects(self, rows: Any) -> Any:
        return polled_rows.of_prospects(rows, self.now)

    def _activities(self, rows: Any) -> Any:
        return polled_rows.of_activities(rows, self.now)

    def _compare(self, rows: Any) -> Any:
        return [row for row in rows if row["id"] not in self.echoes]


def at(minutes: float) -> str:
    return iso(Instant(int(NOON + minutes * MINUTE)))


def prospect(number: int, minutes: float = -60, **more: Any) -> Row:
    return {
        "id": number,
        "email": f"p{number}@example.org",
        "createdAt": at(-999),
        "updatedAt": at(minutes),
    } | more


def clicked(number: int, minutes: float = -60) -> Row:
    return {"id": number, "type": 1, "prospectId": 7, "createdAt": at(minutes), "updatedAt": at(minutes)}


def test_the_first_poll_tells_of_everything() -> None:
    poll = Poll([prospect(7, firstName="Ada")], [clicked(1)])

    told, click = poll.run()

    assert poll.asked == [None, None]
    assert person_key("email", "p7@example.org") in told.keys
    assert (told.kind, told.profile) == ("record_changed", {"first_name": "Ada"})
    assert (click.kind, click.keys) == ("link_clicked", (person_key("prospect", "7"),))


def test_the_next_poll_looks_back_by_the_overlap_and_repeats_the_same_ids() -> None:
    poll = Poll([], [clicked(1, -60), clicked(2, -1)])
    first = poll.run()
    poll.now = Instant(NOON + 10 * MINUTE)
    # It bears a time before the first poll, which did not see it yet.
    poll.activities.append(clicked(3, -2))

    second = poll.run()

    assert poll.asked[-1] == NOON - OVERLAP
    assert [each.id for each in second] == [second[0].id, first[1].id]
    assert second[0].id not in {each.id for each in first}


def test_a_poll_that_finds_nothing_moves_on() -> None:
    poll = Poll()
    poll.run()
    poll.now = Instant(NOON + 30 * MINUTE)
    poll.run()

    assert poll.watermarks.read("activities") == Watermark(Instant(poll.now - OVERLAP))


def test_what_the_queue_did_not_take_is_polled_again() -> None:
    poll = Poll([], [clicked(number, -2_000 + number) for number in range(1_500)])
    poll.full_after = 10

    with pytest.raises(Retryable):
        poll.run()
    poll.full_after = 1_000_000
    poll.run()

    assert poll.asked[-1] == NOON + (-2_000 + 999) * MINUTE
    assert len({each.id for each in poll.sent}) == 1_500


def test_before_its_time_is_over_it_stops_and_the_next_poll_goes_on() -> None:
    poll = Poll([], [clicked(number, -2_000 + number) for number in range(1_500)])
    times = iter([NOON, NOON, Instant(NOON + MOST_TIME + 1)])
    poll_sources([poll.source_of_activities()], poll.watermarks, poll, lambda: next(times))

    assert len(poll.sent) == 1_000
    poll.run()
    assert len({each.id for each in poll.sent}) == 1_500


@pytest.mark.parametrize("field", ["optedOut", "isDoNotEmail"])
def test_an_opt_out_withdraws_everything_and_a_resubscription_grants_nothing(field: str) -> None:
    poll = Poll([prospect(7, **{field: True}), prospect(8, **{field: False})])

    out, back = poll.run()

    assert (out.kind, out.consents) == ("opted_out", (withdrawal(),))
    assert back.consents == ()


def test_who_must_not_be_called_has_withdrawn_that_also_from_the_recycle_bin() -> None:
    told = Poll([prospect(7, isDoNotCall=True), prospect(8, isDeleted=True, isDoNotCall=True)]).run()

    assert [each.consents for each in told] == [(withdrawal("phone"),)] * 2


def test_what_is_an_echo_of_our_own_writing_is_not_told() -> None:
    poll = Poll([prospect(7), prospect(8)], echoes={7})

    assert [each.keys[0] for each in poll.run()] == [person_key("prospect", "8")]


def test_a_deleted_prospect_tells_nothing_but_an_opt_out() -> None:
    poll = Poll([prospect(7, isDeleted=True), prospect(8, isDeleted=True, optedOut=True)])

    [told] = poll.run()

    assert told.keys[0] == person_key("prospect", "8")


def test_a_row_that_cannot_be_read_stops_neither_the_others_nor_the_watermark() -> None:
    poll = Poll([], [clicked(1, -50), {**clicked(2, -40), "type": "no number"}])
    kept: list[str] = []
    poll.send = kept.extend  # type: ignore[method-assign,assignment]

    poll.run()

    assert isinstance(decode(kept[0]), Engagements)
    with pytest.raises(Rejected, match="type"):
        decode(kept[1])
    assert poll.watermarks.read("activities") == Watermark(Instant(NOON - OVERLAP))
