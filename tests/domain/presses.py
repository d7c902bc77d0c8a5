"""A small playbook about presses, and what people do with it."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from chalicelib.domain.consent import Consent
from chalicelib.domain.engagement import Engagement, PersonKey, Value, engagement_id, person_key
from chalicelib.domain.instant import DAY
from chalicelib.domain.model import EngagementKind, Gate, Lifecycle, Model, Transition
from tests.domain.builders import category, day, model, rule
from tests.domain.consents import permit

STAGES = ("inquiry", "mql", "sql", "rejected")


def playbook(**changes: Any) -> Model:
    """Presses score by page views and forms; 50 points or a demo request open an interest."""
    rules = (
        rule("viewed", 5, "presses", kinds=("page_viewed",), product_line="presses", limit=40),
        rule("asked", 30, "presses", kinds=("form_submitted",), product_line="presses"),
        rule("bounced", -20, "presses", kinds=("email_bounced",), product_line="presses"),
    )
    small = model(
        *rules,
        categories=(
            category("general"),
            category("presses", half_life=30 * DAY, cap=100),
            category("lasers"),
        ),
        gates=(
            Gate("strong_interest", "Warm", min_category=50),
            Gate("demo_request", "Asked for a demo", hand_raiser_kinds=("demo_requested",), within=14 * DAY),
        ),
    )
    lifecycle = Lifecycle(
        stages=STAGES,
        closed=frozenset({"rejected"}),
        transitions=frozenset(
            {Transition("mql", "sql"), Transition("mql", "rejected"), Transition("sql", "rejected")}
        ),
        handoff_stage="mql",
        cool_off={"rejected": 10 * DAY},
    )
    kinds = (
        EngagementKind("page_viewed", "Viewed a page", touchpoint=True),
        EngagementKind("form_submitted", "Sent a form", touchpoint=True),
        EngagementKind("demo_requested", "Asked for a demo", touchpoint=True),
        EngagementKind("email_sent", "Got a mail", touchpoint=False),
    )
    return replace(small, kinds=kinds, lifecycle=lifecycle, **changes)


def told(
    kind: str = "page_viewed",
    on: float = 0,
    *,
    keys: Sequence[PersonKey] = (person_key("email", "a@example.com"),),
    name: str = "",
    consents: Sequence[Consent] = (),
    profile: dict[str, str] | None = None,
    **attributes: Value,
) -> Engagement:
    """An engagement about presses, so many days after the start."""
    return Engagement(
        id=engagement_id("test", kind, str(on), name),
        kind=kind,
        occurred_at=day(on),
        source="test",
        keys=tuple(keys),
        attributes={"product_line": "presses", **attributes},
        profile=profile or {},
        consents=tuple(consents),
    )


def opted_in(on: float = 0, **more: Any) -> Engagement:
    return told("opted_in", on, consents=[permit()], **more)
