"""What comes back from an item is what was written into it, to the last bit."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.command import Command
from chalicelib.domain.consent import BASES, CHANNELS, KINDS, Consent, Fold, Subject
from chalicelib.domain.engagement import KEY_KINDS, Engagement, EngagementId, PersonKey
from chalicelib.domain.instant import Instant
from chalicelib.domain.interest import interest_id
from chalicelib.domain.ledger import Head
from chalicelib.domain.mailing_state import MailingState
from chalicelib.domain.model import GRADES
from chalicelib.domain.person import Bucket, Fact, HandRaise, InterestSummary, Person, ScoreState
from chalicelib.errors import Rejected
from chalicelib.gateways.store.items import (
    command_item,
    command_of,
    engagement_item,
    engagement_of,
    interest_item,
    interest_of,
    person_of,
    state_item,
)
from tests.gateways.store.changes import interest, person, person_id, told

texts = st.text(st.characters(codec="utf-8"), max_size=12)
instants = st.integers(0, 4_102_444_800_000).map(Instant)
points = st.floats(allow_nan=False, allow_infinity=False)
ids = st.text("0123456789abcdef", min_size=32, max_size=32).map(EngagementId)
positions = st.tuples(instants, ids)
keys = st.builds(PersonKey, st.sampled_from(KEY_KINDS), texts)  # type: ignore[arg-type]
values = st.one_of(texts, st.integers(), points, st.booleans())
summaries = st.builds(
    InterestSummary,
    st.just(interest_id(person_id(), "presses", 1)),
    st.integers(1, 9_999),
    texts,
    instants,
    instants,
)
subjects = st.builds(Subject, st.sampled_from(CHANNELS), texts, texts)
consents = st.builds(
    Consent,
    subjects,
    st.sampled_from(KINDS),
    st.none() | st.sampled_from(BASES),
    st.dictionaries(texts, texts, max_size=3),
)
folds = st.builds(
    Fold,
    st.none() | instants,
    st.none() | instants,
    st.dictionaries(st.sampled_from(BASES), instants),
    st.none() | instants,
    st.none() | instants,
)
engagements = st.builds(
    Engagement,
    ids,
    texts,
    instants,
    texts,
    st.lists(keys).map(tuple),
    st.dictionaries(texts, values),
    st.dictionaries(texts, texts),
    st.lists(consents, max_size=3).map(tuple),
)
kept_mailings = st.lists(st.tuples(instants, ids, texts), max_size=3).map(tuple)
mailing_states = st.builds(
    MailingState,
    purchases=st.dictionaries(texts, instants),
    running=st.dictionaries(st.tuples(texts, texts), instants),
    ended=st.dictionaries(st.tuples(texts, texts), instants),
    mailings=kept_mailings,
    permissions=kept_mailings,
    won=st.dictionaries(st.just(interest_id(person_id(), "presses", 1)), instants),
    told=st.dictionaries(texts, texts),
)
persons = st.builds(
    Person,
    id=st.just(person_id()),
    version=st.integers(1),
    playbook=texts,
    keys=st.frozensets(keys),
    score=st.builds(
        ScoreState,
        st.dictionaries(texts, st.builds(Bucket, points, instants)),
        st.dictionaries(texts, instants),
        st.none() | positions,
    ),
    profile=st.dictionaries(texts, st.builds(Fact, texts, positions)),
    consents=st.dictionaries(subjects, folds),
    ledger=st.none() | st.builds(Head, st.integers(1), texts),
    hand_raises=st.dictionaries(st.tuples(texts, texts), st.builds(HandRaise, ids, texts, instants)),
    interests=st.dictionaries(texts, summaries),
    absorbed=st.lists(st.integers(2, 99).map(person_id)).map(tuple),
    engagements=st.integers(0),
    last_touchpoint=st.none() | positions,
    due_at=st.none() | instants,
)


@given(persons)
def test_a_person_comes_back_bit_for_bit(written: Person) -> None:
    assert person_of(state_item(written)) == written


@given(mailing_states)
def test_what_decides_about_mailings_comes_back_as_it_was(state: MailingState) -> None:
    written = replace(person(), mailing=state)
    assert person_of(state_item(written)) == written


@given(engagements)
def test_an_engagement_comes_back_as_it_was(written: Engagement) -> None:
    assert engagement_of(engagement_item(person_id(), written)) == written


@given(points, st.sampled_from(GRADES), texts)
def test_an_interest_comes_back_as_it_was(score: float, grade: str, reason: str) -> None:
    written = interest(score_when_opened=score, grade_when_opened=grade, reason=reason)
    assert interest_of(interest_item(written)) == written


@given(st.dictionaries(texts, st.none() | values))
def test_a_command_comes_back_as_it_was(fields: dict[str, str | int | float | bool | None]) -> None:
    written = Command("person", person_id(), person_id(), 3, fields)
    assert command_of(command_item(written)) == written


def test_only_who_has_something_due_stands_in_the_index() -> None:
    assert "due_shard" not in state_item(person())
    assert {"due_shard", "due_at"} <= state_item(person(due_at=Instant(5))).keys()


def test_a_state_larger_than_an_item_is_refused() -> None:
    facts = {str(number): Fact("x" * 1_000, told().position) for number in range(400)}
    with pytest.raises(Rejected, match="larger than 400 KB"):
        state_item(person(profile=facts))


def test_an_item_reads_as_it_was_typed() -> None:
    body = engagement_item(person_id(), told(profile={"company": "Müller"}))["body"]["S"]
    assert json.loads(body)["profile"]["company"] == "Müller"
    assert "Müller" in body
