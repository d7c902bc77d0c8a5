"""What a plan proposes for an org, and what its files hold."""

import json
from pathlib import Path

import pytest

from chalicelib.errors import Rejected
from smarketing.cleansing.manifest import FILE, MAPPING, SUMMARY
from tests.cleansing.legacy_org import MAPPING as OPT_INS
from tests.cleansing.legacy_org import LegacyOrg


def test_each_field_gets_one_proposal_that_all_rules_made(org: LegacyOrg) -> None:
    lead = org.lead(
        FirstName="  ANNA&nbsp;MARIA ", Email="Anna.Berger@Example.ORG", Phone="030/1234567", Country="BRD"
    )
    org.lead(Country="Germany")
    org.plan()
    assert org.proposed(lead) == {
        "FirstName": "Anna Maria",
        "Email": "anna.berger@example.org",
        "Phone": "+49301234567",
        "Country": "Germany",
    }


def test_nothing_is_proposed_for_what_is_clean(org: LegacyOrg) -> None:
    org.lead(FirstName="Anna", Email="anna@example.org", Phone="+49301234567")
    assert org.plan().rows == 0


def test_accounts_and_contacts_are_read_as_well(org: LegacyOrg) -> None:
    account = org.running.create(
        "Account", Name="Werk&amp;Söhne GmbH", Phone="+43 1 588580", BillingCountry="A"
    )
    contact = org.running.create(
        "Contact", LastName="BERGER", AccountId=account, MailingCountry="CH", Phone="044 668 18 00"
    )
    made = org.plan(countries="english")
    assert org.proposed(account) == {
        "Name": "Werk&Söhne GmbH",
        "Phone": "+431588580",
        "BillingCountry": "Austria",
    }
    assert org.proposed(contact) == {
        "LastName": "Berger",
        "MailingCountry": "Switzerland",
        "Phone": "+41446681800",
    }
    assert made.records == {"Lead": 0, "Contact": 1, "Account": 1}


def test_a_suggestion_stands_beside_what_is_certain_and_is_skipped(org: LegacyOrg) -> None:
    org.lead(Email="Anna@Gmial.com")
    org.plan()
    assert [(each.after, each.decision) for each in org.rows] == [
        ("anna@gmial.com", "apply"),
        ("anna@gmail.com", "skip"),
    ]


def test_what_can_only_be_marked_is_a_note(org: LegacyOrg) -> None:
    org.lead(Email="info@example.org", Phone="12")
    org.plan()
    assert [(each.rule, each.decision) for each in org.rows] == [
        ("email_role", "note"),
        ("phone_invalid", "note"),
    ]


def test_a_field_that_may_not_be_empty_is_marked_and_not_emptied(org: LegacyOrg) -> None:
    org.lead(LastName="&nbsp;")
    org.plan()
    assert [(each.field, each.rule, each.decision) for each in org.rows] == [
        ("LastName", "required_empty", "note")
    ]


def test_titles_and_match_keys_go_where_they_are_told_to(org: LegacyOrg) -> None:
    lead = org.lead(FirstName="Dr. Anna", Company="Pressteile Berger GmbH & Co. KG")
    org.running.create("Account", Name="Werk")
    with pytest.raises(Rejected, match=r"Account.Match_Key__c: the org has no such field"):
        org.plan(match_key_field="Match_Key__c")
    with pytest.raises(Rejected, match=r"Contact.Academic_Title__c: the org has no such field"):
        org.plan(title_field="Academic_Title__c")
    assert not org.folder.exists()
    assert lead


def test_countries_are_written_as_most_records_have_them(org: LegacyOrg) -> None:
    for country in ("Deutschland", "Deutschland", "Österreich", "Germany"):
        org.lead(Country=country)
    org.plan()
    assert [(each.before, each.after) for each in org.rows] == [("Germany", "Deutschland")]


def test_a_number_follows_the_rules_of_its_records_country(org: LegacyOrg) -> None:
    austrian = org.lead(Phone="01 588580", Country="Austria")
    nowhere = org.lead(Phone="01 588580", Country=None)
    org.plan(region="CH")
    assert org.proposed(austrian)["Phone"] == "+431588580"
    assert org.proposed(nowhere)["Phone"] == ""


def test_without_a_mapping_one_is_suggested_and_no_field_is_taken_into_account(org: LegacyOrg) -> None:
    org.lead(Newsletter__c="ja", Werbung__c="nein")
    assert org.plan().rows == 0
    suggested = (org.folder / MAPPING).read_text(encoding="utf-8")
    assert "- field: Lead.Newsletter__c\n  meaning: opt_in\n  purpose: newsletter" in suggested
    assert "since: Newsletter_Datum__c" in suggested
    assert "document: Newsletter_Quelle__c" in suggested
    assert "- field: Lead.Newsletter_Abmeldung__c\n  meaning: opt_out" in suggested
    assert "seen: ja = yes x1" in suggested
    assert "fields look like opt-ins" in (org.folder / SUMMARY).read_text(encoding="utf-8")


def test_a_suggested_mapping_is_one(org: LegacyOrg) -> None:
    lead = org.lead(Newsletter__c="ja", Newsletter_Quelle__c="Messe")
    org.plan()
    suggested = (org.folder / MAPPING).read_text(encoding="utf-8")
    org.folder = org.folder.with_name("second")
    org.plan(suggested)
    assert org.proposed(lead) == {"consent email/newsletter/main": "imported"}


def test_a_mapped_field_becomes_a_consent_with_the_evidence_that_exists(org: LegacyOrg) -> None:
    lead = org.lead(
        Email="anna@example.org",
        Newsletter__c="ja",
        Newsletter_Datum__c="2019-03-01",
        Newsletter_Quelle__c="DOI 4711",
    )
    org.plan(OPT_INS)
    [row] = org.rows
    detail = json.loads(row.detail)
    assert (row.rule, row.after, row.decision) == ("consent_proven", "imported", "apply")
    assert detail["basis"] == "double_opt_in"
    assert detail["evidence"] == {
        "clicked_at": "2019-03-01T00:00:00.000Z",
        "document": "DOI 4711",
        "record": f"Lead {lead} Newsletter__c=ja",
        "wording_version": "2018",
    }
    assert detail["keys"] == [["lead", lead], ["email", "anna@example.org"]]


def test_a_yes_without_a_proof_needs_a_re_permission(org: LegacyOrg) -> None:
    org.lead(Newsletter__c="ja", Werbung__c="x")
    org.plan(OPT_INS)
    assert {each.rule for each in org.rows} == {"consent_unproven"}
    assert all("re-permission needed" in each.why for each in org.rows)


def test_of_contradicting_fields_the_stricter_stands(org: LegacyOrg) -> None:
    org.lead(Newsletter__c="ja", Newsletter_Datum__c="2019-03-01", Newsletter_Abmeldung__c=True)
    org.plan(OPT_INS)
    [row] = org.rows
    assert row.after == "withdrawn"
    assert "the stricter stands" in row.why


def test_salesforces_own_box_beats_every_purpose(org: LegacyOrg) -> None:
    org.lead(Newsletter__c="ja", HasOptedOutOfEmail=True)
    org.plan(OPT_INS)
    assert [(each.field, each.after) for each in org.rows] == [("consent email/*/*", "withdrawn")]


def test_a_role_address_is_no_key_of_a_person(org: LegacyOrg) -> None:
    lead = org.lead(Email="info@example.org", Newsletter__c="nein")
    org.plan(OPT_INS)
    [consent] = [each for each in org.rows if each.is_consent]
    assert json.loads(consent.detail)["keys"] == [["lead", lead]]


def test_a_converted_lead_is_left_alone_but_its_no_counts(org: LegacyOrg) -> None:
    lead = org.lead(LastName="MUSTERMANN", Newsletter__c="nein")
    assert org.running.control("convert", {"leadId": lead}).status_code == 200
    org.plan(OPT_INS)
    assert [(each.record, each.after) for each in org.rows if each.object == "Lead"] == [(lead, "withdrawn")]


def test_the_manifest_says_whose_plan_it_is_and_what_made_it(org: LegacyOrg) -> None:
    org.lead(LastName="MUSTERMANN")
    org.plan(OPT_INS)
    told = json.loads((org.folder / FILE).read_text(encoding="utf-8"))
    assert (told["org"], told["at"], told["rows"]) == (org.id, "2026-03-02T08:00:00.000Z", 1)
    assert told["counts"] == {"name_capitals": {"apply": 1}}
    assert {"smarketing", "phonenumbers", "email-validator"} <= set(told["versions"])
    assert len(told["hash"]) == len(told["options"]["mapping"]) == 64


def test_nothing_in_the_summary_is_a_link_or_a_tag(org: LegacyOrg) -> None:
    org.lead(FirstName=" [a](http://x) <script>|")
    org.plan()
    text = (org.folder / SUMMARY).read_text(encoding="utf-8")
    assert "<script>" not in text
    assert "](http" not in text
    assert r"\<script\>\|" in text


def test_a_plan_lies_where_only_its_owner_looks(org: LegacyOrg) -> None:
    org.plan()
    assert Path(org.folder).stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("mapping", "complaint"),
    [
        ("fields: 1", "fields: list the fields"),
        ("fields: [{field: Newsletter__c, meaning: opt_in}]", "name a field of Lead or Contact"),
        ("fields: [{field: Lead.A__c, meaning: maybe}]", "meaning: write one of opt_in, opt_out, ignore"),
        (
            "fields: [{field: Lead.A__c, meaning: opt_in, purpose: gossip}]",
            "purpose: write one of newsletter",
        ),
        ('fields: [{field: Lead.A__c, meaning: opt_in, purpose: "*"}]', "purpose: write one of newsletter"),
        ("fields: [{field: Lead.A__c, meaning: opt_in, purpose: events}]", "Lead.A__c: the org has no such"),
        ("fields: [{field: Lead.A__c, meaning: opt_in, purpose: events, proof: x}]", "and nothing else"),
        ("fields: [{field: Lead.A__c, meaning: opt_in, purpose: events, values: {a: b}}]", "values.a: write"),
        ("fields: [{field: Lead.A__c, meaning: opt_in, purpose: events, evidence: {x: y}}]", "write one of"),
        ("a: [", "opt-ins.yaml"),
    ],
)
def test_a_mapping_that_makes_no_sense_is_refused(org: LegacyOrg, mapping: str, complaint: str) -> None:
    with pytest.raises(Rejected) as refused:
        org.plan(mapping)
    assert complaint in str(refused.value)
    assert len(str(refused.value).splitlines()) == 1
