"""Which values are kept in step with the marketing automations, what those call them, and who owns each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

Owner = Literal["salesforce", "smarketing", "account_engagement", "marketing_cloud"]

OURS: frozenset[Owner] = frozenset({"salesforce", "smarketing"})
"""Owners whose values are written into the marketing automations."""


@dataclass(frozen=True, slots=True)
class SyncField:
    """A value that is kept in step.

    Attributes:
        word: ours for it.
        owner: the system of record, which alone may change it.
        names: the platforms' names for it; a platform without one doesn't hold it.
    """

    word: str
    owner: Owner
    names: Mapping[str, str] = field(default_factory=dict)


def columns(fields: Sequence[SyncField], platform: str) -> dict[str, str]:
    """Give a platform's names by our words, of all that it holds."""
    return {each.word: each.names[platform] for each in fields if platform in each.names}


def written_words(fields: Sequence[SyncField], platform: str) -> tuple[str, ...]:
    """Name the words whose values are written into a platform, which may not change them."""
    return tuple(each.word for each in fields if platform in each.names and each.owner in OURS)


def owners(fields: Sequence[SyncField]) -> dict[str, Owner]:
    """Tell who owns each word."""
    return {each.word: each.owner for each in fields}
