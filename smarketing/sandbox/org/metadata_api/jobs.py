"""Deploys under way: queued, in progress, and what became of them."""

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cache
from threading import Event, Lock
from typing import Literal

from smarketing.sandbox.org.metadata_api.deploying import Deployer, Options, Stopped
from smarketing.sandbox.org.metadata_api.results import Outcome
from smarketing.sandbox.org.refusals import Refusal

_log = logging.getLogger(__name__)

Status = Literal["Pending", "InProgress", "Succeeded", "SucceededPartial", "Failed", "Canceled"]


@dataclass(slots=True)
class Job:
    """A deploy; times as the REST API writes them.

    Attributes:
        state: what is being worked on at present; `finished`: components of `total` that are done.
        fault: what went wrong with the deploy itself.
        package: is kept, as what was rehearsed can be deployed later without sending it again.
    """

    id: str
    options: Options
    user: str
    user_name: str
    created: str
    package: bytes
    status: Status = "Pending"
    started: str | None = None
    completed: str | None = None
    changed: str | None = None
    state: str | None = None
    total: int = 0
    finished: int = 0
    outcome: Outcome | None = None
    fault: str | None = None
    cancelled_by: str | None = None
    cancelled_by_name: str | None = None
    cancel: Event = field(default_factory=Event)
    ended: Event = field(default_factory=Event)

    @property
    def done(self) -> bool:
        """Whether it is over."""
        return self.ended.is_set()

    def report(self, finished: int, total: int, kind: str) -> None:
        """Note how far it is.

        Raises:
            Stopped: somebody cancelled it.
        """
        if self.cancel.is_set():
            raise Stopped
        self.finished, self.total, self.state = finished, total, f"Processing Type: {kind}"


class Jobs:
    """The deploys of an org, one at a time, in the order in which they came."""

    def __init__(
        self,
        deployer: Deployer,
        new_id: Callable[[], str],
        now: Callable[[], str],
        name_of: Callable[[str], str],
    ) -> None:
        """Deploy with a deployer; `now` gives the time as the REST API writes it, `name_of` users' names."""
        self._deployer = deployer
        self._new_id = new_id
        self._now = now
        # A name that is known is given while a deploy has the org to itself.
        self._name_of = cache(name_of)
        self._jobs: dict[str, Job] = {}
        self._lock = Lock()
        self._worker: ThreadPoolExecutor | None = None

    def add(self, package: bytes, options: Options, user: str) -> Job:
        """Queue a deploy."""
        now = self._now()
        with self._lock:
            job = Job(self._new_id(), options, user, self._name_of(user), now, package, changed=now)
            self._jobs[job.id[:15]] = job
            if self._worker is None:
                self._worker = ThreadPoolExecutor(1, thread_name_prefix="deploy")
            self._worker.submit(self._run, job)
        return job

    def quick(self, validation: str, user: str) -> Job:
        """Deploy what a rehearsal found to be in order.

        Raises:
            Refusal: there was none, or it failed.
        """
        rehearsed = self.get(validation)
        if not rehearsed.options.check_only or rehearsed.status != "Succeeded":
            raise Refusal("INVALID_ID_FIELD", f"Cannot deploy validation {validation}: it did not succeed")
        options = Options(test_level=rehearsed.options.test_level)
        return self.add(rehearsed.package, options, user)

    def get(self, job_id: str) -> Job:
        """Find a deploy.

        Raises:
            Refusal: there is none of that id.
        """
        job = self._jobs.get(job_id[:15])
        if job is None:
            raise Refusal("INVALID_CROSS_REFERENCE_KEY", f"invalid cross reference id: {job_id}", 404)
        return job

    def cancel(self, job_id: str, user: str) -> Job:
        """Ask that a deploy be not done; one that is over stays as it is.

        Raises:
            Refusal: there is none of that id, or it is over.
        """
        job = self.get(job_id)
        if job.done:
            raise Refusal("INVALID_ID_FIELD", f"Deployment {job.id} has already completed")
        job.cancelled_by, job.cancelled_by_name = user, self._name_of(user)
        job.cancel.set()
        return job

    def close(self) -> None:
        """Take no more deploys and wait for the one at work."""
        if self._worker is not None:
            self._worker.shutdown(wait=True, cancel_futures=True)

    def _run(self, job: Job) -> None:
        try:
            if not job.cancel.is_set():
                job.status, job.started = "InProgress", self._now()
                job.outcome = self._deployer.deploy(job.package, job.options, job.user, job.report)
        except Stopped:
            job.outcome = None
        except Exception:  # whatever fails in the org, the client is told and the next deploy goes on
            _log.exception("deploy %s failed", job.id)
            job.fault = "UNKNOWN_EXCEPTION: An unexpected error occurred."
        finally:
            job.status = _status(job)
            job.completed = job.changed = self._now()
            job.ended.set()


def _status(job: Job) -> Status:
    if job.cancel.is_set() and (job.outcome is None or not job.outcome.kept):
        return "Canceled"
    if job.outcome is None:
        return "Failed"
    if not job.outcome.problems:
        return "Succeeded"
    some = job.outcome.kept and any(each.warning is None for each in job.outcome.done)
    return "SucceededPartial" if some else "Failed"
