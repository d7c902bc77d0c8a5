"""What another playbook changes, and how it comes into force."""

from dataclasses import dataclass, field
from typing import Any

import pytest

from chalicelib.errors import Rejected
from chalicelib.playbook.compiler import from_json, to_json, version_of
from smarketing.playbook_changes import MOST_BYTES, changes, publication, publish
from tests.playbook.small import condition, label, source


@dataclass
class Shelf:
    """Published playbooks in memory."""

    texts: dict[str, str] = field(default_factory=dict)
    version: str | None = None

    def publish(self, version: str, text: str) -> None:
        self.texts[version] = text
        self.version = version

    def current_version(self) -> str | None:
        return self.version

    def current(self) -> str:
        assert self.version is not None
        return self.texts[self.version]


def changed(changed_to: dict[Any, Any]) -> list[str]:
    return [str(change) for change in changes(source(), source(changed_to))]


def test_equal_playbooks_have_no_changes() -> None:
    assert changed({}) == []


def test_other_points_are_told_by_the_rule_s_name() -> None:
    assert changed({("scoring", "rules", 0, "points"): 30, ("scoring", "rules", 0, "once_per"): "36h"}) == [
        "~ scoring.rules.form: points 20 -> 30, once_per 1d -> 36h"
    ]


def test_a_new_rule_is_told_with_its_points() -> None:
    rule = {
        "name": "spam",
        "label": label("Spam"),
        "kinds": ["spam_complained"],
        "category": "general",
        "points": -5,
    }

    assert changed({("scoring", "rules", 2): rule}) == ["+ scoring.rules.spam: -5 points"]


def test_a_rule_that_is_gone_is_told_with_the_points_it_gave() -> None:
    rule = {
        "name": "spam",
        "label": label("Spam"),
        "kinds": ["spam_complained"],
        "category": "general",
        "points": -5,
    }
    before, after = source({("scoring", "rules", 2): rule}), source()

    assert [str(change) for change in changes(before, after)] == ["- scoring.rules.spam: -5 points"]


def test_what_appears_and_disappears_is_none_on_the_other_side() -> None:
    assert changed({("scoring", "rules", 1, "limit"): 5}) == ["~ scoring.rules.visit: limit none -> 5"]


def test_conditions_are_compared_as_a_whole() -> None:
    where = [condition("url", "contains", "/x")]

    assert changed({("scoring", "rules", 1, "where"): where}) == [
        (
            '~ scoring.rules.visit: where [{"field": "url", "operator": "contains", "value": "/news"}] -> '
            '[{"field": "url", "operator": "contains", "value": "/x"}]'
        )
    ]


def test_another_order_of_gates_is_a_change_since_the_first_decides() -> None:
    gates = source().model_dump(mode="json")["gates"]
    reordered = [{key: value for key, value in gate.items() if value is not None} for gate in gates[::-1]]

    assert changed({("gates",): reordered}) == ["~ gates: another order"]


def test_single_values_and_terms_are_told_by_their_place() -> None:
    term = {"term": label("MQL"), "definition": label("Qualified")}

    assert changed({("touchpoints", "backfill"): 5, ("glossary", 1): term}) == [
        "+ glossary.MQL",
        "~ touchpoints.backfill: 10 -> 5",
    ]


def test_the_first_playbook_replaces_none() -> None:
    coming = publication(Shelf(), source())

    assert (coming.replaces, coming.changes, coming.is_news) == (None, (), True)


def test_a_published_playbook_is_in_force_as_it_was() -> None:
    shelf = Shelf()

    publish(shelf, source())

    assert shelf.version == version_of(source())
    assert from_json(shelf.current()) == source()
    assert not publication(shelf, source()).is_news


def test_the_next_playbook_is_compared_with_the_one_in_force() -> None:
    shelf = Shelf()
    publish(shelf, source())

    coming = publication(shelf, source({("touchpoints", "backfill"): 5}))

    assert coming.replaces == version_of(source())
    assert [str(change) for change in coming.changes] == ["~ touchpoints.backfill: 10 -> 5"]


def test_one_that_was_published_by_another_release_is_replaced_as_a_whole() -> None:
    shelf = Shelf({"old": '{"rules": []}'}, "old")

    coming = publication(shelf, source())

    assert [str(change) for change in coming.changes] == [
        "~ everything: the one in force was written for another release, so that they cannot be compared"
    ]


def test_a_playbook_too_large_for_the_store_is_rejected() -> None:
    terms = [
        {"term": label(f"Term {number}"), "definition": label("x" * 1_900)}
        for number in range(MOST_BYTES // 3_800 + 1)
    ]
    large, shelf = source({("glossary",): terms}), Shelf()

    with pytest.raises(Rejected, match=r"^playbook: has more than 390 KB; shorten labels and definitions$"):
        publish(shelf, large)

    assert shelf.version is None
    assert len(to_json(large)) > MOST_BYTES
