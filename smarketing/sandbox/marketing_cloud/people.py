"""The data extension of people that the emulated account has from the start."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from chalicelib.gateways.marketing_cloud.row_sync import KEY_COLUMN
from smarketing.playbook_files import read_playbook

PEOPLE = "Smarketing_People"

_WORDS = (
    *("person_id", "email", "first_name", "last_name", "salutation", "company", "job_title", "country"),
    *("phone", "language", "score", "grade", "stage", "preferences_url", "unsubscribe_url"),
    *("lead_id", "contact_id", "account_id"),
)
"""What the sync knows of a person, beside an `opt_in_...` for each purpose."""

_LENGTHS = {"preferences_url": 500, "unsubscribe_url": 500}
_USUAL_LENGTH = 255


def people_extension(playbook: Path | None) -> dict[str, list[dict[str, Any]]]:
    """Give the columns of the data extension, by its key, for the purposes of a playbook's folder."""
    words = (*_WORDS, *(f"opt_in_{each.name}" for each in read_playbook(playbook).purposes))
    names = {word: "".join(part.capitalize() for part in word.split("_")) for word in words}
    return {PEOPLE: people_columns(names)}


def people_columns(names: Mapping[str, str]) -> list[dict[str, Any]]:
    """Give the columns for what the playbook syncs.

    Args:
        names: of the columns, by our words.
    """
    key: dict[str, Any] = {"name": KEY_COLUMN, "length": 18, "required": True, "primary": True}
    return [key, *(_column(word, name) for word, name in names.items() if name != KEY_COLUMN)]


def _column(word: str, name: str) -> dict[str, Any]:
    if word.startswith("opt_in_"):
        return {"name": name, "type": "Boolean"}
    if word == "score":
        return {"name": name, "type": "Decimal"}
    if word == "email":
        return {"name": name, "type": "EmailAddress", "length": 254, "required": True}
    return {"name": name, "length": _LENGTHS.get(word, _USUAL_LENGTH)}
