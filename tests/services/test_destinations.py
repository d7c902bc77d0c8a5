"""Commands go to the system of their kind, and one system's fault is not another's."""

from collections.abc import Sequence

from chalicelib.domain.command import Command
from chalicelib.domain.interest import PersonId
from chalicelib.domain.outcome import Blocked, Deferred, Outcome, Written
from chalicelib.errors import Misconfigured, Retryable
from chalicelib.services.destinations import Destination, Destinations


class Recorder:
    """Takes everything and remembers in which calls."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.calls: list[list[str]] = []

    def write(self, commands: Sequence[Command]) -> Sequence[Outcome]:
        self.calls.append([each.external_id for each in commands])
        return [Written(f"{self.name}-{each.external_id}") for each in commands]


def command(record: str, number: int) -> Command:
    return Command(record, str(number), PersonId("P1"), 1)  # type: ignore[arg-type]


MIXED = [command("person", 1), command("suppression", 2), command("touchpoint", 3), command("suppression", 4)]


def test_each_system_gets_its_commands_in_one_call() -> None:
    crm, automations = Recorder("crm"), Recorder("automations")
    make_crm = lambda: crm  # noqa: E731
    destinations = Destinations(
        {"person": make_crm, "touchpoint": make_crm, "suppression": lambda: automations}
    )
    outcomes = destinations.write(MIXED)
    assert (crm.calls, automations.calls) == ([["1", "3"]], [["2", "4"]])
    assert outcomes == [
        Written("crm-1"),
        Written("automations-2"),
        Written("crm-3"),
        Written("automations-4"),
    ]


def test_a_system_that_is_not_set_up_blocks_its_own_commands_alone() -> None:
    crm = Recorder("crm")

    def missing() -> Destination:
        raise Misconfigured("secret: make it")

    destinations = Destinations({"person": lambda: crm, "touchpoint": lambda: crm, "suppression": missing})
    outcomes = destinations.write(MIXED)
    assert [type(each) for each in outcomes] == [Written, Blocked, Written, Blocked]


def test_a_system_out_of_reach_has_its_commands_come_again() -> None:
    class Away:
        def write(self, commands: Sequence[Command]) -> Sequence[Outcome]:
            raise Retryable("busy")

    crm = Recorder("crm")
    destinations = Destinations({"person": lambda: crm, "touchpoint": lambda: crm, "suppression": Away})
    outcomes = destinations.write(MIXED)
    assert [type(each) for each in outcomes] == [Written, Deferred, Written, Deferred]


def test_no_system_is_made_when_nothing_goes_there() -> None:
    crm = Recorder("crm")

    def forbidden() -> Destination:
        raise AssertionError

    destinations = Destinations({"person": lambda: crm, "suppression": forbidden})
    assert destinations.write([command("person", 1)]) == [Written("crm-1")]


def test_systems_are_written_to_in_the_order_in_which_they_are_given() -> None:
    order: list[str] = []

    class Noting:
        def __init__(self, name: str) -> None:
            self.name = name

        def write(self, commands: Sequence[Command]) -> Sequence[Outcome]:
            order.append(self.name)
            return [Written("") for _ in commands]

    crm, others = Noting("crm"), Noting("others")
    Destinations({"interest": lambda: crm, "enrichment": lambda: others}).write(
        [command("enrichment", 1), command("interest", 2)]
    )
    assert order == ["crm", "others"]
