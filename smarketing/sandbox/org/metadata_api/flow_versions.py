"""Flows by version: the org keeps one of each, and deletes it by version and once it is not active.

Metadata API Developer Guide, FlowDefinition; that a flow can't be deleted by its bare name: Salesforce,
known issue W-10538057.
"""

from smarketing.metadata.xml import children, parse, text_of, write
from smarketing.sandbox.org.metadata_api.components import Components, Stored
from smarketing.sandbox.org.metadata_api.installing import Deploy, Installing
from smarketing.sandbox.org.refusals import Refusal

_VERSION = "-1"
_REFUSED = "insufficient access rights on cross-reference id"


def register(installing: Installing) -> None:
    """Have deploys of flow definitions switch flows on and off."""
    installing.on_deployed("FlowDefinition", _switch)


def flow_to_delete(components: Components, name: str) -> Stored | None:
    """Find the flow whose version is to be deleted; None where there is none.

    Raises:
        Refusal: it is active, or no version is named.
    """
    named = name.removesuffix(_VERSION)
    flow = components.get("Flow", named)
    if flow is None:
        return None
    if named == name or text_of(parse(flow.content, flow.file_name), "status") == "Active":
        raise Refusal("INSUFFICIENT_ACCESS", _REFUSED)
    return flow


def _switch(component: Stored, deploy: Deploy) -> None:
    """Activate or deactivate a flow; its definition itself is nothing that is kept."""
    number = text_of(parse(component.content, component.file_name), "activeVersionNumber") or "0"
    deploy.components.remove(component.type, component.full_name)
    flow = deploy.components.get("Flow", component.full_name)
    if flow is None or number not in ("0", "1"):
        text = f"The flow {component.full_name} has no version {number}"
        raise Refusal("INVALID_CROSS_REFERENCE_KEY", text)
    root = parse(flow.content, flow.file_name)
    for status in children(root, "status"):
        status.text = "Active" if number == "1" else "Obsolete"
    deploy.components.put("Flow", flow.full_name, flow.file_name, write(root), deploy.at, deploy.user)
