"""Gives components back as a zipped package in metadata format.

Request and result: Metadata API Developer Guide, retrieve and checkRetrieveStatus.
"""

import io
import zipfile
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from lxml import etree

from smarketing.metadata.inner import INNER
from smarketing.metadata.package import Member, manifest
from smarketing.metadata.types import PARTS, TYPES
from smarketing.metadata.xml import NAMESPACE, children, local, parse, write
from smarketing.sandbox.org.metadata_api.components import Components, Stored
from smarketing.sandbox.org.metadata_api.installing import Installing
from smarketing.sandbox.org.metadata_api.listing import Listing, Plain, standard_object

_PACKAGE = "package.xml"
_EPOCH = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Retrieved:
    """A package that was put together; `messages` tell what of the request could not be met."""

    zip: bytes
    properties: tuple[Plain, ...]
    messages: tuple[Plain, ...]


class Retriever:
    """Retrieves from one org."""

    def __init__(self, components: Components, installing: Installing, listing: Listing) -> None:
        """Read what an org keeps; `installing` shows what its other parts know better."""
        self._components = components
        self._installing = installing
        self._listing = listing

    def retrieve(self, members: Sequence[Member], version: str, *, single_package: bool) -> Retrieved:
        """Retrieve the members of a manifest; `*` stands for all of a type."""
        prefix = "" if single_package else "unpackaged/"
        found: dict[Member, Stored] = {}
        messages: list[Plain] = []
        for kind, name in members:
            chosen, problem = self._chosen(kind, name)
            found |= {(each.type, each.full_name): each for each in chosen}
            if problem:
                messages.append({"fileName": f"{prefix}{_PACKAGE}", "problem": problem})
        files = self._files(found.values())
        files[_PACKAGE] = manifest(found, version)
        properties = [self._listing.properties(each, prefix) for each in found.values()]
        return Retrieved(_zipped(files, prefix), tuple(properties), tuple(messages))

    def _chosen(self, kind: str, name: str) -> tuple[list[Stored], str | None]:
        if kind in INNER:
            # The whole file comes, as the org keeps it so.
            kind, name = INNER[kind].parent, name.partition(".")[0]
        if kind not in TYPES and kind not in PARTS:
            return [], f"Entity type: '{kind}' is unknown"
        if name == "*":
            # Reports and dashboards are asked for by name only.
            every = [] if kind in TYPES and TYPES[kind].in_folders else self._components.of(kind)
            if kind == "CustomObject":
                every = [each for each in every if each.full_name.endswith("__c")]
            return [more for each in every for more in self.with_parts(each)], None
        known = self._components.get(kind, name)
        if known is None and kind == "CustomObject":
            known = self._standard(name)
        if known is None:
            return [], f"Entity of type '{kind}' named '{name}' cannot be found"
        return self.with_parts(known), None

    def _standard(self, name: str) -> Stored | None:
        sobject = self._listing.database.schema.get(name)
        return (
            standard_object(sobject.name, self._listing.database) if sobject and not sobject.custom else None
        )

    def with_parts(self, component: Stored) -> list[Stored]:
        """Give a component and, of an object, its parts."""
        parts = TYPES[component.type].parts if component.type == "CustomObject" else ()
        return [
            component,
            *(each for part in parts for each in self._components.of(part.type, component.full_name)),
        ]

    def _files(self, components: Iterable[Stored]) -> dict[str, bytes]:
        """Write a file each; parts go into their object's."""
        files: dict[str, bytes] = {}
        objects: dict[str, list[Stored]] = defaultdict(list)
        for each in components:
            shown = replace(each, content=self._installing.shown(each))
            if each.type == "CustomObject" or each.type in PARTS:
                objects[each.file_name].append(shown)
            else:
                files[each.file_name] = shown.content
        return files | {name: compose(parts) for name, parts in objects.items()}


def compose(components: Iterable[Stored]) -> bytes:
    """Put an object's own file and its parts together, in the order in which the platform writes them."""
    root = etree.Element(f"{{{NAMESPACE}}}CustomObject", nsmap={None: NAMESPACE})  # type: ignore[dict-item]
    for each in components:
        node = parse(each.content, each.file_name)
        if each.type == "CustomObject":
            root.extend(list(children(node)))
        else:
            node.tag = f"{{{NAMESPACE}}}{PARTS[each.type][1].element}"
            root.append(node)
    root[:] = sorted(root, key=local)
    return write(root)


def _zipped(files: dict[str, bytes], prefix: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files):
            archive.writestr(zipfile.ZipInfo(prefix + name, _EPOCH), files[name], zipfile.ZIP_DEFLATED)
    return buffer.getvalue()
