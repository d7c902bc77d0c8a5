"""Many prospects at once, in and out."""

import pytest

from chalicelib.domain.instant import DAY, MINUTE, Instant
from chalicelib.errors import Misconfigured, Rejected, Retryable
from chalicelib.gateways.account_engagement import imports
from chalicelib.gateways.account_engagement.imports import FailedRow, read_errors
from tests.gateways.account_engagement.conftest import World

CREATE, BATCH, READY = "POST /imports", "POST /imports/{id}/batches", "PATCH /imports/{id}"
LOOK, ERRORS = "GET /imports/{id}", "GET /imports/{id}/errors"


def row(number: int, **more: object) -> dict[str, object]:
    return {"matchEmail": f"p{number}@example.com", "firstName": f"P{number}", "optedOut": None} | more


class TestImports:
    def test_rows_that_fit_a_batch_go_with_one_call(self, world: World) -> None:
        gateway = world.gateway()

        job = gateway.begin_import([row(each) for each in range(500)])
        state = gateway.import_state(job)

        assert (state.done, state.created, state.updated, state.failed) == (True, 500, 0, 0)
        assert len(world.stored()) == 500
        assert world.calls == {CREATE: 1, LOOK: 1}

    def test_more_rows_go_in_batches_of_one_import(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(imports, "MOST_BYTES", 5_000)
        gateway = world.gateway()

        job = gateway.begin_import([row(each) for each in range(500)])

        assert gateway.import_state(job).created == 500
        assert world.calls == {CREATE: 1, BATCH: 3, READY: 1, LOOK: 1}

    def test_rows_beyond_ten_batches_are_rejected(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(imports, "MOST_BYTES", 100)

        with pytest.raises(Rejected, match="an import takes 10"):
            world.gateway().begin_import([row(each) for each in range(500)])

    def test_an_import_that_is_not_done_says_so(self, world: World) -> None:
        world.limit(pending_looks=1)
        gateway = world.gateway()
        job = gateway.begin_import([row(1)])

        assert not gateway.import_state(job).done
        assert gateway.import_state(job).done

    def test_rows_that_fail_are_named_with_their_reason_but_not_quoted(self, world: World) -> None:
        gateway = world.gateway()

        job = gateway.begin_import([row(1), row(2, matchEmail="no address")])

        assert gateway.import_state(job).failed == 1
        [failed] = gateway.import_errors(job)
        assert failed.match == "no address"
        assert failed.reason
        assert "no address" not in failed.reason

    def test_a_row_that_matches_nobody_fails_where_nobody_shall_be_made(self, world: World) -> None:
        gateway = world.gateway()
        gateway.upsert_prospect("p1@example.com", {})

        job = gateway.begin_import([row(1, optedOut=True), row(2, optedOut=True)], create=False)

        state = gateway.import_state(job)
        assert (state.created, state.updated, state.failed) == (0, 1, 1)
        assert [each["email"] for each in world.stored().values()] == ["p1@example.com"]
        assert world.prospect("p1@example.com")["optedOut"] is True

    def test_values_with_quotes_lines_and_umlauts_arrive_as_they_are(self, world: World) -> None:
        gateway = world.gateway()
        odd = 'Schröder, "Söhne"\n& Töchter'

        gateway.import_state(gateway.begin_import([row(1, company=odd)]))

        assert world.prospect("p1@example.com")["company"] == odd

    def test_a_column_that_is_no_field_needs_an_operator(self, world: World) -> None:
        with pytest.raises(Misconfigured, match="Nope__c"):
            world.gateway().begin_import([row(1, Nope__c="x")])

    @pytest.mark.parametrize(
        "rows", [[], [{"firstName": "Ada"}], [{"matchId": "1", "matchEmail": "a@example.com"}]]
    )
    def test_rows_that_are_none_or_name_no_match_are_rejected(
        self, world: World, rows: list[dict[str, object]]
    ) -> None:
        with pytest.raises(Rejected, match="import"):
            world.gateway().begin_import(rows)
        assert world.calls == {}

    def test_an_import_that_is_not_there_is_rejected(self, world: World) -> None:
        with pytest.raises(Rejected):
            world.gateway().import_state("99")

    def test_the_last_two_columns_of_the_errors_say_why_whatever_they_are_called(self) -> None:
        text = 'matchId,firstName,Kind,Text\n7,Ada,Invalid Email,"Invalid - ""a@example.com"""\n'

        assert list(read_errors(text)) == [FailedRow("7", "Invalid Email Invalid - ...")]

    def test_errors_without_a_match_are_rejected(self) -> None:
        with pytest.raises(Rejected, match="match"):
            list(read_errors("firstName,Kind,Text\nAda,x,y\n"))


class TestExports:
    def test_all_rows_of_a_time_span_are_read(self, world: World) -> None:
        rows = [
            {"id": each, "email": f"p{each}@example.com", "updatedAt": world.at(-100 + each)}
            for each in range(1, 21)
        ]
        world.load("prospects", *rows)
        since, until = Instant(world.now - 95 * MINUTE), Instant(world.now - 85 * MINUTE)

        found = list(world.gateway().export("prospect", ["id", "email"], since, until))

        assert {int(each["id"]) for each in found} == set(range(5, 15))
        assert found[0].keys() == {"id", "email"}
        assert world.calls == {"POST /exports": 1, LOOK.replace("imports", "exports"): 1} | {
            "GET /exports/{id}/results/{file}": 1
        }

    def test_a_span_of_years_is_read_year_by_year(self, world: World) -> None:
        world.load("prospects", {"id": 1, "email": "a@example.com", "updatedAt": world.at(-60 * 24 * 500)})

        found = list(world.gateway().export("prospect", ["id"], Instant(world.now - 800 * DAY), world.now))

        assert [each["id"] for each in found] == ["1"]
        assert world.calls["POST /exports"] == 3

    def test_an_export_that_takes_too_long_is_retryable_after_growing_pauses(self, world: World) -> None:
        world.limit(pending_looks=99)

        with pytest.raises(Retryable, match="not done"):
            list(world.gateway().export("prospect", ["id"], Instant(world.now - DAY), world.now))

        assert world.slept == sorted(world.slept)
        assert len(world.slept) > 3

    def test_no_fields_are_rejected_before_a_call(self, world: World) -> None:
        with pytest.raises(Rejected, match="fields"):
            list(world.gateway().export("prospect", [], Instant(world.now - DAY), world.now))
        assert world.calls == {}
