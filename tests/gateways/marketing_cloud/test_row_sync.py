"""The sync's rows in the emulated account."""

from collections.abc import Callable

import pytest

from chalicelib.domain.command import FieldValue
from chalicelib.domain.interest import PersonId
from chalicelib.domain.sync import Row
from chalicelib.errors import Rejected, Retryable
from chalicelib.gateways.marketing_cloud.row_sync import PAUSES, RowSync
from tests.gateways.marketing_cloud.conftest import PEOPLE, World

WORDS = {
    "person_id": "PersonId",
    "email": "Email",
    "job_title": "JobTitle",
    "score": "Score",
    "opt_in_newsletter": "OptInNewsletter",
}
UPSERT = "PUT /data/v1/async/dataextensions/key:{key}/rows"
STATUS = "GET /data/v1/async/{request}/status"
RESULTS = "GET /data/v1/async/{request}/results"
ROWSET = "POST /hub/v1/dataevents/key:{key}/rowset"


def row(number: int, **values: FieldValue) -> Row:
    return Row(
        person=PersonId(f"P{number}"),
        record=f"contact:003{number:012d}",
        email=str(values.pop("email", f"p{number}@example.com")),
        values=values,
    )


def rows(number: int, bad: Callable[[int], bool] = lambda _: False) -> list[Row]:
    return [row(each, email="no address") if bad(each) else row(each) for each in range(number)]


@pytest.fixture
def pauses() -> list[float]:
    return []


@pytest.fixture
def sync(world: World, pauses: list[float]) -> RowSync:
    return RowSync(world.cloud, PEOPLE, WORDS, pause=pauses.append)


class TestWriting:
    def test_a_row_is_written_under_the_records_id_of_18_characters(
        self, sync: RowSync, world: World
    ) -> None:
        someone = Row(
            PersonId("P1"),
            "lead:00QAB00000cDeFg",
            "a@example.com",
            values={"job_title": "Buyer", "score": 12.5},
        )

        job = sync.begin([someone])
        [result] = sync.finish(job, [someone])

        assert (result.outcome, result.remote_id) == ("written", "00QAB00000cDeFg2AK")
        assert world.stored()["00QAB00000cDeFg2AK"] == {
            "SubscriberKey": "00QAB00000cDeFg2AK",
            "PersonId": "P1",
            "Email": "a@example.com",
            "JobTitle": "Buyer",
            "Score": "12.5",
        }

    def test_few_rows_take_one_call_for_each_fifty(self, sync: RowSync, world: World) -> None:
        some = rows(100)

        results = sync.finish(sync.begin(some), some)

        assert {each.outcome for each in results} == {"written"}
        assert world.calls == {ROWSET: 2}

    def test_many_rows_take_one_request_and_no_results_where_all_went_well(
        self, sync: RowSync, world: World
    ) -> None:
        world.account.requests.pending_polls = 0
        some = rows(3_000)

        results = sync.finish(sync.begin(some), some)

        assert {each.outcome for each in results} == {"written"}
        assert world.calls == {UPSERT: 1, STATUS: 1}
        assert len(world.stored()) == 3_000

    def test_each_row_has_its_own_result_where_some_fail(self, sync: RowSync, world: World) -> None:
        world.fault("row_deadlocked", keys=[f"003{number:012d}AAA" for number in (5, 6)])
        some = rows(1_000, bad=lambda number: number % 100 == 3)

        results = sync.finish(sync.begin(some), some)

        assert [each.person for each in results] == [each.person for each in some]
        outcomes = [each.outcome for each in results]
        assert (outcomes.count("failed"), outcomes.count("unprocessed")) == (10, 2)
        assert outcomes.count("written") == 988 == len(world.stored())
        assert all("@" not in each.reason for each in results)

    def test_a_bad_row_among_few_costs_the_others_nothing(self, sync: RowSync, world: World) -> None:
        some = rows(30, bad=lambda number: number == 3)

        results = sync.finish(sync.begin(some), some)

        assert [each.outcome for each in results].count("written") == 29
        assert results[3].outcome == "failed"

    def test_a_job_can_be_asked_for_again_after_a_crash(self, sync: RowSync, world: World) -> None:
        some = rows(500)
        job = sync.begin(some)

        first = sync.finish(job, some)
        again = RowSync(world.cloud, PEOPLE, WORDS, pause=lambda _: None).finish(job, some)

        assert list(first) == list(again)
        assert world.calls[UPSERT] == 1

    def test_a_job_that_is_not_done_in_time_is_retryable_after_growing_pauses(
        self, sync: RowSync, world: World, pauses: list[float]
    ) -> None:
        world.account.requests.pending_polls = 99
        some = rows(500)
        job = sync.begin(some)

        with pytest.raises(Retryable):
            sync.finish(job, some)

        assert pauses == list(PAUSES)
        assert world.calls[STATUS] == len(PAUSES)

    def test_a_job_that_the_platform_forgot_leaves_its_rows_unprocessed(self, sync: RowSync) -> None:
        some = rows(2)

        results = sync.finish("2=110c7be1-26f4-475c-b561-7756a79ed602", some)

        assert {each.outcome for each in results} == {"unprocessed"}

    def test_a_job_of_other_rows_is_rejected(self, sync: RowSync) -> None:
        with pytest.raises(Rejected, match="job"):
            sync.finish(sync.begin(rows(3)), rows(2))

    def test_no_rows_are_no_call(self, sync: RowSync, world: World) -> None:
        assert sync.finish(sync.begin([]), []) == []
        assert world.calls == {}


class TestWithdrawing:
    def test_a_withdrawn_row_is_gone_and_its_contact_out_of_every_journey(
        self, sync: RowSync, world: World
    ) -> None:
        some = rows(2)
        sync.begin(some)
        world.control("PUT", "journeys/welcome", {"event_definition_key": "welcome"})
        for number in range(2):
            world.cloud.fire_event("welcome", f"003{number:012d}AAA")

        results = sync.withdraw(some[:1])

        assert [each.outcome for each in results] == ["written"]
        assert list(world.stored()) == ["003000000000001AAA"]
        assert list(world.control("GET", "journeys/welcome")["contacts"]) == ["003000000000001AAA"]

    def test_withdrawing_again_changes_nothing_and_succeeds(self, sync: RowSync) -> None:
        sync.withdraw(rows(1))

        assert [each.outcome for each in sync.withdraw(rows(1))] == ["written"]


class TestReading:
    def test_what_was_written_is_held_in_our_words_and_types(self, sync: RowSync) -> None:
        someone = row(7, job_title="Buyer", score=12.5, opt_in_newsletter=True)
        sync.begin([someone])

        [held] = sync.held(["email", "job_title", "score", "opt_in_newsletter"])

        assert (held.person, held.record, held.email) == (someone.person, someone.record, someone.email)
        assert held.remote_id == "003000000000007AAA"
        assert held.values == {
            "email": "p7@example.com",
            "job_title": "Buyer",
            "score": 12.5,
            "opt_in_newsletter": True,
        }

    def test_an_empty_column_has_no_value(self, sync: RowSync) -> None:
        sync.begin([row(7, job_title=None, opt_in_newsletter=False)])

        [held] = sync.held(["job_title", "score", "opt_in_newsletter"])

        assert held.values == {"opt_in_newsletter": False}
