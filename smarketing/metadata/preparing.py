"""Looks at an org before a deploy: what it has, what to put in the place of the placeholders."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from smarketing.metadata.deployment import Phase, Plan, phase_for, plan, read_sources
from smarketing.metadata.duplicate_order import DUPLICATE_RULE, in_line
from smarketing.metadata.org_calls import OrgCalls
from smarketing.metadata.package import Member
from smarketing.metadata.placeholders import CALLBACK_URL, Places, filled, places_in
from smarketing.metadata.retrieving import Retrieving
from smarketing.metadata.rollback import RollBack, path_for, timestamp
from smarketing.metadata.standing import Standing, read_standing


@dataclass(frozen=True, slots=True)
class Prepared:
    """A deploy that can begin.

    Attributes:
        standing: what the org has now of all that is deployed or deleted.
        asked: the components that `standing` was read for.
    """

    plan: Plan
    standing: Standing
    asked: frozenset[Member]


def prepare(
    calls: OrgCalls, root: Path, phase: Phase | None, places: Places, *, check_only: bool = False
) -> Prepared:
    """Plan a deploy of the project to an org; changes nothing.

    Args:
        phase: None is `open`, unless the org is locked.
        places: what is known of the placeholders; the rest is taken from the org.
        check_only: a rehearsal; placeholders that are not known may stay.

    Raises:
        Rejected: a placeholder is not known, or the org is locked and no phase was named.
        Misconfigured, Retryable: as `Retrieving.retrieve` does.
    """
    opened = read_sources(root, phase or "open")
    asked = opened.members | frozenset(opened.left_out)
    retrieving = Retrieving(calls)
    standing = read_standing(retrieving, asked)
    found = phase_for(phase, root, standing)
    sources = opened if found == opened.phase else read_sources(root, found)
    known = places | places_in(standing.components)
    if check_only:
        # An org takes no message without a user that it has.
        known |= Places(CALLBACK_URL, known.integration_user or calls.user_name())
    components = filled(sources.components, known)
    if any(each.type == DUPLICATE_RULE for each in components):
        components = in_line(components, standing.components, retrieving.names({DUPLICATE_RULE}))
    return Prepared(plan(sources, components, standing), standing, asked)


def roll_back_of(prepared: Prepared, folder: Path, organization: str, org: str, at: datetime) -> RollBack:
    """Say what it would take to undo a deploy."""
    began = timestamp(at)
    return RollBack(
        path=path_for(folder, began, org),
        organization=organization,
        org=org,
        at=began,
        phase=prepared.plan.sources.phase,
        api_version=prepared.plan.sources.api_version,
        asked=_sorted(prepared.asked),
        new=prepared.plan.new,
    )


def _sorted(members: Iterable[Member]) -> tuple[Member, ...]:
    return tuple(sorted(members))
