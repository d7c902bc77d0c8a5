"""The rule table and the engagements that every engine of the benchmark gets."""

import random

from chalicelib.domain.engagement import Engagement, Value, engagement_id
from chalicelib.domain.instant import DAY, Duration, Instant, parse_instant
from chalicelib.domain.model import Category, Condition, Lifecycle, Model, ProductLine, ScoringRule

FIELDS = ("url", "email_name", "campaign", "asset", "form", "subject")
START = parse_instant("2025-01-01T00:00:00Z")


def contains(field: str, *needles: str) -> Condition:
    """Ask for any of some texts in a field."""
    return Condition(field, "contains", needles)


def is_in(field: str, *values: str) -> Condition:
    """Ask for one of some values."""
    return Condition(field, "in", values)


LINES = (
    ProductLine(
        "presses", "Presses", (contains("url", "/pressen", "/umformtechnik"), contains("asset", "presse"))
    ),
    ProductLine("lasers", "Lasers", (contains("url", "/laser"), contains("asset", "laser"))),
    ProductLine(
        "services", "Services", (contains("url", "/service", "/retrofit"), contains("asset", "retrofit"))
    ),
)

CATEGORIES = (
    Category("general", Duration(30 * DAY), 60.0),
    Category("presses", Duration(60 * DAY), 150.0),
    Category("lasers", Duration(60 * DAY), 150.0),
    Category("services", Duration(90 * DAY), 150.0),
)

# kinds, points, conditions, limit, once per so many days; by product line where `by_line` says so
GENERAL: tuple[tuple[str, int, tuple[Condition, ...], int | None, int | None], ...] = (
    ("email_opened", 1, (), 10, 1),
    ("email_clicked", 3, (), 30, None),
    ("email_clicked", 5, (contains("campaign", "messe", "trade-fair"),), 20, None),
    ("email_clicked", -2, (contains("url", "/unsubscribe", "/abmelden"),), 10, None),
    ("email_unsubscribed", -20, (), 40, None),
    ("email_bounced", -5, (), 20, None),
    ("spam_complained", -50, (), None, None),
    ("page_viewed", 2, (contains("url", "/referenzen", "/case-studies"),), 10, 1),
    ("page_viewed", 4, (contains("url", "/kontakt", "/contact"),), 12, 1),
    (
        "page_viewed career_page_viewed",
        -10,
        (contains("url", "/karriere", "/jobs", "/ausbildung"),),
        30,
        None,
    ),
    ("page_viewed", 1, (contains("url", "/blog"), contains("campaign", "newsletter")), 5, 1),
    ("session_visited", 1, (), 10, 1),
    (
        "form_submitted landing_page_submitted",
        15,
        (is_in("form", "kontakt", "rueckruf", "angebot"),),
        45,
        None,
    ),
    ("form_submitted", 5, (is_in("form", "newsletter"),), 5, None),
    ("webinar_registered event_registered", 8, (), 24, None),
    ("webinar_attended event_attended", 20, (), 60, None),
    ("chat_held callback_requested", 15, (), 45, 7),
    ("site_searched", 3, (contains("subject", "preis", "price", "kosten"),), 9, 1),
    ("video_viewed", 3, (), 15, 1),
)
BY_LINE: tuple[tuple[str, int, tuple[Condition, ...], int | None, int | None], ...] = (
    ("page_viewed", 2, (), 20, 1),
    ("page_viewed", 5, (contains("url", "/preise", "/technische-daten"),), 25, 1),
    ("email_clicked link_clicked", 5, (), 40, None),
    (
        "file_downloaded brochure_downloaded",
        10,
        (Condition("asset", "ends_with", (".pdf", ".zip")),),
        40,
        None,
    ),
    ("price_list_downloaded configurator_used", 20, (), 60, 7),
    ("demo_requested quote_requested", 50, (), 100, None),
    ("form_submitted", 25, (is_in("form", "angebot"),), 75, None),
)


def playbook() -> Model:
    """Make 40 rules: 19 for everybody and 7 for each of three product lines."""
    rules = [rule(f"general {number}", "general", None, *row) for number, row in enumerate(GENERAL)]
    for line in LINES:
        rules += [
            rule(f"{line.name} {number}", line.name, line.name, *row) for number, row in enumerate(BY_LINE)
        ]
    lifecycle = Lifecycle((), frozenset(), frozenset(), "mql")
    return Model("benchmark", LINES, (), (), CATEGORIES, tuple(rules), (), (), (), lifecycle, 0)


def rule(
    name: str,
    category: str,
    line: str | None,
    kinds: str,
    points: int,
    where: tuple[Condition, ...],
    limit: int | None,
    once_per: int | None,
) -> ScoringRule:
    """Make a row of the table a rule."""
    span = None if once_per is None else Duration(once_per * DAY)
    return ScoringRule(name, name, tuple(kinds.split()), points, category, where, line, limit, span)


def histories(persons: int, each: int = 25) -> list[list[Engagement]]:
    """Make what a year brings, in the store's order: mails and page views mostly, much that no rule wants."""
    rng = random.Random(2)
    kinds = rng.choices(*zip(*KIND_WEIGHTS.items(), strict=True), k=persons * each)
    return [
        sorted(
            (engagement(rng, f"{person} {number}", kinds[person * each + number]) for number in range(each)),
            key=lambda engagement: engagement.position,
        )
        for person in range(persons)
    ]


KIND_WEIGHTS = {
    "page_viewed": 30,
    "email_sent": 18,
    "email_opened": 16,
    "session_visited": 10,
    "email_clicked": 9,
    "record_changed": 4,
    "form_submitted": 2,
    "file_downloaded": 2,
    "link_clicked": 2,
    "site_searched": 1,
    "video_viewed": 1,
    "webinar_registered": 1,
    "webinar_attended": 1,
    "email_bounced": 1,
    "email_unsubscribed": 0.5,
    "career_page_viewed": 0.5,
    "price_list_downloaded": 0.3,
    "configurator_used": 0.3,
    "demo_requested": 0.2,
    "chat_held": 0.2,
}
PATHS = (
    *(
        "/",
        "/de/unternehmen",
        "/de/aktuelles",
        "/en/company",
        "/de/impressum",
        "/de/standorte",
        "/blog/blech",
    ),
    *("/de/referenzen/automotive", "/de/kontakt", "/karriere/ausbildung", "/de/newsletter/abmelden"),
    *(
        "/de/pressen/servo",
        "/de/pressen/servo/preise",
        "/de/umformtechnik",
        "/de/laser/faser/technische-daten",
    ),
    *("/de/laser/faser", "/de/service/wartung", "/de/retrofit", "/en/service/retrofit"),
)
ASSETS = ("", "", "Presse-SP400.pdf", "Laser-F3.pdf", "Retrofit-Checkliste.zip", "Imagefilm.mp4")


def tail(rng: random.Random) -> str:
    """Tag links as mailings and advertisements do: 40 campaigns; a tenth have a click id of their own."""
    if rng.random() < 0.1:
        return f"?gclid={rng.randbytes(20).hex()}"
    return f"?utm_source=mail&utm_campaign=2025-{rng.randrange(40):02d}"


def engagement(rng: random.Random, name: str, kind: str) -> Engagement:
    """Make one engagement with what its sender tells."""
    attributes: dict[str, Value] = {
        "url": f"https://www.example.com{rng.choice(PATHS)}{tail(rng)}",
        "email_name": f"{rng.randrange(1, 13):02d} Newsletter",
        "campaign": rng.choice(("Newsletter 2025", "Messe Hannover", "Retrofit Herbst", "Always on")),
    }
    if asset := rng.choice(ASSETS):
        attributes["asset"] = asset
    if kind == "form_submitted":
        attributes["form"] = rng.choice(("kontakt", "angebot", "newsletter", "rueckruf"))
    if kind == "site_searched":
        attributes["subject"] = rng.choice(("Preis Servopresse", "Ersatzteile", "Ansprechpartner"))
    at = Instant(START + rng.randrange(365 * DAY))
    return Engagement(engagement_id("benchmark", name), kind, at, "benchmark", (), attributes)
