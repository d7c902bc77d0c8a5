"""What is kept in step with the marketing automations, as the playbook names it."""

from typing import Annotated

from pydantic import Field

from chalicelib.domain.sync_fields import Owner
from chalicelib.playbook.fields_source import PURPOSE
from chalicelib.playbook.section import Section

_WORD = r"^[a-z][a-z0-9_]*(\{purpose\})?$"
_PARDOT_FIELD = r"^[A-Za-z][A-Za-z0-9_]*(\{purpose\})?[A-Za-z0-9_]*$"
_COLUMN = r"^[A-Za-z][A-Za-z0-9 _]*(\{purpose\})?[A-Za-z0-9 _]*$"


class SyncFieldSource(Section):
    """A value that the marketing automations hold of each Lead or Contact who may be written to."""

    word: Annotated[str, Field(pattern=_WORD, max_length=60)] = Field(
        description="Our word for it; `opt_in_{purpose}` makes one for each purpose of mailings",
        examples=["job_title"],
    )
    owner: Owner = Field(
        description="Who alone may change it: `salesforce` are its people, `smarketing` is what it knows of "
        "the person; a value of another owner is read and never written. A change by anybody else is a "
        "conflict: the owner's value is written again, and `smarketing sync conflicts` shows it",
        examples=["salesforce"],
    )
    account_engagement: Annotated[str, Field(pattern=_PARDOT_FIELD, max_length=60)] | None = Field(
        default=None,
        description="Field of the prospect; `{purpose}` stands for the purpose; left out: it doesn't hold it",
        examples=["jobTitle"],
    )
    marketing_cloud: Annotated[str, Field(pattern=_COLUMN, max_length=50)] | None = Field(
        default=None,
        description="Column of the data extension; `{purpose}` stands for the purpose; left out: it doesn't "
        "hold it",
        examples=["JobTitle"],
    )


def about(text: str, purpose: str) -> str:
    """Put a purpose's name into a word or a platform's name, as in `opt_in_{purpose}`."""
    return text.replace(PURPOSE, purpose)
