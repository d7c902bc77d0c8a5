"""Consents for examples, and the terms by which the small playbooks ask for them."""

from chalicelib.domain.consent import Basis, Consent, ConsentKind, Subject
from chalicelib.domain.instant import DAY, Duration
from chalicelib.domain.model import Brand, ConsentTerms, Wording

TERMS = ConsentTerms(
    company="Musterwerk",
    brands=(Brand("main", "Musterwerk"),),
    notice_version="2026-01",
    notice_url="https://www.example.com/privacy",
    wordings={
        "newsletter": Wording("2026-01", {"en": "Yes, please.", "de": "Ja, gern."}),
        "contact_request": Wording("2026-01", {"en": "Call me.", "de": "Rufen Sie mich an."}),
    },
    confirm_within=Duration(7 * DAY),
    existing_customer=frozenset({"newsletter"}),
)

PROOFS: dict[Basis, dict[str, str]] = {
    "double_opt_in": {
        "wording_version": "2026-01",
        "mail_id": "mail-1",
        # Later than all examples, so that what counts is when it was told.
        "clicked_at": "2036-01-01T00:00:00.000Z",
    },
    "existing_customer": {
        "sale": "order-1",
        "collected_at": "2025-06-01T00:00:00.000Z",
        "similar_to": "presses",
        "told_at_collection": "terms-2025",
        "told_at_each_use": "template-7",
    },
    "contract": {"document": "contract-1"},
}
"""Evidence enough, by basis."""


def permit(
    purpose: str = "contact_request",
    *,
    kind: ConsentKind = "confirmed",
    basis: Basis = "double_opt_in",
    brand: str = "main",
) -> Consent:
    """A permission with all the evidence that its basis needs."""
    return Consent(Subject("email", purpose, brand), kind, basis, PROOFS[basis])


def request(purpose: str = "contact_request", brand: str = "main") -> Consent:
    """Somebody asked for it and has not confirmed yet."""
    return Consent(Subject("email", purpose, brand), "requested")
