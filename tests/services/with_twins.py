"""Salesforce with the search for twins around it, wired as `bootstrap` does."""

from chalicelib.domain.qualification import Compiled
from chalicelib.services.destinations import Destinations
from chalicelib.services.look_for_twins import Crm, Lookalikes, LookingForTwins
from chalicelib.services.note_twins import NotingTwins


def with_twins(crm: Crm, lookalikes: Lookalikes, compiled: Compiled) -> Destinations:
    """Wire an outside system; nothing is asked of it before commands are written."""
    looking = LookingForTwins(lambda: compiled, lookalikes, crm)
    noting = NotingTwins(lambda: compiled, lookalikes, crm)

    def salesforce() -> LookingForTwins:
        return looking

    records = {"person": salesforce, "interest": salesforce, "touchpoint": salesforce}
    return Destinations({**records, "twins": lambda: noting})
