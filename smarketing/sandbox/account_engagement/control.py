"""Pages for whoever rehearses: faults, limits and pace, calls made, rows put there and looked at."""

from collections.abc import Awaitable, Callable
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from chalicelib.domain.instant import SECOND, Duration
from smarketing.sandbox.account_engagement.answers import Answer, Call
from smarketing.sandbox.account_engagement.database import Database
from smarketing.sandbox.account_engagement.forwarding import ACTIVITIES, Forwarding
from smarketing.sandbox.account_engagement.gate import Gate, read_call, respond
from smarketing.sandbox.account_engagement.jobs import Jobs
from smarketing.sandbox.account_engagement.records import Records
from smarketing.sandbox.account_engagement.rules import Rules

Page = Callable[[Request], Awaitable[Response]]
Handle = Callable[[Call], Answer | Awaitable[Answer]]
_DONE = Answer(204)


class Control:
    """What no caller of the real business unit has."""

    def __init__(
        self,
        gate: Gate,
        database: Database,
        rules: Rules,
        records: Records,
        jobs: Jobs,
        forwarding: Forwarding,
        forward_url: Callable[[], str],
    ) -> None:
        """Control the parts of a business unit."""
        self._gate = gate
        self._database = database
        self._rules = rules
        self._records = records
        self._jobs = jobs
        self._forwarding = forwarding
        self._forward_url = forward_url
        self._settings: dict[str, Callable[[Any], None]] = {
            "calls_per_day": lambda value: setattr(gate.limits, "daily", int(value)),
            "calls_used": lambda value: setattr(gate.limits, "used", int(value)),
            "calls_at_once": lambda value: setattr(gate.limits, "at_once", int(value)),
            "call_seconds": lambda value: setattr(gate.limits, "seconds", float(value)),
            "stale_seconds": self._set_staleness,
            "pending_looks": lambda value: setattr(jobs, "pending_looks", int(value)),
            "job_seconds": lambda value: setattr(jobs, "seconds", float(value)),
            "most_records": lambda value: setattr(records, "most_records", int(value)),
            "shares_addresses": lambda value: setattr(rules, "shares_addresses", bool(value)),
        }

    def routes(self) -> list[Route]:
        """Serve the pages below /sandbox."""
        served: list[tuple[str, str, Handle]] = [
            ("GET", "/sandbox/faults", self._show_faults),
            ("POST", "/sandbox/faults", self._add_fault),
            ("DELETE", "/sandbox/faults", self._clear_faults),
            ("POST", "/sandbox/limits", self._set_limits),
            ("GET", "/sandbox/calls", self._show_calls),
            ("DELETE", "/sandbox/calls", self._forget_calls),
            ("POST", "/sandbox/{object}", self._load),
            ("GET", "/sandbox/{object}", self._show_rows),
            ("DELETE", "/sandbox/{object}/{id}", self._delete),
        ]
        return [Route(path, _page(handle), methods=[method]) for method, path, handle in served]

    async def _load(self, call: Call) -> Answer:
        """Add the rows of the body, each with an `id`; activities are forwarded at once."""
        if not isinstance(call.body, list):
            raise TypeError("body: send a JSON array of rows with an id")
        name = self._named(call)
        self._forwarding.load(name, call.body)
        told = {"added": len(call.body)}
        if name == ACTIVITIES:
            told["refused"] = await run_in_threadpool(
                self._forwarding.forward, call.body, self._forward_url()
            )
        return Answer(200, told)

    def _show_faults(self, _: Call) -> Answer:
        return Answer(200, {"rows_met": dict(self._gate.faults.met)})

    def _add_fault(self, call: Call) -> Answer:
        self._gate.faults.add(call.body if isinstance(call.body, dict) else {})
        return _DONE

    def _clear_faults(self, _: Call) -> Answer:
        self._gate.clear_faults()
        return _DONE

    def _set_limits(self, call: Call) -> Answer:
        asked = call.body if isinstance(call.body, dict) else {}
        if not asked or set(asked) - set(self._settings):
            raise ValueError(f"body: {', '.join(self._settings)}")
        for name, value in asked.items():
            self._settings[name](value)
        return _DONE

    def _set_staleness(self, seconds: Any) -> None:
        for table in self._database.tables.values():
            table.stale_for = Duration(int(float(seconds) * SECOND))

    def _show_calls(self, _: Call) -> Answer:
        calls, limits = self._gate.calls, self._gate.limits
        told = {"total": calls.total(), "most_at_once": limits.most_at_work, "used_today": limits.used}
        return Answer(200, {**told, "by_route": dict(calls)})

    def _forget_calls(self, _: Call) -> Answer:
        self._gate.calls.clear()
        self._gate.limits.most_at_work = 0
        return _DONE

    def _show_rows(self, call: Call) -> Answer:
        """Give all rows as they are now, deleted ones among them."""
        self._gate.before_each()
        rows = self._database.tables[self._named(call)].rows
        return Answer(200, {"count": len(rows), "rows": list(rows.values())})

    def _delete(self, call: Call) -> Answer:
        """Delete a row, as a person does it on the platform's pages."""
        name = self._named(call)
        self._database.remove(name, self._database.tables[name].rows[int(call.parameters["id"])])
        return _DONE

    def _named(self, call: Call) -> str:
        name = call.parameters["object"]
        if name not in self._database.objects:
            raise ValueError(f"{name}: no such object; one of {', '.join(self._database.objects)}")
        return name


def _page(handle: Handle) -> Page:
    """Serve a page; what can't be done is a 400 of one line."""

    async def serve(request: Request) -> Response:
        call = await read_call(request)
        try:
            answer = handle(call)
            return respond(await answer if isinstance(answer, Awaitable) else answer)
        except (KeyError, TypeError, ValueError) as error:
            return respond(Answer(400, {"message": str(error)}))

    return serve
