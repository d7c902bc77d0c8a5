"""The playbook's section on consent: who asks for it, by which words, and how it is confirmed."""

from typing import Annotated

from pydantic import Field, HttpUrl, StringConstraints

from chalicelib.playbook.forms import Name, Span
from chalicelib.playbook.section import Label, Section

Version = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$")]


class BrandSource(Section):
    """A name under which the company writes to people."""

    name: Name = Field(description="As the sources name it", examples=["main"])
    label: Label = Field(description="What people read")


class PrivacyNoticeSource(Section):
    """The privacy notice that people are pointed to when they are asked."""

    version: Version = Field(description="The proof of a consent names it", examples=["2026-01"])
    url: HttpUrl = Field(description="Where it stands", examples=["https://www.example.com/privacy"])


class WordingSource(Section):
    """The very words by which people agree to a purpose."""

    purpose: Name = Field(description="The purpose", examples=["newsletter"])
    version: Version = Field(
        description="Give another one whenever a word changes: each proof names it",
        examples=["2026-01"],
    )
    text: Label = Field(description="What stands beside the checkbox and in the mail; `{company}` is put in")


class ConsentSource(Section):
    """How the company asks for consents."""

    company: str = Field(min_length=1, max_length=200, description="Who asks, as people read it")
    brands: list[BrandSource] = Field(
        min_length=1, description="Each has consents of its own; the first is meant where a source names none"
    )
    privacy_notice: PrivacyNoticeSource = Field(description="What people are told about their data")
    wordings: list[WordingSource] = Field(min_length=1, description="One of each purpose")
    confirm_within: Span = Field(
        description="How long the link in the mail of a double opt-in holds", examples=["7d"]
    )
    existing_customer: list[Name] = Field(
        default=[],
        description="Purposes that advertise similar goods of our own, about which a customer may be written "
        "to without an opt-in if the four conditions of UWG section 7(3) are proven",
    )
