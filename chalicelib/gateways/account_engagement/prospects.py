"""Prospects one by one: read, upserted by address, updated, deleted.

Source: Account Engagement API v5, "Prospect". Reads may be a minute behind ("Version 5 Overview").
"""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from chalicelib.errors import Rejected
from chalicelib.gateways.account_engagement.access import Access
from chalicelib.gateways.account_engagement.refusals import IN_RECYCLE_BIN, NOT_FOUND

_PATH = "/objects/prospects"


def read(access: Access, name: str, unique: str, fields: Sequence[str]) -> Mapping[str, Any] | None:
    """Read one row of any object by its id; None where there is none, or only in the recycle bin.

    Raises:
        Rejected, Retryable, Misconfigured: as `refusals` says.
    """
    path = f"/objects/{name}/{quote(unique, safe='')}"
    answer = access.call("GET", path, query={"fields": ",".join(fields)}, accept=NOT_FOUND, what=name)
    return answer.content if answer.code == 0 else None


def with_address(access: Access, email: str) -> list[str]:
    """Find the ids of the prospects with an address, those in the recycle bin among them.

    Raises:
        Rejected, Retryable, Misconfigured: as `refusals` says.
    """
    query = {"fields": "id", "email": email, "deleted": "all"}
    content = access.call("GET", _PATH, query=query).content
    rows = content.get("values") if isinstance(content, dict) else None
    return [str(row["id"]) for row in rows or ()]


def upsert(access: Access, email: str, values: Mapping[str, Any]) -> str:
    """Update the prospect with an address that was active last, or make one; give its id.

    Where business units allow several prospects with an address, one from the recycle bin comes back rather
    than a second one being made, and with it its opt-out.

    Raises:
        Rejected: the address or a value is none that the platform takes.
        Retryable, Misconfigured: as `refusals` says.
    """
    content = {
        "matchEmail": email,
        "prospect": {"email": email, **values},
        "fields": ["id"],
        "secondaryDeletedSearch": True,
    }
    answer = access.call("POST", f"{_PATH}/do/upsertLatestByEmail", content=content)
    unique = answer.content.get("id") if isinstance(answer.content, dict) else None
    if not unique:
        raise Rejected("Account Engagement upsertLatestByEmail: give the user the right to view prospects")
    return str(unique)


def update(access: Access, unique: str, values: Mapping[str, Any]) -> bool:
    """Change fields of a prospect; what isn't named stays. Says whether it is there.

    Raises:
        Rejected: a value is none that the platform takes.
        Retryable, Misconfigured: as `refusals` says.
    """
    gone = NOT_FOUND | {IN_RECYCLE_BIN}
    path = f"{_PATH}/{quote(unique, safe='')}"
    return access.call("PATCH", path, content=dict(values), accept=gone, what="prospect").code == 0


def delete(access: Access, unique: str) -> None:
    """Put a prospect into the recycle bin; one that is gone counts as deleted.

    Raises:
        Rejected, Retryable, Misconfigured: as `refusals` says.
    """
    path = f"{_PATH}/{quote(unique, safe='')}"
    access.call("DELETE", path, accept=NOT_FOUND | {IN_RECYCLE_BIN}, what="prospect")
