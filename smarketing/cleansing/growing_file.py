"""A file of JSON lines that only grows; what a break leaves half-written is passed over."""

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from chalicelib.errors import Rejected


def append(path: Path, lines: Iterable[Mapping[str, Any]]) -> None:
    """Add lines to a file; when this returns they are on the disk."""
    with path.open("a+b") as file:
        if file.tell() and _last_byte(path) != b"\n":
            file.write(b"\n")
        file.writelines(json.dumps(each).encode() + b"\n" for each in lines)
        file.flush()
        os.fsync(file.fileno())


def read(path: Path) -> Iterator[dict[str, Any]]:
    """Give the lines of a file; nothing where there is no file.

    Raises:
        Rejected: it can't be read.
    """
    try:
        with path.open(encoding="utf-8") as file:
            for line in file:
                plain = _json(line)
                if isinstance(plain, dict):
                    yield plain
    except FileNotFoundError:
        return
    except (OSError, UnicodeDecodeError):
        raise Rejected(f"{path}: can't be read; put the file of the plan back") from None


def _json(line: str) -> Any:
    try:
        return json.loads(line)
    except ValueError:
        return None


def _last_byte(path: Path) -> bytes:
    with path.open("rb") as file:
        file.seek(-1, os.SEEK_END)
        return file.read(1)
