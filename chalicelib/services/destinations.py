"""Where commands go: each kind of record has one outside system that takes it."""

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from chalicelib.domain.command import Command, RecordKind
from chalicelib.domain.outcome import Blocked, Deferred, Outcome
from chalicelib.errors import Misconfigured, Retryable


class Destination(Protocol):
    """An outside system."""

    def write(self, commands: Sequence[Command]) -> Sequence[Outcome]:
        """Write commands in the fewest calls; one outcome each, in their order."""


class Destinations:
    """All outside systems as one; where one is out of reach or not set up, the others get theirs.

    They are written to in the order in which they are given: what is written later may need what was before.
    """

    def __init__(self, by_record: Mapping[RecordKind, Callable[[], Destination]]) -> None:
        """Give for each kind of record what makes its system; it is made when it is needed."""
        self._by_record = by_record

    def write(self, commands: Sequence[Command]) -> Sequence[Outcome]:
        """Write commands, those of one system together; one outcome each, in their order."""
        places: dict[Callable[[], Destination], list[int]] = {}
        for place, command in enumerate(commands):
            places.setdefault(self._by_record[command.record], []).append(place)
        outcomes: dict[int, Outcome] = {}
        for make in dict.fromkeys(self._by_record.values()):
            some = places.get(make, [])
            if some:
                outcomes.update(zip(some, _written(make, [commands[place] for place in some]), strict=True))
        return [outcomes[place] for place in range(len(commands))]


def _written(make: Callable[[], Destination], commands: Sequence[Command]) -> Sequence[Outcome]:
    try:
        return make().write(commands)
    except Retryable as error:
        return [Deferred(str(error))] * len(commands)
    except Misconfigured as error:
        return [Blocked(str(error))] * len(commands)
