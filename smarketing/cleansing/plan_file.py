"""The plan as a file to review: one row for each proposal, for a spreadsheet or an editor.

UTF-8 with a byte order mark, which Excel needs. Only the column `decision` may be edited; rows may be sorted
and taken out. Each row ends with a check of its other cells, so that a value that a spreadsheet changed by
itself is found before it gets into an org.
"""

import csv
import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any, TextIO

from chalicelib.errors import Rejected
from smarketing.cleansing.cells import guarded, unguarded
from smarketing.cleansing.manifest import Delimiter
from smarketing.cleansing.proposal import CONFIDENCES, DECISIONS, OBJECTS, Proposal

COLUMNS = (
    *("number", "decision", "object", "record", "field", "before", "after", "rule", "confidence", "why"),
    *("detail", "check"),
)
_CHECKED = tuple(each for each in COLUMNS if each not in ("decision", "check"))
_DELIMITERS: Mapping[Delimiter, str] = {"comma": ",", "semicolon": ";"}
_LONGEST = 10_000_000


class PlanWriter:
    """Writes a plan row by row, and numbers them."""

    def __init__(self, file: TextIO, delimiter: Delimiter) -> None:
        """Write the columns to a file that `opened` gave."""
        self._rows = csv.writer(
            file, delimiter=_DELIMITERS[delimiter], lineterminator="\r\n", quoting=csv.QUOTE_ALL
        )
        self._rows.writerow(COLUMNS)
        self.written = 0

    def write(self, proposal: Proposal) -> None:
        """Write one row."""
        self.written += 1
        cells = _cells(proposal, self.written)
        self._rows.writerow([cells[0], *(guarded(each) for each in cells[1:])])


def opened(path: Path) -> TextIO:
    """Open a plan to be written."""
    # Whatever text an org gave is written: also halves of characters.
    return path.open("w", encoding="utf-8-sig", errors="surrogatepass", newline="")


def read_plan(path: Path) -> Iterator[Proposal]:
    """Read a plan as it was edited, in the order in which its rows stand.

    Raises:
        Rejected: a row is not one of this plan any more, or its decision is none; the message names it.
    """
    csv.field_size_limit(_LONGEST)
    try:
        with path.open(encoding="utf-8-sig", errors="surrogatepass", newline="") as file:
            delimiter = ";" if ";" in file.readline() else ","
            file.seek(0)
            rows = csv.reader(file, delimiter=delimiter)
            _check_columns(next(rows, []), path)
            seen: set[int] = set()
            for cells in rows:
                if any(cells):
                    yield _proposal(cells, f"{path.name}, line {rows.line_num}", seen)
    except OSError as error:
        raise Rejected(f"{path}: {error.strerror}; name the folder that cleanse plan made") from None
    except UnicodeDecodeError:
        raise Rejected(f"{path}: is not UTF-8; save it as CSV UTF-8") from None
    except csv.Error as error:
        raise Rejected(f"{path}: {error}; save it as CSV") from None


def _check_columns(columns: Sequence[str], path: Path) -> None:
    if tuple(each.strip() for each in columns) != COLUMNS:
        raise Rejected(f"{path}: its first line has to be {','.join(COLUMNS)}; only decisions may be edited")


def _proposal(cells: Sequence[str], place: str, seen: set[int]) -> Proposal:
    if len(cells) != len(COLUMNS):
        raise Rejected(f"{place}: {len(cells)} cells instead of {len(COLUMNS)}; only decisions may be edited")
    text = {name: unguarded(cell) for name, cell in zip(COLUMNS, cells, strict=True)}
    decision = text["decision"].strip().casefold()
    if decision not in DECISIONS:
        raise Rejected(f"{place}: decision: write apply or skip")
    if not text["number"].isdecimal() or _check([text[each] for each in _CHECKED]) != text["check"]:
        raise Rejected(f"{place}: a cell other than decision was changed; undo that, or take the row out")
    if text["object"] not in OBJECTS or text["confidence"] not in CONFIDENCES:
        raise Rejected(f"{place}: not of this release; make the plan again")
    number = int(text["number"])
    if number in seen:
        raise Rejected(f"{place}: number {number} stands there twice; take one row out")
    seen.add(number)
    plain: dict[str, Any] = {each: text[each] for each in _CHECKED}
    proposal = Proposal(**{**plain, "decision": decision, "number": number})
    if decision == "apply" and not proposal.is_consent and _is_mark(proposal):
        raise Rejected(f"{place}: decision: the row only marks a value, there is nothing to apply")
    return proposal


def _is_mark(proposal: Proposal) -> bool:
    return proposal.after == "" and proposal.rule not in EMPTYING


EMPTYING = frozenset({"blanks", "invisible", "html_entity"})
"""Rules that may leave nothing of a value."""


def _cells(proposal: Proposal, number: int) -> list[str]:
    told = {each.name: getattr(proposal, each.name) for each in fields(proposal)} | {"number": str(number)}
    told["check"] = _check([told[each] for each in _CHECKED])
    return [told[each] for each in COLUMNS]


def _check(cells: Iterable[str]) -> str:
    digest = hashlib.sha256()
    for cell in cells:
        # Line ends are the one thing that an editor may write in its own way.
        content = cell.replace("\r\n", "\n").encode("utf-8", "surrogatepass")
        digest.update(len(content).to_bytes(4, "big") + content)
    return digest.hexdigest()[:16]
