"""Shows how far a deploy is."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from smarketing.metadata.deploy_requests import DeployStatus


@contextmanager
def progress(console: Console) -> Iterator[Callable[[DeployStatus], None]]:
    """Show a bar of components and one of tests, where there are tests; nothing where nobody looks on."""
    if not console.is_terminal:
        yield lambda status: None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as bars:
        components = bars.add_task("Waiting in the org's queue", total=None)
        tests = bars.add_task("Tests", total=None, visible=False)

        def show(status: DeployStatus) -> None:
            done, total = status.components
            description = status.detail or status.status
            bars.update(components, completed=done, total=total or None, description=description)
            done, total = status.tests
            bars.update(tests, completed=done, total=total or None, visible=bool(total))

        yield show
