"""The playbook's section on journeys: what ends, pauses and limits mailings."""

from typing import Annotated

from pydantic import Field

from chalicelib.playbook.forms import Name, Span
from chalicelib.playbook.section import Section

Key = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]+$", max_length=100)]


class PromotionSource(Section):
    """What a purchase does to the promotion of its product line."""

    product_line: Name = Field(description="Whose promotion it is", examples=["presses"])
    barred_for: Span | None = Field(
        default=None,
        description="How long nobody who bought gets it; left out: for good",
        examples=["365d"],
    )
    journeys: list[Key] = Field(
        default=[],
        description="Definition keys of journeys in Marketing Cloud that a purchase ends",
        examples=[["presses-novelties"]],
    )
    lists: list[Key] = Field(
        default=[],
        description="Ids of lists in Account Engagement that a purchase takes off",
        examples=[["4711"]],
    )
    suppression_list: Key | None = Field(
        default=None,
        description="Id of a list in Account Engagement that a purchase puts on, until the bar ends",
        examples=["4712"],
    )


class PauseSource(Section):
    """Something that is going on with a person, while which some mailings wait."""

    name: Name = Field(description="Names the pause", examples=["support_case"])
    begins: list[Name] = Field(
        min_length=1, description="Kinds of engagement that begin it", examples=[["support_case_opened"]]
    )
    ends: list[Name] = Field(
        min_length=1, description="Kinds of engagement that end it", examples=[["support_case_closed"]]
    )
    named_by: Name = Field(
        description="Attribute by which the end belongs to its beginning", examples=["case"]
    )
    purposes: list[Name] = Field(
        default=[], description="Whose mailings wait; left out: all of them", examples=[["newsletter"]]
    )
    longest: Span = Field(description="After which it is over though nobody said so", examples=["30d"])


class CapSource(Section):
    """How many mailings a person may get, across all platforms."""

    most: int = Field(ge=1, le=32, description="Number of mailings", examples=[2])
    within: Span = Field(description="In this time", examples=["7d"])
    kept_for: Span = Field(
        description="How long a permission counts whose mailing nobody told; within it a journey writes",
        examples=["1d"],
    )
    kinds: list[Name] = Field(
        min_length=1,
        description="Kinds of engagement by which platforms tell that a mailing went out",
        examples=[["email_sent"]],
    )
    exempt: list[Name] = Field(
        default=[],
        description="Purposes whose mailings go out all the same, and count",
        examples=[["contact_request"]],
    )


class JourneysSource(Section):
    """What ends, pauses and limits mailings."""

    bought: list[Name] = Field(
        default=[], description="Kinds of engagement that are purchases", examples=[["product_purchased"]]
    )
    bought_stages: list[Name] = Field(
        default=[],
        description="Stages that an interest has once its product line is bought",
        examples=[["customer"]],
    )
    promotions: list[PromotionSource] = Field(default=[], description="By product line")
    pauses: list[PauseSource] = Field(default=[], description="What makes mailings wait")
    cap: CapSource | None = Field(default=None, description="How many there may be; left out: any number")
