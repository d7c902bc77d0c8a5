"""Records on disk between their reading and the rules: an org's records need not fit into memory."""

import json
import tempfile
from collections.abc import Iterator
from types import TracebackType
from typing import Self

from smarketing.cleansing.proposal import Record


class Spool:
    """Keeps records in the order in which they come; the file is gone with it."""

    def __init__(self) -> None:
        """Open a file that nobody else can read."""
        self._file = tempfile.TemporaryFile("w+", encoding="utf-8", errors="surrogatepass")  # noqa: SIM115

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def add(self, record: Record) -> None:
        """Keep a record."""
        filled = {name: value for name, value in record.values.items() if value}
        empty = [name for name, value in record.values.items() if not value]
        json.dump([record.object, record.id, filled, empty], self._file, ensure_ascii=False)
        self._file.write("\n")

    def __iter__(self) -> Iterator[Record]:
        self._file.seek(0)
        for line in self._file:
            name, record_id, filled, empty = json.loads(line)
            yield Record(name, record_id, filled | dict.fromkeys(empty, ""))
