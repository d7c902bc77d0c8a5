"""The playbook's section on the order in which Sales Support works its queue."""

from typing import Annotated

from pydantic import Field

from chalicelib.domain.model import Grade
from chalicelib.domain.working_order import WEEK
from chalicelib.playbook.forms import Name, Span, write_span
from chalicelib.playbook.section import Section

_Money = Annotated[float, Field(ge=0, le=1e12)]
_Share = Annotated[float, Field(ge=0, le=1)]


class WorkingOrderSource(Section):
    """What makes an interest's turn come sooner: what it is worth, how old it is, when it is due."""

    values: dict[Name, _Money] = Field(
        default={},
        description="By product line, what business in it is usually worth, in the org's currency; counts "
        "where nobody has written an expected value",
        examples=[{"presses": 80_000}],
    )
    chances: dict[Grade, _Share] = Field(
        default={},
        description="By grade, how often such an interest becomes business; a grade that is left out: never",
        examples=[{"A": 0.4}],
    )
    unit: float = Field(
        default=1_000.0,
        gt=0,
        le=1e12,
        description="Worth (value times chance) is counted in this much",
        examples=[1_000],
    )
    per_doubling: Span = Field(
        default_factory=lambda: write_span(3_600_000),
        validate_default=True,
        description="How much sooner the turn comes with each doubling of the worth",
        examples=["1h"],
    )
    most: Span = Field(
        default_factory=lambda: write_span(86_400_000),
        validate_default=True,
        description="How much sooner at most; whoever waits longer overtakes any worth",
        examples=["1d"],
    )
    age_weight: _Share = Field(
        default=0.5,
        description="From 0, where only the service level counts, to 1, where only the age does",
        examples=[0.5],
    )
    patience: Span = Field(
        default_factory=lambda: write_span(WEEK),
        validate_default=True,
        description="Stands in for the service level of stages that have none",
        examples=["7d"],
    )
