"""What a new org is given: the project's own metadata, through the deployer as everything else."""

from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from chalicelib.errors import Misconfigured
from smarketing.metadata.package import components_of, zip_of
from smarketing.metadata.project import read_project
from smarketing.sandbox.org.metadata_api.deploying import Deployer, Options
from smarketing.sandbox.org.metadata_api.packages import Sent, read_package

_CLOSED = "after_go_live"
"""The package directory that an org gets when it goes live."""


def install_project(deployer: Deployer, project: Path, user: str) -> None:
    """Deploy a project as it is before go-live.

    Raises:
        Misconfigured: the org would not take it.
        Rejected: a file is no metadata.
    """
    outcome = deployer.install(_read(project, signature(project)), Options(), user, _unwatched)
    for each in outcome.problems:
        place = f"{each.file_name}:{each.line}" if each.line else each.file_name
        raise Misconfigured(f"{project}: the sandbox org refuses {place}: {each.full_name}: {each.text}")


def _unwatched(done: int, total: int, kind: str) -> None:
    """Nobody looks on while an org starts."""


@lru_cache(maxsize=2)
def _read(project: Path, signature: tuple[tuple[str, int, int], ...]) -> Sent:
    """Read a project once for as long as its files are the same."""
    whole = read_project(project)
    opened = replace(whole, files=tuple(each for each in whole.files if each.package != _CLOSED))
    return read_package(zip_of(components_of(opened), opened.api_version))


def signature(project: Path) -> tuple[tuple[str, int, int], ...]:
    """Tell the state of a project's files: their names, times and sizes."""
    files = (
        (str(path), path.stat())
        for path in project.rglob("*.*")
        if not path.name.startswith(".") and path.is_file()
    )
    return tuple(sorted((name, each.st_mtime_ns, each.st_size) for name, each in files))
