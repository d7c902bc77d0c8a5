"""A journey's question whether it may write to a contact, and the permission that it gets."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from chalicelib.domain.engagement import Engagement, EngagementId, PersonKey, Value
from chalicelib.domain.instant import Instant
from chalicelib.domain.mailing_state import PERMITTED


@dataclass(frozen=True, slots=True)
class MailingQuestion:
    """One question about one contact.

    Attributes:
        id: of the permission; the same however often the question is repeated.
        keys: what the contact may be known by, the most certain first.
        purpose: of the playbook, that the mailing is about.
        line: the product line that it promotes; empty where it promotes none.
        source: the platform that asks.
        attributes: of the permission.
    """

    id: EngagementId
    keys: tuple[PersonKey, ...]
    purpose: str
    line: str
    source: str
    attributes: Mapping[str, Value] = field(default_factory=dict)

    def permission(self, key: PersonKey, at: Instant) -> Engagement:
        """Make the engagement that keeps the permission's place under the cap.

        It names the person by the key that found them, and by that alone: to ask makes nobody one with
        somebody else.
        """
        told: dict[str, Value] = {**self.attributes, "purpose": self.purpose}
        if self.line:
            told["product_line"] = self.line
        return Engagement(self.id, PERMITTED, at, self.source, (key,), told)
