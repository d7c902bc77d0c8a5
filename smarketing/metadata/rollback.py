"""Roll-back files: what an org had before a deploy, and what the deploy added to it."""

import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from chalicelib.errors import Rejected
from smarketing.metadata.package import Component, Member, zip_of
from smarketing.metadata.standing import Standing, standing_in
from smarketing.metadata.types import PARTS
from smarketing.metadata.xml import element, write

FOLDER = Path(".smarketing/deployments")

_STAY = frozenset(
    {
        "CustomObjectTranslation",
        "GlobalValueSetTranslation",
        "LeadConvertSettings",
        "MatchingRules",
        "Translations",
        "Workflow",
    }
)
"""Can't be deleted: settings, files that others share; translations go with what they translate."""
_OF_OBJECT = frozenset({*PARTS, "Layout", "QuickAction"})
"""Go with the object that they belong to."""


@dataclass(frozen=True, slots=True)
class RollBack:
    """What it takes to put an org back.

    Attributes:
        organization: id of the org; a file is for this one alone.
        at: when the deploy began, UTC, ISO 8601.
        new: what the deploy added.
        deploy_id: None where the deploy was not taken, or nobody knows.
        rolled_back_at: when it was used, as `at`; None where it was not.
    """

    path: Path
    organization: str
    org: str
    at: str
    phase: str
    api_version: str
    asked: tuple[Member, ...]
    new: tuple[Member, ...]
    deploy_id: str | None = None
    rolled_back_at: str | None = None

    @property
    def standing(self) -> Standing:
        """What the org had of what was deployed.

        Raises:
            Rejected: the zip is missing or damaged.
        """
        try:
            return standing_in(self.path.with_suffix(".zip").read_bytes(), self.asked)
        except OSError as error:
            raise Rejected(f"{self.path.with_suffix('.zip')}: {error.strerror}") from None

    @property
    def deletions(self) -> tuple[Member, ...]:
        """What has to be deleted, without what goes along with it.

        A flow is deleted by version; one that a deploy added has a single one.
        """
        objects = {name for kind, name in self.new if kind == "CustomObject"}
        return tuple(
            (kind, f"{name}-1" if kind == "Flow" else name)
            for kind, name in self.new
            if kind not in _STAY and not (kind in _OF_OBJECT and re.split(r"[.-]", name)[0] in objects)
        )

    def package(self) -> bytes:
        """Put the zip together that puts the org back; raises as `standing` does."""
        components = [*self.standing.components, *map(_switched_off, self.new_flows)]
        return zip_of(components, self.api_version, self.deletions)

    @property
    def new_flows(self) -> tuple[str, ...]:
        """Flows that the deploy added: an active one can't be deleted."""
        return tuple(name for kind, name in self.new if kind == "Flow")


def save(found: RollBack, standing: Standing | None = None) -> RollBack:
    """Write a roll-back file, at first with its zip; for their owner alone, as callbacks hold a secret.

    Raises:
        Rejected: the folder can't be written.
    """
    folder = found.path.parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if standing is not None:
            _write(found.path.with_suffix(".zip"), zip_of(standing.components, found.api_version))
        _write(found.path, (json.dumps(_as_json(found), indent=1) + "\n").encode())
    except OSError as error:
        raise Rejected(f"--folder: {folder}: {error.strerror}; name one that can be written") from None
    return found


def forget(found: RollBack) -> None:
    """Remove a roll-back file whose deploy changed nothing."""
    found.path.unlink(missing_ok=True)
    found.path.with_suffix(".zip").unlink(missing_ok=True)


def path_for(folder: Path, at: str, org: str) -> Path:
    """Name the file of a deploy to an org that begins at an ISO time."""
    return folder / f"{re.sub('[:.-]', '', at)}-{re.sub('[^A-Za-z0-9.@_-]', '-', org)}.json"


def timestamp(at: datetime) -> str:
    """Write a time, to the millisecond, as two deploys may begin in a second."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}"[:-3] + "Z"


def read(path: Path) -> RollBack:
    """Read a roll-back file; its zip may be named, too.

    Raises:
        Rejected: it is none.
    """
    path = path.with_suffix(".json")
    try:
        plain = json.loads(path.read_text(encoding="utf-8"))
        return RollBack(
            path=path,
            asked=tuple(_members(plain.pop("asked"))),
            new=tuple(_members(plain.pop("new"))),
            **plain,
        )
    except OSError as error:
        raise Rejected(f"{path}: {error.strerror}") from None
    except (ValueError, TypeError, KeyError, AttributeError):
        raise Rejected(
            f"{path}: is no roll-back file; smarketing metadata rollback --list shows them"
        ) from None


def files(folder: Path) -> list[RollBack]:
    """Give the roll-back files of a folder, the newest first; raises as `read` does."""
    return sorted((read(path) for path in folder.glob("*.json")), key=lambda each: each.at, reverse=True)


def choose(path: Path | None, folder: Path, organization: str) -> RollBack:
    """Choose the file to put an org back with: the newest that was not used yet.

    Raises:
        Rejected: there is none, or the one that is named is another org's or not the newest.
    """
    waiting = [each for each in files(folder) if each.organization == organization]
    waiting = [each for each in waiting if each.rolled_back_at is None]
    if path is None:
        if not waiting:
            raise Rejected(f"--folder: no roll-back file of org {organization} in {folder}; name a FILE")
        return waiting[0]
    named = read(path)
    if named.organization != organization:
        raise Rejected(
            f"{named.path}: is of org {named.organization}, not of {organization}; change --target"
        )
    newer = [each for each in waiting if each.at > named.at]
    if newer:
        raise Rejected(f"{named.path}: {newer[-1].path} was deployed after it; roll that back first")
    return named


def _switched_off(flow: str) -> Component:
    """Make the component that deactivates a flow (Metadata API Developer Guide, FlowDefinition)."""
    content = write(element("FlowDefinition", element("activeVersionNumber", text="0")))
    name = f"flowDefinitions/{flow}.flowDefinition"
    return Component("FlowDefinition", flow, name, content, (("FlowDefinition", flow),))


def _as_json(found: RollBack) -> dict[str, Any]:
    plain = {name: getattr(found, name) for name in RollBack.__slots__ if name != "path"}
    return plain | {"asked": _by_type(found.asked), "new": _by_type(found.new)}


def _by_type(members: Iterable[Member]) -> dict[str, list[str]]:
    by_type: dict[str, list[str]] = {}
    for kind, name in sorted(members):
        by_type.setdefault(kind, []).append(name)
    return by_type


def _members(plain: Mapping[str, Iterable[str]]) -> Iterator[Member]:
    for kind, names in plain.items():
        for name in names:
            yield kind, name


def _write(path: Path, content: bytes) -> None:
    part = path.with_suffix(f"{path.suffix}.part")
    with os.fdopen(os.open(part, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)
    part.replace(path)
