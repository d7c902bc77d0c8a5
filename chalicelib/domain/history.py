"""A person's history as it adds up: score, profile, consents, raised hands."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from chalicelib.domain.commands import touchpoint_kinds
from chalicelib.domain.consent import Folds
from chalicelib.domain.consent import fold as fold_consent
from chalicelib.domain.engagement import Engagement, Position
from chalicelib.domain.mailing_state import take as take_mailing
from chalicelib.domain.mailing_state import untold
from chalicelib.domain.person import Fact, HandRaise, Person
from chalicelib.domain.qualification import Compiled, hand_raises
from chalicelib.domain.scoring import fold, in_order, refold


def take(compiled: Compiled, person: Person, engagement: Engagement) -> Person:
    """Add an engagement that is newer than all before to a person whom this playbook scored."""
    told = _tell(compiled, person, engagement)
    return replace(told, score=fold(compiled.scoring, person.score, engagement))


def retell(compiled: Compiled, person: Person, engagements: Iterable[Engagement]) -> Person:
    """Tell a person's whole history again, in whatever order it comes, by this playbook.

    Keys, interests, what became of them, and absorbed persons stay: they are not a matter of the history's
    order.
    """
    history = in_order(engagements)
    blank = replace(
        person,
        playbook=compiled.model.version,
        profile={},
        consents={},
        hand_raises={},
        mailing=untold(person.mailing),
        engagements=0,
        last_touchpoint=None,
    )
    for engagement in history:
        blank = _tell(compiled, blank, engagement)
    return replace(blank, score=refold(compiled.scoring, history))


def _tell(compiled: Compiled, person: Person, engagement: Engagement) -> Person:
    raised = hand_raises(compiled, engagement)
    return replace(
        person,
        profile=_newest(person.profile, engagement),
        consents=_consents(person.consents, engagement),
        hand_raises=_with_hands(person.hand_raises, engagement, raised),
        mailing=take_mailing(
            compiled.model.journeys, person.mailing, engagement, compiled.scoring.product_line_of(engagement)
        ),
        engagements=person.engagements + 1,
        last_touchpoint=_later(person.last_touchpoint, _touchpoint(compiled, engagement)),
    )


def _newest(profile: Mapping[str, Fact], engagement: Engagement) -> Mapping[str, Fact]:
    position = engagement.position
    newer = {
        field: Fact(value, position)
        for field, value in engagement.profile.items()
        if (known := profile.get(field)) is None or known.position < position
    }
    return {**profile, **newer} if newer else profile


def _consents(folds: Folds, engagement: Engagement) -> Folds:
    for consent in engagement.consents:
        folds = fold_consent(folds, consent, engagement.occurred_at)
    return folds


def _with_hands(
    known: Mapping[tuple[str, str], HandRaise], engagement: Engagement, raised: Iterable[tuple[str, str]]
) -> Mapping[tuple[str, str], HandRaise]:
    hand = HandRaise(engagement.id, engagement.kind, engagement.occurred_at)
    newer = {
        pair: hand
        for pair in raised
        if (last := known.get(pair)) is None or (last.at, last.engagement) < (hand.at, hand.engagement)
    }
    return {**known, **newer} if newer else known


def _touchpoint(compiled: Compiled, engagement: Engagement) -> Position | None:
    return engagement.position if engagement.kind in touchpoint_kinds(compiled) else None


def _later(one: Position | None, other: Position | None) -> Position | None:
    return max((each for each in (one, other) if each is not None), default=None)
