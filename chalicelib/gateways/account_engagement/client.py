"""Account Engagement as one gateway; what each call means stands in a module of its own."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from chalicelib.domain.instant import Instant
from chalicelib.errors import Rejected
from chalicelib.gateways.account_engagement import (
    exports,
    external_activities,
    imports,
    lists,
    prospects,
    queries,
)
from chalicelib.gateways.account_engagement.access import Access, Credentials
from chalicelib.gateways.account_engagement.budget import Budget
from chalicelib.gateways.account_engagement.external_activities import ExternalActivity
from chalicelib.gateways.account_engagement.imports import FailedRow, ImportState
from chalicelib.gateways.account_engagement.lists import MailingList

__all__ = ["AccountEngagement", "Credentials"]

Row = Mapping[str, Any]


class AccountEngagement:
    """Calls the API as the integration user; nothing is called before it is used.

    Every method may raise Retryable (the service does not answer or asks to wait, or our share of the day's
    calls is used up) and Misconfigured (the login or a right is missing); what is Rejected stands with each.
    """

    def __init__(
        self,
        secret: Callable[[], Mapping[str, Any]],
        *,
        clock: Callable[[], Instant],
        share_for_people: float = 0.2,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        """Make a client.

        Args:
            secret: gives the Account Engagement secret's value, so that a rotated one is used at once.
            clock: gives the time, by which the day's usage is judged.
            share_for_people: of the day's calls, left to people and other integrations; 0.2 is a fifth.
            pause: waits so many seconds.
        """
        self._access = Access(secret, Budget(share_for_people, clock), pause)
        self._pause = pause

    def calls_left(self) -> int:
        """Tell how many calls of the day are still ours; asks the platform where nobody has told it yet."""
        budget = self._access.budget
        if budget.left is None:
            self._access.ask_usage()
        return budget.left or 0

    def rows(
        self,
        object: str,  # noqa: A002 - the platform's word for it
        fields: Sequence[str],
        *,
        changed_since: Instant | None = None,
        created_since: Instant | None = None,
    ) -> Iterator[Row]:
        """Read rows of an object such as `prospects`, each once, by the time of their change or creation.

        `isDeleted` among the fields asks for the recycle bin, too. Rejected if there is no such object.
        """
        if created_since is not None:
            return queries.rows(self._access, object, fields, "createdAt", created_since)
        return queries.rows(self._access, object, fields, "updatedAt", changed_since)

    def read(self, object: str, id: str, fields: Sequence[str]) -> Row | None:  # noqa: A002
        """Read one row; None where there is none, or only in the recycle bin."""
        return prospects.read(self._access, object, id, fields)

    def prospects_with(self, email: str) -> list[str]:
        """Find the ids of the prospects with an address, those in the recycle bin among them."""
        return prospects.with_address(self._access, email)

    def upsert_prospect(self, email: str, values: Mapping[str, Any]) -> str:
        """Update the prospect with an address, or make one; give its id; Rejected if it can't be saved."""
        return prospects.upsert(self._access, email, values)

    def update_prospect(self, id: str, values: Mapping[str, Any]) -> None:  # noqa: A002
        """Change fields of a prospect; Rejected if it can't be saved, or is not there."""
        if not prospects.update(self._access, id, values):
            raise Rejected("Account Engagement prospect: it is not there any more")

    def change_prospect(self, id: str, values: Mapping[str, Any]) -> bool:  # noqa: A002
        """Change fields of a prospect, and say whether it is there; Rejected if it can't be saved."""
        return prospects.update(self._access, id, values)

    def delete_prospect(self, id: str) -> None:  # noqa: A002
        """Put a prospect into the recycle bin; one that is gone counts as deleted."""
        prospects.delete(self._access, id)

    def begin_import(self, rows: Sequence[Row], *, create: bool = True) -> str:
        """Hand over many prospects, matched by `matchEmail` or `matchId`; give the import's id.

        Without `create`, a row that matches no prospect fails. Rejected if there are too many rows.
        """
        return imports.begin(self._access, rows, create=create)

    def import_state(self, job: str) -> ImportState:
        """Ask how far an import is; Rejected if there is none (any more)."""
        return imports.state(self._access, job)

    def import_errors(self, job: str) -> Iterator[FailedRow]:
        """Read which rows were not imported; Rejected if there is no such import (any more)."""
        return imports.errors(self._access, job)

    def export(
        self,
        object: str,  # noqa: A002
        fields: Sequence[str],
        since: Instant,
        until: Instant,
    ) -> Iterator[Mapping[str, str]]:
        """Read all rows of a kind such as `prospect` that changed in a time span, in no order, as texts."""
        return exports.export(self._access, object, fields, since, until, self._pause)

    def lists(self) -> list[MailingList]:
        """Read all lists."""
        return lists.lists(self._access)

    def add_to_list(self, list_id: str, prospect_id: str) -> None:
        """Put a prospect on a list; Rejected if there is no such list, or its rules decide who is on it."""
        lists.add(self._access, list_id, prospect_id)

    def remove_from_list(self, list_id: str, prospect_id: str) -> None:
        """Take a prospect off a list; who isn't on it is left alone."""
        lists.remove(self._access, list_id, prospect_id)

    def remove_from_all_lists(self, prospect_ids: Sequence[str]) -> None:
        """Take prospects off all lists but those whose rules decide."""
        lists.remove_from_all(self._access, prospect_ids)

    def post_external_activity(self, activity: ExternalActivity) -> None:
        """Tell what a prospect did elsewhere; Rejected if extension, type or prospect aren't known."""
        external_activities.post(self._access, activity)
