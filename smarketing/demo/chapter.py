"""A part of a story."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Chapter:
    """What happened, and what the systems hold when it is over."""

    title: str
    facts: dict[str, Any] = field(default_factory=dict)
