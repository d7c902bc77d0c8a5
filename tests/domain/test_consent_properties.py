"""The consent ledger's promises over 10,000 histories: late, repeated, contradicting, of many sources.

The reference below decides by looking at a whole history at once, as a lawyer would read it; the fold sees
one entry after the other, in any order.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import pytest

from chalicelib.domain.consent import (
    BASES,
    EVERY,
    KINDS,
    RESTRICTING,
    Consent,
    Folds,
    Subject,
    fold,
    missing_evidence,
    standing,
)
from chalicelib.domain.decide import newcomer
from chalicelib.domain.eligibility import eligible
from chalicelib.domain.engagement import Engagement, engagement_id, person_key
from chalicelib.domain.history import retell
from chalicelib.domain.instant import Instant, iso
from chalicelib.domain.interest import PersonId
from chalicelib.domain.ledger import Head, broken_links, chain, folded
from chalicelib.domain.qualification import compile_model
from tests.domain.builders import day, model
from tests.domain.consents import PROOFS

HISTORIES = 10_000
PARTS = 8
"""The histories are checked in parts, so that they share the machine's cores."""

SOURCES = ("website", "salesforce", "account_engagement", "marketing_cloud", "cleansing", "trade-fair")
PURPOSES = ("newsletter", "contact_request")
BRANDS = ("main", "other")
COMPILED = compile_model(model())


@dataclass(frozen=True, slots=True)
class Said:
    """A word about a consent: when it was told, and by which source it came."""

    consent: Consent
    at: Instant
    source: str

    @property
    def confirmed(self) -> bool:
        return self.consent.kind == "confirmed" and self.consent.basis == "double_opt_in"

    @property
    def since(self) -> Instant:
        """From when on it permits: a double opt-in from its click on, which may be told days later."""
        clicks = [
            day(number) for number in range(6) if self.consent.evidence.get("clicked_at") == iso(day(number))
        ]
        return min([self.at, *clicks]) if self.confirmed else self.at


def histories(part: int) -> Iterator[tuple[random.Random, list[Said]]]:
    for number in range(part, HISTORIES, PARTS):
        chance = random.Random(f"consent {number}")
        yield chance, [_said(chance) for _ in range(chance.randint(0, 12))]


def _said(chance: random.Random) -> Said:
    kind = chance.choice(KINDS)
    every = kind in RESTRICTING and chance.random() < 0.4
    subject = Subject(
        chance.choice(("email", "email", "email", "phone")),
        EVERY if every else chance.choice(PURPOSES),
        EVERY if every and chance.random() < 0.5 else chance.choice(BRANDS),
    )
    if kind in RESTRICTING or kind == "requested":
        consent = Consent(subject, kind)
    else:
        basis = chance.choice(BASES)
        proof = {name: told for name, told in PROOFS[basis].items() if chance.random() < 0.9}
        if "clicked_at" in proof:
            proof["clicked_at"] = iso(day(chance.randrange(6)))
        consent = Consent(subject, kind, basis, proof)
    # Few days, so that ties are common.
    return Said(consent, day(chance.randrange(6)), chance.choice(SOURCES))


def told_in(history: Sequence[Said]) -> Folds:
    folds: Folds = {}
    for said in history:
        folds = fold(folds, said.consent, said.at)
    return folds


def disordered(chance: random.Random, history: Sequence[Said]) -> list[Said]:
    """The same history late, mixed, and with repeats."""
    repeated = [*history, *(said for said in history if chance.random() < 0.3)]
    chance.shuffle(repeated)
    return repeated


def subjects() -> Iterator[Subject]:
    for purpose in PURPOSES:
        for brand in BRANDS:
            yield Subject("email", purpose, brand)


def withdrawn_at(history: Sequence[Said], subject: Subject) -> Instant | None:
    return max(
        (
            said.at
            for said in history
            if said.consent.kind in RESTRICTING
            and said.consent.subject.channel == subject.channel
            and said.consent.subject.purpose in (subject.purpose, EVERY)
            and said.consent.subject.brand in (subject.brand, EVERY)
        ),
        default=None,
    )


def proofs(history: Sequence[Said], subject: Subject) -> list[Said]:
    return [
        said
        for said in history
        if said.consent.subject == subject
        and said.consent.kind in ("confirmed", "imported")
        and not missing_evidence(said.consent)
    ]


def permitted(history: Sequence[Said], subject: Subject) -> bool:
    """Read a whole history: what the law and the design ask of a permission."""
    withdrawn = withdrawn_at(history, subject)
    if withdrawn is None:
        return bool(proofs(history, subject))
    return any(said.confirmed and said.since > withdrawn for said in proofs(history, subject))


def engagements_of(history: Sequence[Said]) -> list[Engagement]:
    return [
        Engagement(
            engagement_id(said.source, "consent", str(number)),
            "opted_in",
            said.at,
            said.source,
            (person_key("email", "a@example.com"),),
            consents=(said.consent,),
        )
        for number, said in enumerate(history)
    ]


@pytest.mark.parametrize("part", range(PARTS))
def test_the_result_is_what_the_whole_history_permits(part: int) -> None:
    for _, history in histories(part):
        folds = told_in(history)
        for subject in subjects():
            assert standing(folds, subject).granted == permitted(history, subject), history


@pytest.mark.parametrize("part", range(PARTS))
def test_the_result_does_not_depend_on_when_and_how_often_entries_arrive(part: int) -> None:
    for chance, history in histories(part):
        assert told_in(disordered(chance, history)) == told_in(history)


@pytest.mark.parametrize("part", range(PARTS))
def test_nothing_is_granted_after_a_newer_withdrawal(part: int) -> None:
    for chance, history in histories(part):
        folds = told_in(disordered(chance, history))
        for subject in subjects():
            found, withdrawn = standing(folds, subject), withdrawn_at(history, subject)
            if found.granted and withdrawn is not None:
                assert found.since is not None
                assert found.since > withdrawn


@pytest.mark.parametrize("part", range(PARTS))
def test_nobody_is_synced_without_a_proof_in_the_ledger(part: int) -> None:
    nobody = newcomer(PersonId("P1"), COMPILED)
    nobody = replace(nobody, keys=frozenset({person_key("email", "a@example.com")}))
    for _, history in histories(part):
        decision = eligible(COMPILED, retell(COMPILED, nobody, engagements_of(history)))
        if decision.eligible:
            assert decision.subject is not None
            assert any(
                said.since == decision.since and said.consent.basis == decision.basis
                for said in proofs(history, decision.subject)
            ), history


@pytest.mark.parametrize("part", range(PARTS))
def test_the_ledger_adds_up_to_the_state_and_its_chain_holds(part: int) -> None:
    for _, history in histories(part):
        head: Head | None = None
        entries = []
        for engagement in engagements_of(history):
            more, head = chain(PersonId("P1"), head, engagement, day(9))
            entries += more
        assert not list(broken_links(entries, head))
        assert folded(entries) == told_in(history)
