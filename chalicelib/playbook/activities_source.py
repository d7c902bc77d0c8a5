"""The playbook's section on sales' own touchpoints: which Tasks and Events of Salesforce they are."""

from typing import Annotated

from pydantic import Field

from chalicelib.domain.activity import ActivityTerms
from chalicelib.playbook.forms import Kind
from chalicelib.playbook.section import Section

_Word = Annotated[str, Field(pattern=r"\S", max_length=255)]


class ActivityTypeSource(Section):
    """What the types of activities mean."""

    kind: Kind = Field(description="Kind of engagement", examples=["sales_called"])
    types: list[_Word] = Field(
        min_length=1,
        description="Values of the field Type of Tasks and Events, as the org has them; of a Task they count "
        "where Salesforce itself does not know it to be a call or an e-mail, of an Event that is no meeting",
        examples=[["Call", "Anruf"]],
    )


class ForeignActivitiesSource(Section):
    """What is logged as a Task or Event and none of sales' doing."""

    subjects: list[_Word] = Field(
        default=[], description="Beginnings of subjects", examples=[["Pardot List Email:"]]
    )
    users: list[_Word] = Field(
        default=[],
        description="Beginnings of names of users who make such records",
        examples=[["b2bmaintegration@"]],
    )


class ActivitiesSource(Section):
    """Sales' own touchpoints."""

    kinds: list[ActivityTypeSource] = Field(default=[], description="What the types mean")
    not_sales: ForeignActivitiesSource = Field(
        default_factory=ForeignActivitiesSource, description="What is none of sales' doing"
    )


def activity_terms(source: ActivitiesSource) -> ActivityTerms:
    """Compile the section."""
    return ActivityTerms(
        kinds={word.strip().casefold(): each.kind for each in source.kinds for word in each.types},
        foreign_subjects=tuple(each.strip().casefold() for each in source.not_sales.subjects),
        foreign_users=tuple(each.strip().casefold() for each in source.not_sales.users),
    )
