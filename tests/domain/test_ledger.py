"""The chain of the consent ledger: whatever is done to it later is seen."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from chalicelib.domain.consent import Subject, withdrawal
from chalicelib.domain.interest import PersonId
from chalicelib.domain.ledger import BEGINNING, Entry, Head, broken_links, chain, hash_of
from tests.domain.builders import day
from tests.domain.consents import permit, request
from tests.domain.presses import told

PERSON = PersonId("P1")


def ledger() -> tuple[list[Entry], Head]:
    """A request, its confirmation together with another, and a withdrawal."""
    entries: list[Entry] = []
    head: Head | None = None
    for engagement in (
        told("opted_in", 1, consents=[request("newsletter")]),
        told("opted_in", 2, consents=[permit("newsletter"), permit("contact_request")]),
        told("opted_out", 3, consents=[withdrawal()]),
    ):
        more, head = chain(PERSON, head, engagement, day(4))
        entries += more
    assert head is not None
    return entries, head


def test_entries_are_numbered_and_each_names_the_one_before() -> None:
    entries, head = ledger()
    assert [each.sequence for each in entries] == [1, 2, 3, 4]
    assert [each.previous for each in entries] == [BEGINNING, *(each.hash for each in entries[:-1])]
    assert head == Head(4, entries[-1].hash)


def test_an_entry_says_who_told_what_of_whom_and_when() -> None:
    first = ledger()[0][0]
    assert (first.person, first.subject) == (PERSON, Subject("email", "newsletter", "main"))
    assert (first.kind, first.captured_at, first.recorded_at) == ("requested", day(1), day(4))
    assert first.source == "test"


def test_a_chain_that_nobody_touched_holds() -> None:
    assert not list(broken_links(*ledger()))


def test_an_engagement_without_consents_leaves_the_chain_as_it_is() -> None:
    head = ledger()[1]
    assert chain(PERSON, head, told("page_viewed", 5), day(5)) == ((), head)


def _changed(entries: Sequence[Entry]) -> list[Entry]:
    return [replace(each, kind="confirmed") if each.sequence == 4 else each for each in entries]


def _rehashed(entries: Sequence[Entry]) -> list[Entry]:
    """Somebody changes an entry and computes its hash anew."""
    forged = replace(entries[1], captured_at=day(0))
    return [entries[0], replace(forged, hash=hash_of(forged)), *entries[2:]]


def _taken_out(entries: Sequence[Entry]) -> list[Entry]:
    return [*entries[:2], *entries[3:]]


def _cut_off(entries: Sequence[Entry]) -> list[Entry]:
    return list(entries[:-1])


def _swapped(entries: Sequence[Entry]) -> list[Entry]:
    return [entries[0], entries[2], entries[1], entries[3]]


@pytest.mark.parametrize("spoil", [_changed, _rehashed, _taken_out, _cut_off, _swapped])
def test_whatever_is_done_to_a_chain_is_seen(spoil: Callable[[Sequence[Entry]], list[Entry]]) -> None:
    entries, head = ledger()
    assert list(broken_links(spoil(entries), head))


def test_a_chain_that_is_gone_altogether_is_seen() -> None:
    assert list(broken_links([], ledger()[1]))
