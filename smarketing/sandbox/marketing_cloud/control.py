"""Pages for whoever rehearses: faults, limits, calls made, data extensions, journeys, messages, events."""

from collections.abc import Awaitable, Callable
from dataclasses import asdict
from typing import TypeVar

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from smarketing.sandbox.marketing_cloud import custom_activity
from smarketing.sandbox.marketing_cloud.answers import Answer, Call
from smarketing.sandbox.marketing_cloud.async_requests import AsyncRequests
from smarketing.sandbox.marketing_cloud.data_extension import Column, DataExtension
from smarketing.sandbox.marketing_cloud.ens import EventNotifications
from smarketing.sandbox.marketing_cloud.gate import Gate, read_call, respond
from smarketing.sandbox.marketing_cloud.journeys import Journey, Journeys
from smarketing.sandbox.marketing_cloud.messages import Messages

Part = TypeVar("Part")
Page = Callable[[Request], Awaitable[Response]]
_DONE = Answer(204)


class Control:
    """What no caller of the real account has."""

    def __init__(
        self,
        gate: Gate,
        extensions: dict[str, DataExtension],
        requests: AsyncRequests,
        journeys: Journeys,
        messages: Messages,
        notifications: EventNotifications,
        jwt_secret: str,
    ) -> None:
        """Control the parts of an account."""
        self._gate = gate
        self._extensions = extensions
        self._requests = requests
        self._journeys = journeys
        self._messages = messages
        self._notifications = notifications
        self._jwt_secret = jwt_secret

    def routes(self) -> list[Route]:
        """Serve the pages below /sandbox."""
        served: list[tuple[str, str, Callable[[Call], Answer]]] = [
            ("POST", "/sandbox/events", self._send_events),
            ("POST", "/sandbox/faults", self._add_fault),
            ("DELETE", "/sandbox/faults", self._clear_faults),
            ("POST", "/sandbox/limits", self._set_limits),
            ("GET", "/sandbox/calls", self._show_calls),
            ("DELETE", "/sandbox/calls", self._forget_calls),
            ("PUT", "/sandbox/data-extensions/{key}", self._make_extension),
            ("GET", "/sandbox/data-extensions/{key}", self._show_extension),
            ("POST", "/sandbox/data-extensions/{key}/rows", self._load_rows),
            ("PUT", "/sandbox/journeys/{key}", self._make_journey),
            ("GET", "/sandbox/journeys/{key}", self._show_journey),
            ("POST", "/sandbox/journeys/{key}/{action}", self._act_on_journey),
            ("PUT", "/sandbox/email-definitions/{key}", self._make_definition),
            ("GET", "/sandbox/messages", self._show_messages),
        ]
        return [Route(path, _page(handle), methods=[method]) for method, path, handle in served]

    def _send_events(self, call: Call) -> Answer:
        if isinstance(call.body, list):
            return Answer(200, self._notifications.send(call.body))
        return Answer(400, {"message": "body: send a JSON array of events"})

    def _add_fault(self, call: Call) -> Answer:
        self._gate.faults.add(call.object())
        return _DONE

    def _clear_faults(self, _: Call) -> Answer:
        self._gate.faults.clear()
        return _DONE

    def _set_limits(self, call: Call) -> Answer:
        asked = call.object()
        if set(asked) - {"calls_per_minute", "pending_polls"}:
            raise ValueError("body: calls_per_minute (null: no limit), pending_polls")
        if "calls_per_minute" in asked:
            self._gate.calls_per_minute = asked["calls_per_minute"]
        self._requests.pending_polls = int(asked.get("pending_polls", self._requests.pending_polls))
        return _DONE

    def _show_calls(self, _: Call) -> Answer:
        return Answer(200, {"total": self._gate.calls.total(), "by_route": dict(self._gate.calls)})

    def _forget_calls(self, _: Call) -> Answer:
        self._gate.calls.clear()
        return _DONE

    def _make_extension(self, call: Call) -> Answer:
        columns = tuple(Column(**each) for each in call.object().get("columns") or ())
        if not any(each.primary for each in columns):
            raise ValueError("columns: at least one has to be primary")
        key = call.parameters["key"]
        self._extensions[key] = DataExtension(key, columns)
        return _DONE

    def _show_extension(self, call: Call) -> Answer:
        self._requests.settle()
        extension = self._extension(call)
        return Answer(
            200,
            {
                "columns": [asdict(each) for each in extension.columns],
                "count": len(extension.rows),
                "rows": list(extension.rows.values()),
            },
        )

    def _load_rows(self, call: Call) -> Answer:
        extension = self._extension(call)
        for row in call.body if isinstance(call.body, list) else []:
            extension.save(*extension.prepare(row))
        return Answer(200, {"count": len(extension.rows)})

    def _make_journey(self, call: Call) -> Answer:
        asked, key = call.object(), call.parameters["key"]
        journey = Journey(key, str(asked.get("name", key)), str(asked["event_definition_key"]))
        if url := asked.get("activity_url"):
            journey.activity = custom_activity.read_config(str(url).rstrip("/"))
            execute = journey.activity["arguments"]["execute"]
            execute["inArguments"] = [*execute.get("inArguments", []), dict(asked.get("arguments") or {})]
        self._journeys.by_key[key] = journey
        return Answer(200, {"activity_id": journey.activity_id})

    def _show_journey(self, call: Call) -> Answer:
        journey = self._journey(call)
        return Answer(
            200,
            {
                "contacts": {each.contact: each.outcome for each in journey.stays.values()},
                "exited": [each.contact for each in journey.exited],
            },
        )

    def _act_on_journey(self, call: Call) -> Answer:
        """Run the activity for whom it hasn't run for yet, or for one contact again; or save, publish ..."""
        journey, action = self._journey(call), call.parameters["action"]
        if action in custom_activity.ACTIONS:
            return Answer(200, custom_activity.tell(journey, action, self._jwt_secret).plain)
        if action != "run":
            raise ValueError(f"action: run, {', '.join(custom_activity.ACTIONS)}")
        asked = call.object().get("contact")
        stays = [each for each in journey.stays.values() if asked in (None, each.contact)]
        outcomes = {}
        for stay in stays:
            if stay.outcome is None or asked is not None:
                stay.outcome = custom_activity.execute(journey, stay, self._jwt_secret).plain
                outcomes[stay.contact] = stay.outcome
        return Answer(200, outcomes)

    def _make_definition(self, call: Call) -> Answer:
        self._messages.definitions.add(call.parameters["key"])
        return _DONE

    def _show_messages(self, _: Call) -> Answer:
        return Answer(200, [asdict(each) for each in self._messages.sent.values()])

    def _extension(self, call: Call) -> DataExtension:
        return _named(self._extensions, call, "data extension")

    def _journey(self, call: Call) -> Journey:
        return _named(self._journeys.by_key, call, "journey")


def _named(of: dict[str, Part], call: Call, what: str) -> Part:
    if call.parameters["key"] not in of:
        raise ValueError(f"{call.parameters['key']}: no such {what}")
    return of[call.parameters["key"]]


def _page(handle: Callable[[Call], Answer]) -> Page:
    """Serve a page; what can't be done is a 400 of one line."""

    async def serve(request: Request) -> Response:
        call = await read_call(request)
        try:
            return respond(await run_in_threadpool(handle, call))
        except (KeyError, TypeError, ValueError) as error:
            return respond(Answer(400, {"message": str(error)}))

    return serve
