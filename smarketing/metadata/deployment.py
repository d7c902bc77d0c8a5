"""Brings the project into an org, in one of its two phases, and follows the deploy to its end."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from chalicelib.errors import Rejected
from smarketing.metadata.deploy_requests import DeployRequests, DeployStatus
from smarketing.metadata.inner import inner_members
from smarketing.metadata.package import Component, Member, components_of, zip_of
from smarketing.metadata.project import read_project
from smarketing.metadata.standing import Standing

Phase = Literal["open", "locked"]
LEAVES_OUT: Mapping[Phase, str] = {"open": "after_go_live", "locked": "before_go_live"}
"""The package directory that a phase leaves out, and deletes where the org has it."""

_FIRST_PAUSE, _LONGEST_PAUSE = 0.2, 5.0


@dataclass(frozen=True, slots=True)
class Sources:
    """The components of a phase.

    Attributes:
        left_out: those of the other phase alone.
    """

    phase: Phase
    api_version: str
    components: tuple[Component, ...]
    left_out: tuple[Member, ...]

    @property
    def members(self) -> frozenset[Member]:
        """What a manifest names."""
        return frozenset(member for each in self.components for member in each.members)


@dataclass(frozen=True, slots=True)
class Plan:
    """What a deploy does to an org.

    Attributes:
        new: what the org does not have, the inside of shared files included.
        deletions: what it has and the phase does not want.
    """

    sources: Sources
    components: tuple[Component, ...]
    new: tuple[Member, ...]
    deletions: tuple[Member, ...]

    @property
    def package(self) -> bytes:
        """The zip to send."""
        return zip_of(self.components, self.sources.api_version, self.deletions)


def read_sources(root: Path, phase: Phase) -> Sources:
    """Read what a phase consists of.

    Raises:
        Misconfigured, Rejected: as `read_project` and `components_of` do.
    """
    whole = read_project(root)
    other = LEAVES_OUT[phase]
    wanted = read_project(root, [name for name in whole.packages if name != other])
    components = components_of(wanted)
    members = {member for each in components for member in each.members}
    every = {member for each in components_of(whole) for member in each.members}
    return Sources(phase, whole.api_version, components, tuple(sorted(every - members)))


def phase_for(asked: Phase | None, root: Path, standing: Standing) -> Phase:
    """Take the phase that was asked for, else `open`.

    Raises:
        Rejected: none was asked for, and the org is locked: that is not undone in passing.
    """
    if asked is not None:
        return asked
    closed = read_sources(root, "open").left_out
    if any(each in standing.members for each in closed):
        raise Rejected(
            "--phase: the org is in the phase locked; say --phase locked, or --phase open to open it again"
        )
    return "open"


def plan(sources: Sources, components: tuple[Component, ...], standing: Standing) -> Plan:
    """Say what deploying the components of a phase changes in an org."""
    inner = {member for each in components for member in inner_members(each)}
    new = (sources.members - standing.members) | (inner - standing.inner)
    deletions = [each for each in sources.left_out if each in standing.members]
    return Plan(sources, components, tuple(sorted(new)), tuple(deletions))


def follow(
    requests: DeployRequests,
    deploy_id: str,
    watch: Callable[[DeployStatus], None],
    sleep: Callable[[float], None] = time.sleep,
) -> DeployStatus:
    """Ask how a deploy stands until it is over; `watch` hears each answer.

    Raises:
        Rejected: there is no such deploy.
        Misconfigured, Retryable: as `OrgCalls.rest` does.
    """
    pause = _FIRST_PAUSE
    while True:
        status = requests.status(deploy_id)
        watch(status)
        if status.done:
            return requests.status(deploy_id, details=True)
        sleep(pause)
        pause = min(_LONGEST_PAUSE, pause * 1.5)
