"""Outbound messages of the emulated org, as a callback on a real port hears them."""

import re
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from chalicelib.gateways.salesforce.outbound_message import read_outbound_message
from tests.sandbox.org.running_org import INTEGRATION, NOON, RunningOrg, running_org

ACK = (
    '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Body>'
    '<notificationsResponse xmlns="http://soap.sforce.com/2005/09/outbound"><Ack>{}</Ack>'
    "</notificationsResponse></soapenv:Body></soapenv:Envelope>"
)


@dataclass
class Callback:
    """Keeps what it hears; acknowledges while `gate` is open, refuses while `refusals` are left."""

    url: str = ""
    heard: list[str] = field(default_factory=list)
    refusals: list[tuple[int, str]] = field(default_factory=list)
    gate: threading.Event = field(default_factory=threading.Event)

    def answer(self, body: str) -> tuple[int, str]:
        self.heard.append(body)
        self.gate.wait(10)
        return self.refusals.pop(0) if self.refusals else (200, ACK.format("true"))

    def ids(self) -> list[list[str]]:
        return [re.findall(r"<sf:Id>(\w+)</sf:Id>", each) for each in self.heard]


@pytest.fixture
def callback() -> Iterator[Callback]:
    known = Callback()
    known.gate.set()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            status, text = known.answer(self.rfile.read(int(self.headers["Content-Length"])).decode())
            self.send_response(status)
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *_: object) -> None:
            """Keep the tests' output clean."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    known.url = f"http://127.0.0.1:{server.server_port}"
    yield known
    server.shutdown()
    server.server_close()


@pytest.fixture
def org(callback: Callback) -> Iterator[RunningOrg]:
    with running_org(callback=callback.url) as running:
        yield running


def wait(until: Callable[[], bool]) -> None:
    end = time.monotonic() + 10
    while not until():
        assert time.monotonic() < end, "nothing happened for ten seconds"
        time.sleep(0.01)


def settle(org: RunningOrg) -> None:
    wait(lambda: org.org.outbound.waiting == 0)


def test_a_change_is_sent_with_its_fields(org: RunningOrg, callback: Callback) -> None:
    lead = org.lead("Weiß & <Söhne>", Email="anna@example.org", NumberOfEmployees=5, Phone="+49+0000")
    settle(org)
    [body] = callback.heard
    assert f"<OrganizationId>{org.org.organization_id}</OrganizationId>" in body
    assert f"<sf:Id>{lead}</sf:Id>" in body
    assert "<sf:LastName>Weiß &amp; &lt;Söhne&gt;</sf:LastName>" in body
    assert "<sf:Phone>+49+0000</sf:Phone>" in body
    assert "<sf:SystemModstamp>2026-03-01T12:00:00.000Z</sf:SystemModstamp>" in body
    assert "<sf:HasOptedOutOfEmail>false</sf:HasOptedOutOfEmail>" in body
    assert "<sf:Title>" not in body


def test_our_own_reader_understands_it(org: RunningOrg, callback: Callback) -> None:
    lead = org.lead(Email="anna@example.org")
    settle(org)
    message = read_outbound_message(callback.heard[0].encode(), NOON)
    [engagement] = message.arrival.engagements
    assert {(key.kind, key.value) for key in engagement.keys} >= {
        ("lead", lead[:15]),
        ("email", "anna@example.org"),
    }


def test_the_integration_user_causes_none(org: RunningOrg, callback: Callback) -> None:
    lead = org.lead(user=INTEGRATION)
    other = org.lead()
    settle(org)
    assert callback.ids() == [[other]]
    org.call("PATCH", f"sobjects/Lead/{lead}", {"Title": "CTO"})
    wait(lambda: callback.ids() == [[other], [lead]])


def test_a_change_that_smarketing_does_not_care_for_is_not_sent(org: RunningOrg, callback: Callback) -> None:
    lead = org.lead()
    wait(lambda: callback.ids() == [[lead]])
    org.call("PATCH", f"sobjects/Lead/{lead}", {"Description": "Calls back in May"})
    other = org.lead()
    wait(lambda: callback.ids() == [[lead], [other]])


def test_a_new_stage_of_an_interest_is_sent(org: RunningOrg, callback: Callback) -> None:
    one = org.create("Interest__c", user=INTEGRATION, Lead__c=org.lead(user=INTEGRATION), Stage__c="mql")
    org.call("PATCH", f"sobjects/Interest__c/{one}", {"Stage__c": "qualifying"})
    wait(lambda: callback.ids() == [[one]])
    assert "<sf:Stage__c>qualifying</sf:Stage__c>" in callback.heard[0]


@pytest.mark.parametrize("refused", [(500, ""), (200, ACK.format("false")), (200, "<html/>")])
def test_a_message_is_sent_until_it_is_acknowledged(
    org: RunningOrg, callback: Callback, refused: tuple[int, str]
) -> None:
    callback.refusals = [refused]
    org.lead()
    wait(lambda: org.org.outbound.sent == 1)
    first, second = callback.heard
    assert first == second


def test_at_most_a_hundred_go_in_one_message(org: RunningOrg, callback: Callback) -> None:
    callback.gate.clear()
    org.lead()
    wait(lambda: len(callback.heard) == 1)
    lead = {"attributes": {"type": "Lead"}, "LastName": "Weiß", "Company": "Werk"}
    org.call("POST", "composite/sobjects", {"records": [lead] * 120})
    callback.gate.set()
    wait(lambda: org.org.outbound.sent == 121)
    assert [len(ids) for ids in callback.ids()] == [1, 100, 20]


def test_a_record_that_is_gone_by_then_leaves_an_empty_notification(
    org: RunningOrg, callback: Callback
) -> None:
    callback.gate.clear()
    org.lead()
    wait(lambda: len(callback.heard) == 1)
    org.call("DELETE", f"sobjects/Lead/{org.lead()}")
    callback.gate.set()
    wait(lambda: org.org.outbound.sent == 2)
    assert re.search(r"<Notification><Id>\w{18}</Id></Notification>", callback.heard[1])


def test_what_is_undone_is_not_sent(org: RunningOrg, callback: Callback) -> None:
    good, bad = (
        {"attributes": {"type": "Lead"}, "LastName": "Weiß", **more} for more in ({"Company": "W"}, {})
    )
    org.call("POST", "composite/sobjects", {"allOrNone": True, "records": [good, bad]})
    lead = org.lead()
    settle(org)
    assert callback.ids() == [[lead]]
