"""What the old fields of one record say together."""

import json

from chalicelib.domain.consent import Subject
from chalicelib.domain.instant import parse_instant
from smarketing.cleansing.consents import Word, words_of
from smarketing.cleansing.mapping import FieldMeaning
from smarketing.cleansing.opt_in_words import Answer
from smarketing.cleansing.proposal import Record

NOW = parse_instant("2026-03-02T08:00:00Z")
NEWS, EVENTS = Subject("email", "newsletter", "main"), Subject("email", "events", "main")


def said(*meanings: FieldMeaning, types: dict[str, str] | None = None, **values: str) -> dict[Subject, Word]:
    """Read a Lead with some values."""
    record = Record("Lead", "00Q000000000001AAA", values)
    return {each.consent.subject: each for each in words_of(record, meanings, types or {}, NOW)}


def chosen(subject: Subject, **values: Answer) -> FieldMeaning:
    """Map values of one field that holds several."""
    return FieldMeaning("Lead", "Topics__c", "opt_in", subject, values=values)


def test_several_values_in_one_field_are_consents_for_several_purposes() -> None:
    words = said(
        chosen(NEWS, newsletter="yes"),
        chosen(EVENTS, messe="yes"),
        types={"Topics__c": "multipicklist"},
        Topics__c="Newsletter;Katalog",
    )
    assert {subject: each.consent.kind for subject, each in words.items()} == {NEWS: "imported"}


def test_of_several_fields_for_one_purpose_the_stricter_stands() -> None:
    words = said(
        FieldMeaning("Lead", "NL_2015__c", "opt_in", NEWS),
        FieldMeaning("Lead", "NL_2019__c", "opt_in", NEWS),
        NL_2015__c="ja",
        NL_2019__c="abgemeldet am 1.3.2020",
    )
    assert words[NEWS].consent.kind == "withdrawn"
    assert words[NEWS].at == parse_instant("2020-03-01T00:00:00Z")
    assert set(words[NEWS].before) == {"NL_2015__c", "NL_2019__c"}


def test_halves_of_two_proofs_make_no_whole_one() -> None:
    words = said(
        FieldMeaning("Lead", "A__c", "opt_in", NEWS, "double_opt_in", evidence={"document": "File__c"}),
        FieldMeaning("Lead", "B__c", "opt_in", NEWS, "double_opt_in", evidence={"clicked_at": "Day__c"}),
        A__c="ja",
        B__c="ja",
        File__c="DOI 4711",
        Day__c="2019-03-01",
    )
    assert words[NEWS].missing


def test_a_box_that_nobody_ticked_says_nothing() -> None:
    box = FieldMeaning("Lead", "NL__c", "opt_in", NEWS)
    assert said(box, types={"NL__c": "boolean"}, NL__c="false") == {}
    assert said(box, types={"NL__c": "string"}, NL__c="nein")[NEWS].consent.kind == "withdrawn"


def test_a_day_to_come_proves_nothing() -> None:
    word = said(FieldMeaning("Lead", "NL__c", "opt_in", NEWS), NL__c="2031-01-01")[NEWS]
    assert (word.at, word.missing) == (None, ("a clear answer",))


def test_the_old_value_itself_is_kept_as_evidence() -> None:
    word = said(FieldMeaning("Lead", "NL__c", "opt_in", NEWS), NL__c=" Ja ")[NEWS]
    assert json.dumps(dict(word.consent.evidence)) == '{"record": "Lead 00Q000000000001AAA NL__c=Ja"}'
