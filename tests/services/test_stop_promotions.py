"""A purchase takes people out of journeys, off lists and onto suppression lists; a bar's end lifts that."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from chalicelib.domain.command import Command
from chalicelib.domain.instant import Instant
from chalicelib.domain.interest import PersonId
from chalicelib.domain.journey_rules import JourneyRules, Promotion
from chalicelib.domain.outcome import Deferred, Outcome, Refused, Written
from chalicelib.domain.qualification import Compiled, compile_model
from chalicelib.domain.sync_state import SyncState, Verdict
from chalicelib.errors import Rejected, Retryable
from chalicelib.services.stop_promotions import Promotions
from tests.domain.presses import playbook

PROMOTION = Promotion(journeys=("novelties", "prices"), lists=("1", "2"), suppression_list="9")
CONTACT, LEAD = "003000000000001", "00Q000000000001"


@dataclass
class Automations:
    """Both of them, in memory."""

    members: set[tuple[str, str]] = field(default_factory=set)
    inside: set[tuple[str, str]] = field(default_factory=set)
    prospects: dict[str, str] = field(default_factory=dict)
    failing: dict[str, Exception] = field(default_factory=dict)
    kept_in: dict[str, str] = field(default_factory=dict)

    def add_to_list(self, list_id: str, prospect_id: str) -> None:
        self._fail("lists")
        self.members.add((list_id, prospect_id))

    def remove_from_list(self, list_id: str, prospect_id: str) -> None:
        self._fail("lists")
        self.members.discard((list_id, prospect_id))

    def stays(self, contact_keys: Sequence[str]) -> list[tuple[str, str]]:
        self._fail("journeys")
        return sorted(each for each in self.inside if each[0] in contact_keys)

    def exit_journeys(self, asked: Sequence[tuple[str, str]]) -> Mapping[str, str]:
        if not self.kept_in:
            self.inside -= set(asked)
        return self.kept_in

    def load(self, platform: str, records: Sequence[str]) -> dict[str, SyncState]:
        assert platform == "account_engagement"
        verdict = Verdict(PersonId("P1"), True, "newsletter")
        return {
            each: SyncState(
                "account_engagement", each, verdict, Instant(0), held=True, remote_id=self.prospects[each]
            )
            for each in records
            if each in self.prospects
        }

    def _fail(self, what: str) -> None:
        if what in self.failing:
            raise self.failing[what]


def compiled() -> Compiled:
    return compile_model(playbook(journeys=JourneyRules(promotions={"presses": PROMOTION})))


@pytest.fixture
def there() -> Automations:
    """A prospect on both lists, and a contact in three journeys."""
    inside = {("003000000000001AAA", each) for each in ("novelties", "prices", "welcome")}
    return Automations({("1", "7"), ("2", "7")}, inside)


def command(line: str = "presses", *, barred: bool = True, **fields: Any) -> Command:
    known = {"contact_id": CONTACT, "lead_id": None, "email": "a@example.com", "prospect_id": "7"}
    told = {**known, "product_line": line, "barred": barred, **fields}
    return Command("promotion", f"P1-{line}", PersonId("P1"), 3, told)


def write(there: Automations, *commands: Command, **parts: Any) -> list[Outcome]:
    usual: dict[str, Any] = {"journeys": there, "lists": there, "states": there, **parts}
    return Promotions(compiled=compiled, **usual).write(commands)


def test_who_bought_leaves_the_lines_lists_and_journeys_and_is_suppressed(there: Automations) -> None:
    assert write(there, command()) == [Written("")]

    assert there.members == {("9", "7")}
    assert there.inside == {("003000000000001AAA", "welcome")}


def test_to_repeat_it_changes_nothing(there: Automations) -> None:
    write(there, command(), command())

    assert there.members == {("9", "7")}


def test_prospects_that_the_sync_wrote_are_suppressed_too(there: Automations) -> None:
    there.prospects = {f"contact:{CONTACT}": "8", f"lead:{LEAD}": "7"}

    write(there, command(lead_id=LEAD))

    assert there.members == {("9", "7"), ("9", "8")}


def test_a_contact_known_by_the_address_leaves_as_well(there: Automations) -> None:
    there.inside = {("a@example.com", "prices")}

    write(there, command(contact_id=None))

    assert there.inside == set()


def test_a_bar_that_is_over_takes_off_the_suppression_list_and_puts_on_no_list(there: Automations) -> None:
    there.members = {("9", "7")}

    assert write(there, command(barred=False)) == [Written("")]
    assert there.members == set()


def test_without_a_prospect_or_a_contact_nothing_is_to_do(there: Automations) -> None:
    nobody = command(contact_id=None, email=None, prospect_id=None)

    assert write(there, nobody) == [Written("")]
    assert len(there.members) == 2


@pytest.mark.parametrize("unused", [{"journeys": None}, {"lists": None}, {"journeys": None, "lists": None}])
def test_what_is_not_used_is_left_out(there: Automations, unused: dict[str, None]) -> None:
    assert write(there, command(), **unused) == [Written("")]


def test_a_line_that_the_playbook_does_not_promote_any_more_is_done(there: Automations) -> None:
    assert write(there, command("lasers")) == [Written("")]


@pytest.mark.parametrize(
    ("failure", "outcome"),
    [(Retryable("busy"), Deferred("busy")), (Rejected("list: dynamic"), Refused("list: dynamic"))],
)
def test_where_the_lists_fail_the_journeys_are_left_all_the_same(
    there: Automations, failure: Exception, outcome: Outcome
) -> None:
    there.failing = {"lists": failure}

    assert write(there, command()) == [outcome]
    assert there.inside == {("003000000000001AAA", "welcome")}


def test_where_the_journeys_fail_the_lists_are_left_all_the_same(there: Automations) -> None:
    there.failing = {"journeys": Retryable("busy")}

    assert write(there, command()) == [Deferred("busy")]
    assert there.members == {("9", "7")}


def test_an_exit_that_did_not_come_about_is_tried_again(there: Automations) -> None:
    there.kept_in = {"003000000000001AAA": "Exit request Ignored"}

    assert write(there, command()) == [Deferred("Exit request Ignored")]
