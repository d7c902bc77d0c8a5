"""Lists, and who is on them.

Source: Account Engagement API v5, "List" and "List Membership". Who is on a dynamic list follows from its
rules: nobody is put there or taken off it by hand.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from chalicelib.errors import Rejected
from chalicelib.gateways.account_engagement import queries
from chalicelib.gateways.account_engagement.access import Access
from chalicelib.gateways.account_engagement.queries import PAGE
from chalicelib.gateways.account_engagement.refusals import ALREADY_MEMBER, NOT_FOUND

_PATH = "/objects/list-memberships"
_FEW = 10
"""Prospects whose memberships are asked for one by one, before all memberships are looked through."""


@dataclass(frozen=True, slots=True)
class MailingList:
    """A list; `dynamic` where its rules decide who is on it."""

    id: str
    name: str
    dynamic: bool


def lists(access: Access) -> list[MailingList]:
    """Read all lists.

    Raises:
        Rejected, Retryable, Misconfigured: as `refusals` says.
    """
    found = queries.rows(access, "lists", ("name", "isDynamic"))
    return [
        MailingList(str(row["id"]), str(row.get("name", "")), row.get("isDynamic") is True) for row in found
    ]


def add(access: Access, list_id: str, prospect_id: str) -> None:
    """Put a prospect on a list; who is on it already stays there.

    Raises:
        Rejected: there is no such list or prospect, or the list is dynamic; an id is no number.
        Retryable, Misconfigured: as `refusals` says.
    """
    if not (list_id.isdecimal() and prospect_id.isdecimal()):
        raise Rejected("list_id, prospect_id: send whole numbers")
    content = {"listId": int(list_id), "prospectId": int(prospect_id)}
    query = {"fields": "id"}
    access.call("POST", _PATH, query=query, content=content, accept=(ALREADY_MEMBER,))


def remove(access: Access, list_id: str, prospect_id: str) -> None:
    """Take a prospect off a list; who isn't on it is left alone.

    Raises:
        Rejected, Retryable, Misconfigured: as `refusals` says.
    """
    for row in _of_prospect(access, prospect_id):
        if str(row.get("listId")) == list_id:
            _delete(access, row)


def remove_from_all(access: Access, prospect_ids: Sequence[str]) -> None:
    """Take prospects off all lists but the dynamic ones, with few calls.

    Raises:
        Rejected, Retryable, Misconfigured: as `refusals` says.
    """
    found = list(_memberships(access, prospect_ids))
    if not found:
        return
    dynamic = {each.id for each in lists(access) if each.dynamic}
    for row in found:
        if str(row.get("listId")) not in dynamic:
            _delete(access, row)


def _memberships(access: Access, prospect_ids: Sequence[str]) -> Iterator[Mapping[str, Any]]:
    """Find memberships: by page, as long as that takes no more calls than to ask for each prospect."""
    if len(prospect_ids) > _FEW:
        every = queries.rows(access, "list-memberships", ("listId", "prospectId"))
        pages = [*islice(every, len(prospect_ids) * PAGE)]
        if next(every, None) is None:
            asked = frozenset(prospect_ids)
            yield from (row for row in pages if str(row.get("prospectId")) in asked)
            return
    for unique in prospect_ids:
        yield from _of_prospect(access, unique)


def _of_prospect(access: Access, prospect_id: str) -> list[Mapping[str, Any]]:
    query = {"fields": "id,listId", "prospectId": prospect_id, "limit": str(PAGE)}
    content = access.call("GET", _PATH, query=query).content
    return list(content["values"]) if isinstance(content, dict) and content.get("values") else []


def _delete(access: Access, row: Mapping[str, Any]) -> None:
    access.call("DELETE", f"{_PATH}/{row['id']}", accept=NOT_FOUND, what="list-membership")
