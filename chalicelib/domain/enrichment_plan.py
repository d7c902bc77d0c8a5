"""Whom the playbook lets be asked for what is not known of a person's company, and what for."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote

BASE_URL = "base_url"
"""Stands in a provider's template for the address that its secret gives."""

EMAIL_DOMAIN = "email_domain"

OF_COMPANY = (EMAIL_DOMAIN, "company", "website", "country", "city")
"""What a provider may be told: of the company, never of the person."""

OF_PERSON = (*OF_COMPANY, "first_name", "last_name", "job_title")
"""What a search link may hold: it stays in Salesforce until somebody clicks."""

_PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")


@dataclass(frozen=True, slots=True)
class SearchLink:
    """A search on a public site.

    Attributes:
        url: with placeholders as `{company}`; without a value for each there is no link.
        countries: as people write them; the link is left out for persons of another country.
    """

    name: str
    label: str
    url: str
    countries: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Provider:
    """A service that is asked over HTTPS.

    Attributes:
        url: template whose placeholders are `base_url` and words of `OF_COMPANY`.
        header: that carries the key of the secret.
        timeout: in seconds.
        per_minute: most requests of one running function.
        values: pairs of our field and the JSON pointer (RFC 6901) to its value in the answer.
    """

    name: str
    url: str
    header: str
    timeout: float
    per_minute: int
    values: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class EnrichmentPlan:
    """What is looked for when an interest opens.

    Attributes:
        fields: of a Lead or Contact that may be filled where they are empty.
        free_mail: domains whose addresses tell nothing of a company.
        accounts: whether the company is looked for among the customers by its e-mail domain.
    """

    fields: tuple[str, ...] = ()
    free_mail: frozenset[str] = frozenset()
    accounts: bool = False
    links: tuple[SearchLink, ...] = ()
    providers: tuple[Provider, ...] = field(default=())

    @property
    def asks(self) -> bool:
        """Whether there is anything to look for."""
        return bool(self.accounts or self.links or self.providers)


def placeholders(template: str) -> tuple[str, ...]:
    """Name a template's placeholders, in their order."""
    return tuple(_PLACEHOLDER.findall(template))


def filled_url(template: str, values: Mapping[str, str]) -> str | None:
    """Put values into a template, percent-encoded; None where one lacks. `base_url` goes in as it is."""
    if any(not values.get(name) for name in placeholders(template)):
        return None

    def value(match: re.Match[str]) -> str:
        text = values[match[1]]
        return text.rstrip("/") if match[1] == BASE_URL else quote(text, safe="")

    return _PLACEHOLDER.sub(value, template)
