"""The compiled playbook: what both teams agreed, as plain values that the rules of the numbers run on."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from chalicelib.domain.activity import ActivityTerms
from chalicelib.domain.checklist import ChecklistItem
from chalicelib.domain.consent import Channel
from chalicelib.domain.duplicates import DuplicateTerms
from chalicelib.domain.engagement import Value
from chalicelib.domain.enrichment_plan import EnrichmentPlan
from chalicelib.domain.instant import Duration
from chalicelib.domain.journey_rules import JourneyRules
from chalicelib.domain.routing_plan import RoutingPlan
from chalicelib.domain.sync_fields import SyncField
from chalicelib.domain.working_order import WorkingOrder

Operator = Literal[
    "equals",
    "not_equals",
    "in",
    "not_in",
    "contains",
    "starts_with",
    "ends_with",
    "at_least",
    "at_most",
    "exists",
    "missing",
]

Grade = Literal["A+", "A", "A-", "B+", "B", "B-", "C+", "C", "C-", "D+", "D", "D-", "F"]
GRADES: tuple[Grade, ...] = ("A+", "A", "A-", "B+", "B", "B-", "C+", "C", "C-", "D+", "D", "D-", "F")
"""Best first; each step is a third."""


@dataclass(frozen=True, slots=True)
class Condition:
    """`field operator value`; text is compared without regard to case.

    A missing field fails every operator but `missing`, `not_equals` and `not_in`. `in`, `not_in`, `contains`,
    `starts_with` and `ends_with` take a tuple: any of them.
    """

    field: str
    operator: Operator
    value: Value | tuple[Value, ...] | None = None


@dataclass(frozen=True, slots=True)
class ProductLine:
    """What the company sells and scores apart; recognised by any of its conditions on an engagement."""

    name: str
    label: str
    recognised_by: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Category:
    """A share of the score that fades with one half-life (None: never) and holds at most `cap` points."""

    name: str
    half_life: Duration | None
    cap: float | None


@dataclass(frozen=True, slots=True)
class ScoringRule:
    """Points for engagements of some kinds that meet all conditions and, if named, the product line."""

    name: str
    label: str
    kinds: tuple[str, ...]
    points: int
    category: str
    where: tuple[Condition, ...] = ()
    product_line: str | None = None
    limit: int | None = None
    once_per: Duration | None = None


@dataclass(frozen=True, slots=True)
class Criterion:
    """Moves the grade by thirds: up where all conditions on the profile hold, else down.

    Where the profile has none of the fields that the conditions name, it moves nothing.
    """

    name: str
    label: str
    where: tuple[Condition, ...]
    up: int = 0
    down: int = 0


@dataclass(frozen=True, slots=True)
class Exclusion:
    """A reason never to hand somebody over; all conditions hold on the profile, `email` or `email_domain`."""

    name: str
    label: str
    where: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Gate:
    """One way to become marketing qualified for a product line; everything that is set must hold.

    Attributes:
        min_score: least score over all categories.
        min_category: least score of the product line's own category.
        min_grade: worst grade that passes.
        hand_raiser_kinds: the person did one of these, about this product line, within `within`.
        where: further conditions on the hand-raising engagement.
    """

    name: str
    label: str
    min_score: float | None = None
    min_category: float | None = None
    min_grade: Grade | None = None
    hand_raiser_kinds: tuple[str, ...] = ()
    where: tuple[Condition, ...] = ()
    within: Duration | None = None


@dataclass(frozen=True, slots=True)
class EngagementKind:
    """A kind of engagement that the teams know; sales sees it as a touchpoint where `touchpoint` is set."""

    name: str
    label: str
    touchpoint: bool


@dataclass(frozen=True, slots=True)
class Purpose:
    """What a person may opt in to.

    Attributes:
        contactable: sales may get in touch with whoever opted in.
        marketing: mailings are sent about it; it permits the sync to a marketing automation.
    """

    name: str
    label: str
    contactable: bool
    channels: tuple[Channel, ...] = ("email",)
    labels: Mapping[str, str] = field(default_factory=dict)
    """By language, `en` and `de`."""
    marketing: bool = True


@dataclass(frozen=True, slots=True)
class Brand:
    """A name under which the company writes; each has consents of its own."""

    name: str
    label: str


@dataclass(frozen=True, slots=True)
class Wording:
    """The very words that a person agrees to, by language, and the version that the proof names."""

    version: str
    texts: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ConsentTerms:
    """What the company asks its consents by.

    Attributes:
        company: who asks, as people read it.
        brands: the first is meant where a source names none.
        notice_version: of the privacy notice.
        wordings: by purpose.
        confirm_within: how long the link of a double opt-in lives.
        existing_customer: purposes that advertise similar goods, as UWG 7(3) permits to customers.
    """

    company: str
    brands: tuple[Brand, ...]
    notice_version: str
    notice_url: str
    wordings: Mapping[str, Wording]
    confirm_within: Duration
    existing_customer: frozenset[str]


@dataclass(frozen=True, slots=True)
class Transition:
    """A step of the lifecycle that is allowed."""

    source: str
    target: str


@dataclass(frozen=True, slots=True)
class Recycling:
    """When a product line may open an interest again after one was closed for a reason.

    Attributes:
        after: how long after the closing; None: as long as the stage cools off.
        needs: kinds of engagement, one of which has to happen after the closing; empty: none has to.
        afresh: only what happened after the closing counts for the gates.
    """

    after: "Duration | None" = None
    needs: frozenset[str] = frozenset()
    afresh: bool = False


@dataclass(frozen=True, slots=True)
class OutcomeStep:
    """What an engagement with an opportunity makes of the interest behind it."""

    stage: str
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Lifecycle:
    """The stages of an interest. An interest in a `closed` stage is over; the rest are open."""

    stages: tuple[str, ...]
    closed: frozenset[str]
    transitions: frozenset[Transition]
    handoff_stage: str
    """The stage that a new interest has in the Sales Support queue."""
    cool_off: "dict[str, Duration]" = field(default_factory=dict)
    """After an interest was closed in this stage, how long before the product line may open another."""
    checked: frozenset[str] = frozenset()
    """Stages that an interest enters only with a complete checklist."""
    recycling: "dict[str, Recycling]" = field(default_factory=dict)
    """By reason."""
    outcomes: "dict[str, OutcomeStep]" = field(default_factory=dict)
    """By kind of engagement."""

    @property
    def with_support(self) -> tuple[str, ...]:
        """The stages in which Sales Support works on an interest: from them a checked one follows."""
        before = {step.source for step in self.transitions if step.target in self.checked}
        return tuple(each for each in self.stages if each in before or each == self.handoff_stage)


@dataclass(frozen=True, slots=True)
class Model:
    """A whole playbook, compiled from its YAML."""

    version: str
    """Hash of the playbook's content: equal content has an equal version."""
    product_lines: tuple[ProductLine, ...]
    kinds: tuple[EngagementKind, ...]
    purposes: tuple[Purpose, ...]
    consent: ConsentTerms
    categories: tuple[Category, ...]
    """Each product line has a category of its own name; there may be more."""
    rules: tuple[ScoringRule, ...]
    criteria: tuple[Criterion, ...]
    exclusions: tuple[Exclusion, ...]
    gates: tuple[Gate, ...]
    lifecycle: Lifecycle
    touchpoint_backfill: int
    """How many of the latest touchpoints a person brings along when Salesforce first learns of them."""
    owned_fields: tuple[str, ...] = ()
    """Fields in Salesforce that Smarketing alone writes, as `Lead.Smarketing_Score__c`."""
    sync: tuple[SyncField, ...] = ()
    """What the marketing automations hold of whom they may write to."""
    checklist: tuple[ChecklistItem, ...] = ()
    """What Sales Support finds out before an interest goes on to sales."""
    working_order: WorkingOrder = field(default_factory=WorkingOrder)
    """In which order Sales Support works its queue."""
    enrichment: EnrichmentPlan = field(default_factory=EnrichmentPlan)
    """What is looked for when an interest opens, and where."""
    journeys: JourneyRules = field(default_factory=JourneyRules)
    """What ends, pauses and limits mailings."""
    routing: RoutingPlan = field(default_factory=RoutingPlan)
    """Who in sales takes over which interest, and by when."""
    activities: ActivityTerms = field(default_factory=ActivityTerms)
    """What in Salesforce is sales' own touchpoint."""
    duplicates: DuplicateTerms = field(default_factory=DuplicateTerms)
    """When two records are one, and what stays of them."""
