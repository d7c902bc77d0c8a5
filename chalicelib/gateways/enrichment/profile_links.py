"""Searches on public sites: links only, nothing is fetched."""

from collections.abc import Sequence

from chalicelib.domain.enrichment import Enquiry, Findings, Link
from chalicelib.domain.enrichment_plan import EMAIL_DOMAIN, SearchLink, filled_url


class ProfileLinks:
    """Makes the playbook's search links for somebody."""

    name = "links"

    def __init__(self, links: Sequence[SearchLink]) -> None:
        """Use the playbook's links, in its order."""
        self._links = links

    def find(self, enquiry: Enquiry) -> Findings:
        """Give the links for which enough is known, of the person's country or of any."""
        values = {**enquiry.values, EMAIL_DOMAIN: enquiry.email_domain or ""}
        country = values.get("country", "").casefold()
        made = [
            Link(link.label, url)
            for link in self._links
            if not (link.countries and country) or country in {each.casefold() for each in link.countries}
            if (url := filled_url(link.url, values)) is not None
        ]
        return Findings(links=tuple(made))
