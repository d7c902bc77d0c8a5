"""The command by which an interest that opened is enriched."""

from chalicelib.domain.command import Command, FieldValue
from chalicelib.domain.interest import Interest
from chalicelib.domain.person import Person
from chalicelib.domain.qualification import Compiled

TOLD_AT = "_told_at"
"""At the end of a word: when the person told the value of the field that the word begins with."""


def enrichment_command(compiled: Compiled, interest: Interest, person: Person) -> Command | None:
    """Ask for what is not known of an interest's company; None where the playbook asks nobody.

    It carries what the person told us themselves, with the time of it: that stands before whatever others
    say.
    """
    plan = compiled.model.enrichment
    if not plan.asks:
        return None
    fields: dict[str, FieldValue] = {"interest_id": interest.id}
    for name in plan.fields:
        if (fact := person.profile.get(name)) is not None:
            fields |= {name: fact.value, name + TOLD_AT: fact.position[0]}
    return Command("enrichment", interest.id, person.id, person.version, fields)
