"""Looks after the lock: tells when anybody may edit a marketing-owned field again."""

import logging
from collections.abc import Callable, Iterable, Sequence
from itertools import groupby
from typing import Protocol

from chalicelib.domain.instant import Instant, iso
from chalicelib.log import log_line

_MOST_DETAIL = 32_000
_MOST_NAMES = 20


class Lock(Protocol):
    """The lock in force."""

    @property
    def at(self) -> Instant:
        """When it was applied."""

    @property
    def fields(self) -> tuple[str, ...]:
        """What nobody but the integration user may edit."""


class Locks(Protocol):
    """Where the lock is kept."""

    def current(self) -> Lock | None:
        """Read the lock in force; None where the fields are open."""


class Holder(Protocol):
    """A profile or permission set."""

    @property
    def title(self) -> str:
        """Kind and name."""


class Grant(Protocol):
    """An edit right that should not be."""

    @property
    def holder(self) -> Holder:
        """Who has it."""

    @property
    def field(self) -> str:
        """What it is for."""


class Survey(Protocol):
    """What was looked at and found."""

    @property
    def holders(self) -> Sequence[Holder]:
        """All profiles and permission sets."""

    @property
    def grants(self) -> Sequence[Grant]:
        """The edit rights that should not be, in the order of their holders."""


def check_lock(
    locks: Locks,
    survey: Callable[[Iterable[str]], Survey],
    show: Callable[[int, str, Instant], None],
    clock: Callable[[], Instant],
) -> None:
    """Look for edit rights on the locked fields; before the fields are locked there is nothing to look for.

    The log names profiles and permission sets, never persons; an alarm counts its lines.

    Args:
        survey: reads all profiles and permission sets of the org, and what they may do with the fields.
        show: shows the org's admins the number of edit rights, whose they are, and when that was.

    Raises:
        Misconfigured: the integration user may not see permissions, or the org has no Health Checks.
        Retryable: the store or Salesforce is busy; Lambda tries again.
    """
    lock = locks.current()
    if lock is None:
        log_line("fields not locked yet")
        return
    found = survey(lock.fields)
    by_holder = _by_holder(found.grants)
    _log(lock, found, [name for name, _ in by_holder])
    head = f"Locked at {iso(lock.at)}; looked at {len(found.holders)} profiles and permission sets."
    lines = [f"{name}: {', '.join(fields)}" for name, fields in by_holder]
    show(len(found.grants), "\n".join([head, *lines])[:_MOST_DETAIL], clock())


def _log(lock: Lock, found: Survey, names: Sequence[str]) -> None:
    looked_at = {"holders": len(found.holders), "fields": len(lock.fields)}
    if not names:
        log_line("fields locked", **looked_at)
        return
    log_line(
        "fields unlocked",
        level=logging.ERROR,
        grants=len(found.grants),
        by=len(names),
        names="; ".join(names[:_MOST_NAMES]),
        reason="run smarketing lock plan, then smarketing lock apply",
        **looked_at,
    )


def _by_holder(grants: Sequence[Grant]) -> list[tuple[str, list[str]]]:
    grouped = groupby(grants, key=lambda each: each.holder.title)
    return [(name, [each.field for each in some]) for name, some in grouped]
