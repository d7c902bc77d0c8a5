"""What the push needs of the store: what was decided and written of each record, and the job under way."""

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from chalicelib.domain.sync import Platform
from chalicelib.domain.sync_job import OpenJob
from chalicelib.domain.sync_state import SyncState


class SyncStates(Protocol):
    """The sync's memory. Every method may raise Retryable or Misconfigured."""

    def load(self, platform: Platform, records: Collection[str]) -> Mapping[str, SyncState]:
        """Read the states of records, by name; those that were never decided are left out."""

    def save(
        self, states: Collection[SyncState], due: Collection[str] = (), done: Collection[str] = ()
    ) -> None:
        """Keep states; the next run looks at the records in `due` again, and at those in `done` no more."""

    def due(self, platform: Platform) -> Sequence[str]:
        """Name the records that are looked at although they did not change."""

    def settle_due(self, platform: Platform, records: Collection[str]) -> None:
        """Look at records no more that did not change."""

    def open_job(self, platform: Platform) -> OpenJob | None:
        """Read the job whose end nobody has seen yet."""

    def keep_job(self, platform: Platform, job: OpenJob) -> None:
        """Keep a job before its end is waited for."""

    def close_job(self, platform: Platform) -> None:
        """Forget the job: what became of its rows is kept."""
