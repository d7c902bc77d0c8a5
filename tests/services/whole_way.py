"""The whole way of a click in one process: callback, worker, table, relay, delivery, Salesforce.

Every call that leaves a function can be broken off before and after it, as a function of Lambda may be at any
moment; what a function was working on then comes to it again.
"""

import hashlib
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from chalicelib.domain.arrival import Arrival
from chalicelib.domain.command import Command
from chalicelib.domain.engagement import Engagement
from chalicelib.domain.interest import PersonId
from chalicelib.domain.ulid import RANDOM_BYTES, ulid
from chalicelib.services.deliver import Reference, deliver
from chalicelib.services.hand_on import hand_on
from chalicelib.services.record_engagements import Recording, record_engagements
from chalicelib.services.relay_outbox import relay_outbox
from chalicelib.services.review_persons import review_persons
from chalicelib.services.take_deliveries import take_deliveries
from chalicelib.services.take_message import UseCases, take_message
from tests.domain.builders import START
from tests.services.fake_crm import FakeCrm
from tests.services.with_twins import with_twins
from tests.services.world import World, make_quick_world

MOST_ROUNDS = 200


class BrokenOff(BaseException):
    """The function just ends: nothing in it may catch this."""


class Saboteur:
    """Counts the moments before and after outside calls and breaks off at those with the given numbers."""

    def __init__(self, points: Collection[int] = ()) -> None:
        self._points = points
        self.passed = 0

    def reach(self) -> None:
        point, self.passed = self.passed, self.passed + 1
        if point in self._points:
            raise BrokenOff

    def watch(self, outside: Any) -> Any:
        """Stand between the project's code and something outside of it."""
        return _Watched(outside, self)


class _Watched:
    def __init__(self, outside: Any, saboteur: Saboteur) -> None:
        self._outside = outside
        self._saboteur = saboteur

    def __getattr__(self, name: str) -> Callable[..., Any]:
        call = getattr(self._outside, name)

        def watched(*arguments: Any, **named: Any) -> Any:
            self._saboteur.reach()
            result = call(*arguments, **named)
            self._saboteur.reach()
            return result

        return watched


@dataclass
class Queue:
    """Messages that are there until somebody has worked them off."""

    bodies: list[str] = field(default_factory=list)

    def send(self, bodies: Iterable[str]) -> None:
        self.bodies += bodies


@dataclass
class WholeWay:
    """All of it. The handlers are the ones of `bootstrap`, wired to what is watched."""

    saboteur: Saboteur = field(default_factory=Saboteur)
    world: World = field(default_factory=make_quick_world)
    crm: Any = field(default_factory=FakeCrm)
    lookalikes: Any = None
    """Who searches the records of `crm`; itself if left out."""
    engagements: Queue = field(default_factory=Queue)
    deliveries: Queue = field(default_factory=Queue)
    relayed: int = 0
    rounds: int = 0

    def __post_init__(self) -> None:
        if isinstance(self.crm, FakeCrm):
            self.crm.before = self._between_records
        watch = self.saboteur.watch
        self._client = watch(self.world.client)
        watched = World(self._client)
        self._persons, self._outbox = watched.persons, watched.outbox
        self._to_engagements, self._to_deliveries = watch(self.engagements), watch(self.deliveries)
        self._crm = with_twins(watch(self.crm), watch(self.lookalikes or self.crm), self.world.compiled)

    def tell(self, *engagements: Engagement) -> None:
        """Call back with engagements until that is acknowledged, and let everything come to rest."""
        while not self._is_acknowledged(Arrival(engagements)):
            self.rounds += 1
        while self._work():
            self.rounds += 1
            assert self.rounds < MOST_ROUNDS, "it never comes to rest"

    def _is_acknowledged(self, arrival: Arrival) -> bool:
        try:
            hand_on(arrival, "test", self._to_engagements)
        except BrokenOff:
            return False
        return True

    def _work(self) -> bool:
        """Let one function do one thing; gives whether there was anything to do."""
        stream = self.world.client.stream(self.world.table)
        if self.relayed < len(stream):
            self._relay(stream)
        elif self.engagements.bodies:
            self._record(self.engagements.bodies[0])
        elif self.deliveries.bodies:
            self._deliver(self.deliveries.bodies[:])
        else:
            return False
        return True

    def _relay(self, stream: Sequence[dict[str, Any]]) -> None:
        end = len(stream)
        try:
            relay_outbox(stream[self.relayed : end], self._to_deliveries)
        except BrokenOff:
            return
        self.relayed = end

    def _record(self, body: str) -> None:
        world = self.world
        recording = Recording(self._persons, lambda: world.compiled, world.clock, self._new_person)
        use_cases = UseCases(
            record_engagements=lambda engagements: record_engagements(engagements, recording),
            review_persons=lambda ids: review_persons(ids, self._persons, world.compiled, world.clock),
            reread_records=_never,
            verify_callback=_never,
        )
        try:
            take_message(body, use_cases)
        except BrokenOff:
            return
        self.engagements.bodies.remove(body)

    def _deliver(self, bodies: Sequence[str]) -> None:
        def write(references: Iterable[Reference]) -> dict[Reference, str]:
            return deliver(
                references,
                outbox=self._outbox,
                crm=self._crm,
                persons=self._persons,
                engagements=self._to_engagements,
            )

        messages = {str(number): body for number, body in enumerate(bodies)}
        try:
            failed = take_deliveries(messages, write)
        except BrokenOff:
            return
        self.deliveries.bodies = [body for number, body in messages.items() if number in failed]

    def _between_records(self, _: Command) -> None:
        self.saboteur.reach()

    def _new_person(self) -> PersonId:
        """Make an id that an undisturbed run would have made, too."""
        number = len(self.world.keys_of_items("STATE"))
        return PersonId(ulid(START, hashlib.sha256(bytes([number])).digest()[:RANDOM_BYTES]))

    def end(self) -> tuple[object, ...]:
        """All that is left: the table, what Salesforce holds, and that no message is."""
        items = {(item["pk"]["S"], item["sk"]["S"]): item for item in self.world.items()}
        return items, self.crm.records, self.engagements.bodies, self.deliveries.bodies


def _never(_: object) -> None:
    raise AssertionError("no message asks for this")
