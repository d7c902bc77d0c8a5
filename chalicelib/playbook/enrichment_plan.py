"""The playbook's enrichment as the domain's plan."""

from chalicelib.domain.enrichment_plan import EnrichmentPlan, Provider, SearchLink
from chalicelib.playbook.enrichment_source import EnrichmentSource


def enrichment_plan(source: EnrichmentSource) -> EnrichmentPlan:
    """Compile the section; labels are the English ones."""
    return EnrichmentPlan(
        fields=tuple(source.fields),
        free_mail=frozenset(source.free_mail),
        accounts=source.accounts,
        links=tuple(
            SearchLink(each.name, each.label.en, each.url, tuple(each.countries)) for each in source.links
        ),
        providers=tuple(
            Provider(
                name=each.name,
                url=each.url,
                header=each.header,
                timeout=float(each.timeout_seconds),
                per_minute=each.per_minute,
                values=tuple(each.values.items()),
            )
            for each in source.providers
        ),
    )
