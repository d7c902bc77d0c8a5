"""Lists whom a new Lead may be, so that people decide with both records side by side."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from chalicelib.domain.command import Command, names_record
from chalicelib.domain.outcome import Blocked, Deferred, Outcome, Refused, Written
from chalicelib.domain.qualification import Compiled
from chalicelib.domain.twins import possible_duplicates
from chalicelib.services.look_for_twins import Crm, Found, Lookalikes, find_twins

NO_LEAD = Deferred("twins: the Lead is not there yet", orphaned=True)
DONE = Written("")


@dataclass(frozen=True, slots=True)
class NotingTwins:
    """Where the commands go by which new Leads are compared."""

    compiled: Callable[[], Compiled]
    lookalikes: Lookalikes
    crm: Crm

    def write(self, commands: Sequence[Command]) -> Sequence[Outcome]:
        """List the doubtful pairs of new Leads; one outcome each, in their order.

        They are searched for once more, now that the Lead is there: so two Leads that were made side by side
        for one person are listed as well. A pair that is listed stays as it is, along with its verdict. Who
        was found to have a record already has no Lead, and nothing is listed.

        Raises:
            Retryable, Misconfigured: Salesforce can't be asked.
        """
        unnamed = [each for each in commands if not names_record(each)]
        found = find_twins(unnamed, self.compiled(), self.lookalikes)
        pairs = {
            each.key: possible_duplicates(each, found.own[each.person], found.alike[each.person])
            for each in unnamed
            if each.person in found.own and each.person in found.alike
        }
        rows = list({row.key: row for some in pairs.values() for row in some}.values())
        written = self.crm.write(rows) if rows else ()
        outcomes = {row.key: outcome for row, outcome in zip(rows, written, strict=True)}
        listed = {key: _worst([outcomes[row.key] for row in some]) for key, some in pairs.items()}
        return [listed.get(each.key) or _unlisted(each, found) for each in commands]


def _unlisted(command: Command, found: Found) -> Outcome:
    waits = not names_record(command) and command.person in found.alike
    return NO_LEAD if waits else DONE


def _worst(outcomes: Sequence[Outcome]) -> Outcome:
    for kind in (Blocked, Deferred, Refused):
        for each in outcomes:
            if isinstance(each, kind):
                return each
    return DONE
