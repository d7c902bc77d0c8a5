"""Rows of data extensions: written at once, by request, read and deleted."""

import pytest

from chalicelib.errors import Misconfigured, Rejected, Retryable
from chalicelib.gateways.marketing_cloud.data_extensions import ExtensionRow, UpsertState
from tests.gateways.marketing_cloud.conftest import PEOPLE, World


def row(number: int, **values: str | int | float | bool | None) -> ExtensionRow:
    return ExtensionRow({"SubscriberKey": f"003{number:015d}"}, {"Email": f"p{number}@example.com", **values})


def key(number: int) -> str:
    return f"003{number:015d}"


class TestAtOnce:
    def test_rows_are_inserted_and_updated_by_their_primary_key(self, world: World) -> None:
        world.cloud.upsert_rows(PEOPLE, [row(1, JobTitle="Buyer"), row(2)])
        world.cloud.upsert_rows(PEOPLE, [row(1, Score=12.5)])

        assert world.stored()[key(1)]["JobTitle"] == "Buyer"
        assert world.stored()[key(1)]["Score"] == "12.5"
        assert len(world.stored()) == 2

    def test_none_empties_a_column(self, world: World) -> None:
        world.cloud.upsert_rows(PEOPLE, [row(1, JobTitle="Buyer")])

        world.cloud.upsert_rows(PEOPLE, [row(1, JobTitle=None)])

        assert world.stored()[key(1)]["JobTitle"] == ""

    def test_one_row_that_cannot_be_saved_stops_all_and_its_column_is_named(self, world: World) -> None:
        with pytest.raises(Rejected, match="Email") as error:
            world.cloud.upsert_rows(PEOPLE, [row(1), row(2, Email="secret-no-address")])

        assert world.stored() == {}
        assert "secret" not in str(error.value)

    def test_a_single_row_is_written_by_its_key_in_the_path(self, world: World) -> None:
        world.cloud.upsert_row(PEOPLE, ExtensionRow({"SubscriberKey": "a b:ü"}, {"Email": "a@example.com"}))

        assert world.stored()["a b:ü"]["Email"] == "a@example.com"

    def test_a_data_extension_that_is_not_there_is_rejected(self, world: World) -> None:
        with pytest.raises(Rejected):
            world.cloud.upsert_rows("Elsewhere", [row(1)])


class TestByRequest:
    def test_a_request_is_pending_and_then_done(self, world: World) -> None:
        request = world.cloud.begin_upsert(PEOPLE, [row(1), row(2)])

        first, second = world.cloud.upsert_state(request), world.cloud.upsert_state(request)

        assert (first, second) == (UpsertState(done=False), UpsertState(done=True))
        assert len(world.stored()) == 2

    def test_each_row_has_its_result_in_their_order_over_several_pages(self, world: World) -> None:
        world.account.requests.pending_polls = 0
        rows = [row(number, **({"Email": "no"} if number % 1000 == 7 else {})) for number in range(5_100)]

        request = world.cloud.begin_upsert(PEOPLE, rows)
        state = world.cloud.upsert_state(request)
        results = world.cloud.upsert_results(request, len(rows))

        assert state.has_errors
        assert [place for place, each in enumerate(results) if each.reason] == [
            7,
            1007,
            2007,
            3007,
            4007,
            5007,
        ]
        assert world.calls["GET /data/v1/async/{request}/results"] == 3
        assert len(world.stored()) == 5_094

    def test_a_deadlock_is_a_matter_of_the_moment_and_a_bad_value_is_not(self, world: World) -> None:
        world.account.requests.pending_polls = 0
        world.fault("row_deadlocked", keys=[key(1)])

        request = world.cloud.begin_upsert(PEOPLE, [row(1), row(2, Email="no")])
        world.cloud.upsert_state(request)
        deadlocked, bad = world.cloud.upsert_results(request, 2)

        assert (deadlocked.passing, bad.passing) == (True, False)
        assert bad.reason

    def test_a_data_extension_that_is_not_there_is_a_matter_of_configuration(self, world: World) -> None:
        with pytest.raises(Misconfigured, match="external key"):
            world.cloud.begin_upsert("Elsewhere", [row(1)])

    def test_a_request_that_nobody_knows_is_rejected(self, world: World) -> None:
        with pytest.raises(Rejected, match="AsyncRequestStatusNotFound"):
            world.cloud.upsert_state("110c7be1-26f4-475c-b561-7756a79ed602")

    def test_more_rows_than_a_request_may_have_are_rejected(self, world: World) -> None:
        with pytest.raises(Rejected, match="32000"):
            world.cloud.begin_upsert(PEOPLE, [row(number) for number in range(32_001)])


class TestReading:
    def test_all_rows_are_read_page_by_page(self, world: World) -> None:
        for number in range(6_000):
            world.account.data_extensions[PEOPLE].save((key(number),), {"SubscriberKey": key(number)})

        read = [each["subscriberkey"] for each in world.cloud.rows(PEOPLE)]

        assert read == [key(number) for number in range(6_000)]
        assert sum(world.calls.values()) == 3

    def test_rows_are_as_they_were_at_the_first_page_whatever_happens_meanwhile(self, world: World) -> None:
        for number in range(3_000):
            world.account.data_extensions[PEOPLE].save((key(number),), {"SubscriberKey": key(number)})
        rows = world.cloud.rows(PEOPLE)
        next(rows)

        world.cloud.delete_rows(PEOPLE, [{"SubscriberKey": key(number)} for number in range(50)])

        assert len(list(rows)) == 2_999

    def test_values_are_texts_by_columns_in_lower_case(self, world: World) -> None:
        world.cloud.upsert_rows(PEOPLE, [row(1, OptInNewsletter=True, Score=7)])

        [read] = world.cloud.rows(PEOPLE)

        assert (read["optinnewsletter"], read["score"]) == ("True", "7")

    def test_a_page_that_fails_ends_in_a_failure_and_never_in_fewer_rows(self, world: World) -> None:
        for number in range(3_000):
            world.account.data_extensions[PEOPLE].save((key(number),), {"SubscriberKey": key(number)})
        world.fault("server_error", path="/token/")

        with pytest.raises(Retryable):
            list(world.cloud.rows(PEOPLE))


class TestDeleting:
    def test_rows_are_deleted_fifty_with_each_call(self, world: World) -> None:
        for number in range(120):
            world.account.data_extensions[PEOPLE].save((key(number),), {"SubscriberKey": key(number)})

        failures = world.cloud.delete_rows(PEOPLE, [{"SubscriberKey": key(each)} for each in range(110)])

        assert failures == {}
        assert len(world.stored()) == 10
        assert world.calls == {"POST /Service.asmx": 3}

    def test_a_row_that_is_gone_counts_as_deleted(self, world: World) -> None:
        assert world.cloud.delete_rows(PEOPLE, [{"SubscriberKey": key(1)}]) == {}

    def test_a_row_whose_key_is_incomplete_is_told_by_its_position(self, world: World) -> None:
        world.cloud.upsert_rows(PEOPLE, [row(1)])

        failures = world.cloud.delete_rows(PEOPLE, [{"SubscriberKey": key(1)}, {"Email": "p@example.com"}])

        assert list(failures) == [1]

    def test_letters_of_xml_in_a_key_change_nothing_of_the_request(self, world: World) -> None:
        world.cloud.upsert_rows(
            PEOPLE, [row(1), ExtensionRow({"SubscriberKey": "<&>"}, {"Email": "a@b.example"})]
        )

        failures = world.cloud.delete_rows(PEOPLE, [{"SubscriberKey": "<&>"}])

        assert failures == {}
        assert list(world.stored()) == [key(1)]

    def test_a_token_that_was_revoked_is_renewed(self, world: World) -> None:
        world.cloud.upsert_rows(PEOPLE, [row(1)])
        world.fault("token_revoked", path="Service.asmx")

        world.cloud.delete_rows(PEOPLE, [{"SubscriberKey": key(1)}])

        assert world.stored() == {}
        assert world.tokens == 1
