"""Consents as a website sends them to the intake."""

CALL_ME = {
    "purpose": "contact_request",
    "kind": "confirmed",
    "basis": "contract",
    "evidence": {"document": "form 4711"},
}
"""Somebody asked to be contacted."""
