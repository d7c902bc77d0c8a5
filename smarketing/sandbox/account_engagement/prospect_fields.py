"""The prospects' custom fields that the emulated business unit has from the start: those of the playbook."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from chalicelib.domain.sync_fields import SyncField, columns
from chalicelib.playbook.sync_fields import sync_fields
from smarketing.playbook_files import read_playbook
from smarketing.sandbox.account_engagement.schema import CUSTOM

_KINDS = {"score": "Number", "outcome_amount": "Number"}


def prospect_custom_fields(playbook: Path | None = None) -> list[dict[str, Any]]:
    """Give the custom fields that a playbook's folder (the project's own) syncs."""
    return custom_fields(sync_fields(read_playbook(playbook)))


def custom_fields(synced: Sequence[SyncField]) -> list[dict[str, Any]]:
    """Give the custom fields among the values that are kept in step."""
    names = columns(synced, "account_engagement")
    return [
        {
            "fieldId": name.removesuffix(CUSTOM),
            "name": name.removesuffix(CUSTOM).replace("_", " "),
            "type": _KINDS.get(word, "Text"),
            "isRequired": False,
        }
        for word, name in names.items()
        if name.endswith(CUSTOM)
    ]
