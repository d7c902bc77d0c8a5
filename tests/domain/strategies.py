"""Generated playbooks and histories: few kinds and short spans, so that rules meet, repeat and run full."""

from hypothesis import strategies as st

from chalicelib.domain.engagement import Engagement, engagement_id
from chalicelib.domain.instant import DAY, HOUR, Duration, Instant
from chalicelib.domain.model import Category, Condition, Model, ScoringRule
from tests.domain import builders

KINDS = ("email_clicked", "page_viewed", "form_submitted", "support_case_opened")
URLS = ("https://x.example/Pressen/preise", "https://x.example/laser", "https://x.example/", "")
CATEGORIES = ("general", "presses", "lasers")

spans = st.one_of(
    st.just(Duration(1)),
    st.sampled_from([HOUR, DAY, Duration(7 * DAY), Duration(90 * DAY)]),
    st.integers(1, 400 * DAY).map(Duration),
)
conditions = st.sampled_from(
    [
        (),
        (Condition("url", "contains", ("preise", "LASER")),),
        (Condition("amount", "at_least", 100),),
        (Condition("url", "missing"), Condition("amount", "at_most", 500)),
        (Condition("url", "not_in", ("https://x.example/",)),),
    ]
)
instants = st.integers(builders.START, builders.START + 365 * DAY).map(Instant)


@st.composite
def rules(draw: st.DrawFn, number: int) -> ScoringRule:
    points = draw(st.integers(-60, 100))
    return ScoringRule(
        name=f"rule {number}",
        label=f"Rule {number}",
        kinds=tuple(draw(st.sets(st.sampled_from(KINDS), min_size=1, max_size=3))),
        points=points,
        category=draw(st.sampled_from(CATEGORIES)),
        where=draw(conditions),
        product_line=draw(st.sampled_from([None, None, "presses", "lasers"])),
        limit=draw(st.one_of(st.none(), st.integers(1, 200))),
        once_per=draw(st.one_of(st.none(), spans)),
    )


@st.composite
def models(draw: st.DrawFn) -> Model:
    number = draw(st.integers(1, 8))
    return builders.model(
        *(draw(rules(each)) for each in range(number)),
        categories=tuple(
            Category(
                name,
                draw(st.one_of(st.none(), spans.filter(lambda span: span >= HOUR))),
                draw(st.one_of(st.none(), st.floats(1, 200))),
            )
            for name in CATEGORIES
        ),
    )


@st.composite
def engagements(draw: st.DrawFn, number: int) -> Engagement:
    attributes: dict[str, str | int] = {}
    if url := draw(st.sampled_from(URLS)):
        attributes["url"] = url
    if draw(st.booleans()):
        attributes["amount"] = draw(st.integers(0, 1000))
    if draw(st.integers(0, 5)) == 0:
        attributes["product_line"] = draw(st.sampled_from(["presses", "Lasers", "unknown"]))
    near = st.integers(0, 3).map(lambda hours: Instant(builders.START + hours * HOUR))
    return Engagement(
        id=engagement_id("test", str(number)),
        kind=draw(st.sampled_from((*KINDS, "never_scored"))),
        occurred_at=draw(st.one_of(instants, near)),
        source="test",
        keys=(),
        attributes=attributes,
    )


@st.composite
def histories(draw: st.DrawFn, least: int = 0) -> list[Engagement]:
    """Engagements in any order of time, some of them at the same millisecond; every id once."""
    number = draw(st.integers(least, 25))
    return [draw(engagements(each)) for each in range(number)]
