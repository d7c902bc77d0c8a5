"""One go at installing components, within a transaction that the caller may undo."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from chalicelib.errors import Rejected
from smarketing.metadata.inner import INNER
from smarketing.metadata.package import Member
from smarketing.metadata.types import TYPES
from smarketing.sandbox.org.database import Database
from smarketing.sandbox.org.metadata_api.choosing import Item
from smarketing.sandbox.org.metadata_api.components import Stored
from smarketing.sandbox.org.metadata_api.deleting import what_needs, without_fields
from smarketing.sandbox.org.metadata_api.flow_versions import flow_to_delete
from smarketing.sandbox.org.metadata_api.inner import without
from smarketing.sandbox.org.metadata_api.installing import Deploy, Installing, in_order
from smarketing.sandbox.org.metadata_api.objects import schema_of
from smarketing.sandbox.org.metadata_api.packages import Deletion
from smarketing.sandbox.org.metadata_api.references import check_references
from smarketing.sandbox.org.metadata_api.results import Done, Problem
from smarketing.sandbox.org.refusals import Refusal

Watch = Callable[[int, str], None]
"""Told how many components are done and what is worked on; raises to end it."""


class Attempt:
    """Installs components that are in order by themselves; gathers what was done and what was wrong."""

    def __init__(self, database: Database, installing: Installing, deploy: Deploy, watch: Watch) -> None:
        """Install into an org for a deploy, and say how far it is."""
        self.done: list[Done] = []
        self.problems: list[Problem] = []
        self._database = database
        self._installing = installing
        self._deploy = deploy
        self._components = deploy.components
        self._watch = watch

    def do(self, items: Sequence[Item], first: Sequence[Deletion], last: Sequence[Deletion]) -> None:
        """Delete what is to go first, add and change, delete the rest."""
        self._delete(first)
        added = {(each.type, each.full_name): self._put(each) for each in items}
        self._follow()
        for each in items:
            self.problems += check_references(each, self._components, self._database.schema)
        self._hand_on(items, added)
        self._delete(last)

    def _put(self, item: Item) -> Done:
        known = self._components.get(item.type, item.full_name)
        changed = known is None or known.content != item.content
        if changed:
            self._components.put(
                item.type, item.full_name, item.file_name, item.content, self._deploy.at, self._deploy.user
            )
        stored = self._components.get(item.type, item.full_name)
        return Done(
            stored.id if stored else "",
            item.type,
            item.full_name,
            item.file_name,
            created=known is None,
            changed=changed,
        )

    def _follow(self) -> None:
        """Have the objects and fields of the components as they are now."""
        self._database.use(schema_of(self._components, self._database.prefix))

    def _hand_on(self, items: Sequence[Item], added: Mapping[Member, Done]) -> None:
        """Let the org's other parts do what a component asks for."""
        faulty = {(each.type, each.full_name) for each in self.problems}
        brought = {(each.type, each.full_name.lower()): each for each in items}
        found = [self._components.get(each.type, each.full_name) for each in items]
        for stored in in_order([each for each in found if each is not None]):
            item = brought[stored.type, stored.full_name.lower()]
            self._watch(len(self.done), stored.type)
            if (item.type, item.full_name) in faulty:
                continue
            try:
                self._installing.deployed(stored, self._deploy)
            except (Refusal, Rejected) as refused:
                self._refuse(item.type, item.full_name, item.file_name, str(refused))
            else:
                self.done.append(added[item.type, item.full_name])

    def _delete(self, deletions: Sequence[Deletion]) -> None:
        gone = [(stored, each.file_name) for each in deletions for stored in self._taken_out(each)]
        if not gone:
            return
        self._follow()
        self._forget([stored.full_name for stored, _ in gone if stored.type == "CustomField"])
        manifests = {(stored.type, stored.full_name): manifest for stored, manifest in gone}
        for each in reversed(in_order([stored for stored, _ in gone])):
            manifest = manifests[each.type, each.full_name]
            for need in what_needs(each, self._components):
                self._refuse(each.type, each.full_name, manifest, need)
            try:
                self._installing.deleted(each, self._deploy)
            except (Refusal, Rejected) as refused:
                self._refuse(each.type, each.full_name, manifest, str(refused))

    def _forget(self, fields: Sequence[str]) -> None:
        """Take deleted fields out of what merely shows them or grants access to them."""
        for stored, left in without_fields(fields, self._components):
            at, by = self._deploy.at, self._deploy.user
            self._components.put(stored.type, stored.full_name, stored.file_name, left, at, by)

    def _taken_out(self, deletion: Deletion) -> list[Stored]:
        """Remove a component, an object with its parts; one that is missing is worth a warning only."""
        kind, name = deletion.type, deletion.full_name
        if kind in INNER:
            return self._taken_out_of_its_file(deletion)
        try:
            known = self._to_delete(kind, name)
        except Refusal as refusal:
            self._refuse(kind, name, deletion.file_name, refusal.message)
            return []
        if known is None:
            self._missing(deletion)
            return []
        parts = [part.type for part in TYPES[kind].parts] if kind in TYPES else []
        gone = [known, *(each for part in parts for each in self._components.of(part, name))]
        for each in gone:
            self._components.remove(each.type, each.full_name)
        self.done.append(
            Done(known.id, kind, known.full_name, deletion.file_name, changed=True, deleted=True)
        )
        return gone

    def _to_delete(self, kind: str, name: str) -> Stored | None:
        if kind == "Flow":
            return flow_to_delete(self._components, name)
        return self._components.get(kind, name)

    def _taken_out_of_its_file(self, deletion: Deletion) -> list[Stored]:
        kind, name = deletion.type, deletion.full_name
        parent = self._components.get(INNER[kind].parent, name.partition(".")[0])
        left = without(parent.content, kind, name) if parent else None
        if parent is None or left is None:
            self._missing(deletion)
            return []
        at, by = self._deploy.at, self._deploy.user
        self._components.put(parent.type, parent.full_name, parent.file_name, left, at, by)
        self.done.append(Done("", kind, name, deletion.file_name, changed=True, deleted=True))
        self._installing.deployed(replace(parent, content=left), self._deploy)
        return []

    def _missing(self, deletion: Deletion) -> None:
        kind, name = deletion.type, deletion.full_name
        warning = f"No {kind} named: {name} found"
        self.done.append(Done("", kind, name, deletion.file_name, warning=warning))

    def _refuse(self, kind: str, full_name: str, file_name: str, text: str) -> None:
        self.problems.append(Problem(kind, full_name, file_name, text))
