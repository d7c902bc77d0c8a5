"""What the people of the demo do in twelve months: an endless story told once, from a seed."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Literal

from chalicelib.domain.engagement import Value
from chalicelib.domain.instant import DAY, HOUR, MINUTE, Instant
from smarketing.demo.proofs import REQUEST
from smarketing.demo.world import PRODUCT_LINES, Someone

Channel = Literal["marketing_cloud", "account_engagement", "website"]
DAYS = 365


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing that somebody did or got, told by one channel."""

    at: Instant
    who: Someone
    channel: Channel
    kind: str
    details: dict[str, Value] = field(default_factory=dict)
    permits: tuple[str, ...] = ()
    """Purposes that the person consents to by it."""


@dataclass(frozen=True, slots=True)
class Mailing:
    """One send of an e-mail to many."""

    job: int
    at: Instant
    definition_key: str
    subject: str
    line: str | None


OPEN_RATE = {"cold": 0.16, "lukewarm": 0.34, "warm": 0.55, "hot": 0.7}
CLICK_RATE = {"cold": 0.05, "lukewarm": 0.16, "warm": 0.3, "hot": 0.42}
"""Of those who open."""
VISITS_BEYOND_THE_FIRST = {"cold": 0.3, "lukewarm": 2.2, "warm": 7.5, "hot": 16.0}
PATHS = {"presses": "pressen", "lasers": "laser", "services": "service"}


def mailings(start: Instant) -> Iterator[Mailing]:
    """List the year's mailings: a newsletter a month and a mailing per product line every other month."""
    job = 7_000
    for month in range(12):
        job += 1
        at = Instant(start + month * 30 * DAY + 4 * DAY + 8 * HOUR)
        yield Mailing(job, at, f"NL-{month + 1:02d}", f"Newsletter {month + 1}", None)
        if month % 2:
            for offset, line in enumerate(PRODUCT_LINES):
                job += 1
                key = f"{PATHS[line]}-{month + 1:02d}"
                sent = Instant(start + month * 30 * DAY + (12 + 4 * offset) * DAY + 9 * HOUR)
                yield Mailing(job, sent, key, f"Neues aus {PATHS[line].title()}", line)


def strangers(random: Random, people: list[Someone], start: Instant) -> Iterator[Happening]:
    """Tell of opens and clicks whose send nobody told: people who are known by a subscriber number only."""
    for who in people:
        for mailing in mailings(start):
            if _receives(who, mailing):
                yield from (
                    each
                    for each in _reads(random, who, mailing)
                    if each.kind in ("email_opened", "email_clicked")
                )


def year(random: Random, people: list[Someone], start: Instant) -> Iterator[Happening]:
    """Tell everything that happens, in no particular order."""
    sends = list(mailings(start))
    for who in people:
        yield from _subscriptions(random, who, start)
        left_at = _leaves_at(random, who, start)
        for mailing in sends:
            if mailing.at < left_at and _receives(who, mailing):
                yield from _reads(random, who, mailing)
        if left_at < start + DAYS * DAY:
            details: dict[str, Value] = {"definition_key": "NL-PREFERENCES", "job": 6_999}
            yield Happening(left_at, who, "marketing_cloud", "email_unsubscribed", details)
        for _ in range(_visits(random, who)):
            yield from _visit(random, who, Instant(start + int(random.random() * DAYS * DAY)))
        if who.temperature == "hot" or (who.temperature == "warm" and random.random() < 0.45):
            yield from _journey(random, who, Instant(start + int(random.uniform(10, 300) * DAY)))


def _subscriptions(random: Random, who: Someone, start: Instant) -> Iterator[Happening]:
    offered = {"newsletter": who.newsletter, "product_news": who.product_news}
    chosen = tuple(purpose for purpose, wanted in offered.items() if wanted)
    if chosen:
        at = Instant(start + int(random.random() * 3 * DAY))
        yield Happening(at, who, "website", "opted_in", {"form": "newsletter"}, chosen)


def _leaves_at(random: Random, who: Someone, start: Instant) -> Instant:
    chance = {"cold": 0.09, "lukewarm": 0.04, "warm": 0.02, "hot": 0.01}[who.temperature]
    leaves = who.newsletter and random.random() < chance
    return Instant(start + int(random.uniform(20, DAYS) * DAY) if leaves else start + 10 * DAYS * DAY)


def _receives(who: Someone, mailing: Mailing) -> bool:
    if mailing.line is None:
        return who.newsletter
    return who.product_news and mailing.line == who.line


def _reads(random: Random, who: Someone, mailing: Mailing) -> Iterator[Happening]:
    details: dict[str, Value] = {
        "definition_key": mailing.definition_key,
        "subject": mailing.subject,
        "job": mailing.job,
    }
    sent = Instant(mailing.at + int(random.random() * 20 * MINUTE))
    if random.random() < 0.012:
        yield Happening(sent, who, "marketing_cloud", "email_bounced", details)
        return
    yield Happening(sent, who, "marketing_cloud", "email_sent", details)
    if random.random() >= OPEN_RATE[who.temperature]:
        return
    opened = Instant(sent + int(random.expovariate(1 / (9 * HOUR))) + MINUTE)
    yield Happening(opened, who, "marketing_cloud", "email_opened", details)
    if random.random() < CLICK_RATE[who.temperature]:
        url = f"https://www.example.com/{PATHS[mailing.line or who.line]}/neu-{mailing.job}"
        clicked = Instant(opened + int(random.uniform(0.2, 30) * MINUTE))
        yield Happening(clicked, who, "marketing_cloud", "email_clicked", details | {"url": url})


def _visits(random: Random, who: Someone) -> int:
    return 1 + int(random.expovariate(1 / VISITS_BEYOND_THE_FIRST[who.temperature]))


def _visit(random: Random, who: Someone, at: Instant) -> Iterator[Happening]:
    line = who.line if random.random() < 0.8 else random.choice(PRODUCT_LINES)
    careers = who.job_title == "Werkstudent" and random.random() < 0.6
    for page in range(1 + int(random.expovariate(1.0))):
        path = "karriere/offene-stellen" if careers else f"{PATHS[line]}/seite-{random.randrange(20)}"
        kind = "career_page_viewed" if careers else "page_viewed"
        viewed = Instant(at + page * 2 * MINUTE)
        channel: Channel = "account_engagement" if who.tracked and not careers else "website"
        yield Happening(viewed, who, channel, kind, {"url": f"https://www.example.com/{path}"})


def _journey(random: Random, who: Someone, begin: Instant) -> Iterator[Happening]:
    """A purchase takes shape: some weeks of ever more serious engagements, sometimes up to a request."""
    path = PATHS[who.line]
    about: dict[str, Value] = {"product_line": who.line, "url": f"https://www.example.com/{path}/"}
    steps: tuple[tuple[float, float, Channel, str], ...] = (
        (0, 0.9, "account_engagement", "session_visited"),
        (2, 0.8, "website", "brochure_downloaded"),
        (5, 0.6, "account_engagement", "webinar_registered"),
        (12, 0.5, "account_engagement", "webinar_attended"),
        (14, 0.5, "website", "configurator_used"),
        (18, 0.55, "website", "price_list_downloaded"),
        (21, 0.5, "account_engagement", "form_submitted"),
        (26, 0.35, "website", "demo_requested"),
        (33, 0.18, "website", "quote_requested"),
    )
    for day, chance, channel, kind in steps:
        if random.random() < chance:
            at = Instant(begin + int((day + random.random()) * DAY))
            asked = (REQUEST,) if kind in ("demo_requested", "quote_requested") else ()
            yield Happening(at, who, channel, kind, dict(about), asked)
            yield from _visit(random, who, Instant(at + 10 * MINUTE))
