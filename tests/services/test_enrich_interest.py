"""An interest is enriched: what is written, what is kept, and what happens when a source can't answer."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import pytest

from chalicelib.domain.command import Command
from chalicelib.domain.engagement import Engagement, person_key
from chalicelib.domain.enriched_interest import Enriched, Held
from chalicelib.domain.enrichment import ACCOUNT, Enquiry, Findings, Found, Link, provenance_of
from chalicelib.domain.enrichment_plan import EnrichmentPlan
from chalicelib.domain.instant import Instant
from chalicelib.domain.interest import InterestId, PersonId
from chalicelib.domain.message import Engagements, decode
from chalicelib.domain.outcome import Blocked, Deferred, Outcome, Refused, Written
from chalicelib.domain.qualification import compile_model
from chalicelib.errors import Misconfigured, Rejected, Retryable
from chalicelib.services.enrich_interest import TOGETHER, Enrichments
from tests.domain.builders import START, day, model

PLAN = EnrichmentPlan(fields=("phone", "industry", "city"), free_mail=frozenset({"gmx.de"}), accounts=True)
INTEREST = InterestId("P1-presses-1")
LEAD = person_key("lead", "00Q000000000001")


def held(**values: str) -> Held:
    writable = frozenset({"phone", "industry", "city", ACCOUNT})
    return Held(INTEREST, "a01000000000001", LEAD, "anna@berger.example", values, writable)


@dataclass
class Org:
    """Salesforce in memory: one interest and its Lead."""

    there: Held | None = field(default_factory=held)
    refuses: frozenset[str] = frozenset()
    fills: list[Enriched] = field(default_factory=list)

    def held(self, interests: Sequence[str]) -> Mapping[str, Held]:
        return {each.interest: each for each in [self.there] if each and each.interest in interests}

    def fill(self, fillings: Sequence[tuple[Held, Enriched]]) -> list[Outcome]:
        return [self.fill_one(*each) for each in fillings]

    def fill_one(self, held: Held, enriched: Enriched) -> Outcome:
        self.fills.append(enriched)
        if self.refuses & set(enriched.values):
            return Refused("Salesforce: FIELD_INTEGRITY_EXCEPTION (Country)")
        values = {**held.values, **enriched.values}
        self.there = replace(held, values=values, note=enriched.note, links=enriched.links)
        return Written(held.record_id)


@dataclass
class Source:
    """Finds what it was given, or fails."""

    name: str
    findings: Findings = field(default_factory=Findings)
    error: Exception | None = None
    asked: list[Enquiry] = field(default_factory=list)

    def find(self, enquiry: Enquiry) -> Findings:
        self.asked.append(enquiry)
        if self.error:
            raise self.error
        return self.findings


def finds(name: str, **values: str) -> Source:
    return Source(name, Findings(tuple(Found(word, text, name, START) for word, text in values.items())))


@dataclass
class World:
    """The service with its surroundings."""

    org: Org = field(default_factory=Org)
    bodies: list[str] = field(default_factory=list)

    def enrich(self, *sources: Source, **told: str) -> Outcome:
        fields = {**told, **{f"{word}_told_at": START for word in told}}
        command = Command("enrichment", INTEREST, PersonId("P1"), 1, fields)
        return self.service(*sources).write([command])[0]

    def service(self, *sources: Source) -> Enrichments:
        compiled = compile_model(replace(model(), enrichment=PLAN))
        return Enrichments(lambda: compiled, self.org, lambda _: sources, self, self.clock)

    def clock(self) -> Instant:
        return day(1)

    def send(self, bodies: Iterable[str]) -> None:
        self.bodies += bodies

    @property
    def learnt(self) -> list[Engagement]:
        messages = [decode(body) for body in self.bodies]
        return [each for one in messages if isinstance(one, Engagements) for each in one.engagements]

    @property
    def values(self) -> Mapping[str, str]:
        return self.org.there.values if self.org.there else {}


@pytest.fixture
def world() -> World:
    return World()


def test_empty_field_is_filled_with_source_and_date(world: World) -> None:
    outcome = world.enrich(finds("register", phone="+49 1"))

    assert outcome == Written("a01000000000001")
    assert world.values == {"phone": "+49 1"}
    assert world.org.fills[0].note == "2026-01-01T00:00:00.000Z phone filled: +49 1 [register]"
    assert world.org.fills[0].at == day(1)


def test_entered_value_stands_and_the_note_tells_the_other(world: World) -> None:
    world.org.there = held(phone="by hand")

    world.enrich(finds("register", phone="+49 1"))

    assert world.values["phone"] == "by hand"
    assert "phone kept: +49 1 [register]" in world.org.fills[0].note


def test_own_word_of_the_person_stands_before_what_others_say(world: World) -> None:
    world.enrich(finds("register", phone="+49 1"), phone="0711 2")

    assert world.values["phone"] == "0711 2"
    assert not world.learnt


def test_found_value_is_told_to_the_persons_history_once(world: World) -> None:
    world.enrich(finds("register", industry="Forming"))
    world.enrich(finds("register", industry="Forming"))

    first, second = world.learnt
    assert first == second
    assert (first.source, first.profile) == ("enrichment:register", {"industry": "Forming"})
    assert first.keys == (LEAD, person_key("email", "anna@berger.example"))


def test_account_is_tied_to_the_interest_and_tells_no_field_of_the_person(world: World) -> None:
    world.enrich(finds("account", account_id="001000000000001"))

    assert world.values == {ACCOUNT: "001000000000001"}
    assert not world.learnt


def test_nothing_is_written_when_nothing_is_new(world: World) -> None:
    sources = (
        finds("register", phone="+49 1"),
        Source("links", Findings(links=(Link("XING", "https://x"),))),
    )
    world.enrich(*sources)

    outcome = world.enrich(*sources)

    assert isinstance(outcome, Written)
    assert len(world.org.fills) == 1


def test_sources_are_asked_by_domain_and_what_is_known(world: World) -> None:
    source = finds("register")
    world.org.there = replace(held(city="Ulm"), email="anna@berger.example")

    world.enrich(source, industry="Forming")

    assert source.asked == [Enquiry({"industry": "Forming", "city": "Ulm"}, "berger.example")]


def test_free_mail_is_no_company(world: World) -> None:
    source = finds("register")
    world.org.there = replace(held(), email="anna@gmx.de")

    world.enrich(source)

    assert source.asked[0].email_domain is None


@pytest.mark.parametrize(
    ("error", "outcome"),
    [(Retryable("register: HTTP 503"), Deferred), (Misconfigured("register: the key"), Blocked)],
)
def test_failing_source_keeps_nothing_from_the_others(
    world: World, error: Exception, outcome: type[Outcome]
) -> None:
    failed = world.enrich(Source("register", error=error), finds("account", phone="+49 2"))

    assert isinstance(failed, outcome)
    assert world.values == {"phone": "+49 2"}


def test_source_out_of_reach_is_asked_once_in_a_delivery(world: World) -> None:
    source = Source("register", error=Retryable("register: not reached"))
    command = Command("enrichment", INTEREST, PersonId("P1"), 1)

    outcomes = world.service(source).write([command, command])

    assert [type(each) for each in outcomes] == [Deferred, Deferred]
    assert len(source.asked) == 1


def test_rest_comes_again_when_a_delivery_takes_too_long(world: World) -> None:
    seconds = iter([0.0, 1.0, 91.0])
    service = replace(world.service(finds("register", phone="1")), seconds=lambda: next(seconds))
    command = Command("enrichment", INTEREST, PersonId("P1"), 1)

    outcomes = service.write([command] * (TOGETHER + 1))

    assert [type(each) for each in outcomes] == [Written] * TOGETHER + [Deferred]


def test_refused_question_is_remarked_and_done(world: World) -> None:
    outcome = world.enrich(Source("register", error=Rejected("register: HTTP 422")))

    assert isinstance(outcome, Written)
    assert world.org.fills[0].note == "- register: HTTP 422"


def test_note_is_written_when_the_org_refuses_the_values(world: World) -> None:
    world.org.refuses = frozenset({"city"})

    outcome = world.enrich(finds("register", city="Ulm"))

    assert isinstance(outcome, Written)
    assert not world.values
    assert "not written: Salesforce: FIELD_INTEGRITY_EXCEPTION" in world.org.fills[-1].note
    assert [each.fate for each in provenance_of(world.org.fills[-1].note)] == ["kept"]
    assert not world.learnt


def test_enrichment_waits_when_the_interest_is_not_there_yet(world: World) -> None:
    world.org.there = None

    assert isinstance(world.enrich(finds("register", phone="+49 1")), Deferred)
