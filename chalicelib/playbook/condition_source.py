"""Conditions as people write them: on what an engagement tells, on a profile, on an interest."""

from collections.abc import Sequence

from pydantic import Field

from chalicelib.domain.engagement import Value
from chalicelib.domain.model import Condition, Operator
from chalicelib.playbook.forms import Attribute, Name, ProfileField
from chalicelib.playbook.section import Section


class ConditionSource(Section):
    """A condition: `field operator value`."""

    field: Name = Field(description="What is looked at", examples=["url"])
    operator: Operator = Field(
        description="How it is compared, without regard to case; a field that is not told meets only "
        "`missing`, `not_equals` and `not_in`",
        examples=["contains"],
    )
    value: Value | list[Value] | None = Field(
        default=None,
        description="What it is compared with; a list means any of them. None with `exists` and `missing`",
        examples=["/pressen"],
    )


class AttributeCondition(ConditionSource):
    """A condition on what an engagement tells."""

    field: Attribute = Field(description="Attribute of the engagement", examples=["url"])


class ProfileCondition(ConditionSource):
    """A condition on what is known of the person."""

    field: ProfileField = Field(
        description="Field of the person's profile, `email` or `email_domain`", examples=["job_title"]
    )


def conditions_of(sources: Sequence[ConditionSource]) -> tuple[Condition, ...]:
    """Turn conditions into the domain's."""
    return tuple(
        Condition(
            each.field, each.operator, tuple(each.value) if isinstance(each.value, list) else each.value
        )
        for each in sources
    )
