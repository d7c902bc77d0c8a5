"""Deploys packages into the org: all of one or nothing, or what is in order, or only to see."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from chalicelib.domain.instant import Instant
from smarketing.sandbox.org.database import Database
from smarketing.sandbox.org.metadata_api.attempts import Attempt
from smarketing.sandbox.org.metadata_api.checks import check_item
from smarketing.sandbox.org.metadata_api.components import Components
from smarketing.sandbox.org.metadata_api.installing import Deploy, Installing
from smarketing.sandbox.org.metadata_api.packages import Sent, read_package
from smarketing.sandbox.org.metadata_api.results import Outcome, Problem
from smarketing.sandbox.org.schema import Schema
from smarketing.sandbox.org.values import rest_time


@dataclass(frozen=True, slots=True)
class Options:
    """DeployOptions of the Metadata API, as far as the org minds them.

    Attributes:
        check_only: whether everything is undone in the end.
        rollback_on_error: whether one problem undoes everything.
        test_level: is taken and reported; the org has no Apex, so there is nothing to test.
    """

    allow_missing_files: bool = False
    check_only: bool = False
    ignore_warnings: bool = False
    purge_on_delete: bool = False
    rollback_on_error: bool = True
    single_package: bool = True
    test_level: str = "NoTestRun"


class Stopped(Exception):  # noqa: N818 - not a fault: somebody asked for it
    """A deploy is to end and leave nothing behind."""


Progress = Callable[[int, int, str], None]
"""Told how many components of how many are done, and the type that is worked on; may raise Stopped."""


class _Undone(Exception):  # noqa: N818 - not a fault: it ends a transaction
    """What was done is to be undone."""


class Deployer:
    """Deploys into one org."""

    def __init__(
        self,
        database: Database,
        components: Components,
        installing: Installing,
        clock: Callable[[], Instant],
    ) -> None:
        """Work on an org's database, by its clock."""
        self._database = database
        self._components = components
        self._installing = installing
        self._clock = clock

    def deploy(self, package: bytes, options: Options, user: str, watch: Progress) -> Outcome:
        """Deploy a zipped package; what is wrong with it is in the outcome.

        `watch` hears how far it is; when it raises Stopped, everything is undone.
        """
        sent = read_package(package, allow_missing_files=options.allow_missing_files)
        return self.install(sent, options, user, watch)

    def install(self, sent: Sent, options: Options, user: str, watch: Progress) -> Outcome:
        """Deploy a package that was read."""
        total = len(sent.items) + len(sent.first) + len(sent.last)
        problems = [*sent.problems, *(each for item in sent.items for each in check_item(item))]
        while True:
            undo = options.check_only or (options.rollback_on_error and bool(problems))
            attempt = Attempt(
                self._database,
                self._installing,
                Deploy(self._components, user, rest_time(self._clock())),
                lambda done, kind: watch(done, total, kind),
            )
            self._try(attempt, sent, problems, undo=undo)
            problems += attempt.problems
            # Without a rollback, what is in order is tried again without what is not.
            if options.rollback_on_error or not attempt.problems:
                break
        kept = not options.check_only and not (options.rollback_on_error and problems)
        if kept:
            self._installing.changed()
        return Outcome(total, tuple(attempt.done), tuple(problems), kept)

    def _try(self, attempt: Attempt, sent: Sent, problems: list[Problem], *, undo: bool) -> None:
        faulty = {(each.type, each.full_name) for each in problems}
        items = [each for each in sent.items if (each.type, each.full_name) not in faulty]
        first, last = (
            [each for each in deletions if (each.type, each.full_name) not in faulty]
            for deletions in (sent.first, sent.last)
        )
        with self._database.lock:
            before = self._database.schema
            with self._undoing(before), self._database.transaction():
                attempt.do(items, first, last)
                _end(undo=undo or bool(attempt.problems))

    @contextmanager
    def _undoing(self, schema: Schema) -> Iterator[None]:
        """Put the former schema back when the transaction within is undone."""
        try:
            yield
        except _Undone:
            self._database.schema = schema
        except BaseException:
            self._database.schema = schema
            raise


def _end(*, undo: bool) -> None:
    if undo:
        raise _Undone
