"""Prospects, their lists and what they did elsewhere, one by one."""

import pytest

from chalicelib.errors import Rejected, Retryable
from chalicelib.gateways.account_engagement.external_activities import ExternalActivity
from tests.gateways.account_engagement.conftest import World

ADDRESS = "ada@example.com"


class TestProspects:
    def test_an_upsert_makes_a_prospect_and_updates_it_next_time(self, world: World) -> None:
        gateway = world.gateway()

        first = gateway.upsert_prospect(ADDRESS, {"firstName": "Ada", "company": "Engines"})
        second = gateway.upsert_prospect(ADDRESS, {"company": None})

        assert first == second
        assert world.prospect(ADDRESS)["firstName"] == "Ada"
        assert not world.prospect(ADDRESS)["company"]

    def test_an_upsert_brings_a_prospect_back_from_the_bin_with_its_opt_out(self, world: World) -> None:
        gateway = world.gateway()
        first = gateway.upsert_prospect(ADDRESS, {"optedOut": True})
        gateway.delete_prospect(first)

        second = gateway.upsert_prospect(ADDRESS, {"firstName": "Ada"})

        assert first == second
        assert world.prospect(ADDRESS)["optedOut"] is True

    def test_an_address_that_is_none_is_rejected_without_telling_it(self, world: World) -> None:
        with pytest.raises(Rejected, match="4") as error:
            world.gateway().upsert_prospect("ada.example.com", {})

        assert "ada" not in str(error.value)

    def test_the_prospects_with_an_address_are_found_in_any_case_and_in_the_bin(self, world: World) -> None:
        gateway = world.gateway()
        unique = gateway.upsert_prospect(ADDRESS, {})
        gateway.upsert_prospect("other@example.com", {})

        assert gateway.prospects_with("Ada@Example.com") == [unique]
        gateway.delete_prospect(unique)
        assert gateway.prospects_with(ADDRESS) == [unique]

    def test_an_update_changes_what_it_names(self, world: World) -> None:
        gateway = world.gateway()
        unique = gateway.upsert_prospect(ADDRESS, {"firstName": "Ada", "lastName": "Byron"})

        gateway.update_prospect(unique, {"lastName": "Lovelace"})

        row = world.prospect(ADDRESS)
        assert (row["firstName"], row["lastName"]) == ("Ada", "Lovelace")

    def test_an_update_of_nobody_is_rejected(self, world: World) -> None:
        with pytest.raises(Rejected, match="not there"):
            world.gateway().update_prospect("99", {"lastName": "Lovelace"})

    def test_who_is_deleted_lies_in_the_bin_and_may_be_deleted_again(self, world: World) -> None:
        gateway = world.gateway()
        unique = gateway.upsert_prospect(ADDRESS, {})

        gateway.delete_prospect(unique)
        gateway.delete_prospect(unique)
        gateway.delete_prospect("99")

        assert world.prospect(ADDRESS)["isDeleted"] is True

    def test_what_was_written_though_its_answer_was_lost_may_be_written_again(self, world: World) -> None:
        gateway = world.gateway()
        world.fault("drop_after", path="upsertLatestByEmail")
        with pytest.raises(Retryable):
            gateway.upsert_prospect(ADDRESS, {})

        gateway.upsert_prospect(ADDRESS, {})

        assert len(world.stored()) == 1


class TestLists:
    @pytest.fixture
    def lists(self, world: World) -> World:
        world.load(
            "lists",
            {"id": 1, "name": "News", "isDynamic": False},
            {"id": 2, "name": "Everybody in Kiel", "isDynamic": True},
        )
        world.load("prospects", *({"id": each, "email": f"p{each}@example.com"} for each in range(1, 31)))
        return world

    def members(self, world: World) -> set[tuple[int, int]]:
        rows = world.stored("list-memberships").values()
        return {(row["listId"], row["prospectId"]) for row in rows if not row.get("isDeleted")}

    def test_lists_tell_whether_rules_decide_who_is_on_them(self, lists: World) -> None:
        found = lists.gateway().lists()

        assert {(each.id, each.name, each.dynamic) for each in found} == {
            ("1", "News", False),
            ("2", "Everybody in Kiel", True),
        }

    def test_a_prospect_is_put_on_a_list_once_and_taken_off_it(self, lists: World) -> None:
        gateway = lists.gateway()
        gateway.add_to_list("1", "7")
        gateway.add_to_list("1", "7")
        assert self.members(lists) == {(1, 7)}

        gateway.remove_from_list("1", "7")
        gateway.remove_from_list("1", "7")

        assert self.members(lists) == set()

    @pytest.mark.parametrize(("leaving", "queries"), [(2, 3), (25, 2)])
    def test_prospects_leave_all_lists_but_those_whose_rules_decide(
        self, lists: World, leaving: int, queries: int
    ) -> None:
        memberships = [
            {"id": 100 * which + each, "listId": which, "prospectId": each}
            for which in (1, 2)
            for each in range(1, 31)
        ]
        lists.load("list-memberships", *memberships)
        lists.control("DELETE", "calls")

        lists.gateway().remove_from_all_lists([str(each) for each in range(1, leaving + 1)])

        assert {each for which, each in self.members(lists) if which == 1} == set(range(leaving + 1, 31))
        assert {each for which, each in self.members(lists) if which == 2} == set(range(1, 31))
        assert lists.calls == {
            "GET /objects/{object}": queries,
            "DELETE /objects/{object}/{id}": leaving,
        }

    def test_who_is_on_no_list_costs_one_call_each(self, lists: World) -> None:
        lists.gateway().remove_from_all_lists(["1"])

        assert lists.calls == {"GET /objects/{object}": 1}

    def test_a_list_that_is_not_there_is_rejected(self, lists: World) -> None:
        with pytest.raises(Rejected):
            lists.gateway().add_to_list("99", "7")


class TestExternalActivities:
    def test_an_activity_is_told(self, world: World) -> None:
        world.gateway().upsert_prospect(ADDRESS, {})

        activity = ExternalActivity("Smarketing", "Handed_Off", ADDRESS, "Pumps", world.now)
        world.gateway().post_external_activity(activity)

        [told] = world.stored("external-activities").values()
        assert (told["extension"], told["type"], told["value"]) == ("Smarketing", "Handed_Off", "Pumps")
        assert told["activityDate"].startswith(world.at(0)[:16])

    def test_one_without_a_value_is_rejected_by_name(self, world: World) -> None:
        with pytest.raises(Rejected, match="value"):
            world.gateway().post_external_activity(ExternalActivity("S", "T", ADDRESS, "", world.now))
