"""The playbook as both teams write it: one file a section, every key explained for the editor's help."""

import re
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from chalicelib.domain.engagement import Value
from chalicelib.domain.instant import DAY, HOUR, MINUTE, Duration
from chalicelib.domain.model import Grade, Operator

_UNITS = {"d": DAY, "h": HOUR, "m": MINUTE}
_SPAN = re.compile(r"(\d+(?:\.\d+)?) ?([dhm])")


def read_span(written: Any) -> Any:
    """Read `30d`, `12h` or `90m` as milliseconds; milliseconds, as a published playbook has them, stay.

    Raises:
        ValueError: it has another form.
    """
    if isinstance(written, int) and not isinstance(written, bool):
        return written
    match = _SPAN.fullmatch(written) if isinstance(written, str) else None
    if match is None:
        raise ValueError("write a span as 30d, 12h or 90m")
    return round(float(match[1]) * _UNITS[match[2]])


Span = Annotated[
    int,
    BeforeValidator(read_span),
    Field(json_schema_extra={"type": ["string", "integer"], "pattern": _SPAN.pattern}),
]
"""A span of time in milliseconds, written as `30d`, `12h` or `90m`."""

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]
Text = Annotated[str, Field(min_length=1)]


class Section(BaseModel):
    """Part of a playbook: unknown keys are refused, so that a misspelt one is seen."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Label(Section):
    """What people read, in both languages."""

    en: Text = Field(description="English")
    de: Text = Field(description="German")


class Term(Section):
    """A word that both teams use in one meaning."""

    term: Label = Field(description="The word")
    definition: Label = Field(description="What both teams mean by it")


class Rule(Section):
    """A condition: `field operator value`."""

    field: Name = Field(description="Attribute of the engagement, or field of the person's profile")
    operator: Operator = Field(description="How the field is compared; text without regard to case")
    value: Value | list[Value] | None = Field(
        default=None, description="What it is compared with; a list means any of them"
    )


class ProductLineSource(Section):
    """Something the company sells and scores apart."""

    name: Name = Field(description="Short name, used as the category's name as well")
    label: Label
    recognised_by: list[Rule] = Field(
        default=[], description="An engagement for which any of these holds is about this product line"
    )


class KindSource(Section):
    """A kind of engagement."""

    name: Name = Field(description="As the sources name it")
    label: Label
    touchpoint: bool = Field(description="Whether sales sees it in Salesforce")


class PurposeSource(Section):
    """Something a person may opt in to."""

    name: Name
    label: Label
    contactable: bool = Field(description="Whether an opt-in to it lets sales get in touch")


class CategorySource(Section):
    """A share of the score."""

    name: Name = Field(description="A product line's name, or a name of its own")
    half_life: Span | None = Field(
        default=None, description="Points halve in this span; left out: they never fade"
    )
    cap: float | None = Field(default=None, description="The most it may hold")


class ScoringRuleSource(Section):
    """Points for engagements."""

    name: Name
    label: Label
    kinds: list[Name] = Field(min_length=1, description="Kinds of engagement that it counts")
    points: int = Field(description="Whole; below 0 they lower the score")
    category: Name | None = Field(default=None, description="Where the points go; not with for_each")
    for_each: Literal["product_line"] | None = Field(
        default=None, description="Makes one rule per product line, for engagements about it, in its category"
    )
    where: list[Rule] = Field(default=[], description="All of these must hold on the engagement")
    limit: int | None = Field(default=None, description="The most that this rule's bucket may hold")
    once_per: Span | None = Field(default=None, description="In this span only the first match counts")


class Scoring(Section):
    """How interest becomes points."""

    categories: list[CategorySource]
    rules: list[ScoringRuleSource]


class CriterionSource(Section):
    """Moves the grade, which starts at D, by thirds."""

    name: Name
    label: Label
    where: list[Rule] = Field(min_length=1, description="All of these must hold on the profile")
    up: int = Field(default=0, ge=0, le=10, description="Thirds up where they hold")
    down: int = Field(default=0, ge=0, le=10, description="Thirds down where they are known not to hold")


class ExclusionSource(Section):
    """A reason never to hand somebody over."""

    name: Name
    label: Label
    where: list[Rule] = Field(min_length=1, description="All of these hold on profile, email or email_domain")


class GateSource(Section):
    """One way to become marketing qualified; everything that is given must hold."""

    name: Name
    label: Label
    min_score: float | None = Field(default=None, gt=0, description="Least score in all")
    min_category: float | None = Field(
        default=None, gt=0, description="Least score of the product line's category"
    )
    min_grade: Grade | None = Field(default=None, description="Worst grade that passes")
    hand_raiser: list[Name] = Field(default=[], description="Kinds by which somebody asks to be contacted")
    where: list[Rule] = Field(default=[], description="All of these must hold on the hand-raising engagement")
    within: Span | None = Field(default=None, description="How long a raised hand counts")


class StageSource(Section):
    """A stage of an interest."""

    name: Name
    label: Label
    next: list[Name] = Field(default=[], description="Stages that may follow")
    closed: bool = Field(default=False, description="The interest is over")
    cool_off: Span | None = Field(
        default=None, description="After it, how long before the product line may open another interest"
    )


class ReasonSource(Section):
    """Why an interest is rejected or recycled."""

    name: Name
    label: Label


class LifecycleSource(Section):
    """The way of an interest."""

    stages: list[StageSource] = Field(min_length=2, description="In their order")
    opens_in: Name = Field(description="Stage that a new interest has in the Sales Support queue")
    reasons: list[ReasonSource] = Field(description="Why an interest may be rejected or recycled")


class Touchpoints(Section):
    """What sales sees of a person's history."""

    backfill: int = Field(ge=0, le=50, description="How many of the latest come along to a new Lead")


class PlaybookSource(Section):
    """A whole playbook; each key is a file of its own."""

    glossary: list[Term]
    product_lines: list[ProductLineSource] = Field(min_length=1)
    engagements: list[KindSource] = Field(min_length=1)
    purposes: list[PurposeSource] = Field(min_length=1)
    scoring: Scoring
    grading: list[CriterionSource]
    exclusions: list[ExclusionSource]
    gates: list[GateSource] = Field(min_length=1)
    lifecycle: LifecycleSource
    touchpoints: Touchpoints


SECTIONS = tuple(PlaybookSource.model_fields)
"""Names of the files, without their ending."""


def span(milliseconds: int | None) -> Duration | None:
    """Give a span as the domain's type."""
    return None if milliseconds is None else Duration(milliseconds)
