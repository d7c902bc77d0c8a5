"""One import: its file, how far it is, and what became of its rows."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from chalicelib.domain.instant import DAY, Duration, Instant
from smarketing.sandbox.account_engagement.answers import (
    INVALID_OPTIONS,
    INVALID_PROPERTY,
    MISSING_PROPERTY,
    Refused,
)
from smarketing.sandbox.account_engagement.jobs import Wait
from smarketing.sandbox.account_engagement.values import written

_OPEN_FOR = DAY
_KEPT_FOR = Duration(7 * DAY)
_INPUT = {"operation", "object", "restoreDeleted", "createOnNoMatch", "status", "fields"}


@dataclass(frozen=True, slots=True)
class Options:
    """What an import was asked to do.

    Attributes:
        columns: the file's, if they were told beforehand.
        keeps: columns that don't overwrite what is there.
        keeps_from_blank: columns whose blanks don't.
    """

    restores_deleted: bool = False
    creates_unmatched: bool = False
    columns: tuple[str, ...] | None = None
    keeps: frozenset[str] = frozenset()
    keeps_from_blank: frozenset[str] = frozenset()


@dataclass(slots=True)
class Import:
    """One import."""

    id: int
    created_at: Instant
    options: Options
    updated_at: Instant
    status: str = "Open"
    header: list[str] = field(default_factory=list)
    batches: list[list[list[str]]] = field(default_factory=list)
    wait: Wait | None = None
    created: int = 0
    updated: int = 0
    errors: list[list[str]] = field(default_factory=list)

    def is_expired(self, now: Instant) -> bool:
        """Whether it can't be used any more."""
        if self.status == "Open":
            return now >= self.created_at + _OPEN_FOR
        return self.status == "Complete" and now >= self.updated_at + _KEPT_FOR

    def shown(self, base_url: str, now: Instant) -> dict[str, Any]:
        """Give its fields."""
        expired, complete = self.is_expired(now), self.status == "Complete"
        url = f"{base_url}api/v5/imports/{self.id}"
        told = complete and not expired and bool(self.errors)
        return {
            "id": self.id,
            "operation": "Upsert",
            "object": "Prospect",
            "status": self.status,
            "origin": "API",
            "isExpired": expired,
            "batchesRef": f"{url}/batches" if self.status == "Open" else None,
            "createdAt": written(self.created_at),
            "updatedAt": written(self.updated_at),
            "createdById": 1,
            "updatedById": 1,
            "createdCount": self.created if complete else None,
            "updatedCount": self.updated if complete else None,
            "errorCount": len(self.errors) if complete else None,
            "errorsRef": f"{url}/errors" if told else None,
        }


def read_options(asked: Mapping[str, Any]) -> Options:
    """Read what an import is asked to do.

    Raises:
        Refused: a part is missing or makes no sense.
    """
    if unknown := sorted(set(asked) - _INPUT):
        raise Refused(INVALID_PROPERTY, ", ".join(unknown))
    for name, only in (("operation", "Upsert"), ("object", "Prospect")):
        if name not in asked:
            raise Refused(MISSING_PROPERTY, name)
        if asked[name] != only:
            raise Refused(INVALID_PROPERTY, name)
    flags = {name: asked.get(name, False) for name in ("restoreDeleted", "createOnNoMatch")}
    if wrong := [name for name, value in flags.items() if not isinstance(value, bool)]:
        raise Refused(INVALID_PROPERTY, ", ".join(wrong))
    fields = asked.get("fields")
    if fields is None:
        return Options(flags["restoreDeleted"], flags["createOnNoMatch"])
    if not isinstance(fields, list) or not all(
        isinstance(each, dict) and each.get("field") for each in fields
    ):
        raise Refused(INVALID_OPTIONS)
    return Options(
        flags["restoreDeleted"],
        flags["createOnNoMatch"],
        tuple(str(each["field"]) for each in fields),
        frozenset(str(each["field"]) for each in fields if each.get("overwrite") is False),
        frozenset(str(each["field"]) for each in fields if each.get("nullOverwrite") is False),
    )
