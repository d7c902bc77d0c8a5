"""A data extension: its columns, its rows, and what it doesn't take.

Types of columns: Marketing Cloud Engagement developer guide, "DataExtensionFieldType".
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

ColumnType = Literal["Text", "EmailAddress", "Number", "Decimal", "Boolean", "Date", "Phone", "Locale"]

_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_NUMBER = re.compile(r"-?\d+")
_DECIMAL = re.compile(r"-?\d+(\.\d+)?")
_TRUE, _FALSE = ("true", "1", "yes", "y"), ("false", "0", "no", "n")


@dataclass(frozen=True, slots=True)
class Column:
    """A column; `length` bounds a text."""

    name: str
    type: ColumnType = "Text"
    length: int | None = None
    required: bool = False
    primary: bool = False


class NotSaved(Exception):  # noqa: N818 - it says what happened
    """Rows that weren't saved, each for a reason of its own."""

    def __init__(self, reasons: list[str]) -> None:
        """Keep the reasons."""
        super().__init__(reasons)
        self.reasons = reasons


@dataclass(slots=True)
class DataExtension:
    """Rows by their primary key; values are texts, as the platform gives them back."""

    key: str
    columns: tuple[Column, ...]
    rows: dict[tuple[str, ...], dict[str, str]] = field(default_factory=dict)

    @property
    def primary(self) -> tuple[Column, ...]:
        """The columns that identify a row."""
        return tuple(each for each in self.columns if each.primary)

    def prepare(self, named: Mapping[str, Any]) -> tuple[tuple[str, ...], dict[str, str]]:
        """Check a row's values, by column; give its primary key and the values as they are kept.

        Raises:
            NotSaved: a column is unknown or a value doesn't fit.
        """
        by_name = {each.name.lower(): each for each in self.columns}
        kept: dict[str, str] = {}
        wrong: list[str] = []
        for name, value in named.items():
            column = by_name.get(name.lower())
            if column is None:
                wrong.append(f"{name}: The column [{name}] does not exist.")
                continue
            try:
                kept[column.name] = _kept(column, value)
            except ValueError as error:
                wrong.append(f"{column.name}: {error}")
        wrong += self._missing(kept)
        if wrong:
            raise NotSaved(wrong)
        return tuple(kept[each.name] for each in self.primary), kept

    def save(self, key: tuple[str, ...], values: Mapping[str, str]) -> None:
        """Insert a row or update what is named of it; who reads the earlier one goes on seeing it."""
        self.rows[key] = {**self.rows.get(key, {}), **values}

    def in_lower_case(self, row: Mapping[str, str]) -> dict[str, dict[str, str]]:
        """Give a row as it is read: its names in lower case, parted into keys and values."""
        primary = {each.name for each in self.primary}
        return {
            "keys": {each.name.lower(): row.get(each.name, "") for each in self.primary},
            "values": {
                each.name.lower(): row.get(each.name, "") for each in self.columns if each.name not in primary
            },
        }

    def _missing(self, kept: Mapping[str, str]) -> Iterator[str]:
        for column in self.primary:
            if not kept.get(column.name):
                yield f"Primary key '{column.name}' does not exist."
        is_known = tuple(kept.get(each.name, "") for each in self.primary) in self.rows
        for column in self.columns:
            left_out = column.name not in kept and not is_known
            if column.required and (left_out or kept.get(column.name, "-") == ""):
                yield f"{column.name}: The column [{column.name}] is required."


def _kept(column: Column, value: Any) -> str:
    """Give a value as it is kept.

    Raises:
        ValueError: it doesn't fit its column.
    """
    text = "" if value is None else str(value).strip()
    if text == "":
        return ""
    match column.type:
        case "Boolean":
            if text.lower() not in _TRUE + _FALSE:
                raise ValueError(f"The value for column [{column.name}] is not a valid boolean.")
            return str(text.lower() in _TRUE)
        case "Number" | "Decimal":
            if not (_NUMBER if column.type == "Number" else _DECIMAL).fullmatch(text):
                raise ValueError(f"The value for column [{column.name}] is not a valid number.")
        case "EmailAddress":
            if not _ADDRESS.fullmatch(text):
                raise ValueError(
                    f"The value for column [{column.name}] is not a valid email address."
                    " Parse error [InvalidEmailAddress]"
                )
        case _:
            pass
    if column.length is not None and len(text) > column.length:
        raise ValueError(
            f"The value for column [{column.name}] exceeds its maximum length ({column.length})."
        )
    return text
