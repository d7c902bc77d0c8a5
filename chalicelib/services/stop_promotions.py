"""Ends the promotion of what somebody bought, in both marketing automations, until the bar ends.

The timed push tells them, too, as `barred_lines` of the person's row. A journey that is under way, or a list
that is mailed in a minute, would not look at it in time. Who has no prospect yet is told of once there is
one: see `domain.promotion`.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from chalicelib.domain.command import Command
from chalicelib.domain.engagement import person_key
from chalicelib.domain.journey_rules import Promotion
from chalicelib.domain.outcome import Deferred, Outcome, Refused, Written
from chalicelib.domain.qualification import Compiled
from chalicelib.domain.salesforce_ids import in_18
from chalicelib.domain.sync import Platform
from chalicelib.domain.sync_rows import record_name
from chalicelib.domain.sync_state import SyncState
from chalicelib.errors import Rejected, Retryable


class Journeys(Protocol):
    """Marketing Cloud's journeys."""

    def stays(self, contact_keys: Sequence[str]) -> Sequence[tuple[str, str]]:
        """Find the journeys that hold contacts at the moment: contact key and definition key."""

    def exit_journeys(self, asked: Sequence[tuple[str, str]]) -> Mapping[str, str]:
        """Take contacts out of journeys; give why some may still be there, by contact key."""


class Lists(Protocol):
    """Account Engagement's lists."""

    def add_to_list(self, list_id: str, prospect_id: str) -> None:
        """Put a prospect on a list."""

    def remove_from_list(self, list_id: str, prospect_id: str) -> None:
        """Take a prospect off a list; who isn't on it is left alone."""


class SyncStates(Protocol):
    """What is known of the records' rows."""

    def load(self, platform: Platform, records: Collection[str]) -> Mapping[str, SyncState]:
        """Read the states of records, by name."""


@dataclass(frozen=True, slots=True)
class Promotions:
    """Where the commands go by which promotions end and go on; what isn't used is None."""

    compiled: Callable[[], Compiled]
    journeys: Journeys | None
    lists: Lists | None
    states: SyncStates

    def write(self, commands: Sequence[Command]) -> list[Outcome]:
        """Take people out of journeys, off lists and onto suppression lists; one outcome for each command.

        Safe to repeat. Where one fails, the others are done.

        Raises:
            Misconfigured: a login or a right is missing.
        """
        return [self._write(each) for each in commands]

    def _write(self, command: Command) -> Outcome:
        promotion = self.compiled().model.journeys.promotions.get(str(command.fields["product_line"]))
        if promotion is None:
            return _DONE
        if command.fields.get("barred") is False:
            return _attempt(lambda: self._lift(command, promotion))
        # A journey is left even where the lists are out of reach, and the other way round.
        outcomes = [
            _attempt(lambda: self._bar(command, promotion)),
            _attempt(lambda: self._leave_journeys(command, promotion)),
        ]
        return next((each for each in outcomes if each != _DONE), _DONE)

    def _leave_journeys(self, command: Command, promotion: Promotion) -> None:
        keys = _contact_keys(command)
        if self.journeys is None or not promotion.journeys or not keys:
            return
        held = [stay for stay in self.journeys.stays(keys) if stay[1] in promotion.journeys]
        failures = self.journeys.exit_journeys(held) if held else {}
        if failures:
            raise Retryable("; ".join(sorted(set(failures.values()))))

    def _bar(self, command: Command, promotion: Promotion) -> None:
        for prospect in self._prospects(command):
            for each in promotion.lists:
                self._lists.remove_from_list(each, prospect)
            if promotion.suppression_list:
                self._lists.add_to_list(promotion.suppression_list, prospect)

    def _lift(self, command: Command, promotion: Promotion) -> None:
        if promotion.suppression_list:
            for prospect in self._prospects(command):
                self._lists.remove_from_list(promotion.suppression_list, prospect)

    @property
    def _lists(self) -> Lists:
        if self.lists is None:
            raise LookupError("Account Engagement is not used")
        return self.lists

    def _prospects(self, command: Command) -> list[str]:
        """Name the person's prospects: the one that is known, and those that the sync wrote."""
        if self.lists is None:
            return []
        known = command.fields.get("prospect_id")
        records = [
            record_name(person_key("contact" if name == "contact_id" else "lead", str(found)))
            for name in ("contact_id", "lead_id")
            if (found := command.fields.get(name))
        ]
        states = self.states.load("account_engagement", records).values()
        found_ids = [each.remote_id for each in states if each.remote_id]
        return list(dict.fromkeys([*([str(known)] if known else []), *found_ids]))


_DONE = Written("")


def _attempt(work: Callable[[], None]) -> Outcome:
    try:
        work()
    except Retryable as error:
        return Deferred(str(error))
    except Rejected as error:
        return Refused(str(error))
    return _DONE


def _contact_keys(command: Command) -> list[str]:
    """Name what Marketing Cloud may know the person by: their records, else the address itself."""
    records = [in_18(str(found)) for name in ("contact_id", "lead_id") if (found := command.fields.get(name))]
    email = command.fields.get("email")
    return [*records, *([str(email)] if email else [])]
