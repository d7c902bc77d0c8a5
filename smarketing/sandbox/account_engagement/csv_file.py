"""CSV files as they are sent and given: UTF-8, a header row, no byte order mark written."""

import csv
import io
from collections.abc import Iterable, Sequence

from smarketing.sandbox.account_engagement.answers import INVALID_CSV, Refused


def read_csv(content: bytes) -> tuple[list[str], list[list[str]]]:
    """Give the header and the rows of a file.

    Raises:
        Refused: there is no header, no row, or a row of another width.
    """
    try:
        rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    except (UnicodeDecodeError, csv.Error):
        raise Refused(INVALID_CSV) from None
    rows = [row for row in rows if row]
    if len(rows) < 2 or any(len(row) != len(rows[0]) for row in rows):
        raise Refused(INVALID_CSV)
    return [name.strip() for name in rows[0]], rows[1:]


def write_csv(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Write a file."""
    file = io.StringIO(newline="")
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return file.getvalue()
