"""take_change_events: what Salesforce's Event Relay puts on EventBridge."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from chalice.test import Client

import app
from chalicelib.domain.consent import withdrawal
from chalicelib.domain.engagement import PersonKey
from chalicelib.domain.message import Reread
from chalicelib.errors import Retryable
from tests.routes.conftest import NOW, FrontDoor

SHARED = Path(os.environ.get("SMARKETING_SHARED_DATA", Path(__file__).parents[3] / "shared" / "data"))
WIRE = SHARED / "wire" / "change-events"

Send = Callable[..., None]


@pytest.fixture
def send(door: FrontDoor) -> Send:
    """Send a change event as the Event Relay wraps it."""
    events = Client(app.app).events

    def send_payload(payload: Any, name: str = "LeadChangeEvent") -> None:
        detail = {"payload": payload, "schemaId": "I8b-dYxvxs5wOtCBr4qsew", "id": "a1"}
        source = "aws.partner/salesforce.com/00D5g00000AbCdEEAV/0YL5g000000CabWGAS"
        event = events.generate_cw_event(source, name, detail, ["resource"], "eu-central-1")
        app.take_change_events(event, None)

    return send_payload


def change(
    change_type: str = "UPDATE",
    entity: str = "Lead",
    ids: tuple[str, ...] = ("00Q5g00000AbCdEEAV",),
    header: dict[str, Any] | None = None,
    **fields: Any,
) -> dict[str, Any]:
    return {
        "ChangeEventHeader": {
            "entityName": entity,
            "recordIds": list(ids),
            "changeType": change_type,
            "changeOrigin": "com/salesforce/api/soap/66.0;client=SfdcInternalAPI/",
            "transactionKey": "00007e6d-1720-70a0-4379-f4dc745d2b32",
            "sequenceNumber": 1,
            "commitTimestamp": NOW - 1_000,
            "commitNumber": 1778192987716501507,
            "commitUser": "005bm000005uOROAA2",
            "changedFields": [*fields, "LastModifiedDate"],
        }
        | (header or {}),
        "LastModifiedDate": "2026-09-21T14:13:19.000Z",
    } | fields


class TestChanges:
    def test_a_changed_lead_tells_what_changed(self, door: FrontDoor, send: Send) -> None:
        send(change(Title="CTO", Email="ada@example.com"))

        engagement = door.queue.engagements[0]
        assert engagement.kind == "record_changed"
        assert engagement.occurred_at == NOW - 1_000
        assert engagement.keys == (
            PersonKey("lead", "00Q5g00000AbCdE"),
            PersonKey("email", "ada@example.com"),
        )
        assert engagement.profile == {"job_title": "CTO"}

    def test_compound_fields_are_taken_apart(self, door: FrontDoor, send: Send) -> None:
        send(
            change(
                entity="Contact",
                ids=("0035g00000AbCdEEAV",),
                Name={"FirstName": "Ada", "LastName": "Lovelace"},
                MailingAddress={"City": "Ulm", "Country": "Germany"},
            )
        )

        assert door.queue.engagements[0].profile == {
            "first_name": "Ada",
            "last_name": "Lovelace",
            "city": "Ulm",
            "country": "Germany",
        }

    def test_the_same_change_of_several_records_is_one_engagement_each(
        self, door: FrontDoor, send: Send
    ) -> None:
        send(change(ids=("00Q5g00000AbCdEEAV", "00Q5g00000AbCdFEAV"), Industry="Machinery"))

        assert [each.keys[0].value for each in door.queue.engagements] == [
            "00Q5g00000AbCdE",
            "00Q5g00000AbCdF",
        ]
        assert len({each.id for each in door.queue.engagements}) == 2

    def test_a_repeated_event_has_the_same_id_however_its_commit_number_was_rounded(
        self, door: FrontDoor, send: Send
    ) -> None:
        send(change(Title="CTO"))
        send(change(Title="CTO", header={"commitNumber": 1778192987716501500}))

        first, second = door.queue.engagements
        assert first.id == second.id

    def test_two_changes_of_one_transaction_are_two_engagements(self, door: FrontDoor, send: Send) -> None:
        send(change(Title="CTO"))
        send(change(Title="CEO", header={"sequenceNumber": 2}))

        first, second = door.queue.engagements
        assert first.id != second.id

    def test_an_opt_out_withdraws(self, door: FrontDoor, send: Send) -> None:
        send(change(HasOptedOutOfEmail=True))

        assert door.queue.engagements[0].consents == (withdrawal(),)

    def test_a_conversion_ties_the_contact_to_the_person(self, door: FrontDoor, send: Send) -> None:
        send(change(IsConverted=True, ConvertedContactId="0035g00000AbCdEEAV"))

        assert door.queue.engagements[0].kind == "lead_converted"

    def test_a_change_of_our_own_fields_tells_nothing(self, door: FrontDoor, send: Send) -> None:
        send(change(Smarketing_Score__c=42.5, Smarketing_Grade__c="B"))

        assert door.queue.bodies == []

    def test_a_change_that_we_made_ourselves_tells_nothing(self, door: FrontDoor, send: Send) -> None:
        ours = {"changeOrigin": "com/salesforce/api/rest/66.0;client=Smarketing"}

        send(change(header=ours, Title="CTO"))

        assert door.queue.bodies == []

    def test_another_kind_of_record_is_left_out(self, door: FrontDoor, send: Send) -> None:
        send(change(entity="Account", Name="Acme"))

        assert door.queue.bodies == []


class TestOpportunities:
    def opportunity(self, change_type: str = "UPDATE", **fields: Any) -> dict[str, Any]:
        return change(change_type, "Opportunity", ("0065g00000AbCdEEAV",), **fields)

    @pytest.mark.parametrize(
        ("fields", "kind"),
        [
            ({"IsWon": True, "IsClosed": True}, "opportunity_won"),
            ({"IsWon": False, "IsClosed": True}, "opportunity_lost"),
            ({"StageName": "Closed Won"}, "opportunity_won"),
            ({"StageName": "Closed Lost"}, "opportunity_lost"),
        ],
    )
    def test_its_end_is_told_of_its_contact(
        self, door: FrontDoor, send: Send, fields: dict[str, Any], kind: str
    ) -> None:
        send(self.opportunity(ContactId="0035g00000AbCdEEAV", **fields))

        engagement = door.queue.engagements[0]
        assert engagement.kind == kind
        assert engagement.keys == (PersonKey("contact", "0035g00000AbCdE"),)

    def test_a_new_one_is_opened(self, door: FrontDoor, send: Send) -> None:
        send(
            self.opportunity(
                "CREATE", ContactId="0035g00000AbCdEEAV", StageName="Prospecting", Amount=12_000.0
            )
        )

        assert door.queue.engagements[0].kind == "opportunity_opened"
        assert door.queue.engagements[0].attributes["actor"] == "005bm000005uOROAA2"
        assert door.queue.engagements[0].attributes["amount"] == 12_000

    def test_a_change_that_does_not_say_whose_it_is_is_read_again(self, door: FrontDoor, send: Send) -> None:
        send(self.opportunity(IsWon=True, IsClosed=True))

        assert door.queue.messages == [Reread("Opportunity", ("0065g00000AbCdEEAV",))]


class TestActivities:
    """An update holds changed fields only, and a Task's person is seldom among them: it is read again."""

    @pytest.mark.parametrize(
        ("entity", "fields"),
        [
            ("Task", {"Status": "Completed"}),
            ("Task", {"WhoId": "0035g00000AbCdEEAV"}),
            ("Event", {"EndDateTime": "2026-03-01T12:00:00.000Z"}),
            ("Case", {"Status": "Closed", "IsClosed": True}),
        ],
    )
    def test_a_change_that_may_tell_something_is_read_again(
        self, door: FrontDoor, send: Send, entity: str, fields: dict[str, Any]
    ) -> None:
        send(change(entity=entity, ids=("00T5g00000AbCdEEAV",), **fields), f"{entity}ChangeEvent")

        assert door.queue.messages == [Reread(entity, ("00T5g00000AbCdEEAV",))]

    @pytest.mark.parametrize(
        ("entity", "fields"),
        [
            ("Task", {"WhoId": "0035g00000AbCdEEAV", "IsClosed": True}),
            ("Event", {"WhoId": "0035g00000AbCdEEAV"}),
            ("Case", {"ContactId": "0035g00000AbCdEEAV"}),
        ],
    )
    def test_a_new_one_of_a_person_is_read_again(
        self, door: FrontDoor, send: Send, entity: str, fields: dict[str, Any]
    ) -> None:
        send(change("CREATE", entity, ("00T5g00000AbCdEEAV",), **fields))

        assert door.queue.messages == [Reread(entity, ("00T5g00000AbCdEEAV",))]

    @pytest.mark.parametrize(
        ("change_type", "entity", "fields"),
        [
            ("CREATE", "Task", {"WhoId": "0035g00000AbCdEEAV", "IsClosed": False}),
            ("CREATE", "Task", {"IsClosed": True}),
            ("CREATE", "Case", {"Subject": "Leak"}),
            ("UPDATE", "Task", {"Description": "Spoke about prices"}),
            ("UPDATE", "Event", {"Location": "Ulm"}),
            ("UPDATE", "Case", {"Priority": "High"}),
            ("DELETE", "Task", {}),
        ],
    )
    def test_what_tells_nothing_by_itself_costs_no_call(
        self, door: FrontDoor, send: Send, change_type: str, entity: str, fields: dict[str, Any]
    ) -> None:
        send(change(change_type, entity, ("00T5g00000AbCdEEAV",), **fields))

        assert door.queue.bodies == []

    @pytest.mark.parametrize("change_type", ["GAP_UPDATE", "UNDELETE"])
    def test_a_gap_is_read_again(self, door: FrontDoor, send: Send, change_type: str) -> None:
        send(change(change_type, "Event", ("00U5g00000AbCdEEAV",)))

        assert door.queue.messages == [Reread("Event", ("00U5g00000AbCdEEAV",))]


class TestRereads:
    @pytest.mark.parametrize(
        "change_type", ["GAP_CREATE", "GAP_UPDATE", "GAP_DELETE", "GAP_UNDELETE", "DELETE", "UNDELETE"]
    )
    def test_gaps_and_deletions_are_read_again(self, door: FrontDoor, send: Send, change_type: str) -> None:
        send(change(change_type, ids=("00Q5g00000AbCdEEAV", "00Q5g00000AbCdFEAV")))

        assert door.queue.messages == [Reread("Lead", ("00Q5g00000AbCdEEAV", "00Q5g00000AbCdFEAV"))]

    def test_a_gap_that_follows_our_own_change_is_read_again_all_the_same(
        self, door: FrontDoor, send: Send
    ) -> None:
        send(change("GAP_UPDATE", header={"changeOrigin": "com/salesforce/api/rest/66.0;client=Smarketing"}))

        assert door.queue.messages == [Reread("Lead", ("00Q5g00000AbCdEEAV",))]

    @pytest.mark.parametrize("record", ["000000000000000AAA", "00Q*"])
    def test_an_event_that_names_no_record_asks_for_all_of_the_object(
        self, door: FrontDoor, send: Send, record: str
    ) -> None:
        send(change("GAP_OVERFLOW", ids=(record,)))

        assert door.queue.messages == [Reread("Lead", ())]

    def test_an_interest_whose_person_did_not_change_is_read_again(self, door: FrontDoor, send: Send) -> None:
        send(change(entity="Interest__c", ids=("a0A5g00000AbCdEEAV",), Stage__c="rejected"))

        assert door.queue.messages == [Reread("Interest__c", ("a0A5g00000AbCdEEAV",))]


class TestUnreadable:
    @pytest.mark.parametrize(
        "payload",
        [
            None,
            [],
            {},
            {"ChangeEventHeader": None},
            change(header={"recordIds": "00Q"}),
            change(header={"entityName": None}),
            change(header={"transactionKey": ""}),
            change(header={"commitTimestamp": "now"}),
        ],
    )
    def test_an_event_that_is_none_is_kept_as_it_came(
        self, door: FrontDoor, send: Send, payload: Any
    ) -> None:
        send(payload)

        assert door.queue.engagements == []
        kept = door.queue.unreadable[0]
        assert json.loads(kept["raw"])["detail"]["payload"] == payload
        assert kept["source"] == "salesforce"

    def test_a_queue_that_takes_nothing_fails_the_handler_so_that_lambda_tries_again(
        self, door: FrontDoor, send: Send
    ) -> None:
        door.queue.is_down = True

        with pytest.raises(Retryable):
            send(change(Title="CTO"))


@pytest.mark.skipif(not WIRE.is_dir(), reason="no folder of shared data: set SMARKETING_SHARED_DATA")
class TestRealEvents:
    def read(self, name: str) -> Any:
        return json.loads((WIRE / name).read_text(encoding="utf-8"))

    def test_a_contacts_new_name_is_read(self, door: FrontDoor, send: Send) -> None:
        send(self.read("update_contact.json"))

        engagement = door.queue.engagements[0]
        assert engagement.keys == (PersonKey("contact", "003ak00000IiFIn"),)
        assert engagement.profile == {"last_name": "Youngest"}
        assert engagement.occurred_at == 1745500706000

    def test_a_leads_address_without_its_values_tells_nothing(self, door: FrontDoor, send: Send) -> None:
        send(self.read("update_lead_compound_address.json"))

        assert door.queue.bodies == []

    def test_an_account_is_left_out(self, door: FrontDoor, send: Send) -> None:
        send(self.read("new_account.json"))

        assert door.queue.bodies == []
