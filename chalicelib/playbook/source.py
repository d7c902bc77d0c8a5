"""The playbook as both teams write it: one file a section, every key explained for the editor's help."""

from typing import Annotated, Literal

from pydantic import Field

from chalicelib.domain.consent import Channel
from chalicelib.domain.model import Grade
from chalicelib.playbook.activities_source import ActivitiesSource
from chalicelib.playbook.condition_source import AttributeCondition, ProfileCondition
from chalicelib.playbook.consent_source import ConsentSource
from chalicelib.playbook.duplicates_source import DuplicatesSource
from chalicelib.playbook.enrichment_source import EnrichmentSource
from chalicelib.playbook.fields_source import FieldHelp, FieldLabel, SalesforceFieldSource
from chalicelib.playbook.forms import Kind, Name, ProfileField, Span
from chalicelib.playbook.journeys_source import JourneysSource
from chalicelib.playbook.routing_source import RoutingSource
from chalicelib.playbook.section import Label, Section
from chalicelib.playbook.sync_source import SyncFieldSource
from chalicelib.playbook.working_order_source import WorkingOrderSource


class Term(Section):
    """A word that both teams use in one meaning."""

    term: Label = Field(description="The word")
    definition: Label = Field(description="What both teams mean by it; Salesforce's help texts say the same")


class ProductLineSource(Section):
    """Something the company sells and scores apart."""

    name: Name = Field(
        description="Short name; the category of this name holds its points", examples=["presses"]
    )
    label: Label = Field(description="What people read")
    recognised_by: list[AttributeCondition] = Field(
        default=[],
        description="An engagement that names no `product_line` is about the first line of which any of "
        "these holds",
    )


class KindSource(Section):
    """A kind of engagement."""

    name: Name = Field(description="As the sources name it", examples=["demo_requested"])
    label: Label = Field(description="What sales reads in Salesforce")
    touchpoint: bool = Field(description="Whether sales sees it in Salesforce", examples=[True])


class PurposeSource(Section):
    """Something a person may opt in to."""

    name: Name = Field(description="As the sources name it in their opt-ins", examples=["product_news"])
    label: Label = Field(description="What people read")
    contactable: bool = Field(
        description="Whether an opt-in to it lets sales get in touch; without one nobody qualifies",
        examples=[True],
    )
    marketing: bool = Field(
        default=True,
        description="Whether mailings are sent about it; only then an opt-in to it lets somebody be "
        "synced to the marketing automation",
        examples=[True],
    )
    channels: list[Channel] = Field(
        default=["email"],
        min_length=1,
        description="Over which channels people may be reached about it; each is a consent of its own",
        examples=[["email", "phone"]],
    )


class CategorySource(Section):
    """A share of the score."""

    name: Name = Field(description="A product line's name, or one of its own", examples=["presses"])
    half_life: Span | None = Field(
        default=None, description="Points halve in this span; left out: they never fade", examples=["45d"]
    )
    cap: float | None = Field(
        default=None, description="The most it counts for; left out: there is no most", examples=[150]
    )


class ScoringRuleSource(Section):
    """Points for engagements."""

    name: Name = Field(description="Names the rule and its bucket of points", examples=["brochure"])
    label: Label = Field(description="What sales reads in the explanation of a score")
    kinds: list[Kind] = Field(
        min_length=1, description="Kinds of engagement that it counts", examples=[["brochure_downloaded"]]
    )
    points: int = Field(description="Whole; below 0 they lower the score", examples=[15])
    category: Name | None = Field(
        default=None, description="Where the points go; not with `for_each`", examples=["general"]
    )
    for_each: Literal["product_line"] | None = Field(
        default=None,
        description="Makes one rule `name.line` per product line, for engagements about it, with points in "
        "its category",
        examples=["product_line"],
    )
    where: list[AttributeCondition] = Field(default=[], description="All of these hold on the engagement")
    limit: int | None = Field(
        default=None,
        description="The most that the rule's bucket holds, above or below 0; left out: there is no most",
        examples=[30],
    )
    once_per: Span | None = Field(
        default=None, description="In this span only the first match counts", examples=["1d"]
    )


class Scoring(Section):
    """How interest becomes points."""

    categories: list[CategorySource] = Field(
        min_length=1, description="Shares of the score; one per product line, and others"
    )
    rules: list[ScoringRuleSource] = Field(min_length=1, description="What gives points")


class CriterionSource(Section):
    """Moves the grade, which starts at D, by thirds."""

    name: Name = Field(description="Names the criterion", examples=["size"])
    label: Label = Field(description="What people read")
    where: list[ProfileCondition] = Field(min_length=1, description="All of these hold on the profile")
    up: int = Field(default=0, ge=0, le=10, description="Thirds up where they hold", examples=[1])
    down: int = Field(
        default=0,
        ge=0,
        le=10,
        description="Thirds down where they don't; nothing where the profile tells none of the fields",
        examples=[1],
    )


class ExclusionSource(Section):
    """A reason never to hand somebody over."""

    name: Name = Field(description="Names the exclusion", examples=["student"])
    label: Label = Field(description="What people read")
    where: list[ProfileCondition] = Field(min_length=1, description="All of these hold on the profile")


class GateSource(Section):
    """One way to become marketing qualified; everything that is given must hold."""

    name: Name = Field(description="Names the gate; an interest keeps it", examples=["demo_request"])
    label: Label = Field(description="What people read")
    min_score: float | None = Field(default=None, gt=0, description="Least score in all", examples=[50])
    min_category: float | None = Field(
        default=None, gt=0, description="Least score of the product line's own category", examples=[80]
    )
    min_grade: Grade | None = Field(default=None, description="Worst grade that passes", examples=["B-"])
    hand_raiser: Annotated[list[Kind], Field(min_length=1)] | None = Field(
        default=None,
        description="Kinds by which somebody asks to be contacted",
        examples=[["demo_requested"]],
    )
    where: list[AttributeCondition] = Field(
        default=[], description="All of these hold on the hand-raising engagement"
    )
    within: Span | None = Field(
        default=None,
        description="How long a raised hand counts; left out: until it is answered",
        examples=["14d"],
    )


class StageSource(Section):
    """A stage of an interest."""

    name: Name = Field(description="Names the stage, in Salesforce, too", examples=["mql"])
    label: Label = Field(description="What people read")
    next: list[Name] = Field(
        default=[], description="Stages that may follow; other steps are refused", examples=[["sql"]]
    )
    closed: bool = Field(default=False, description="Whether the interest is over", examples=[False])
    cool_off: Span | None = Field(
        default=None,
        description="For closed stages: how long before the product line may open another interest",
        examples=["90d"],
    )
    checked: bool = Field(
        default=False,
        description="Whether an interest comes here only with a complete checklist (qualification.yaml)",
        examples=[True],
    )
    service_level: Span | None = Field(
        default=None,
        description="For open stages: within what span the next step is due; left out: there is no hurry",
        examples=["4h"],
    )


class ReasonSource(Section):
    """Why an interest is rejected or recycled."""

    name: Name = Field(description="Names the reason, in Salesforce, too", examples=["no_budget"])
    label: Label = Field(description="What people read")
    after: Span | None = Field(
        default=None,
        description="How long before the product line may open another interest; left out: as the stage says",
        examples=["90d"],
    )
    needs: list[Name] = Field(
        default=[],
        description="Kinds of engagement of which one has to happen after the closing; left out: none has to",
        examples=[["demo_requested"]],
    )
    afresh: bool = Field(
        default=False,
        description="Whether only what happened after the closing counts for the gates",
        examples=[True],
    )


class OutcomeSource(Section):
    """What an engagement with an opportunity makes of the interest behind it."""

    kind: Name = Field(description="Kind of engagement", examples=["opportunity_won"])
    stage: Name = Field(description="Stage that the interest goes to", examples=["customer"])
    reason: Name | None = Field(
        default=None, description="Reason that the interest is given", examples=["lost"]
    )


class LifecycleSource(Section):
    """The way of an interest."""

    stages: list[StageSource] = Field(
        min_length=2, description="In their order; the first is that of a person without an interest"
    )
    opens_in: Name = Field(
        description="Stage that a new interest has in the Sales Support queue", examples=["mql"]
    )
    reasons: list[ReasonSource] = Field(
        min_length=1, description="Why an interest may be rejected or recycled"
    )
    outcomes: list[OutcomeSource] = Field(
        default=[],
        description="What becomes of an interest by what happens to its opportunity; steps between are taken",
    )


class ChecklistItemSource(Section):
    """What Sales Support finds out before an interest goes on to sales."""

    name: Name = Field(
        description="Names the checkbox `Qualified_<Name>__c` of an interest", examples=["need_confirmed"]
    )
    label: FieldLabel = Field(description="What people read beside the checkbox")
    help: FieldHelp = Field(description="When to tick it")
    required: bool = Field(
        description="Whether an interest without it stays with Sales Support", examples=[True]
    )
    evidence: bool = Field(
        default=False,
        description="Whether a tick counts only with a line in `Evidence_<Name>__c`: what it rests on",
        examples=[True],
    )
    data: list[ProfileField] = Field(
        default=[],
        description="Fields of the Lead or Contact that have to be filled before the item holds",
        examples=[["phone", "job_title"]],
    )


class Touchpoints(Section):
    """What sales sees of a person's history."""

    backfill: int = Field(
        ge=1, le=50, description="How many of the latest come along to a new Lead", examples=[10]
    )


class PlaybookSource(Section):
    """A whole playbook; each key is a file of its own."""

    glossary: list[Term] = Field(min_length=1, description="The words that both teams use in one meaning")
    product_lines: list[ProductLineSource] = Field(
        min_length=1, description="What the company sells and scores apart, the most important first"
    )
    engagements: list[KindSource] = Field(
        min_length=1, description="The kinds of engagement that the teams know"
    )
    purposes: list[PurposeSource] = Field(min_length=1, description="What a person may opt in to")
    consent: ConsentSource = Field(
        description="Who asks for consents, by which words, and how long links hold"
    )
    scoring: Scoring = Field(description="How interest becomes points")
    grading: list[CriterionSource] = Field(description="How well a person fits: moves the grade from D")
    exclusions: list[ExclusionSource] = Field(description="Who is never handed over")
    gates: list[GateSource] = Field(min_length=1, description="The ways to become marketing qualified")
    lifecycle: LifecycleSource = Field(description="The stages of an interest and what may follow what")
    qualification: list[ChecklistItemSource] = Field(
        min_length=1, description="The checklist of Sales Support, in its order"
    )
    touchpoints: Touchpoints = Field(description="What sales sees of a person's history")
    fields: list[SalesforceFieldSource] = Field(
        description="The fields that Smarketing adds to Salesforce: what people read, and who alone may write"
    )
    sync: list[SyncFieldSource] = Field(
        default=[],
        description="What the marketing automations hold of whom they may write to, and who owns each value",
    )
    working_order: WorkingOrderSource = Field(
        default_factory=WorkingOrderSource,
        description="In which order Sales Support works its queue",
    )
    enrichment: EnrichmentSource = Field(
        default_factory=EnrichmentSource,
        description="What is looked for when an interest opens, and where; only empty fields are filled",
    )
    journeys: JourneysSource = Field(
        default_factory=JourneysSource, description="What ends, pauses and limits mailings"
    )
    routing: RoutingSource = Field(
        default_factory=RoutingSource,
        description="Who in sales takes over which interest, and by when",
    )
    activities: ActivitiesSource = Field(
        default_factory=ActivitiesSource,
        description="Which Tasks and Events of Salesforce are sales' own touchpoints",
    )
    duplicates: DuplicatesSource | None = Field(
        default=None, description="When two records are one, and what stays of them when they are merged"
    )


SECTIONS = tuple(PlaybookSource.model_fields)
"""Names of the files, without their ending."""
