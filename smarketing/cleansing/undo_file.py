"""The undo file: what each field held before it is written, kept before the first is."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from smarketing.cleansing import growing_file


@dataclass(frozen=True, slots=True)
class Former:
    """A field of a record, what it held and what it was made."""

    object: str
    record: str
    field: str
    before: str
    after: str


def keep(path: Path, some: Iterable[Former]) -> None:
    """Keep what fields hold; when this returns it is on the disk."""
    growing_file.append(path, (asdict(each) for each in some))


def read_former(path: Path) -> list[Former]:
    """Give what fields held, each once: of several lines what it held at first, and what it was made last.

    Raises:
        Rejected: the file can't be read.
    """
    found: dict[tuple[str, str, str], Former] = {}
    for plain in growing_file.read(path):
        each = Former(**plain)
        key = (each.object, each.record, each.field)
        first = found.get(key)
        before = each.before if first is None else first.before
        found[key] = Former(*key, before=before, after=each.after)
    return list(found.values())
