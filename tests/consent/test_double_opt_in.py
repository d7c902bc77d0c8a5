"""The double opt-in from the form to the proof in the ledger."""

import json

import pytest

from chalicelib.domain.consent import Consent, Subject, missing_evidence, withdrawal, wording_hash
from chalicelib.domain.engagement import person_key
from chalicelib.domain.instant import DAY, HOUR, MINUTE
from tests.consent.consent_world import ANNA, ConsentWorld, Rejected, Retryable
from tests.domain.presses import told

NEWS = "newsletter/main"
EVENTS = "events/main"


def test_a_request_is_answered_by_a_mail_with_the_very_words(pages: ConsentWorld) -> None:
    answer = pages.subscribe(NEWS, EVENTS)
    pages.work()
    (mail,) = pages.mailbox.mails
    assert answer.status_code == 200
    assert mail.to == ANNA
    for purpose in ("newsletter", "events"):
        assert pages.model.consent.wordings[purpose].texts["de"] in mail.text
    assert "Musterwerk Maschinenbau GmbH" in mail.subject


def test_nothing_is_permitted_before_the_confirmation(pages: ConsentWorld) -> None:
    pages.subscribe(NEWS)
    pages.work()
    assert pages.standing().state == "requested"


def test_to_open_the_link_confirms_nothing(pages: ConsentWorld) -> None:
    pages.subscribe(NEWS)
    pages.work()
    assert pages.get(pages.mailbox.link).status_code == 200
    pages.work()
    assert pages.standing().state == "requested"


def test_the_button_confirms_with_a_proof_that_lacks_nothing(pages: ConsentWorld) -> None:
    pages.subscribe(NEWS)
    pages.work()
    pages.later(20 * MINUTE)
    assert pages.confirm().status_code == 200
    pages.work()
    # then
    assert (pages.standing().state, pages.standing().basis) == ("granted", "double_opt_in")
    person = pages.world.person(person_key("email", ANNA))
    proof = pages.world.persons.consents(person)[-1]
    assert not missing_evidence(proof.consent)
    words = pages.model.consent.wordings["newsletter"]
    assert proof.evidence["wording"] == wording_hash(words.texts["de"])
    assert proof.evidence["mail_id"] == "mail-1"
    assert proof.evidence["requested_at"] < proof.evidence["clicked_at"]
    assert proof.evidence["form_url"] == "https://api.example.com/consent/subscribe"


def test_each_purpose_is_proven_by_its_own_words(pages: ConsentWorld) -> None:
    pages.opted_in(NEWS, EVENTS)
    person = pages.world.person(person_key("email", ANNA))
    confirmed = [each for each in pages.world.persons.consents(person) if each.kind == "confirmed"]
    assert {each.subject.purpose: each.evidence["wording"] for each in confirmed} == {
        name: wording_hash(pages.model.consent.wordings[name].texts["de"])
        for name in ("newsletter", "events")
    }


def test_a_plain_request_of_a_source_is_proven_by_the_words_of_the_mail(pages: ConsentWorld) -> None:
    asked = Consent(Subject("email", "newsletter", ""), "requested")
    pages.world.record(told("opted_in", 99, keys=[person_key("email", ANNA)], consents=[asked]))
    pages.work()
    pages.confirm()
    pages.work()
    assert (pages.standing().state, pages.standing().basis) == ("granted", "double_opt_in")
    person = pages.world.person(person_key("email", ANNA))
    proof = pages.world.persons.consents(person)[-1].evidence
    assert proof["wording"] == wording_hash(pages.model.consent.wordings["newsletter"].texts["en"])
    assert (proof["language"], proof["notice_version"]) == ("en", "2026-01")


def test_a_link_from_before_words_were_kept_confirms_by_its_evidence(pages: ConsentWorld) -> None:
    # given a mail whose request is stored without them
    pages.subscribe(NEWS)
    pages.work()
    [item] = [each for each in pages.world.items() if each["sk"]["S"] == "TOKEN"]
    plain = json.loads(item["body"]["S"])
    del plain["words"]
    kept = item | {"body": {"S": json.dumps(plain)}}
    pages.world.client.put_item(TableName=pages.world.table, Item=kept)
    # when its button is pressed
    answer = pages.confirm()
    pages.work()
    # then
    assert answer.status_code == 200
    assert pages.standing().state == "granted"


def test_a_link_confirms_once(pages: ConsentWorld) -> None:
    pages.opted_in(NEWS)
    answer = pages.confirm()
    assert answer.status_code == 410
    assert "bereits benutzt" in answer.body.decode()
    assert pages.queue.bodies == []


def test_a_link_holds_no_longer_than_the_playbook_says(pages: ConsentWorld) -> None:
    pages.subscribe(NEWS)
    pages.work()
    pages.later(7 * DAY)
    assert pages.get(pages.mailbox.link).status_code == 410
    assert pages.confirm().status_code == 410
    pages.work()
    assert pages.standing().state == "requested"


@pytest.mark.parametrize("query", ["", "?token=", "?token=invented", "?token=%ff%fe"])
def test_a_link_that_leads_nowhere_says_so(pages: ConsentWorld, query: str) -> None:
    assert pages.get(f"/consent/confirm{query}").status_code == 404


def test_what_is_stored_lets_nobody_confirm(pages: ConsentWorld) -> None:
    pages.subscribe(NEWS)
    pages.work()
    token = pages.mailbox.link.partition("token=")[2].partition("&")[0]
    assert token not in pages.stored()


def test_a_double_click_on_the_form_sends_one_mail(pages: ConsentWorld) -> None:
    pages.subscribe(NEWS)
    pages.subscribe(NEWS)
    pages.work()
    assert len(pages.mailbox.mails) == 1


def test_nobody_gets_more_than_a_mail_an_hour(pages: ConsentWorld) -> None:
    pages.subscribe(NEWS)
    pages.work()
    pages.later(10 * MINUTE)
    pages.subscribe(EVENTS)
    pages.work()
    pages.later(HOUR)
    pages.subscribe(EVENTS, NEWS)
    pages.work()
    assert len(pages.mailbox.mails) == 2


def test_a_mail_that_failed_is_sent_again_with_the_same_link(pages: ConsentWorld) -> None:
    pages.mailbox.fails = Retryable("SES: busy")
    pages.subscribe(NEWS)
    assert list(pages.work().values()) == ["SES: busy"]
    pages.mailbox.fails = None
    assert pages.work() == {}
    pages.confirm()
    pages.work()
    assert pages.standing().granted


def test_a_mail_that_nobody_takes_is_parked(pages: ConsentWorld) -> None:
    pages.mailbox.fails = Rejected("SES: MessageRejected; look at the address")
    pages.subscribe(NEWS)
    pages.work()
    assert [each.reason for each in pages.world.outbox.parked()] == [
        "SES: MessageRejected; look at the address"
    ]


def test_who_has_it_already_gets_no_mail(pages: ConsentWorld) -> None:
    pages.opted_in(NEWS)
    pages.later(2 * HOUR)
    pages.subscribe(NEWS)
    pages.work()
    assert len(pages.mailbox.mails) == 1
    assert pages.standing().granted


def test_who_took_it_back_before_the_mail_left_gets_none(pages: ConsentWorld) -> None:
    pages.mailbox.fails = Retryable("SES: busy")
    pages.subscribe(NEWS)
    pages.work()
    gone = told("opted_out", 200, keys=[person_key("email", ANNA)], consents=[withdrawal()])
    pages.world.record(gone)
    pages.mailbox.fails = None
    assert pages.work() == {}
    assert pages.mailbox.mails == []


def test_whoever_unsubscribed_opts_in_again_by_a_new_confirmation(pages: ConsentWorld) -> None:
    pages.opted_in(NEWS)
    pages.later(DAY)
    gone = told("opted_out", 101, keys=[person_key("email", ANNA)], consents=[withdrawal()])
    pages.world.record(gone)
    assert pages.standing().state == "withdrawn"
    pages.later(DAY)
    pages.opted_in(NEWS)
    assert pages.standing().granted


def test_a_source_that_mails_itself_is_left_to_it(pages: ConsentWorld) -> None:
    asked = Consent(Subject("email", "newsletter", "main"), "requested", None, {"mail_id": "theirs"})
    pages.world.record(told("opted_in", 99, keys=[person_key("email", ANNA)], consents=[asked]))
    pages.work()
    assert pages.mailbox.mails == []


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"email": "anna", "about": NEWS}, "Bitte eine E-Mail-Adresse angeben"),
        ({"email": "", "about": NEWS}, "Bitte eine E-Mail-Adresse angeben"),
        ({"email": ANNA}, "Bitte mindestens eines auswählen"),
        ({"email": ANNA, "about": "contact_request/main"}, "Bitte mindestens eines auswählen"),
        ({"email": ANNA, "about": "gossip/main"}, "Bitte mindestens eines auswählen"),
    ],
)
def test_a_form_that_lacks_something_comes_back_with_what_to_mend(
    pages: ConsentWorld, fields: dict[str, str], said: str
) -> None:
    answer = pages.post("/consent/requests?lang=de", fields)
    assert answer.status_code == 400
    assert said in answer.body.decode()
    assert pages.queue.bodies == []


def test_a_program_that_fills_in_everything_is_thanked_and_forgotten(pages: ConsentWorld) -> None:
    answer = pages.subscribe(NEWS, website="https://spam.example")
    assert answer.status_code == 200
    assert pages.queue.bodies == []


def test_whoever_was_erased_meanwhile_confirms_nothing(
    pages: ConsentWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages.subscribe(NEWS)
    pages.work()
    monkeypatch.setattr(pages.world.persons, "load", lambda persons: {})
    assert pages.confirm().status_code == 404
    assert pages.queue.bodies == []


def test_a_form_that_is_too_long_is_answered_by_a_page(pages: ConsentWorld) -> None:
    answer = pages.subscribe(NEWS, email="a" * 20_000)
    assert answer.status_code == 413
    assert "<h1>Das hat nicht geklappt</h1>" in answer.body.decode()


def test_who_can_not_be_served_now_is_asked_to_come_again(
    pages: ConsentWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(bodies: object) -> None:
        raise Retryable("SQS: busy")

    monkeypatch.setattr(pages.queue, "send", busy)
    answer = pages.subscribe(NEWS)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "10")
    assert "nichts gespeichert" in answer.body.decode()
    assert answer.headers["Cache-Control"] == "no-store"


def test_what_is_put_into_a_page_is_escaped(pages: ConsentWorld) -> None:
    answer = pages.post("/consent/requests", {"email": '"><script>alert(1)</script>', "about": NEWS})
    assert "<script" not in answer.body.decode()
