"""The sources of what is not known of a person's company."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from chalicelib.bootstrap import aws, platforms, store
from chalicelib.bootstrap.clock import now

if TYPE_CHECKING:
    from chalicelib.domain.enrichment_plan import EnrichmentPlan, Provider
    from chalicelib.gateways.enrichment.http_provider import HttpProvider
    from chalicelib.services.enrich_interest import Enricher, Enrichments


@cache
def enrichments() -> "Enrichments":
    """Enriches interests that open."""
    from chalicelib.gateways.salesforce.enriched_interests import EnrichedInterests
    from chalicelib.services.enrich_interest import Enrichments

    return Enrichments(
        compiled=store.playbook(),
        crm=EnrichedInterests(platforms.salesforce_rest()),
        enrichers=enrichers,
        engagements=aws.engagement_queue(),
        clock=now,
    )


def enrichers(plan: "EnrichmentPlan") -> Sequence["Enricher"]:
    """Give the playbook's sources, the most trusted first."""
    from chalicelib.gateways.enrichment.domain_account import DomainAccount
    from chalicelib.gateways.enrichment.profile_links import ProfileLinks

    accounts = [DomainAccount(platforms.salesforce_rest(), now)] if plan.accounts else []
    return [*accounts, *map(_provider, plan.providers), ProfileLinks(plan.links)]


@cache
def _provider(provider: "Provider") -> "HttpProvider":
    """Keep a provider, whose rate limit holds over all calls of this function."""
    from chalicelib.gateways.enrichment.http_provider import HttpProvider

    return HttpProvider(provider, lambda: _of(provider.name), clock=now)


def _of(name: str) -> Mapping[str, Any]:
    """Read the provider's part of the secret; empty where it has none."""
    secret_id = aws.settings().enrichment_secret_id
    given = aws.secrets().read(secret_id).get(name) if secret_id else None
    return given if isinstance(given, Mapping) else {}
