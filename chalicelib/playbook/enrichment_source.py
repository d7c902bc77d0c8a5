"""The playbook's section on enrichment: who is asked for what is not known of a company."""

from typing import Annotated

from pydantic import Field

from chalicelib.playbook.forms import Name, ProfileField, Text
from chalicelib.playbook.section import Label, Section

_DOMAIN = r"^[a-z0-9-]+(\.[a-z0-9-]+)+$"
_POINTER = r"^(/[^/~]*(~[01][^/~]*)*)+$"
_HEADER = r"^[A-Za-z][A-Za-z0-9-]*$"


class SearchLinkSource(Section):
    """A search on a public site; a link only, nothing is fetched."""

    name: Name = Field(description="Names the link", examples=["linkedin"])
    label: Label = Field(description="What people click on")
    url: Annotated[str, Field(pattern=r"^https://", max_length=500)] = Field(
        description="With placeholders as `{company}` or `{email_domain}`; where one is not known there is "
        "no link",
        examples=["https://www.linkedin.com/search/results/companies/?keywords={company}"],
    )
    countries: list[Text] = Field(
        default=[],
        description="As people write them; the link is left out for persons of another country. None: all",
        examples=[["DE", "Germany", "Deutschland"]],
    )


class ProviderSource(Section):
    """A service that is asked over HTTPS; it is told of the company, never of the person."""

    name: Name = Field(
        description="Names the provider, in the note on the interest and in the secret", examples=["register"]
    )
    url: Annotated[str, Field(pattern=r"^\{base_url\}/", max_length=500)] = Field(
        description="Begins with `{base_url}`, which the secret gives; further placeholders are "
        "`{email_domain}`, `{company}`, `{website}`, `{country}` and `{city}`",
        examples=["{base_url}/v1/companies?domain={email_domain}"],
    )
    header: Annotated[str, Field(pattern=_HEADER, max_length=60)] = Field(
        description="Header that carries the secret's key", examples=["X-Api-Key"]
    )
    timeout_seconds: int = Field(
        default=5, ge=1, le=20, description="How long an answer is waited for", examples=[5]
    )
    per_minute: int = Field(
        ge=1, le=6_000, description="Most requests a minute of one running function", examples=[60]
    )
    values: dict[ProfileField, Annotated[str, Field(pattern=_POINTER, max_length=200)]] = Field(
        min_length=1,
        description="By field, where its value stands in the JSON of the answer (JSON pointer, RFC 6901)",
        examples=[{"industry": "/company/industry"}],
    )
    terms: Text = Field(
        description="What was agreed with the provider: the contract, what may be stored and for how long",
        examples=["Contract 2026-03; values may be kept while the record exists"],
    )


class EnrichmentSource(Section):
    """What is looked for when an interest opens, and where."""

    fields: list[ProfileField] = Field(
        default=[],
        description="Fields of a Lead or Contact that are filled where they are empty, never overwritten",
        examples=[["phone", "industry"]],
    )
    free_mail: list[Annotated[str, Field(pattern=_DOMAIN, max_length=100)]] = Field(
        default=[],
        description="Domains whose addresses tell nothing of a company, those below them included",
        examples=[["gmail.com", "gmx.de"]],
    )
    accounts: bool = Field(
        default=False,
        description="Whether the company is looked for among the Accounts by the e-mail domain",
        examples=[True],
    )
    links: list[SearchLinkSource] = Field(default=[], description="Searches that Sales Support may open")
    providers: list[ProviderSource] = Field(
        default=[],
        description="Services that are asked, the most trusted first; one without a secret is not asked",
    )
