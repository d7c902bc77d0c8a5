"""The pairs as a file to review, one row each: for a spreadsheet, an editor or `duplicates review`.

UTF-8 with a byte order mark, which Excel needs. Only the column `decision` may be edited: same, different or
later. Rows may be sorted and taken out. Each row ends with a check of its other cells.
"""

import csv
import hashlib
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from chalicelib.errors import Rejected
from smarketing.cleansing.cells import guarded, unguarded
from smarketing.duplicates.pair import DECISIONS, Pair, Reason

COLUMNS = (
    *("number", "decision", "left", "right", "probability", "weight", "why", "left_values", "right_values"),
    "check",
)
_BETWEEN = " | "


def write_pairs(path: Path, pairs: Iterable[Pair]) -> int:
    """Write pairs, each with its decision; gives their number. The file is there whole or not at all."""
    partly = path.with_name(path.name + ".part")
    number = 0
    with partly.open("w", encoding="utf-8-sig", errors="surrogatepass", newline="") as file:
        rows = csv.writer(file, lineterminator="\r\n", quoting=csv.QUOTE_ALL)
        rows.writerow(COLUMNS)
        for number, each in enumerate(pairs, 1):  # noqa: B007 - the last one is their number
            first, *others = _cells(each)
            rows.writerow([first, *(guarded(cell) for cell in others)])
        file.flush()
        os.fsync(file.fileno())
    partly.replace(path)
    return number


def read_pairs(path: Path) -> Iterator[Pair]:
    """Read pairs as they were decided.

    Raises:
        Rejected: a row is not one of this file any more, or its decision is none; the message names it.
    """
    try:
        with path.open(encoding="utf-8-sig", errors="surrogatepass", newline="") as file:
            delimiter = ";" if ";" in file.readline().partition("decision")[2][:2] else ","
            file.seek(0)
            rows = csv.reader(file, delimiter=delimiter)
            if tuple(next(rows, ())) != COLUMNS:
                raise Rejected(f"{path}: its first line has to be {','.join(COLUMNS)}; edit decisions only")
            for cells in rows:
                if any(cells):
                    yield _pair(cells, f"{path.name}, line {rows.line_num}")
    except OSError as error:
        raise Rejected(f"{path}: {error.strerror}; name the folder that duplicates find made") from None
    except (UnicodeDecodeError, csv.Error):
        raise Rejected(f"{path}: is no CSV in UTF-8; save it as CSV UTF-8") from None


def decide(pair: Pair, decision: str, place: str) -> Pair:
    """Give a pair a decision.

    Raises:
        Rejected: it is none.
    """
    wanted = decision.strip().casefold()
    for each in DECISIONS:
        if wanted == each:
            return replace(pair, decision=each)
    raise Rejected(f"{place}: decision: write {', '.join(DECISIONS[:-1])} or {DECISIONS[-1]}")


def _pair(cells: Sequence[str], place: str) -> Pair:
    if len(cells) != len(COLUMNS):
        raise Rejected(f"{place}: {len(cells)} cells instead of {len(COLUMNS)}; edit decisions only")
    text = {name: unguarded(cell) for name, cell in zip(COLUMNS, cells, strict=True)}
    if text["check"] != _check([text[each] for each in COLUMNS if each not in ("decision", "check")]):
        raise Rejected(f"{place}: a cell other than decision was changed; undo that, or take the row out")
    lefts, rights = _values(text["left_values"]), _values(text["right_values"])
    pair = Pair(
        number=int(text["number"]),
        left=text["left"],
        right=text["right"],
        probability=float(text["probability"]),
        weight=float(text["weight"]),
        why=tuple(_reason(each) for each in text["why"].split(_BETWEEN) if each),
        values={name: (value, rights.get(name, "")) for name, value in lefts.items()},
    )
    return decide(pair, text["decision"], place)


def _cells(pair: Pair) -> list[str]:
    checked = [
        str(pair.number),
        pair.left,
        pair.right,
        f"{pair.probability:.4f}",
        f"{pair.weight:.2f}",
        _BETWEEN.join(str(each) for each in pair.why),
        _BETWEEN.join(f"{name}={_tidy(one)}" for name, (one, _) in pair.values.items()),
        _BETWEEN.join(f"{name}={_tidy(other)}" for name, (_, other) in pair.values.items()),
    ]
    return [checked[0], pair.decision, *checked[1:], _check(checked)]


def _tidy(text: str) -> str:
    return " ".join(text.replace("|", "/").split())


def _values(text: str) -> dict[str, str]:
    parts = (each.partition("=") for each in text.split(_BETWEEN) if each)
    return {name: value for name, _, value in parts}


def _reason(text: str) -> Reason:
    before, _, weight = text.rpartition(" (")
    comparison, _, level = before.partition(": ")
    return Reason(comparison, level, float(weight.rstrip(")")))


def _check(cells: Iterable[str]) -> str:
    digest = hashlib.sha256()
    for cell in cells:
        content = cell.replace("\r\n", "\n").encode("utf-8", "surrogatepass")
        digest.update(len(content).to_bytes(4, "big") + content)
    return digest.hexdigest()[:16]
