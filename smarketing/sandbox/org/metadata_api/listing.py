"""What the org's metadata consists of: its types, and the components of a type.

Results: Metadata API Developer Guide, describeMetadata, listMetadata, FileProperties.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from smarketing.metadata.inner import INNER, inside
from smarketing.metadata.types import PARTS, TYPES, MetadataType
from smarketing.metadata.xml import element, parse, write
from smarketing.sandbox.org.database import Database
from smarketing.sandbox.org.metadata_api.components import Components, Stored
from smarketing.sandbox.org.refusals import Refusal

Plain = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Listing:
    """Lists the components of an org."""

    database: Database
    components: Components

    def describe(self) -> Plain:
        """Describe the types."""
        return {
            "metadataObjects": [_type(each) for each in TYPES.values()],
            "organizationNamespace": "",
            "partialSaveAllowed": True,
            "testRequired": False,
        }

    def list(self, kind: str, folder: str | None = None) -> Iterator[Plain]:
        """List the components of a type; those in folders by their folder.

        Raises:
            Refusal: INVALID_TYPE.
        """
        of_folders = kind.removesuffix("Folder")
        if of_folders != kind and of_folders in TYPES and TYPES[of_folders].in_folders:
            yield from self._properties(of_folders, lambda name: "/" not in name, kind)
        elif kind in INNER:
            yield from self._inner(kind)
        elif kind not in TYPES and kind not in PARTS:
            raise Refusal("INVALID_TYPE", f"Unknown type:{kind}")
        elif kind in TYPES and TYPES[kind].in_folders:
            yield from self._properties(kind, lambda name: name.rpartition("/")[0] == folder, kind)
        else:
            if kind == "CustomObject":
                yield from self._standard_objects()
            yield from self._properties(kind, lambda _: True, kind)

    def properties(self, component: Stored, prefix: str = "", kind: str | None = None) -> Plain:
        """Give a component's FileProperties; `prefix` stands before the name of its file."""
        return {
            "createdById": component.created_by,
            "createdByName": self.name_of(component.created_by),
            "createdDate": soap_time(component.created_at),
            "fileName": prefix + component.file_name,
            "fullName": component.full_name,
            "id": component.id,
            "lastModifiedById": component.changed_by,
            "lastModifiedByName": self.name_of(component.changed_by),
            "lastModifiedDate": soap_time(component.changed_at),
            "manageableState": "unmanaged",
            "type": kind or component.type,
        }

    def name_of(self, user: str) -> str:
        """Give a user's name."""
        with self.database.lock:
            record = self.database.get(self.database.schema.objects["user"], user) or {}
        return str(record.get("Name") or "")

    def _properties(self, kind: str, wanted: Callable[[str], bool], shown: str) -> Iterator[Plain]:
        for each in self.components.of(kind):
            if wanted(each.full_name):
                yield self.properties(each, kind=shown)

    def _inner(self, kind: str) -> Iterator[Plain]:
        for each in self.components.of(INNER[kind].parent):
            for found, name in inside(each.type, each.full_name, parse(each.content, each.file_name)):
                if found == kind:
                    yield self.properties(each, kind=kind) | {"fullName": name}

    def _standard_objects(self) -> Iterator[Plain]:
        stored = {each.full_name.lower() for each in self.components.of("CustomObject")}
        for name, each in self.database.schema.objects.items():
            if not each.custom and name not in stored:
                yield self.properties(standard_object(each.name, self.database))


def standard_object(name: str, database: Database) -> Stored:
    """Stand in for an object of the platform's own, which nobody deployed: as old as the org."""
    [organization] = database.connection.execute('SELECT "CreatedDate" FROM "Organization"').fetchall()
    [admin] = database.connection.execute('SELECT "Id" FROM "User" ORDER BY "Id" LIMIT 1').fetchall()
    at, by = str(organization["CreatedDate"]), str(admin["Id"])
    content = write(element("CustomObject"))
    return Stored("", "CustomObject", name, f"objects/{name}.object", content, at, by, at, by)


def soap_time(rest_time: str) -> str:
    """Write a REST API time as SOAP does: `2026-01-31T08:00:00.000Z`."""
    return rest_time.replace("+0000", "Z")


def _type(kind: MetadataType) -> Plain:
    return {
        "childXmlNames": [each.type for each in kind.parts],
        "directoryName": kind.folder,
        "inFolder": kind.in_folders,
        "metaFile": False,
        "suffix": kind.suffix,
        "xmlName": kind.name,
    }
