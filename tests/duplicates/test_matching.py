"""The search itself, on tables of persons."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from random import Random
from typing import Any

import pyarrow
import pytest

from chalicelib.domain.duplicates import DuplicateTerms
from smarketing.duplicates.matching import Matched, match
from smarketing.duplicates.person_table import prepare
from smarketing.duplicates.person_terms import PERSON_TERMS
from smarketing.duplicates.terms import Terms
from smarketing.duplicates.workspace import workspace

COLUMNS = ("id", "first_name", "last_name", "company", "email", "phone", "postal_code")
CERTAIN = DuplicateTerms().certain
WEBER = ("Weber GmbH", "+49 711 123456", "70173")


@pytest.fixture
def connection() -> Iterator[Any]:
    with workspace() as made:
        yield made


def search(connection: Any, rows: Iterable[tuple[str | None, ...]], terms: Terms = PERSON_TERMS) -> Matched:
    columns = list(zip(*rows, strict=True))
    typed = pyarrow.table(
        {name: pyarrow.array(values, pyarrow.string()) for name, values in zip(COLUMNS, columns, strict=True)}
    )
    connection.register("typed", typed)
    prepare(connection, "typed", "person")
    return match(connection, ["person"], terms, looked_at=0.5, one=0.9)


def found(connection: Any, matched: Matched, at_least: float = 0.5) -> set[frozenset[str]]:
    pairs = connection.table(matched.pairs).filter(f"match_probability >= {at_least}")
    return {frozenset(row) for row in pairs.project("id_l, id_r").fetchall()}


def person(
    name: str, first: str | None, last: str, email: str | None = None, phone: str | None = None
) -> Any:
    company, _, postcode = WEBER
    return name, first, last, company, email, phone, postcode


@pytest.mark.parametrize(
    ("first", "last", "email"),
    [
        ("Jürgen", "Groß", "juergen.gross@weber.de"),
        ("Juergen", "Gross", None),
        ("J.", "Groß", "juergen.gross@weber.de"),
        ("Groß", "Jürgen", None),
        ("Jürgen", "Grosß", "juergen.gross@weber.de"),
        ("Jürgen", "Gross", "juergen.gros@weber.de"),
    ],
)
def test_another_spelling_is_the_same_person(
    connection: Any, first: str, last: str, email: str | None
) -> None:
    rows = [
        person("a", "Jürgen", "Groß", "juergen.gross@weber.de", "+49 711 123456-12"),
        person("b", first, last, email, "0711 12345612"),
    ]

    assert found(connection, search(connection, rows)) == {frozenset("ab")}


@pytest.mark.parametrize(
    ("first", "last", "email"),
    [
        ("Maria", "Groß", "maria.gross@weber.de"),
        ("Jürgen", "Kaiser", "juergen.kaiser@weber.de"),
        ("Maria", "Kaiser", "info@weber.de"),
    ],
)
def test_a_colleague_or_relative_is_never_certain_to_be_one(
    connection: Any, first: str, last: str, email: str
) -> None:
    rows = [
        person("a", "Jürgen", "Groß", "info@weber.de", "+49 711 123456-0"),
        person("b", first, last, email, "0711 1234560"),
    ]

    assert found(connection, search(connection, rows), CERTAIN) == set()


def test_a_table_is_learned_from_where_it_is_large(connection: Any) -> None:
    """A large table teaches how its own duplicates differ; few are missed and few are wrong."""
    chance = Random(3)
    names = ["".join(chance.choices("abdegiklmnorstu", k=7)) for _ in range(1_500)]
    rows, twice = [], set()
    for number in range(6_000):
        first, last, place = chance.choice(names), chance.choice(names), chance.randrange(1_000)
        at = (
            f"{names[place]} gmbh",
            f"{first}.{last}@{names[place]}.de",
            f"+49711{place:05d}{number % 1000:03d}",
        )
        rows.append((f"a{number}", first, last, *at, f"{10_000 + place}"))
        if number % 6 == 0:
            slip = last[:3] + last[4:] if number % 12 else last
            email = None if number % 5 == 0 else at[1]
            rows.append((f"b{number}", first, slip, at[0], email, None, f"{10_000 + place}"))
            twice.add(frozenset((f"a{number}", f"b{number}")))

    pairs = found(connection, search(connection, rows, replace(PERSON_TERMS, enough=1_000)))

    assert len(pairs & twice) / len(twice) > 0.98
    assert len(pairs - twice) / len(pairs) < 0.02


def test_an_empty_table_has_no_duplicates(connection: Any) -> None:
    assert found(connection, search(connection, [person("a", "Anna", "Müller")])) == set()
