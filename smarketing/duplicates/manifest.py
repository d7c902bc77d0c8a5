"""What a search says about itself: of which org, when, how many records and pairs."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from chalicelib.domain.instant import Instant, iso, parse_instant
from chalicelib.errors import Rejected

FILE, PAIRS, UNDO, CONVERSIONS = "manifest.json", "pairs.csv", "undo.jsonl", "conversions.csv"


@dataclass(frozen=True, slots=True)
class Manifest:
    """Of a search's folder.

    Attributes:
        org: the organisation's id.
        playbook: version of the playbook.
        records: that were read, by object.
    """

    org: str
    at: Instant
    playbook: str
    records: Mapping[str, int]
    pairs: int

    def write(self, folder: Path) -> None:
        """Write it into the folder."""
        text = json.dumps({**asdict(self), "at": iso(self.at)}, indent=1) + "\n"
        (folder / FILE).write_text(text, encoding="utf-8")


def read_manifest(folder: Path) -> Manifest:
    """Read the manifest of a search.

    Raises:
        Rejected: there is none.
    """
    path = folder / FILE
    try:
        plain = json.loads(path.read_text(encoding="utf-8"))
        return Manifest(**{**plain, "at": parse_instant(plain["at"])})
    except OSError as error:
        raise Rejected(f"{path}: {error.strerror}; name the folder that duplicates find made") from None
    except (ValueError, KeyError, TypeError):
        raise Rejected(f"{path}: not a manifest; search again") from None
