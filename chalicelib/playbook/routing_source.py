"""The playbook's section on routing: who in sales takes over which interest, and by when."""

from typing import Annotated, Literal

from pydantic import Field

from chalicelib.domain.instant import HOUR
from chalicelib.domain.routing_plan import Overdue
from chalicelib.playbook.condition_source import ConditionSource
from chalicelib.playbook.forms import Name, Span, write_span
from chalicelib.playbook.section import Section
from chalicelib.playbook.vocabulary import ROUTED_BY

UserName = Annotated[str, Field(pattern=r"^[^\s@]+@[^\s@]+$", max_length=80)]
Clock = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$|^24:00$")]
Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
RoutedBy = Annotated[Name, Field(json_schema_extra={"enum": ROUTED_BY})]


class HoursSource(Section):
    """When a team works. Holidays are those of the country and state, by the library `holidays`."""

    name: Name = Field(description="Names the hours", examples=["stuttgart"])
    country: Annotated[str, Field(pattern=r"^([A-Z]{2})?$")] = Field(
        default="", description="Whose holidays are kept, by two letters; left out: none are", examples=["DE"]
    )
    state: Annotated[str, Field(pattern=r"^[A-Z0-9]{0,5}$")] = Field(
        default="", description="Of the country, as holidays differ", examples=["BW"]
    )
    zone: str = Field(description="Time zone of the wall clock", examples=["Europe/Berlin"])
    days: list[Day] = Field(min_length=1, description="Working days", examples=[["mon", "tue", "wed"]])
    opens: Clock = Field(description="When work begins", examples=["08:00"])
    closes: Clock = Field(description="When it ends", examples=["17:00"])


class RepSource(Section):
    """Somebody in sales."""

    user: UserName = Field(description="User name in Salesforce", examples=["max.vogt@maschinen.example"])
    hours: Name = Field(description="Which hours they work", examples=["stuttgart"])
    capacity: int = Field(
        default=1,
        ge=1,
        le=20,
        description="How many they take while one of capacity 1 takes one",
        examples=[2],
    )
    most_open: int | None = Field(
        default=None,
        ge=1,
        le=10_000,
        description="Interests in their hands above which they get no more; left out: no bound",
        examples=[25],
    )


class RoutingCondition(ConditionSource):
    """A condition on the interest, and on its Lead, Contact or Account."""

    field: RoutedBy = Field(description="What is looked at", examples=["country"])


class PoolSource(Section):
    """A territory or product line, and who shares it; the first pool whose conditions hold is meant."""

    name: Name = Field(description="Names the pool, in reports and explanations", examples=["presses_south"])
    where: list[RoutingCondition] = Field(
        default=[], description="Conditions that all hold; left out: whatever came to no pool before"
    )
    reps: list[UserName] = Field(
        min_length=1, description="Who shares it", examples=[["max.vogt@maschinen.example"]]
    )
    lead: UserName | None = Field(
        default=None,
        description="Who gets what nobody accepts in time, or nobody is there for",
        examples=["ute.lang@maschinen.example"],
    )


class AcceptanceSource(Section):
    """By when sales accepts or rejects what it got."""

    within: Span = Field(description="Working time of whoever got it", examples=["8h"])
    overdue: Overdue = Field(
        description="Then it counts as accepted (`accept`), or the pool's lead gets it (`escalate`)",
        examples=["escalate"],
    )


def _one_day() -> AcceptanceSource:
    return AcceptanceSource.model_validate({"within": write_span(8 * HOUR), "overdue": "escalate"})


class RoutingSource(Section):
    """Who in sales takes over which interest, and by when; without pools Sales Support finds somebody."""

    hours: list[HoursSource] = Field(default=[], description="When teams work; the first are those of leads")
    reps: list[RepSource] = Field(default=[], description="Everybody in sales who takes over interests")
    pools: list[PoolSource] = Field(default=[], description="Who shares what, the narrowest first")
    account_owner_first: bool = Field(
        default=True,
        description="Whether an Account's owner who is a rep gets its interests before any pool",
        examples=[True],
    )
    fallback: Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_]*$", max_length=80)] = Field(
        default="Sales",
        description="Developer name of the queue that gets what nobody is there for",
        examples=["Sales"],
    )
    acceptance: AcceptanceSource = Field(
        default_factory=_one_day, description="By when sales accepts or rejects"
    )
