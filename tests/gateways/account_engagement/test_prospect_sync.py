"""The sync's prospects in the emulated business unit."""

from dataclasses import replace

import pytest

from chalicelib.domain.command import FieldValue
from chalicelib.domain.instant import MINUTE
from chalicelib.domain.interest import PersonId
from chalicelib.domain.sync import Row
from chalicelib.errors import Misconfigured, Rejected, Retryable
from chalicelib.gateways.account_engagement import prospect_withdrawal
from chalicelib.gateways.account_engagement.prospect_imports import PAUSES
from chalicelib.gateways.account_engagement.prospect_sync import ProspectSync
from tests.gateways.account_engagement.conftest import World

WORDS = {
    "person_id": "Smarketing_Person_Id__c",
    "email": "email",
    "job_title": "jobTitle",
    "employees": "employees",
    "score": "Smarketing_Score__c",
    "opt_in_newsletter": "Smarketing_Opt_In_Newsletter__c",
}
CREATE, LOOK, ERRORS = "POST /imports", "GET /imports/{id}", "GET /imports/{id}/errors"
UPSERT, PATCH = "POST /objects/{object}/do/{action}", "PATCH /objects/{object}/{id}"
QUERY, REMOVE = "GET /objects/{object}", "DELETE /objects/{object}/{id}"


def row(number: int, **values: FieldValue) -> Row:
    return Row(
        person=PersonId(f"P{number}"),
        record=f"contact:003{number:012d}",
        email=str(values.pop("email", f"p{number}@example.com")),
        values=values,
    )


def rows(number: int) -> list[Row]:
    return [row(each, job_title="Buyer") for each in range(number)]


@pytest.fixture
def sync(world: World) -> ProspectSync:
    return ProspectSync(world.gateway(), WORDS, pause=world.slept.append)


def with_ids(world: World, some: list[Row]) -> list[Row]:
    """The rows as they are known once the prospects' ids were polled."""
    return [replace(each, remote_id=str(world.prospect(each.email)["id"])) for each in some]


class TestWriting:
    def test_a_row_is_written_under_the_platforms_names(self, sync: ProspectSync, world: World) -> None:
        someone = row(1, job_title="Buyer", score=12.5, opt_in_newsletter=True)

        [result] = sync.finish(sync.begin([someone]), [someone])

        written = world.prospect("p1@example.com")
        assert (result.outcome, result.remote_id) == ("written", str(written["id"]))
        assert written["jobTitle"] == "Buyer"
        assert written["Smarketing_Person_Id__c"] == "P1"
        assert float(written["Smarketing_Score__c"]) == 12.5
        assert str(written["Smarketing_Opt_In_Newsletter__c"]).lower() == "true"

    def test_few_rows_take_a_call_each_and_many_one_import(self, sync: ProspectSync, world: World) -> None:
        few, many = rows(3), rows(1_000)

        assert {each.outcome for each in sync.finish(sync.begin(few), few)} == {"written"}
        assert world.calls == {UPSERT: 3}
        assert {each.outcome for each in sync.finish(sync.begin(many), many)} == {"written"}
        assert world.calls == {UPSERT: 3, CREATE: 1, LOOK: 1}
        assert len(world.stored()) == 1_000

    def test_a_row_whose_id_is_known_keeps_its_prospect_though_the_address_changes(
        self, sync: ProspectSync, world: World
    ) -> None:
        some = rows(10)
        sync.finish(sync.begin(some), some)
        moved = [replace(each, email=f"new-{each.email}") for each in with_ids(world, some)]

        results = sync.finish(sync.begin(moved), moved)

        assert [each.remote_id for each in results] == [each.remote_id for each in moved]
        assert {each["email"] for each in world.stored().values()} == {each.email for each in moved}

    def test_rows_with_and_without_an_id_go_by_an_import_each(self, sync: ProspectSync, world: World) -> None:
        some = rows(20)
        sync.finish(sync.begin(some[:10]), some[:10])
        world.control("DELETE", "calls")
        mixed = [each for pair in zip(with_ids(world, some[:10]), some[10:], strict=True) for each in pair]

        results = sync.finish(sync.begin(mixed), mixed)

        assert [each.person for each in results] == [each.person for each in mixed]
        assert {each.outcome for each in results} == {"written"}
        assert world.calls == {CREATE: 2, LOOK: 2}

    def test_a_prospect_that_is_gone_is_found_by_its_address(self, sync: ProspectSync, world: World) -> None:
        someone = replace(row(1, job_title="Buyer"), remote_id="99")

        [result] = sync.finish(sync.begin([someone]), [someone])

        assert result.remote_id == str(world.prospect("p1@example.com")["id"])

    def test_an_emptied_value_empties_its_field(self, sync: ProspectSync, world: World) -> None:
        some = rows(10)
        sync.finish(sync.begin(some), some)
        emptied = [row(each, job_title=None) for each in range(10)]

        sync.finish(sync.begin(emptied), emptied)

        assert not any(each["jobTitle"] for each in world.stored().values())

    def test_each_row_has_its_own_result_where_some_fail(self, sync: ProspectSync, world: World) -> None:
        some = rows(1_000)
        world.fault("row_refused", keys=[each.email for each in some[3::100]])
        world.fault("row_conflicting", keys=[some[5].email], times=1)
        world.fault("row_skipped", keys=[some[6].email, some[7].email], times=1)

        results = sync.finish(sync.begin(some), some)

        outcomes = [each.outcome for each in results]
        assert [each.person for each in results] == [each.person for each in some]
        assert {place for place, each in enumerate(outcomes) if each == "failed"} == set(range(3, 1_000, 100))
        assert {place for place, each in enumerate(outcomes) if each == "unprocessed"} == {5, 6, 7}
        assert outcomes.count("written") == 987 == len(world.stored())
        assert all("@" not in each.reason for each in results)

    def test_a_large_job_takes_six_calls_at_most_though_rows_are_refused_and_left_out(
        self, sync: ProspectSync, world: World
    ) -> None:
        some = rows(3_500)
        world.fault("row_refused", keys=[some[5].email])
        world.fault("row_skipped", keys=[some[6].email], times=1)

        results = sync.finish(sync.begin(some), some)

        assert [each.person for each in results if each.outcome == "failed"] == [some[5].person]
        assert [each.person for each in results if each.outcome == "unprocessed"] == [some[6].person]
        assert world.calls == {
            CREATE: 1,
            LOOK: 1,
            ERRORS: 1,
            "POST /exports": 1,
            "GET /exports/{id}": 1,
            "GET /exports/{id}/results/{file}": 1,
        }

    def test_a_bad_row_among_few_costs_the_others_nothing(self, sync: ProspectSync, world: World) -> None:
        some = [row(1), row(2, email="no address"), row(3)]

        results = sync.finish(sync.begin(some), some)

        assert [each.outcome for each in results] == ["written", "failed", "written"]
        assert "no address" not in results[1].reason

    def test_a_job_can_be_asked_for_again_after_a_crash_without_the_values(
        self, sync: ProspectSync, world: World
    ) -> None:
        some = [*rows(500), row(500, email="no address")]
        job = sync.begin(some)
        first = sync.finish(job, some)
        bare = [replace(each, values={}) for each in some]

        again = ProspectSync(world.gateway(), WORDS, pause=lambda _: None).finish(job, bare)

        assert list(first) == list(again)
        assert world.calls[CREATE] == 1

    def test_a_job_that_is_not_done_in_time_is_retryable_after_growing_pauses(
        self, sync: ProspectSync, world: World
    ) -> None:
        world.limit(pending_looks=99)
        some = rows(10)
        job = sync.begin(some)

        with pytest.raises(Retryable):
            sync.finish(job, some)

        assert world.slept == list(PAUSES)
        assert world.calls[LOOK] == len(PAUSES)

    def test_a_job_that_the_platform_forgot_leaves_its_rows_unprocessed(self, sync: ProspectSync) -> None:
        some = rows(2)

        results = sync.finish('{"rows":2,"now":{},"matchEmail":"99"}', some)

        assert {each.outcome for each in results} == {"unprocessed"}

    @pytest.mark.parametrize(
        "job", ["", "7", "{}", '{"rows":3,"now":{}}', '{"rows":2,"now":{"0":["1",""],"7":["1",""]}}']
    )
    def test_a_job_of_other_rows_is_rejected(self, sync: ProspectSync, job: str) -> None:
        with pytest.raises(Rejected, match="job"):
            sync.finish(job, rows(2))

    def test_a_field_that_is_not_there_needs_an_operator(self, world: World) -> None:
        sync = ProspectSync(world.gateway(), {**WORDS, "job_title": "Nope__c"})

        with pytest.raises(Misconfigured):
            sync.begin(rows(10))

    def test_no_rows_are_no_call(self, sync: ProspectSync, world: World) -> None:
        assert sync.finish(sync.begin([]), []) == []
        assert world.calls == {}


class TestWithdrawing:
    def test_who_withdraws_is_opted_out_and_on_no_list(self, sync: ProspectSync, world: World) -> None:
        some = rows(2)
        sync.finish(sync.begin(some), some)
        world.load("lists", {"id": 1, "name": "News", "isDynamic": False})
        known = with_ids(world, some)
        for number, each in enumerate(known):
            world.load(
                "list-memberships", {"id": number + 1, "listId": 1, "prospectId": int(each.remote_id or 0)}
            )

        [result] = sync.withdraw(known[:1])

        out, other = (world.prospect(each.email) for each in some)
        assert (result.outcome, result.remote_id) == ("written", known[0].remote_id)
        assert (out["optedOut"], out["isDoNotEmail"]) == (True, True)
        assert not other.get("optedOut")
        memberships = world.stored("list-memberships").values()
        assert {each["prospectId"] for each in memberships if not each["isDeleted"]} == {other["id"]}

    def test_one_whose_id_nobody_told_is_found_by_the_address(self, sync: ProspectSync, world: World) -> None:
        some = rows(10)
        sync.finish(sync.begin(some), some)

        sync.withdraw(some[:1])

        assert len(world.stored()) == 10
        assert world.prospect(some[0].email)["optedOut"] is True

    def test_who_is_not_there_counts_as_withdrawn(self, sync: ProspectSync, world: World) -> None:
        gone = [replace(row(1), remote_id="99"), Row(PersonId("P2"), "lead:00Q000000000002", "")]

        assert [each.outcome for each in sync.withdraw(gone)] == ["written", "written"]
        assert world.stored() == {}

    def test_withdrawing_again_changes_nothing_and_succeeds(self, sync: ProspectSync) -> None:
        some = rows(1)
        sync.finish(sync.begin(some), some)
        sync.withdraw(some)

        assert [each.outcome for each in sync.withdraw(some)] == ["written"]

    def test_many_are_opted_out_by_imports_that_make_nobody(
        self, sync: ProspectSync, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(prospect_withdrawal, "MOST_NOW", 10)
        some = rows(30)
        sync.finish(sync.begin(some[:25]), some[:25])
        leaving = [*with_ids(world, some[:20]), *some[20:]]
        world.control("DELETE", "calls")

        results = sync.withdraw(leaving)

        assert [each.outcome for each in results] == ["written"] * 30
        assert len(world.stored()) == 25
        assert all(each["optedOut"] and each["isDoNotEmail"] for each in world.stored().values())
        assert world.calls == {CREATE: 2, LOOK: 2, ERRORS: 1, QUERY: 1}

    def test_an_opt_out_that_is_refused_has_failed(
        self, sync: ProspectSync, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(prospect_withdrawal, "MOST_NOW", 1)
        some = rows(5)
        sync.finish(sync.begin(some), some)
        world.fault("row_refused", keys=[some[2].email])

        results = sync.withdraw(some)

        assert [each.outcome for each in results] == ["written", "written", "failed", "written", "written"]

    @pytest.mark.parametrize("number", [1, 10])
    def test_who_permits_again_after_we_opted_them_out_is_written_to_again(
        self, sync: ProspectSync, world: World, number: int
    ) -> None:
        some = rows(number)
        sync.finish(sync.begin(some), some)
        sync.withdraw(some)
        back = [replace(each, silenced=True) for each in some]

        sync.finish(sync.begin(back), back)

        assert not any(each["optedOut"] or each["isDoNotEmail"] for each in world.stored().values())

    @pytest.mark.parametrize("number", [1, 10])
    def test_an_opt_out_that_is_not_ours_stays(self, sync: ProspectSync, world: World, number: int) -> None:
        some = rows(number)
        world.gateway().upsert_prospect(some[0].email, {"optedOut": True})

        sync.finish(sync.begin(some), some)

        assert world.prospect(some[0].email)["optedOut"] is True


class TestReading:
    def test_what_was_written_is_held_in_our_words_and_types(self, sync: ProspectSync, world: World) -> None:
        someone = row(7, job_title="Buyer", score=12.5, opt_in_newsletter=True, employees=300)
        sync.begin([someone])
        prospect = world.prospect(someone.email)
        world.load("prospects", {**prospect, "salesforceContactId": "003000000000007AAA"})

        [held] = sync.held(["email", "job_title", "score", "opt_in_newsletter", "employees"])

        assert (held.person, held.record, held.email) == (someone.person, someone.record, someone.email)
        assert held.remote_id == str(prospect["id"])
        assert held.values == {
            "email": someone.email,
            "job_title": "Buyer",
            "score": 12.5,
            "opt_in_newsletter": True,
            "employees": "300",
        }

    def test_a_prospect_is_of_the_record_that_we_wrote_before_the_one_that_the_connector_tells(
        self, world: World
    ) -> None:
        sync = ProspectSync(world.gateway(), {**WORDS, "lead_id": "Smarketing_Lead_Id__c"})
        sync.begin([row(7, lead_id="00Q000000000007AAA")])
        prospect = world.prospect("p7@example.com")
        world.load("prospects", {**prospect, "salesforceContactId": "003000000000007AAA"})

        [held] = sync.held(["email"])

        assert held.record == "lead:00Q000000000007"

    def test_an_empty_field_has_no_value(self, sync: ProspectSync) -> None:
        sync.begin([row(7, job_title=None, opt_in_newsletter=False)])

        [held] = sync.held(["job_title", "score", "opt_in_newsletter"])

        assert held.values == {"opt_in_newsletter": False}

    def test_who_is_not_written_to_is_not_held(self, sync: ProspectSync, world: World) -> None:
        sync.begin(rows(3))
        sync.withdraw(rows(1))
        world.gateway().delete_prospect(str(world.prospect("p1@example.com")["id"]))
        world.clock.advance(MINUTE)

        assert [each.email for each in sync.held(["email"])] == ["p2@example.com"]
