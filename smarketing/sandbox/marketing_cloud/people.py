"""The data extension of people that the emulated account has from the start."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from chalicelib.domain.sync_fields import columns
from chalicelib.gateways.marketing_cloud.row_sync import KEY_COLUMN
from chalicelib.playbook.sync_fields import sync_fields
from smarketing.playbook_files import read_playbook

PEOPLE = "Smarketing_People"

_LENGTHS = {"preferences_url": 500, "unsubscribe_url": 500}
_USUAL_LENGTH = 255


def people_extension(playbook: Path | None) -> dict[str, list[dict[str, Any]]]:
    """Give the columns of the data extension, by its key, for what a playbook's folder syncs."""
    return {PEOPLE: people_columns(columns(sync_fields(read_playbook(playbook)), "marketing_cloud"))}


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
    if word in ("score", "outcome_amount"):
        return {"name": name, "type": "Decimal"}
    if word == "email":
        return {"name": name, "type": "EmailAddress", "length": 254, "required": True}
    return {"name": name, "length": _LENGTHS.get(word, _USUAL_LENGTH)}
