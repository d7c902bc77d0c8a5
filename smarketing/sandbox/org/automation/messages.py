"""Outbound messages of deployed workflows: which fields go where."""

from dataclasses import dataclass
from functools import lru_cache

from smarketing.metadata.xml import children, parse, text_of


@dataclass(frozen=True, slots=True)
class OutboundMessage:
    """A message's definition."""

    object: str
    name: str
    url: str
    fields: tuple[str, ...]


@lru_cache(maxsize=64)
def messages_of(sobject: str, content: bytes) -> tuple[OutboundMessage, ...]:
    """Read the outbound messages of a workflow component."""
    return tuple(
        OutboundMessage(
            sobject,
            text_of(node, "fullName") or "",
            text_of(node, "endpointUrl") or "",
            tuple((each.text or "").strip() for each in children(node, "fields")),
        )
        for node in children(parse(content, sobject), "outboundMessages")
    )
