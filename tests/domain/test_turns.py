"""Whose turn it is: a fair round by capacity, in which nobody who was away is flooded."""

from collections import Counter
from collections.abc import Collection, Sequence

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.turns import Member, Turns, next_of, took

ANNA, BEN, CARL = Member("anna"), Member("ben"), Member("carl")
EVERYBODY = (ANNA, BEN, CARL)


def rounds(
    members: Sequence[Member], days: Sequence[Collection[str]], turns: Turns = Turns()
) -> tuple[list[str], Turns]:
    """Hand one out on each day to whoever is there; gives who got them."""
    got = []
    for there in days:
        member = next_of(members, turns, there)
        assert member is not None
        turns = took(turns, member)
        got.append(member.name)
    return got, turns


def test_equals_take_turns_in_the_order_of_the_playbook() -> None:
    assert rounds(EVERYBODY, [("anna", "ben", "carl")] * 5)[0] == ["anna", "ben", "carl", "anna", "ben"]


def test_twice_the_capacity_takes_twice_as_many() -> None:
    got, _ = rounds((Member("anna", 2), BEN), [("anna", "ben")] * 30)

    assert Counter(got) == {"anna": 20, "ben": 10}


def test_nobody_gets_anything_while_away() -> None:
    assert rounds(EVERYBODY, [("anna", "carl")] * 4)[0] == ["anna", "carl", "anna", "carl"]


def test_who_comes_back_is_not_flooded() -> None:
    _, turns = rounds(EVERYBODY, [("anna", "ben")] * 100)

    got, _ = rounds(EVERYBODY, [("anna", "ben", "carl")] * 6, turns)

    assert Counter(got) == {"anna": 2, "ben": 2, "carl": 2}


def test_somebody_new_begins_where_the_round_stands() -> None:
    _, turns = rounds((ANNA, BEN), [("anna", "ben")] * 50)

    got, _ = rounds(EVERYBODY, [("anna", "ben", "carl")] * 9, turns)

    assert Counter(got) == {"anna": 3, "ben": 3, "carl": 3}


def test_what_somebody_took_out_of_turn_counts_for_the_next_round() -> None:
    turns = took(took(Turns(), CARL, in_turn=False), CARL, in_turn=False)

    assert rounds(EVERYBODY, [("anna", "ben", "carl")] * 4, turns)[0] == ["anna", "ben", "anna", "ben"]


def test_where_nobody_is_there_nobody_comes_next() -> None:
    assert next_of(EVERYBODY, Turns(), ()) is None


@given(st.integers(2, 8), st.integers(1, 100))
def test_loads_of_equals_never_differ_by_more_than_one(size: int, count: int) -> None:
    members = [Member(str(number)) for number in range(size)]

    loads = Counter(dict.fromkeys((each.name for each in members), 0))
    for name in rounds(members, [[each.name for each in members]] * count)[0]:
        loads[name] += 1
        assert max(loads.values()) - min(loads.values()) <= 1


@given(st.integers(2, 8), st.lists(st.sets(st.integers(0, 7), max_size=4), max_size=150))
def test_whatever_absences_there_were_nobody_falls_behind_or_is_flooded(
    size: int, absences: list[set[int]]
) -> None:
    members = [Member(str(number)) for number in range(size)]
    names = [each.name for each in members]
    past = [[name for name in names if int(name) not in away] or names for away in absences]
    _, turns = rounds(members, past)

    got, _ = rounds(members, [names] * (5 * size), turns)

    # Whoever was just served waits one turn, whoever came back does not.
    assert all(4 <= load <= 6 for load in Counter(got).values())


@given(st.lists(st.integers(1, 9), min_size=2, max_size=6), st.integers(1, 60))
def test_everybody_has_their_share_by_capacity(capacities: list[int], count: int) -> None:
    members = [Member(str(place), capacity) for place, capacity in enumerate(capacities)]
    got, _ = rounds(members, [[each.name for each in members]] * count)

    loads = Counter(got)
    for one in members:
        for other in members:
            ahead = loads[one.name] / one.capacity - loads[other.name] / other.capacity
            assert ahead <= 1 / one.capacity + 1e-9
