"""The reference, docs/playbook.md, and the tables that it shares with the command line."""

import re

import pytest

from chalicelib.playbook.source import SECTIONS
from smarketing.playbook_files import read_playbook
from smarketing.playbook_reference import reference
from smarketing.playbook_tables import Language, tables
from tests.documents import PROJECT
from tests.playbook.small import source

PAGE = PROJECT / "docs" / "playbook.md"


def rows(section: str, language: Language) -> list[tuple[str, ...]]:
    return [row for table in tables(source(), section, language) for row in table.rows]


def test_the_page_is_what_the_command_writes() -> None:
    assert PAGE.read_text() == reference(read_playbook()), "run smarketing playbook docs"


@pytest.mark.parametrize("section", SECTIONS)
def test_every_file_is_explained(section: str) -> None:
    assert f"### {section}.yaml" in PAGE.read_text()


def test_every_row_has_as_many_cells_as_its_header() -> None:
    header = 0
    for line in PAGE.read_text().splitlines():
        cells = len(re.findall(r"(?<!\\)\|", line)) if line.startswith("|") else 0
        if cells and header:
            assert cells == header, line
        header = cells


def test_a_key_is_told_with_type_meaning_and_example() -> None:
    row = "| `rules[].once_per` | span |  | In this span only the first match counts. | `1d` |"

    assert row in PAGE.read_text().splitlines()


def test_a_scoring_rule_is_one_row() -> None:
    assert rows("scoring", "en")[-2:] == [
        ("form", "Form", "+20", "each line's", "60", "1d", "form_submitted"),
        ("visit", "Visit", "+1", "general", "", "", "session_visited if url contains /news"),
    ]


def test_german_tables_have_german_labels_and_words() -> None:
    assert rows("scoring", "de")[-2:] == [
        ("form", "Form auf Deutsch", "+20", "je Produktlinie", "60", "1d", "form_submitted"),
        ("visit", "Visit auf Deutsch", "+1", "general", "", "", "session_visited wenn url enthält /news"),
    ]


def test_a_gate_says_what_it_asks_for() -> None:
    assert [row[-1] for row in rows("gates", "en")] == [
        "demo_requested within 14d",
        "category >= 60",
        "score >= 40 and grade >= C",
    ]


def test_the_stage_of_a_new_interest_is_marked() -> None:
    assert ("mql *", "Qualified", "sql, rejected", "", "", "", "") in rows("lifecycle", "en")


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("section", SECTIONS)
def test_every_section_has_its_tables_in_both_languages(section: str, language: Language) -> None:
    for table in tables(read_playbook(), section, language):
        assert table.rows
        assert all(len(row) == len(table.header) for row in table.rows)
