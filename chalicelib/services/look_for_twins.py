"""Looks whether Salesforce knows somebody already, before a Lead of theirs is made."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from chalicelib.domain.command import Command, makes_lead
from chalicelib.domain.interest import PersonId
from chalicelib.domain.likeness import Alike
from chalicelib.domain.outcome import Blocked, Deferred, Moved, Outcome
from chalicelib.domain.qualification import Compiled
from chalicelib.domain.twins import ALIKE, Seen, Sought, is_findable, record_key, sought, twins_among
from chalicelib.errors import Misconfigured, Retryable


class Lookalikes(Protocol):
    """The Leads and Contacts in Salesforce."""

    def look(self, wanted: Sequence[Sought], free_mail: frozenset[str]) -> Seen:
        """Find whom persons may be; raises Retryable or Misconfigured where that can't be asked."""


class Crm(Protocol):
    """Salesforce."""

    def write(self, commands: Sequence[Command]) -> Sequence[Outcome]:
        """Write commands in the fewest calls; one outcome each, in their order."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a search for some persons found.

    Attributes:
        own: names of the Leads that were made of them.
        alike: whom they are like, for each of them who can be found by what is known.
    """

    own: Mapping[PersonId, str]
    alike: Mapping[PersonId, Alike]


@dataclass(frozen=True, slots=True)
class LookingForTwins:
    """Salesforce, where nobody gets a Lead who is there already."""

    compiled: Callable[[], Compiled]
    lookalikes: Lookalikes
    crm: Crm

    def write(self, commands: Sequence[Command]) -> Sequence[Outcome]:
        """Write commands; one outcome each, in their order.

        Who is certainly somebody's record has moved there. Whoever is merely like somebody gets a Lead all
        the same, past the alerts of duplicate rules: people decide later (`note_twins`). One search serves
        all new persons; while it can't be made their Leads wait, and everything else is written.
        """
        ready = self._searched([each for each in commands if makes_lead(each)])
        outcomes: dict[int, Outcome] = {}
        left: list[tuple[int, Command]] = []
        for place, command in enumerate(commands):
            now = ready.get(command.key, command)
            if isinstance(now, Command):
                left.append((place, now))
            else:
                outcomes[place] = now
        written = self.crm.write([command for _, command in left]) if left else ()
        outcomes |= {place: outcome for (place, _), outcome in zip(left, written, strict=True)}
        return [outcomes[place] for place in range(len(commands))]

    def _searched(self, new: Sequence[Command]) -> Mapping[str, Command | Outcome]:
        """Give, by key, the command to write for each new person, or what became of it without."""
        try:
            found = find_twins(new, self.compiled(), self.lookalikes)
        except Retryable as error:
            return {each.key: Deferred(str(error)) for each in new}
        except Misconfigured as error:
            return {each.key: Blocked(str(error)) for each in new}
        return {each.key: _ready(each, found) for each in new}


def find_twins(commands: Sequence[Command], compiled: Compiled, lookalikes: Lookalikes) -> Found:
    """Search for the persons of commands, in as few calls as they need; in none for those without traits.

    Raises:
        Retryable, Misconfigured: Salesforce can't be asked.
    """
    free_mail = compiled.model.enrichment.free_mail
    wanted = [each for each in map(sought, commands) if is_findable(each.traits, free_mail)]
    if not wanted:
        return Found({}, {})
    seen = lookalikes.look(wanted, free_mail)
    bounds = replace(compiled.model.duplicates.bounds, free_mail=free_mail)
    return Found(seen.own, twins_among(wanted, seen, bounds))


def _ready(command: Command, found: Found) -> Command | Outcome:
    alike = found.alike.get(command.person, Alike())
    if command.person in found.own or not alike.verdicts:
        return command
    if alike.certain is not None:
        return Moved(record_key(alike.certain), "record_changed")
    return replace(command, fields={**command.fields, ALIKE: True})
