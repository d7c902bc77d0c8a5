"""The demo's year is realistic in size and mishaps, and the same for the same seed."""

import base64
import hashlib
import hmac
import json
from collections import Counter
from random import Random

import pytest

from chalicelib.domain.instant import DAY, Instant, parse_instant
from smarketing.demo.senders import Call, Keys, arrivals, calls, mishaps
from smarketing.demo.world import Someone, people
from smarketing.demo.year import DAYS, Happening, strangers, year

START = parse_instant("2025-11-24T00:00:00Z")
KEYS = Keys(ens_signature_key="e" * 32, intake_key_id="website-1", intake_secret="s" * 32)


@pytest.fixture(scope="module")
def population() -> list[Someone]:
    return list(people(Random(7), 2_200))


@pytest.fixture(scope="module")
def happenings(population: list[Someone]) -> list[Happening]:
    return list(year(Random(8), population, START))


@pytest.fixture(scope="module")
def sent(happenings: list[Happening]) -> list[Call]:
    good = list(calls(arrivals(Random(9), happenings), KEYS))
    return list(mishaps(Random(10), good, KEYS))


def test_year_is_the_same_when_the_seed_is() -> None:
    population = list(people(Random(1), 50))
    assert list(year(Random(2), population, START)) == list(year(Random(2), population, START))
    assert list(people(Random(1), 50)) == population


def test_year_has_the_promised_size(population: list[Someone], happenings: list[Happening]) -> None:
    assert len({someone.email for someone in population}) >= 2_000
    assert len(happenings) >= 40_000


def test_year_spans_twelve_months(happenings: list[Happening]) -> None:
    first, last = min(each.at for each in happenings), max(each.at for each in happenings)
    assert START <= first < START + 10 * DAY
    assert last > START + (DAYS - 10) * DAY


def test_unsubscribed_people_get_no_further_newsletter(happenings: list[Happening]) -> None:
    left = {each.who.number: each.at for each in happenings if each.kind == "email_unsubscribed"}
    assert left
    later = [
        each
        for each in happenings
        if each.kind == "email_sent" and each.at > left.get(each.who.number, each.at) + DAY
    ]
    assert later == []


def test_some_happenings_are_told_late_so_that_order_breaks(happenings: list[Happening]) -> None:
    delays = [at - happening.at for at, happening in arrivals(Random(9), happenings)]
    late = sum(delay > 0 for delay in delays)
    assert 0.02 < late / len(delays) < 0.04
    assert max(delays) <= 3 * DAY


def test_strangers_are_told_of_without_their_send(population: list[Someone]) -> None:
    told = list(strangers(Random(3), population[:200], START))
    assert {each.kind for each in told} == {"email_opened", "email_clicked"}


def test_calls_carry_every_happening_once(happenings: list[Happening], sent: list[Call]) -> None:
    assert sum(call.engagements for call in sent if call.fate == "good") == len(happenings)


def test_ens_arrays_hold_at_most_a_thousand_events(sent: list[Call]) -> None:
    sizes = [len(json.loads(call.body)) for call in sent if _is_good_ens(call)]
    assert 500 < max(sizes) <= 1_000


def test_ens_signature_is_over_the_raw_body(sent: list[Call]) -> None:
    call = next(call for call in sent if _is_good_ens(call))
    digest = hmac.new(KEYS.ens_signature_key.encode(), call.body, hashlib.sha256).digest()
    assert call.headers["x-sfmc-ens-signature"] == base64.b64encode(digest).decode()


def test_mishaps_of_every_kind_happen(sent: list[Call]) -> None:
    fates = Counter(call.fate for call in sent)
    assert all(fates[fate] > 0 for fate in ("good", "repeated", "forged", "malformed"))


def test_repeats_have_the_body_of_a_good_call(sent: list[Call]) -> None:
    good = {call.body for call in sent if call.fate == "good"}
    assert all(call.body in good for call in sent if call.fate == "repeated")


def test_forged_calls_have_another_signature_than_their_original(sent: list[Call]) -> None:
    signatures = {(call.path, call.body, _signature(call)) for call in sent if call.fate == "good"}
    assert all(
        (call.path, call.body, _signature(call)) not in signatures for call in sent if call.fate == "forged"
    )


def test_late_calls_are_signed_for_the_time_of_sending(sent: list[Call]) -> None:
    stamps = [
        int(call.headers["X-Smarketing-Timestamp"]) - Instant(call.at // 1000)
        for call in sent
        if "X-Smarketing-Timestamp" in call.headers
    ]
    assert set(stamps) == {0}


def _is_good_ens(call: Call) -> bool:
    return call.path == "/marketing-cloud/events" and call.fate == "good"


def _signature(call: Call) -> str:
    return next(value for name, value in call.headers.items() if name.lower().endswith("signature"))
