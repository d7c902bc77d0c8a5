"""What the org's other parts do when a component is deployed or deleted.

A part of the org registers before the first deploy:

    installing.on_deployed("PermissionSet", grant)
    installing.on_deleted("PermissionSet", withdraw)
    installing.on_changed(forget_compiled_flows)
    installing.on_shown("PermissionSet", as_it_is_now)

A deploy calls its handlers within its transaction, when all objects and fields are there, in the order of
the types below. A handler that raises a Refusal makes its component fail, which undoes the whole deploy
where it rolls back on errors.
"""

from collections import defaultdict
from collections.abc import Callable, Collection
from dataclasses import dataclass

from smarketing.sandbox.org.metadata_api.components import Components, Stored

ORDER = (
    *("GlobalValueSet", "CustomObject", "CustomField", "RecordType", "Queue", "CustomPermission"),
    *("PermissionSet", "MutingPermissionSet", "PermissionSetGroup", "Profile", "ValidationRule"),
    *("Workflow", "Flow"),
)
"""What others refer to comes first; types that are not named come last, by name."""


@dataclass(frozen=True, slots=True)
class Deploy:
    """The deploy that a handler is called from.

    Attributes:
        user: id of the user who deploys.
        at: REST API time.
    """

    components: Components
    user: str
    at: str


Handler = Callable[[Stored, Deploy], None]
Show = Callable[[Stored], bytes]
"""Gives a component's content as it is now, which other calls may have changed since it was deployed."""


class Installing:
    """The handlers of one org."""

    def __init__(self) -> None:
        """Begin without any."""
        self._deployed: dict[str, list[Handler]] = defaultdict(list)
        self._deleted: dict[str, list[Handler]] = defaultdict(list)
        self._changed: list[Callable[[], None]] = []
        self._shown: dict[str, Show] = {}

    def on_deployed(self, kind: str, handler: Handler) -> None:
        """Call a handler for each component of a type that a deploy brought, new or changed."""
        self._deployed[kind].append(handler)

    def on_deleted(self, kind: str, handler: Handler) -> None:
        """Call a handler for each component of a type that a deploy deleted; it gets what was there."""
        self._deleted[kind].append(handler)

    def on_changed(self, action: Callable[[], None]) -> None:
        """Do something after each deploy that is certain; for what is made of components and kept."""
        self._changed.append(action)

    def on_shown(self, kind: str, show: Show) -> None:
        """Let the components of a type be shown by a part of the org when they are retrieved."""
        self._shown[kind] = show

    def deployed(self, component: Stored, deploy: Deploy) -> None:
        """Call the handlers of a component that was deployed."""
        for handler in self._deployed[component.type]:
            handler(component, deploy)

    def deleted(self, component: Stored, deploy: Deploy) -> None:
        """Call the handlers of a component that was deleted."""
        for handler in self._deleted[component.type]:
            handler(component, deploy)

    def shown(self, component: Stored) -> bytes:
        """Give the content that a retrieve shows."""
        show = self._shown.get(component.type)
        return component.content if show is None else show(component)

    def changed(self) -> None:
        """Tell that a deploy is certain."""
        for action in self._changed:
            action()


def in_order(components: Collection[Stored]) -> list[Stored]:
    """Sort components so that those which others refer to come first."""
    place = {kind: number for number, kind in enumerate(ORDER)}
    return sorted(components, key=lambda each: (place.get(each.type, len(ORDER)), each.type, each.full_name))
