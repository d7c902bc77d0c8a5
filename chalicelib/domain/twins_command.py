"""The command by which people get to see whom a new Lead may be."""

from collections.abc import Sequence

from chalicelib.domain.command import Command
from chalicelib.domain.commands import known_to_salesforce, person_command
from chalicelib.domain.instant import Instant
from chalicelib.domain.person import Person
from chalicelib.domain.qualification import Compiled
from chalicelib.domain.twins import TRAITS, is_findable, sought


def twins_command(
    compiled: Compiled, before: Sequence[Person], person: Person, now: Instant
) -> Command | None:
    """Ask for a review of whom a Lead may be that is about to be made.

    None where no Lead is made, or too little is known to find anybody. It is a command of its own, so that
    neither a crash nor a Lead that is told of by then loses the review.

    Args:
        compiled: the playbook.
        before: the person before, then whom they absorbed: the Lead of one of these may never be made.
        person: as they are now.
        now: the time for which it is told.
    """
    if known_to_salesforce(before[0]) or not person.interests:
        return None
    if any(key.kind in ("lead", "contact") for key in person.keys):
        return None
    told = person_command(compiled, person, now)
    if not is_findable(sought(told).traits, compiled.model.enrichment.free_mail):
        return None
    named = ("person_id", "lead_id", "contact_id", *TRAITS)
    fields = {word: told.fields[word] for word in named if word in told.fields}
    return Command("twins", person.id, person.id, person.version, fields)
