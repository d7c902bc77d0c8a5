"""What a delivery works with, all in memory: an outbox, an outside system and an engagement queue."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from chalicelib.domain.command import Command
from chalicelib.domain.engagement import Engagement, PersonKey
from chalicelib.domain.interest import PersonId
from chalicelib.domain.message import Engagements, Review, decode
from chalicelib.domain.qualification import Compiled, compile_model
from chalicelib.services.deliver import Reference, deliver
from tests.domain.presses import playbook
from tests.gateways.salesforce.commands import person_id
from tests.services.fake_crm import FakeCrm
from tests.services.with_twins import with_twins


def reference(command: Command) -> Reference:
    return (f"PERSON#{command.person}", f"OUTBOX#{command.key}")


@dataclass
class DeliveryWorld:
    """All of it; plays the outbox, the persons and the queue itself."""

    crm: FakeCrm = field(default_factory=FakeCrm)
    items: dict[Reference, Command] = field(default_factory=dict)
    parked: dict[str, str] = field(default_factory=dict)
    bodies: list[str] = field(default_factory=list)
    compiled: Compiled = field(default_factory=lambda: compile_model(playbook()))
    person_keys: dict[PersonId, list[PersonKey]] = field(default_factory=lambda: {person_id(): []})

    def put(self, *commands: Command) -> list[Reference]:
        self.items |= {reference(command): command for command in commands}
        return [reference(command) for command in commands]

    def deliver(self, references: Iterable[Reference]) -> dict[Reference, str]:
        crm = with_twins(self.crm, self.crm, self.compiled)
        return deliver(references, outbox=self, crm=crm, persons=self, engagements=self)

    def pending(self, references: Iterable[Reference]) -> dict[Reference, Command]:
        return {each: self.items[each] for each in references if each in self.items}

    def remove(self, commands: Sequence[Command]) -> list[Command]:
        gone = [each for each in commands if reference(each) not in self.items]
        for each in commands:
            if each not in gone and self.items[reference(each)].version == each.version:
                del self.items[reference(each)]
        return gone

    def park(self, command: Command, reason: str) -> None:
        del self.items[reference(command)]
        self.parked[command.key] = reason

    def keys(self, person: PersonId) -> list[PersonKey]:
        return self.person_keys[person]

    def send(self, bodies: Iterable[str]) -> None:
        self.bodies += bodies

    @property
    def links(self) -> list[Engagement]:
        messages = [decode(body) for body in self.bodies]
        return [each for one in messages if isinstance(one, Engagements) for each in one.engagements]

    @property
    def reviews(self) -> list[Review]:
        return [one for one in map(decode, self.bodies) if isinstance(one, Review)]
