"""Salesforce with the search for twins around it, wired as `bootstrap` does."""

from chalicelib.domain.qualification import Compiled
from chalicelib.services.destinations import Destination, Destinations
from chalicelib.services.look_for_twins import Crm, Lookalikes, LookingForTwins
from chalicelib.services.note_twins import NotingTwins


def with_twins(
    crm: Crm, lookalikes: Lookalikes, compiled: Compiled, handoffs: Destination | None = None
) -> Destinations:
    """Wire an outside system, which moves interests itself where nothing else does."""
    looking = LookingForTwins(lambda: compiled, lookalikes, crm)
    noting = NotingTwins(lambda: compiled, lookalikes, crm)
    moving: Destination = handoffs or crm

    def others() -> Destination:
        return crm

    def salesforce() -> LookingForTwins:
        return looking

    records = {"person": salesforce, "interest": salesforce, "touchpoint": salesforce}
    return Destinations({**records, "twins": lambda: noting, "move": lambda: moving, "row": others})
