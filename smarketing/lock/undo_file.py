"""The undo file: the field permissions as they were before a lock, kept before the first is changed."""

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from chalicelib.domain.instant import Instant, iso, parse_instant
from chalicelib.errors import Rejected
from chalicelib.gateways.salesforce.field_permissions import Holder, Permission

FOLDER = Path(".smarketing") / "lock"
"""Where the files lie, below the folder that the command is run in."""

_FORMAT = 1

State = Literal["applying", "applied", "undone"]


@dataclass(frozen=True, slots=True)
class UndoFile:
    """One lock, and what it changed.

    Attributes:
        reason: why it was forced; empty where the sync was verified.
        state: `applying` until it is verified: then a repetition goes on with the same file.
        rows: as they were before.
    """

    path: Path
    org: str
    at: Instant
    by: str
    reason: str
    state: State
    rows: tuple[Permission, ...]

    def write(self) -> None:
        """Write the file whole or not at all; when this returns it is on the disk."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        draft = self.path.with_suffix(".part")
        with draft.open("w", encoding="utf-8") as file:
            json.dump(self._plain(), file, indent=1, ensure_ascii=False)
            file.write("\n")
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self.path)

    def becomes(self, state: State) -> "UndoFile":
        """Write the file with another state and give it."""
        changed = replace(self, state=state)
        changed.write()
        return changed

    def _plain(self) -> dict[str, Any]:
        head = {name: getattr(self, name) for name in ("org", "by", "reason", "state")}
        return {
            "format": _FORMAT,
            "at": iso(self.at),
            **head,
            "rows": [_plain_row(each) for each in self.rows],
        }


def begin(folder: Path, org: str, at: Instant, by: str, reason: str, rows: Sequence[Permission]) -> UndoFile:
    """Write the undo file of a lock that is about to change these rows.

    Where the last lock of the org was interrupted, its file is taken on: what a row was before the first of
    the two stands.

    Raises:
        Rejected: an undo file can't be read.
    """
    last = newest(folder, org)
    if last is not None and last.state == "applying":
        known = {(each.holder.id, each.field) for each in last.rows}
        more = (each for each in rows if (each.holder.id, each.field) not in known)
        file = replace(last, at=at, by=by, reason=reason or last.reason, rows=(*last.rows, *more))
    else:
        name = f"{org}-{iso(at).replace(':', '').replace('.', '')}.json"
        file = UndoFile(folder / name, org, at, by, reason, "applying", tuple(rows))
    file.write()
    return file


def newest(folder: Path, org: str) -> UndoFile | None:
    """Find the newest undo file of an org that was not undone yet; None where there is none.

    Raises:
        Rejected: an undo file can't be read.
    """
    for path in sorted(folder.glob(f"{org}-*.json"), reverse=True):
        file = read(path)
        if file.state != "undone":
            return file
    return None


def read(path: Path) -> UndoFile:
    """Read an undo file.

    Raises:
        Rejected: there is none, or it is none.
    """
    try:
        plain = json.loads(path.read_text(encoding="utf-8"))
        if plain["format"] != _FORMAT:
            raise Rejected(f"{path}: format {plain['format']}; use the release that wrote it")
        return UndoFile(
            path=path,
            org=plain["org"],
            at=parse_instant(plain["at"]),
            by=plain["by"],
            reason=plain["reason"],
            state=plain["state"],
            rows=tuple(_row(each) for each in plain["rows"]),
        )
    except OSError as error:
        raise Rejected(f"{path}: {error.strerror}; name an undo file") from None
    except (ValueError, KeyError, TypeError):
        raise Rejected(f"{path}: not an undo file; take the one that lock apply wrote") from None


def _plain_row(row: Permission) -> dict[str, Any]:
    return {
        "id": row.id,
        "parent": row.holder.id,
        "kind": row.holder.kind,
        "name": row.holder.name,
        "object": row.object,
        "field": row.field,
        "read": row.read,
        "edit": row.edit,
    }


def _row(plain: Any) -> Permission:
    holder = Holder(plain["parent"], plain["kind"], plain["name"])
    return Permission(plain["id"], holder, plain["object"], plain["field"], plain["read"], plain["edit"])
