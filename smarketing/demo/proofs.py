"""The consents of the demo, with the proof that the website of a careful company keeps of them."""

from collections.abc import Iterable, Iterator
from typing import Any

from chalicelib.domain.instant import HOUR, Instant, iso

REQUEST = "contact_request"
"""Whoever asks for a call may be called: not an opt-in to mailings, but a step before a contract."""


def consents(purposes: Iterable[str], at: Instant, name: str) -> Iterator[dict[str, Any]]:
    """Tell consents in the intake's form.

    Args:
        at: when the person clicked on the link in the mail of the double opt-in, or sent the form.
        name: names the proof: the mail, or the form as it was sent.
    """
    for purpose in purposes:
        if purpose == REQUEST:
            for channel in ("email", "phone"):
                yield {
                    "purpose": purpose,
                    "channel": channel,
                    "kind": "confirmed",
                    "basis": "contract",
                    "evidence": {"document": f"form {name}"},
                }
        else:
            yield {
                "purpose": purpose,
                "kind": "confirmed",
                "basis": "double_opt_in",
                "evidence": {
                    "form_url": "https://www.example.com/newsletter",
                    "requested_at": iso(Instant(at - HOUR)),
                    "wording_version": "2026-01",
                    "notice_version": "2026-01",
                    "language": "de",
                    "mail_id": f"doi-{name}@www.example.com",
                    "clicked_at": iso(at),
                },
            }
