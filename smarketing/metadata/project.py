"""Reads the Salesforce project in source format: which file holds which component."""

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import smarketing
from chalicelib.errors import Misconfigured, Rejected
from smarketing.metadata.types import TYPES, MetadataType, Part

_PROJECT_FILE = "sfdx-project.json"
_META = "-meta.xml"


@dataclass(frozen=True)
class SourceFile:
    """A file of the project and the component that it holds.

    Attributes:
        package: name of its package directory, such as `foundation`.
        type: `CustomField`, `Layout`; for the folder of reports or dashboards the type that it holds.
        full_name: as a manifest names it, such as `Lead.Smarketing_Score__c`.
        parent: full name of the component that it is part of, such as `Lead`; None for all others.
    """

    path: Path
    package: str
    type: str
    full_name: str
    parent: str | None = None

    @cached_property
    def content(self) -> bytes:
        """The file's bytes."""
        return self.path.read_bytes()


@dataclass(frozen=True, slots=True)
class Project:
    """A Salesforce project: its files in order, without the folders that were not asked for."""

    root: Path
    api_version: str
    packages: tuple[str, ...]
    files: tuple[SourceFile, ...]


def default_root() -> Path:
    """Find the project: the checkout's, or the one that was installed."""
    package = Path(smarketing.__file__).parent
    checkout = package.parent / "metadata"
    return checkout if (checkout / _PROJECT_FILE).exists() else package / "default_metadata"


def read_project(root: Path, packages: Collection[str] | None = None) -> Project:
    """Read a project, or some of its package directories.

    Raises:
        Misconfigured: there is no project file, or a package directory is missing.
        Rejected: a file lies where no metadata of a known type is expected.
    """
    settings = _settings(root)
    names = tuple(str(each["path"]) for each in settings["packageDirectories"])
    for name in packages or ():
        if name not in names:
            raise Rejected(
                f"{name}: no package directory of {root / _PROJECT_FILE}; there are {_list(names)}"
            )
    wanted = tuple(name for name in names if packages is None or name in packages)
    files = [each for name in wanted for each in _package_files(root, name)]
    return Project(root, str(settings["sourceApiVersion"]), wanted, tuple(files))


def _settings(root: Path) -> dict[str, Any]:
    path = root / _PROJECT_FILE
    try:
        settings: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise Misconfigured(f"{path}: cannot be read: {error}") from None
    missing = {"packageDirectories", "sourceApiVersion"} - settings.keys()
    if missing:
        raise Misconfigured(f"{path}: {_list(sorted(missing))} is missing")
    return settings


def _package_files(root: Path, package: str) -> Iterator[SourceFile]:
    folder = root / package
    if not folder.is_dir():
        raise Misconfigured(f"{folder}: the package directory is missing")
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.name.startswith("."):
            yield _source_file(path, package, folder)


def _source_file(path: Path, package: str, folder: Path) -> SourceFile:
    inside = path.relative_to(folder).parts
    found = next((each for each in TYPES.values() if each.folder in inside[:-1]), None)
    if found is None or not path.name.endswith(_META):
        raise Rejected(f"{path}: no metadata of a known type; move or remove it")
    below = inside[inside.index(found.folder) + 1 :]
    name, _, suffix = path.name.removesuffix(_META).rpartition(".")
    if found.parts:
        return _of_parted(path, package, found, below, name, suffix)
    if found.in_folders and suffix == found.folder_suffix:
        return SourceFile(path, package, found.name, "/".join((*below[:-1], name)))
    if suffix != found.suffix:
        raise Rejected(f"{path}: files in {found.folder} end in .{found.suffix}{_META}; rename or move it")
    return SourceFile(path, package, found.name, "/".join((*below[:-1], name)))


def _of_parted(
    path: Path, package: str, found: MetadataType, below: tuple[str, ...], name: str, suffix: str
) -> SourceFile:
    """Read the place of an object's or a translation's file, or of a part of it."""
    parent = below[0]
    part = _part(found, below, suffix)
    if part is not None:
        return SourceFile(path, package, part.type, f"{parent}.{name}", parent)
    if suffix != found.suffix or name != parent or len(below) != 2:
        raise Rejected(f"{path}: {found.folder}/{parent} holds no such file; rename or move it")
    return SourceFile(path, package, found.name, name)


def _part(found: MetadataType, below: tuple[str, ...], suffix: str) -> Part | None:
    folder = "/".join(below[1:-1])
    return next((each for each in found.parts if (each.folder, each.suffix) == (folder, suffix)), None)


def _list(names: Collection[str]) -> str:
    return ", ".join(names)
