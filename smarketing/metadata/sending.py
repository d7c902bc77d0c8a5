"""Sends a package to an org at the terminal: keeps the way back, shows progress, tells what comes next."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from rich.console import Console

from chalicelib.errors import Misconfigured, Rejected
from smarketing.metadata.deploy_requests import DeployOptions, DeployRequests, DeployStatus
from smarketing.metadata.deployment import follow
from smarketing.metadata.progress import progress
from smarketing.metadata.report import errors_table
from smarketing.metadata.rollback import RollBack, files, forget, save


def hand_in(
    requests: DeployRequests, package: bytes, options: DeployOptions, record: RollBack | None
) -> tuple[str, RollBack | None]:
    """Start a deploy and note its id in its roll-back file, which is already written.

    Raises:
        Rejected, Misconfigured: the org does not take the package; the file is gone, as nothing was changed.
        Retryable: as `DeployRequests.start` does; the file stays.
    """
    try:
        deploy_id = requests.start(package, options)
    except (Rejected, Misconfigured):
        if record is not None:
            forget(record)
        raise
    return deploy_id, None if record is None else save(replace(record, deploy_id=deploy_id))


def followed(requests: DeployRequests, deploy_id: str, target: str | None, console: Console) -> DeployStatus:
    """Show how far a deploy is until it is over; raises as `follow` does."""
    console.print(f"Deploy {deploy_id}", highlight=False)
    with _interruptible(deploy_id, target, console), progress(console) as watch:
        return follow(requests, deploy_id, watch)


def record_of(folder: Path, deploy_id: str) -> RollBack | None:
    """Find the roll-back file of a deploy that somebody stopped watching; raises as `files` does."""
    return next((each for each in files(folder) if each.deploy_id == deploy_id), None)


def conclude(status: DeployStatus, record: RollBack | None, target: str | None, console: Console) -> None:
    """Say how a deploy ended and what comes next; the way back is kept where there is something to undo."""
    done, total = status.components
    for each in status.warnings:
        console.print(f"note: {each.component}: {each.problem}", highlight=False)
    if status.success:
        what = "would be deployed" if status.check_only else "deployed"
        console.print(f"{done} of {total} components {what}", highlight=False)
        if record is not None:
            console.print(f"Before it: {record.path.with_suffix('.zip')}", soft_wrap=True, highlight=False)
            console.print(f"To undo it: smarketing metadata rollback{_named(target)}", highlight=False)
        return
    if record is not None:
        forget(record)
    if status.errors:
        console.print(errors_table(status.errors))
    console.print(_next_step(status), highlight=False)


def _next_step(status: DeployStatus) -> str:
    if status.status == "Canceled":
        return "It was cancelled and nothing was changed; deploy again when it suits."
    return (
        f"{status.status}: nothing was changed. Mend what is listed (smarketing metadata check finds "
        "most of it without an org), then deploy again."
    )


@contextmanager
def _interruptible(deploy_id: str, target: str | None, console: Console) -> Iterator[None]:
    """Say at Ctrl-C that the org goes on with the deploy, and how to come back to it."""
    try:
        yield
    except KeyboardInterrupt:
        console.print(
            f"The org goes on with it. Watch it: smarketing metadata deploy --resume {deploy_id}"
            f"{_named(target)}; stop it: smarketing metadata cancel {deploy_id}{_named(target)}",
            soft_wrap=True,
            highlight=False,
        )
        raise


def _named(target: str | None) -> str:
    return "" if target is None else f" --target {target}"
