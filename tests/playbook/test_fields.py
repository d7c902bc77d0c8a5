"""The fields in Salesforce and the checklist: what a playbook may not say, and what it spells out to."""

from typing import Any

import pytest

from chalicelib.playbook.problems import Path
from chalicelib.playbook.reading import read_plain
from chalicelib.playbook.salesforce_fields import SalesforceField, Words, marketing_owned, salesforce_fields
from tests.playbook.small import spoilt

LONG = "x" * 41


def found(changes: dict[Path, Any]) -> list[str]:
    _, problems = read_plain(spoilt(changes))
    return [str(each) for each in problems]


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        (("fields", 0, "objects"), ["Lead", "Lead"], "Lead.Smarketing_Score__c is given twice; remove one"),
        (("fields", 0, "objects"), ["Leed"], "objects[0]"),
        (("fields", 0, "field"), "smarketing_score", "field"),
        (("fields", 0, "term"), "Person", "give either a term of the glossary or a help text"),
        (("fields", 0, "help"), None, "give either a term of the glossary or a help text"),
        (("fields", 0, "label"), {"en": LONG, "de": "x"}, "label.en"),
        (
            ("purposes", 0, "label"),
            {"en": "Everything that there is to be told", "de": "Alles"},
            "has more than 40 characters; shorten it or the purpose's label",
        ),
        (("purposes", 0, "name"), "a" * 30, "has more than 40 characters before __c"),
        (("qualification", 0, "required"), False, "nothing is required"),
        (("qualification", 0, "name"), "n" * 35, "is too long for a field"),
        (("lifecycle", "stages", 3, "service_level"), "4h", "a closed stage waits for nobody"),
        (("lifecycle", "stages", 1, "service_level"), "0h", "leave it out if there is none"),
    ],
)
def test_what_salesforce_would_not_take_is_told_when_a_playbook_is_checked(
    path: Path, value: Any, message: str
) -> None:
    assert any(message in each for each in found({path: value})), found({path: value})


def test_a_term_that_the_glossary_lacks_is_told_when_a_field_names_it() -> None:
    messages = found({("fields", 0, "term"): "Scroe", ("fields", 0, "help"): None})
    assert any("'Scroe' is no term of the glossary" in each for each in messages)


def test_a_field_per_purpose_is_spelt_out_with_the_labels_of_the_purpose() -> None:
    playbook, problems = read_plain(
        spoilt({("purposes", 0): purpose(), ("consent", "wordings", 0, "purpose"): "trade_fairs"})
    )
    assert playbook is not None, problems
    fields = [each for each in salesforce_fields(playbook) if each.purpose == "trade_fairs"]
    assert fields == [
        SalesforceField(
            "Lead",
            "Smarketing_Opt_In_Trade_Fairs__c",
            "marketing",
            Words("Opt-in: Fairs", "Opt-in: Messen auf Deutsch"),
            Words("Whether they opted in to Fairs", "Whether they opted in to Messen auf Deutsch"),
            "trade_fairs",
        )
    ]


def test_the_checklist_is_a_row_of_boxes_that_people_tick() -> None:
    playbook, _ = read_plain(spoilt({}))
    assert playbook is not None
    boxes = [each for each in salesforce_fields(playbook) if each.item]
    assert [(each.full_name, each.owner) for each in boxes] == [
        ("Interest__c.Qualified_Need__c", "sales"),
        ("Interest__c.Qualified_Budget__c", "sales"),
    ]


def test_marketing_owns_what_the_playbook_says_and_no_box_of_the_checklist() -> None:
    playbook, _ = read_plain(spoilt({("fields", 0, "owner"): "sales"}))
    assert playbook is not None
    assert all(name.startswith("Lead.Smarketing_Opt_In_") for name in marketing_owned(playbook))
    assert len(marketing_owned(playbook)) == len(playbook.purposes)


def purpose() -> dict[str, Any]:
    label = {"en": "Fairs", "de": "Messen"}
    return {"name": "trade_fairs", "label": label, "contactable": True}
