"""Enriches an interest that opened: asks every source, fills what is empty, and notes where it came from."""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from chalicelib.domain.command import Command
from chalicelib.domain.enriched_interest import TOLD, Enriched, Held, learnt, rich_links
from chalicelib.domain.enrichment import (
    ACCOUNT,
    Enquiry,
    Filling,
    Findings,
    Found,
    company_domain,
    fill,
    note_of,
    provenance_of,
)
from chalicelib.domain.enrichment_command import TOLD_AT
from chalicelib.domain.enrichment_plan import EnrichmentPlan
from chalicelib.domain.instant import Instant
from chalicelib.domain.message import pack
from chalicelib.domain.outcome import Blocked, Deferred, Outcome, Refused, Written
from chalicelib.domain.qualification import Compiled
from chalicelib.errors import Misconfigured, Rejected, Retryable
from chalicelib.log import log_line

NOT_YET = Deferred("enrichment: the interest is not in Salesforce yet")
NEXT_TIME = Deferred("enrichment: no time left in this delivery")
LONGEST = 90.0
"""Seconds that one delivery spends on it; what is left comes again."""
TOGETHER = 5
"""Interests whose sources are asked before they are written, in one call."""


class Enricher(Protocol):
    """A source of what is not known of a person's company."""

    @property
    def name(self) -> str:
        """Which source it is."""

    def find(self, enquiry: Enquiry) -> Findings:
        """Look for somebody; raises Retryable, Rejected or Misconfigured where it can't."""


class Crm(Protocol):
    """The interests in Salesforce."""

    def held(self, interests: Sequence[str]) -> Mapping[str, Held]:
        """Read interests with their Lead or Contact, by our id; one that is not there is left out."""

    def fill(self, fillings: Sequence[tuple[Held, Enriched]]) -> Sequence[Outcome]:
        """Write to each interest all of it or nothing; one outcome each, in their order."""


class Queue(Protocol):
    """The engagement queue."""

    def send(self, bodies: Iterable[str]) -> None:
        """Send message bodies; when this returns they are kept durably."""


@dataclass(frozen=True, slots=True)
class Enrichments:
    """Where the commands go by which interests are enriched."""

    compiled: Callable[[], Compiled]
    crm: Crm
    enrichers: Callable[[EnrichmentPlan], Sequence[Enricher]]
    engagements: Queue
    clock: Callable[[], Instant]
    seconds: Callable[[], float] = time.monotonic

    def write(self, commands: Sequence[Command]) -> Sequence[Outcome]:
        """Enrich the interests of commands; one outcome each, in their order.

        A source that fails keeps nothing from the others: what they found is written, and the command comes
        again for the rest. To repeat it does no harm, since only empty fields are ever filled. A source that
        is out of reach is not asked any more for the other commands: each would wait for it as long.
        """
        plan = self.compiled().model.enrichment
        held = self.crm.held([command.external_id for command in commands])
        sources, until = _Sources(self.enrichers(plan)), self.seconds() + LONGEST
        outcomes: list[Outcome] = []
        for start in range(0, len(commands), TOGETHER):
            some = commands[start : start + TOGETHER]
            in_time = self.seconds() <= until
            outcomes += self._enrich(some, held, plan, sources) if in_time else [NEXT_TIME] * len(some)
        return outcomes

    def _enrich(
        self, commands: Sequence[Command], held: Mapping[str, Held], plan: EnrichmentPlan, sources: "_Sources"
    ) -> list[Outcome]:
        enriched = {
            name: _enriching(each, there, plan, sources)
            for each in commands
            if (there := held.get(name := each.external_id)) is not None
        }
        self._write([each for each in enriched.values() if each.changes_something])
        self._tell([each for each in enriched.values() if isinstance(each.outcome, Written)])
        settled = {name: each.settled for name, each in enriched.items()}
        return [settled.get(each.external_id, NOT_YET) for each in commands]

    def _write(self, some: Sequence["_Enriching"]) -> None:
        """Write what was found; where the org refuses the values, at least the note that says so."""
        self._fill(some)
        refused = []
        for each in some:
            if isinstance(each.outcome, Refused) and each.filling.values:
                each.give_up_values(each.outcome.reason)
                refused.append(each)
        self._fill(refused)

    def _fill(self, some: Sequence["_Enriching"]) -> None:
        now = self.clock()
        outcomes = self.crm.fill([(each.held, each.enriched(now)) for each in some]) if some else ()
        for each, outcome in zip(some, outcomes, strict=True):
            each.outcome = outcome

    def _tell(self, some: Sequence["_Enriching"]) -> None:
        learned = [told for each in some for told in learnt(each.held, each.filling.provenance)]
        if learned:
            self.engagements.send(pack(learned))


@dataclass(slots=True)
class _Enriching:
    """One interest while it is enriched: how it was, what is to be filled, and what became of it."""

    held: Held
    filling: Filling
    findings: Findings
    failure: Outcome | None
    """Why a source has to be asked again."""
    outcome: Outcome

    @property
    def note(self) -> str:
        return note_of(self.filling.provenance, self.findings.remarks)

    @property
    def changes_something(self) -> bool:
        said = (self.note, rich_links(self.findings.links))
        return bool(self.filling.values) or said != (self.held.note, self.held.links)

    @property
    def settled(self) -> Outcome:
        return self.failure or self.outcome if isinstance(self.outcome, Written) else self.outcome

    def enriched(self, now: Instant) -> Enriched:
        return Enriched(self.note, rich_links(self.findings.links), now, self.filling.values)

    def give_up_values(self, reason: str) -> None:
        kept = tuple(
            replace(each, fate="kept") if each.found.field in self.filling.values else each
            for each in self.filling.provenance
        )
        self.filling = Filling({}, kept)
        self.findings = replace(self.findings, remarks=(*self.findings.remarks, f"not written: {reason}"))


def _enriching(command: Command, held: Held, plan: EnrichmentPlan, sources: "_Sources") -> _Enriching:
    told = tuple(_told(command))
    known = {each.field: each.value for each in told} | dict(held.values)
    asked = sources.ask(Enquiry(known, company_domain(held.email, plan.free_mail)))
    fields = held.writable & {*plan.fields, ACCOUNT}
    filling = fill(fields, held.values, (*told, *asked.findings.found), provenance_of(held.note))
    return _Enriching(held, filling, asked.findings, asked.failure, Written(held.record_id))


@dataclass(slots=True)
class _Asked:
    findings: Findings = field(default_factory=Findings)
    failure: Outcome | None = None

    def add(self, new: Findings) -> None:
        old = self.findings
        self.findings = Findings(old.found + new.found, old.links + new.links, old.remarks + new.remarks)


class _Sources:
    """The sources while one delivery lasts, and which of them can't answer."""

    def __init__(self, enrichers: Sequence[Enricher]) -> None:
        self._enrichers = enrichers
        self._failed: dict[str, Outcome] = {}

    def ask(self, enquiry: Enquiry) -> _Asked:
        """Ask every source; a refused question is remarked, a source that can't answer comes again later."""
        asked = _Asked()
        for enricher in self._enrichers:
            found = None if enricher.name in self._failed else self._find(enricher, enquiry)
            if found is None:
                asked.failure = _worse(asked.failure, self._failed[enricher.name])
            else:
                asked.add(found)
        return asked

    def _find(self, enricher: Enricher, enquiry: Enquiry) -> Findings | None:
        try:
            return enricher.find(enquiry)
        except Rejected as error:
            log_line("enrichment refused", source=enricher.name, reason=str(error))
            return Findings(remarks=(str(error),))
        except Retryable as error:
            self._failed[enricher.name] = Deferred(str(error))
        except Misconfigured as error:
            self._failed[enricher.name] = Blocked(str(error))
        return None


def _worse(one: Outcome | None, other: Outcome) -> Outcome:
    """Choose what an operator has to hear of."""
    return one if isinstance(one, Blocked) else other


def _told(command: Command) -> Iterable[Found]:
    """Give what the person told us themselves, with the time of it."""
    for name, value in command.fields.items():
        told_at = command.fields.get(name + TOLD_AT)
        if isinstance(value, str) and isinstance(told_at, int):
            yield Found(name, value, TOLD, Instant(told_at))
