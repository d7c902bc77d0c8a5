"""A running sandbox: where everything listens, what it did, whether anything is left to do."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

from chalicelib.errors import Retryable
from smarketing.sandbox.aws import QUEUES_MADE, Aws
from smarketing.sandbox.board import Board
from smarketing.sandbox.clock import SandboxClock
from smarketing.sandbox.credentials import Credentials
from smarketing.sandbox.host import HURRY
from smarketing.sandbox.processes import Child

_PAUSES = (0.03, 0.2)
"""Seconds between two looks at the queues: the first, and the longest; looking takes time from the work."""


@dataclass(frozen=True, slots=True)
class Sandbox:
    """A running sandbox: where everything listens and how to watch it.

    Attributes:
        url: the front door, in place of API Gateway. environment: what the handlers run with; with it,
        commands such as `smarketing outbox` work on this sandbox. run: folder with the processes' logs.
    """

    url: str
    org_url: str
    marketing_cloud_url: str
    account_engagement_url: str
    credentials: Credentials
    clock: SandboxClock
    aws: Aws
    environment: Mapping[str, str]
    run: Path
    children: Sequence[Child]
    board: Board

    def drain(self, timeout: float = 600.0) -> None:
        """Wait until all is done: queues empty, nothing in work, the table's stream read to its end.

        Raises:
            Retryable: that was not so within `timeout` real seconds.
            Misconfigured: a process of the sandbox ended meanwhile.
        """
        until = time.monotonic() + timeout
        pause, longest = _PAUSES
        try:
            while not self._is_idle():
                if time.monotonic() > until:
                    raise Retryable(f"sandbox: not idle after {timeout:.0f} s; see {self.run}")
                self.check()
                time.sleep(pause)
                pause = min(longest, pause * 1.5)
        finally:
            self._hurry(False)

    def check(self) -> None:
        """See that all processes run.

        Raises:
            Misconfigured: one ended by itself.
        """
        for child in self.children:
            child.check()

    def statistics(self) -> dict[str, Any]:
        """Tell what the event sources did, what the queues hold and how the org was called."""
        return {
            "sources": {
                name: {"invocations": each.invocations, "records": each.records, "failures": each.failures}
                for name, each in sorted(self.board.read().items())
            },
            "queues": self.queue_depths(),
            "salesforce": self._org_statistics(),
        }

    def queue_depths(self) -> dict[str, int]:
        """Tell how many messages wait or are in work, by queue; `...-dead` are the dead-letter queues."""
        sqs = self.aws.client("sqs")
        names = [name + end for name in QUEUES_MADE for end in ("", "-dead")]
        return {name: _depth(sqs, self.aws.queue_url(name)) for name in names}

    def run_schedule(self, name: str) -> None:
        """Call a scheduled handler, such as `review_due`, now."""
        requests.post(f"{self.url}/sandbox/schedules/{name}", timeout=120).raise_for_status()

    def put_events(self, events: Sequence[Mapping[str, Any]]) -> int:
        """Put change events on the bus; give how many failed for good."""
        response = requests.post(f"{self.url}/sandbox/events", json=list(events), timeout=120)
        response.raise_for_status()
        failed: int = response.json()["FailedEntryCount"]
        return failed

    def marketing_cloud_api(self, method: str, path: str, content: object = None) -> requests.Response:
        """Call the emulated Marketing Cloud's API as the installed package."""
        secret = self.credentials
        login = {
            "grant_type": "client_credentials",
            "client_id": secret.marketing_cloud_client_id,
            "client_secret": secret.marketing_cloud_client_secret,
        }
        token = requests.post(f"{self.marketing_cloud_url}/v2/token", json=login, timeout=30).json()[
            "access_token"
        ]
        headers = {"Authorization": f"Bearer {token}"}
        url = f"{self.marketing_cloud_url}{path}"
        return requests.request(method, url, json=content, headers=headers, timeout=60)

    def salesforce_access_token(self, username: str = "admin@smarketing.example") -> str:
        """Give a user's access token of the org, as an admin reads it from a session."""
        answer = requests.post(f"{self.org_url}/sandbox/token", params={"username": username}, timeout=30)
        answer.raise_for_status()
        token: str = answer.json()["access_token"]
        return token

    def _org_statistics(self) -> dict[str, Any]:
        statistics: dict[str, Any] = requests.get(f"{self.org_url}/sandbox/statistics", timeout=30).json()
        return statistics

    def _is_idle(self) -> bool:
        """See whether a whole round, from the first queue to the last, meets nothing to do.

        Work moves from the engagement queue through the table's stream to the delivery queue and from there
        back to the first, so the round goes that way and both ends must not have worked meanwhile.
        """
        began = time.time()
        before = self._work_done()
        sqs = self.aws.client("sqs")
        has_more_to_come = _depth(sqs, self.aws.queue_url("engagements")) > 0 or not self._stream_is_read(
            began
        )
        self._hurry(not has_more_to_come)
        if has_more_to_come:
            return False
        if _depth(sqs, self.aws.queue_url("delivery")) or _depth(sqs, self.aws.queue_url("engagements")):
            return False
        if self._org_statistics()["outbound_messages"]["waiting"]:
            return False
        return self._work_done() == before

    def _hurry(self, on: bool) -> None:
        """Let deliveries go without waiting for their window, now that nothing can join them."""
        if on:
            (self.run / HURRY).touch()
        else:
            (self.run / HURRY).unlink(missing_ok=True)

    def _stream_is_read(self, began: float) -> bool:
        """Wait shortly for a read of the stream that began after `began` and found nothing."""
        until = time.monotonic() + 1.0
        while time.monotonic() < until:
            progress = [each for name, each in self.board.read().items() if name.endswith(".relay_outbox")]
            if progress and min(each.caught_up for each in progress) > began:
                return True
            time.sleep(0.01)
        return False

    def _work_done(self) -> int:
        return sum(each.invocations for each in self.board.read().values())


def _depth(sqs: Any, queue_url: str) -> int:
    """Count a queue's messages: waiting, in work or delayed."""
    names = (
        "ApproximateNumberOfMessages",
        "ApproximateNumberOfMessagesNotVisible",
        "ApproximateNumberOfMessagesDelayed",
    )
    attributes = sqs.get_queue_attributes(QueueUrl=queue_url, AttributeNames=list(names))["Attributes"]
    return sum(int(attributes[name]) for name in names)
