"""Outbound messages of deployed workflows: which fields go where."""

from dataclasses import dataclass
from functools import lru_cache

from smarketing.metadata.xml import children, parse, text_of
from smarketing.sandbox.org.metadata_api.components import Components
from smarketing.sandbox.org.refusals import Refusal


@dataclass(frozen=True, slots=True)
class OutboundMessage:
    """A message's definition."""

    object: str
    name: str
    url: str
    fields: tuple[str, ...]


def message_of(components: Components, path: str) -> OutboundMessage:
    """Find a message by the name that flows call it by, such as `Lead.Smarketing_Lead_Changed`.

    Raises:
        Refusal: no workflow has it.
    """
    sobject, _, name = path.partition(".")
    workflow = components.get("Workflow", sobject)
    known = messages_of(sobject, workflow.content) if workflow else ()
    found = next((each for each in known if each.name == name), None)
    if found is None:
        raise Refusal("INVALID_CROSS_REFERENCE_KEY", f"no outbound message {path}")
    return found


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
