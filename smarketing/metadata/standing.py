"""What of a project's components an org has, as it has them."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace

from smarketing.metadata.inner import inner_members
from smarketing.metadata.package import Component, Member, open_package, parts_of
from smarketing.metadata.retrieving import Retrieving
from smarketing.metadata.types import TYPES


@dataclass(frozen=True, slots=True)
class Standing:
    """Components of an org.

    Attributes:
        components: their files; each names as members what was asked for and is there.
        inner: what is inside files that are shared, such as the messages of a workflow.
    """

    components: tuple[Component, ...]
    inner: frozenset[Member]

    @property
    def members(self) -> frozenset[Member]:
        """What is there of what was asked for."""
        return frozenset(member for each in self.components for member in each.members)


def read_standing(retrieving: Retrieving, members: Iterable[Member]) -> Standing:
    """Read from an org what it has of some components; raises as `Retrieving.retrieve` does."""
    asked = frozenset(members)
    return standing_in(retrieving.retrieve(asked).package, asked)


def standing_in(package: bytes, asked: Collection[Member]) -> Standing:
    """Say what a retrieved package has of what was asked for; raises as `open_package` does."""
    components = tuple(
        replace(each, members=tuple(member for member in _members(each) if member in asked))
        for each in open_package(package).components
    )
    return Standing(components, frozenset(inner for each in components for inner in inner_members(each)))


def _members(component: Component) -> Iterator[Member]:
    yield component.type, component.full_name
    # A translation of a field has no name of its own in a manifest.
    if TYPES[component.type].parts and component.type != "CustomObjectTranslation":
        for part, name, _ in parts_of(component):
            yield part.type, name
