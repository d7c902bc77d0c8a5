"""The manifest of a plan: of which org, when, made by what, and the key that its rows are checked with."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal

from chalicelib.domain.instant import Instant, iso, parse_instant
from chalicelib.errors import Rejected

FILE = "manifest.json"
PLAN = "plan.csv"
SUMMARY = "summary.md"
MAPPING = "mapping.yaml"
UNDO = "undo.jsonl"
DONE = "done.jsonl"

Delimiter = Literal["comma", "semicolon"]

_FORMAT = 1
_LIBRARIES = ("smarketing", "email-validator", "phonenumbers", "cleanco", "pycountry")


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a plan says about itself.

    Attributes:
        org: the organisation's id.
        at: when it was made.
        records: that were read, by object.
        rows: of the plan.
        counts: rows by rule and then by decision.
        types: of the fields that are written or compared, by `Object.Field`.
        hash: SHA-256 of the plan as it was written, before anybody edited it.
    """

    org: str
    at: Instant
    delimiter: Delimiter
    options: Mapping[str, Any]
    records: Mapping[str, int]
    rows: int
    counts: Mapping[str, Mapping[str, int]]
    types: Mapping[str, str]
    hash: str
    versions: Mapping[str, str] = field(default_factory=dict)

    def write(self, folder: Path) -> None:
        """Write it into the plan's folder."""
        plain = {"format": _FORMAT, **asdict(self), "at": iso(self.at)}
        text = json.dumps(plain, indent=1, ensure_ascii=False) + "\n"
        (folder / FILE).write_text(text, encoding="utf-8")


def read_manifest(folder: Path) -> Manifest:
    """Read the manifest of a plan.

    Raises:
        Rejected: there is none, or it is none.
    """
    path = folder / FILE
    try:
        plain = json.loads(path.read_text(encoding="utf-8"))
        if plain.pop("format") != _FORMAT:
            raise Rejected(f"{path}: of another release; use the one that made the plan")
        return Manifest(**{**plain, "at": parse_instant(plain["at"])})
    except OSError as error:
        raise Rejected(f"{path}: {error.strerror}; name the folder that cleanse plan made") from None
    except (ValueError, KeyError, TypeError, AttributeError):
        raise Rejected(f"{path}: not a manifest; make the plan again") from None


def versions() -> dict[str, str]:
    """Name the versions of everything that a plan depends on."""
    return {name: version(name) for name in _LIBRARIES}


def hash_of(path: Path) -> str:
    """Give the SHA-256 of a file, 64 hex digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
