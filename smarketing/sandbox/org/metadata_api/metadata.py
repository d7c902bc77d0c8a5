"""The metadata of one org: what it has, what deploys do to it, and what is under way."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from chalicelib.domain.instant import Instant
from smarketing.metadata.package import Member
from smarketing.sandbox.org.database import Database
from smarketing.sandbox.org.ids import make_id
from smarketing.sandbox.org.metadata_api import flow_versions
from smarketing.sandbox.org.metadata_api.components import Components
from smarketing.sandbox.org.metadata_api.deploying import Deployer
from smarketing.sandbox.org.metadata_api.installing import Installing
from smarketing.sandbox.org.metadata_api.jobs import Jobs
from smarketing.sandbox.org.metadata_api.listing import Listing, Plain
from smarketing.sandbox.org.metadata_api.objects import schema_of
from smarketing.sandbox.org.metadata_api.retrieving import Retrieved, Retriever, compose
from smarketing.sandbox.org.metadata_api.rows import Rows
from smarketing.sandbox.org.metadata_api.starting import install_project
from smarketing.sandbox.org.refusals import Refusal
from smarketing.sandbox.org.security.rights import user_permissions_of
from smarketing.sandbox.org.values import rest_time

_NEEDED = frozenset({"PermissionsModifyAllData", "PermissionsModifyMetadata"})
_DEPLOY, _RETRIEVE = "0Af", "09S"
"""Prefixes of the ids of deploys and retrieves."""


class Metadata:
    """An org's metadata; the org's other parts register with `installing` before anything is deployed."""

    def __init__(self, database: Database, clock: Callable[[], Instant]) -> None:
        """Open what the org has, and give the database its objects and fields."""
        self._database = database
        self.components = Components(database.connection)
        self.is_new = self.components.is_new
        self.installing = Installing()
        self.deployer = Deployer(database, self.components, self.installing, clock)
        self.listing = Listing(database, self.components)
        self.jobs = Jobs(
            self.deployer,
            lambda: self._new_id(_DEPLOY),
            lambda: rest_time(clock()),
            self.listing.name_of,
        )
        self._retriever = Retriever(self.components, self.installing, self.listing)
        self._retrieved: dict[str, Retrieved] = {}
        Rows(database, self.installing)
        flow_versions.register(self.installing)
        if not self.is_new:
            database.use(schema_of(self.components, database.prefix))

    def install(self, project: Path, user: str) -> None:
        """Deploy a project to an org that has none yet.

        Raises:
            Misconfigured: the org would not take it.
        """
        install_project(self.deployer, project, user)

    def retrieve(
        self, members: Sequence[Member], version: str, packages: Sequence[str], *, single_package: bool
    ) -> str:
        """Put a package together and give the id to fetch it with.

        Raises:
            Refusal: a managed package is asked for, of which the org has none.
        """
        if packages:
            raise Refusal("INVALID_CROSS_REFERENCE_KEY", f"No package named '{packages[0]}' found")
        retrieve_id = self._new_id(_RETRIEVE)
        with self._database.lock:
            found = self._retriever.retrieve(members, version, single_package=single_package)
        self._retrieved[retrieve_id[:15]] = found
        return retrieve_id

    def retrieved(self, retrieve_id: str) -> Retrieved:
        """Give a package that was put together.

        Raises:
            Refusal: there is none of that id.
        """
        found = self._retrieved.get(retrieve_id[:15])
        if found is None:
            raise Refusal("INVALID_CROSS_REFERENCE_KEY", f"invalid cross reference id: {retrieve_id}", 404)
        return found

    def read(self, kind: str, full_name: str) -> bytes | None:
        """Give a component's content, an object's with its parts; None if there is no such component."""
        with self._database.lock:
            known = self.components.get(kind, full_name)
            if known is None or kind != "CustomObject":
                return None if known is None else self.installing.shown(known)
            parts = self._retriever.with_parts(known)
            return compose([replace(each, content=self.installing.shown(each)) for each in parts])

    def list(self, kind: str, folder: str | None) -> Sequence[Plain]:
        """List the components of a type.

        Raises:
            Refusal: INVALID_TYPE.
        """
        with self._database.lock:
            return list(self.listing.list(kind, folder))

    def admit(self, user: str) -> None:
        """See that a user may use the Metadata API.

        Raises:
            Refusal: INSUFFICIENT_ACCESS.
        """
        with self._database.lock:
            admitted = user_permissions_of(self._database, user) & _NEEDED
        if not admitted:
            message = (
                "use of the Metadata API requires a user with the ModifyAllData or ModifyMetadata permissions"
            )
            raise Refusal("INSUFFICIENT_ACCESS", message, 403)

    def close(self) -> None:
        """Wait for the deploy that is at work; take no more."""
        self.jobs.close()

    def _new_id(self, prefix: str) -> str:
        with self._database.lock:
            return make_id(prefix, self._database.count(prefix))
