"""The flows of an org: which run for a record, and what waits for its time."""

import sqlite3
from collections.abc import Callable

from chalicelib.domain.instant import Instant, parse_instant
from smarketing.sandbox.org.automation.context import RecordContext
from smarketing.sandbox.org.automation.flow_definition import Flow, ScheduledPath
from smarketing.sandbox.org.automation.flow_platform import Platform
from smarketing.sandbox.org.automation.flow_reading import flow_of
from smarketing.sandbox.org.automation.flow_run import FlowRun
from smarketing.sandbox.org.database import Record
from smarketing.sandbox.org.metadata_api.components import Stored

_TABLE = """
CREATE TABLE IF NOT EXISTS _scheduled_paths (
    flow TEXT NOT NULL, path TEXT NOT NULL, object TEXT NOT NULL, record TEXT NOT NULL, due INTEGER NOT NULL,
    PRIMARY KEY (flow, path, record)
)
"""


class Flows:
    """Runs the flows that were deployed, and keeps their scheduled paths in the org's database."""

    def __init__(
        self, connection: sqlite3.Connection, deployed: Callable[[], list[Stored]], platform: Platform
    ) -> None:
        """Read the flows when they are first needed."""
        self._connection = connection
        self._deployed = deployed
        self._platform = platform
        self._flows: dict[str, list[Flow]] | None = None
        self._running: set[tuple[str, str]] = set()
        connection.execute(_TABLE)

    def forget(self) -> None:
        """Read them anew: a deploy may have changed them."""
        self._flows = None

    def before_save(self, context: RecordContext) -> Record:
        """Let the flows change a record before it is written, and give the fields that they set.

        Raises:
            Refusal: one of them failed.
        """
        changes: Record = {}
        for flow in self._of(context.sobject.name):
            if flow.before_save:
                record = {**context.record, **changes}
                run = FlowRun(
                    flow,
                    RecordContext(
                        context.database,
                        context.sobject,
                        record,
                        context.former,
                        context.user,
                        context.permissions,
                        context.at,
                    ),
                    self._platform,
                )
                if run.is_started():
                    run.run(flow.first)
                    changes |= run.changes
        return changes

    def after_save(self, context: RecordContext) -> None:
        """Run what a change of a record starts, once it is written.

        A flow whose own change starts it again is not run a second time for the record.

        Raises:
            Refusal: one of them failed; what started it is undone.
        """
        record_id = str(context.record["Id"])
        for flow in self._of(context.sobject.name):
            key = (flow.name, record_id)
            if flow.before_save or key in self._running:
                continue
            run = FlowRun(flow, context, self._platform)
            self._running.add(key)
            try:
                if flow.first is not None and run.is_started():
                    run.run(flow.first)
                for path in flow.scheduled:
                    self._schedule(flow, path, run)
            finally:
                self._running.discard(key)

    def due(self, now: Instant) -> list[tuple[str, str, str, str]]:
        """Take what has become due off the list: flow, path, object and record."""
        # The platform, too, gets to it a moment later.
        rows = self._connection.execute(
            "DELETE FROM _scheduled_paths WHERE due < ? RETURNING flow, path, object, record, due", (now,)
        ).fetchall()
        ordered = sorted(rows, key=lambda row: (row["due"], row["flow"]))
        return [(row["flow"], row["path"], row["object"], row["record"]) for row in ordered]

    def run_due(self, flow_name: str, path_name: str, context: RecordContext) -> None:
        """Run a scheduled path, unless the record no longer is one that its flow is about.

        Raises:
            Refusal: it failed.
        """
        for flow in self._of(context.sobject.name):
            for path in flow.scheduled:
                run = FlowRun(flow, context, self._platform)
                if (flow.name, path.name) == (flow_name, path_name) and run.meets_filters():
                    run.run(path.first)

    def _schedule(self, flow: Flow, path: ScheduledPath, run: FlowRun) -> None:
        record, was = run.context.record, run.context.former
        at = record.get(path.field)
        keys = (flow.name, path.name, str(record["Id"]))
        if not flow.active or at is None or not run.meets_filters():
            self._connection.execute(
                "DELETE FROM _scheduled_paths WHERE flow = ? AND path = ? AND record = ?", keys
            )
        elif run.is_started() or (was or {}).get(path.field) != at:
            due = parse_instant(str(at), path.field) + path.offset
            self._connection.execute(
                "INSERT INTO _scheduled_paths (flow, path, record, object, due) VALUES (?, ?, ?, ?, ?) "
                "ON CONFLICT (flow, path, record) DO UPDATE SET due = excluded.due",
                (*keys, run.context.sobject.name, due),
            )

    def _of(self, name: str) -> list[Flow]:
        if self._flows is None:
            self._flows = {}
            for each in self._deployed():
                flow = flow_of(each.full_name, each.content)
                self._flows.setdefault(flow.object, []).append(flow)
            for some in self._flows.values():
                some.sort(key=lambda flow: (flow.order, flow.name))
        return self._flows.get(name, [])
