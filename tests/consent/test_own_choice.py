"""Unsubscribing by one click, and the page on which a person chooses what they get."""

import re
from html import unescape

import pytest
from chalice.test import HTTPResponse

from chalicelib.domain.consent_links import (
    PREFERENCES,
    preferences_url,
    read_signed,
    signed,
    unsubscribe_url,
    unsubscribing,
)
from chalicelib.domain.engagement import person_key
from chalicelib.domain.instant import DAY, SECOND
from chalicelib.domain.interest import PersonId
from tests.consent.consent_world import ANNA, BASE, KEYS, ConsentWorld

NEWS = "newsletter/main"
EVENTS = "events/main"
ONE_CLICK = "List-Unsubscribe=One-Click"


def anna(pages: ConsentWorld) -> PersonId:
    return pages.world.person(person_key("email", ANNA)).id


def link(pages: ConsentWorld, purpose: str = "", key: str = KEYS[0]) -> str:
    return unsubscribe_url(BASE, anna(pages), key, purpose).removeprefix(BASE)


def page_of(pages: ConsentWorld) -> str:
    return preferences_url(BASE, anna(pages), KEYS[0]).removeprefix(BASE)


def checked(body: str) -> set[str]:
    return set(re.findall(r'value="([\w/]+)"[^>]* checked', body))


def followed(pages: ConsentWorld, answer: HTTPResponse) -> str:
    """The page that the browser is sent on to."""
    assert answer.status_code == 303
    return pages.get(f"/consent/{answer.headers['Location']}").body.decode()


def test_one_click_unsubscribes_from_everything_without_a_question(pages: ConsentWorld) -> None:
    pages.opted_in(NEWS, EVENTS)
    pages.later(DAY)
    assert pages.post(link(pages), ONE_CLICK).status_code == 200
    pages.work()
    assert {pages.standing(each).state for each in ("newsletter", "events")} == {"withdrawn"}


def test_a_click_in_several_parts_counts_as_well(pages: ConsentWorld) -> None:
    pages.opted_in(NEWS)
    pages.later(DAY)
    part = 'Content-Disposition: form-data; name="List-Unsubscribe"'
    body = f"--cut\r\n{part}\r\n\r\nOne-Click\r\n--cut--\r\n".encode()
    answer = pages.http.post(
        link(pages), body=body, headers={"Content-Type": "multipart/form-data; boundary=cut"}
    )
    pages.work()
    assert (answer.status_code, pages.standing().state) == (200, "withdrawn")


def test_whoever_opts_in_between_two_clicks_is_unsubscribed_by_the_second(pages: ConsentWorld) -> None:
    pages.opted_in(NEWS)
    pages.later(DAY)
    pages.post(link(pages), ONE_CLICK)
    pages.work()
    pages.later(5 * SECOND)
    pages.opted_in(NEWS)
    assert pages.standing().granted
    pages.later(5 * SECOND)
    pages.post(link(pages), ONE_CLICK)
    pages.work()
    assert pages.standing().state == "withdrawn"


def test_one_click_for_a_purpose_leaves_the_others(pages: ConsentWorld) -> None:
    pages.opted_in(NEWS, EVENTS)
    pages.later(DAY)
    pages.post(link(pages, "events"), ONE_CLICK)
    pages.work()
    assert (pages.standing("newsletter").state, pages.standing("events").state) == ("granted", "withdrawn")


def test_to_open_the_link_unsubscribes_nobody(pages: ConsentWorld) -> None:
    pages.opted_in(NEWS)
    answer = pages.get(f"{link(pages)}&lang=de")
    assert answer.status_code == 200
    assert "keine E-Mails mehr" in answer.body.decode()
    assert pages.queue.bodies == []


def test_an_old_key_still_unsubscribes(pages: ConsentWorld) -> None:
    pages.opted_in(NEWS)
    pages.later(DAY)
    assert pages.post(link(pages, key=KEYS[1]), ONE_CLICK).status_code == 200
    pages.work()
    assert pages.standing().state == "withdrawn"


@pytest.mark.parametrize("change", ["key", "person", "cut", "none"])
def test_nobody_can_make_a_link_for_another(pages: ConsentWorld, change: str) -> None:
    pages.opted_in(NEWS)
    good = signed(anna(pages), unsubscribing(""), KEYS[0])
    forged = {
        "key": signed(anna(pages), unsubscribing(""), "another key"),
        "person": "0" * 26 + good[26:],
        "cut": good[:-1],
        "none": "",
    }[change]
    assert pages.post(f"/consent/unsubscribe?person={forged}", ONE_CLICK).status_code == 404
    assert pages.get(f"/consent/preferences?person={forged}").status_code == 404
    assert pages.queue.bodies == []


@pytest.mark.parametrize("purpose", ["", "&purpose=newsletter"])
def test_a_link_is_good_for_its_own_purpose_alone(pages: ConsentWorld, purpose: str) -> None:
    pages.opted_in(NEWS, EVENTS)
    for_events = link(pages, "events").partition("&")[0]
    assert pages.post(f"{for_events}{purpose}", ONE_CLICK).status_code == 404
    assert pages.get(for_events.replace("unsubscribe", "preferences")).status_code == 404


def test_the_unsubscribe_page_leads_to_the_choice(pages: ConsentWorld) -> None:
    pages.opted_in(NEWS)
    found = re.search(r'href="(preferences[^"]+)"', pages.get(link(pages)).body.decode())
    assert found is not None
    assert checked(pages.get(f"/consent/{unescape(found[1])}").body.decode()) == {NEWS}


def test_a_signed_person_is_read_back() -> None:
    person = PersonId("01HXYZ0123456789ABCDEFGHJK")
    assert read_signed(signed(person, PREFERENCES, KEYS[1]), PREFERENCES, KEYS) == person


def test_a_link_of_somebody_who_is_gone_does_no_harm(pages: ConsentWorld) -> None:
    gone = signed(PersonId("01HXYZ0123456789ABCDEFGHJK"), unsubscribing(""), KEYS[0])
    assert pages.post(f"/consent/unsubscribe?person={gone}", ONE_CLICK).status_code == 200
    assert pages.queue.bodies == []


def test_the_page_shows_what_a_person_gets(pages: ConsentWorld) -> None:
    pages.opted_in(NEWS)
    answer = pages.get(page_of(pages))
    assert checked(answer.body.decode()) == {NEWS}
    assert "you get this" in answer.body.decode()


def test_what_is_unticked_ends_at_once(pages: ConsentWorld) -> None:
    pages.opted_in(NEWS, EVENTS)
    pages.later(DAY)
    answer = pages.post(page_of(pages), {"about": EVENTS})
    pages.work()
    assert "ends at once" in followed(pages, answer)
    assert (pages.standing("newsletter").state, pages.standing("events").state) == ("withdrawn", "granted")


def test_what_is_ticked_anew_waits_for_a_confirmation(pages: ConsentWorld) -> None:
    pages.opted_in(NEWS)
    pages.later(DAY)
    pages.post(page_of(pages), {"about": [NEWS, EVENTS]})
    pages.work()
    assert pages.standing("events").state == "requested"
    pages.confirm()
    pages.work()
    assert {pages.standing(each).state for each in ("newsletter", "events")} == {"granted"}


def test_all_mail_can_be_ended_with_one_button(pages: ConsentWorld) -> None:
    pages.opted_in(NEWS, EVENTS)
    pages.later(DAY)
    pages.post(page_of(pages), {"about": [NEWS, EVENTS], "all_off": "1"})
    pages.work()
    assert {pages.standing(each).state for each in ("newsletter", "events")} == {"withdrawn"}


def test_to_save_without_a_change_tells_nothing(pages: ConsentWorld) -> None:
    pages.opted_in(NEWS)
    answer = pages.post(page_of(pages), {"about": NEWS})
    assert "You changed nothing" in followed(pages, answer)
    assert pages.queue.bodies == []


@pytest.mark.parametrize(
    ("accepted", "language"), [("de-AT,de;q=0.9,en;q=0.5", "de"), ("fr,en", "en"), ("", "en"), ("fr", "en")]
)
def test_a_page_speaks_the_browsers_language(pages: ConsentWorld, accepted: str, language: str) -> None:
    answer = pages.get("/consent/subscribe", **{"Accept-Language": accepted})
    assert f'<html lang="{language}">' in answer.body.decode()


def test_a_page_lets_nothing_in_and_tells_nobody(pages: ConsentWorld) -> None:
    headers = pages.get("/consent/subscribe").headers
    assert headers["Content-Security-Policy"].startswith("default-src 'none'; style-src 'self'")
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cache-Control"] == "no-store"


def test_no_page_needs_a_script_or_anything_from_elsewhere(pages: ConsentWorld) -> None:
    pages.opted_in(NEWS)
    for path in ("/consent/subscribe", page_of(pages), link(pages)):
        body = pages.get(path).body.decode()
        assert "<script" not in body
        assert re.findall(r'(?:src|href)="(?!https://www\.example\.com/privacy)[^"]*//', body) == []
