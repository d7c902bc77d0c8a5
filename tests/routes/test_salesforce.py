"""POST /salesforce/outbound-messages, as Salesforce's outbound messages call it."""

from xml.sax.saxutils import escape

import pytest
from defusedxml import ElementTree

from chalicelib.domain.consent import withdrawal
from chalicelib.domain.engagement import PersonKey
from chalicelib.domain.instant import parse_instant
from tests.routes.conftest import NOW, ORGANIZATION, FrontDoor

LEAD = "00Q5g00000AbCdEEAV"
CONTACT = "0035g00000AbCdEEAV"


def notification(entity: str, fields: dict[str, str], unique: str = "04l5g000000AbCdAAK") -> str:
    inner = "".join(f"<sf:{name}>{escape(value)}</sf:{name}>" for name, value in fields.items())
    return (
        f"<Notification><Id>{unique}</Id>"
        f'<sObject xsi:type="sf:{entity}" xmlns:sf="urn:sobject.enterprise.soap.sforce.com">{inner}</sObject>'
        "</Notification>"
    )


def envelope(*notifications: str, organization: str = ORGANIZATION) -> str:
    """A message in the form of the outbound messaging WSDL."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" '
        'xmlns:xsd="http://www.w3.org/2001/XMLSchema" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><soapenv:Body>'
        '<notifications xmlns="http://soap.sforce.com/2005/09/outbound">'
        f"<OrganizationId>{organization}</OrganizationId><ActionId>04k5g000000AbCdAAK</ActionId>"
        '<SessionId xsi:nil="true"/><EnterpriseUrl>https://example.my.salesforce.com</EnterpriseUrl>'
        "<PartnerUrl>https://example.my.salesforce.com</PartnerUrl>"
        f"{''.join(notifications)}</notifications></soapenv:Body></soapenv:Envelope>"
    )


def lead(**fields: str) -> str:
    return notification("Lead", {"Id": LEAD, "Email": "Ada@Example.com", "LastName": "Lovelace"} | fields)


class TestAcknowledgement:
    def test_a_message_that_is_kept_is_acknowledged_in_xml(self, door: FrontDoor) -> None:
        answer = door.salesforce(envelope(lead()))

        assert answer.status_code == 200
        assert answer.headers["Content-Type"] == "text/xml"
        ack = ElementTree.fromstring(answer.body).find(".//{http://soap.sforce.com/2005/09/outbound}Ack")
        assert ack is not None
        assert ack.text == "true"
        assert len(door.queue.engagements) == 1

    def test_a_message_that_is_not_kept_is_not_acknowledged(self, door: FrontDoor) -> None:
        door.queue.is_down = True

        answer = door.salesforce(envelope(lead()))

        assert answer.status_code == 503
        assert b"Ack" not in answer.body

    def test_a_hundred_notifications_are_a_hundred_engagements(self, door: FrontDoor) -> None:
        many = [
            notification("Lead", {"Id": LEAD, "Title": "CTO"}, f"04l{number:015}") for number in range(100)
        ]

        assert door.salesforce(envelope(*many)).status_code == 200
        assert len({each.id for each in door.queue.engagements}) == 100

    def test_more_than_a_hundred_are_no_outbound_message(self, door: FrontDoor) -> None:
        assert door.salesforce(envelope(*[lead()] * 101)).status_code == 400

    @pytest.mark.parametrize(
        "empty",
        [
            "",
            "<Notification><Id>04l5g000000AbCdAAK</Id></Notification>",
            notification("Lead", {}),
        ],
        ids=["no notification", "no record", "no fields"],
    )
    def test_an_empty_notification_of_a_deleted_record_is_acknowledged(
        self, door: FrontDoor, empty: str
    ) -> None:
        assert door.salesforce(envelope(empty)).status_code == 200
        assert door.queue.bodies == []

    @pytest.mark.parametrize("entity", ["User", "Custom_Thing__c", "Account"])
    def test_another_kind_of_record_is_acknowledged_and_left_out(self, door: FrontDoor, entity: str) -> None:
        answer = door.salesforce(envelope(notification(entity, {"Id": "0055g00000AbCdEEAV"}), lead()))

        assert answer.status_code == 200
        assert [each.kind for each in door.queue.engagements] == ["record_changed"]

    def test_a_repeated_notification_has_the_same_id(self, door: FrontDoor) -> None:
        door.salesforce(envelope(lead()))
        door.salesforce(envelope(lead(Title="CTO")))

        first, second = door.queue.engagements
        assert first.id == second.id

    def test_a_malformed_notification_costs_no_other(self, door: FrontDoor) -> None:
        broken = lead(SystemModstamp="yesterday")

        assert door.salesforce(envelope(broken, lead(), "<Notification/>")).status_code == 200
        assert len(door.queue.engagements) == 1
        reasons = [each["reason"] for each in door.queue.unreadable]
        assert reasons[0].startswith("Notification[0].sObject.SystemModstamp: ")
        assert reasons[1].startswith("Notification[2].Id: ")
        assert "yesterday" in door.queue.unreadable[0]["raw"]


class TestRecords:
    def test_a_lead_tells_its_keys_profile_and_time(self, door: FrontDoor) -> None:
        door.salesforce(
            envelope(
                lead(
                    FirstName="Ada",
                    Company="Analytical Engines & Co",
                    Title="Head of Production",
                    NumberOfEmployees="1200",
                    SystemModstamp="2026-09-20T08:00:00.000Z",
                    HasOptedOutOfEmail="false",
                )
            )
        )

        engagement = door.queue.engagements[0]
        assert engagement.kind == "record_changed"
        assert engagement.keys == (PersonKey("lead", LEAD[:15]), PersonKey("email", "ada@example.com"))
        assert engagement.profile == {
            "first_name": "Ada",
            "last_name": "Lovelace",
            "company": "Analytical Engines & Co",
            "job_title": "Head of Production",
            "employees": "1200",
        }
        assert engagement.occurred_at == parse_instant("2026-09-20T08:00:00.000Z")
        assert engagement.consents == ()

    def test_a_record_without_a_time_changed_when_it_arrived(self, door: FrontDoor) -> None:
        door.salesforce(envelope(lead()))

        assert door.queue.engagements[0].occurred_at == NOW

    def test_an_opt_out_withdraws_and_its_absence_grants_nothing(self, door: FrontDoor) -> None:
        door.salesforce(envelope(lead(HasOptedOutOfEmail="true")))

        assert door.queue.engagements[0].consents == (withdrawal(),)

    def test_a_converted_lead_ties_its_contact_to_the_person(self, door: FrontDoor) -> None:
        door.salesforce(envelope(lead(IsConverted="true", ConvertedContactId=CONTACT)))

        engagement = door.queue.engagements[0]
        assert engagement.kind == "lead_converted"
        assert PersonKey("contact", CONTACT[:15]) in engagement.keys
        assert PersonKey("lead", LEAD[:15]) in engagement.keys

    def test_a_lead_that_was_converted_to_an_account_alone_changed_only(self, door: FrontDoor) -> None:
        door.salesforce(envelope(lead(IsConverted="true")))

        assert door.queue.engagements[0].kind == "record_changed"

    def test_a_contact_lives_where_its_mail_goes(self, door: FrontDoor) -> None:
        fields = {"Id": CONTACT, "Email": "ada@example.com", "MailingCity": "Ulm", "Department": "Production"}

        door.salesforce(envelope(notification("Contact", fields)))

        engagement = door.queue.engagements[0]
        assert engagement.keys[0] == PersonKey("contact", CONTACT[:15])
        assert engagement.profile == {"city": "Ulm", "department": "Production"}

    def test_an_interest_tells_sales_verdict(self, door: FrontDoor) -> None:
        interest = {
            "Id": "a0A5g00000AbCdEEAV",
            "Smarketing_Interest_Id__c": "01J-presses-1",
            "Stage__c": "rejected",
            "Reason__c": "no_budget",
            "Lead__c": LEAD,
        }

        door.salesforce(envelope(notification("Interest__c", interest)))

        engagement = door.queue.engagements[0]
        assert engagement.kind == "interest_changed"
        assert engagement.keys == (PersonKey("lead", LEAD[:15]),)
        assert engagement.attributes == {
            "interest_id": "01J-presses-1",
            "stage": "rejected",
            "reason": "no_budget",
        }

    def test_an_interest_of_nobody_goes_where_a_human_sees_it(self, door: FrontDoor) -> None:
        fields = {"Id": "a0A5g00000AbCdEEAV", "Smarketing_Interest_Id__c": "01J-presses-1"}

        assert door.salesforce(envelope(notification("Interest__c", fields))).status_code == 200
        assert door.queue.unreadable[0]["reason"].startswith("Notification[0].Lead__c: ")

    def test_an_opportunity_is_won_once_however_often_it_is_saved(self, door: FrontDoor) -> None:
        won = {
            "Id": "0065g00000AbCdEEAV",
            "ContactId": CONTACT,
            "IsClosed": "true",
            "IsWon": "true",
            "Amount": "125000.0",
            "Name": "Press line",
        }

        door.salesforce(
            envelope(
                notification("Opportunity", won, "04l5g000000AbCdAAK"),
                notification("Opportunity", won, "04l5g000000AbCeAAK"),
            )
        )

        first, second = door.queue.engagements
        assert first.kind == "opportunity_won"
        assert first.attributes["amount"] == 125_000
        assert first.id == second.id

    def test_an_open_opportunity_was_opened_when_it_was_made_by_whoever_saved_it(
        self, door: FrontDoor
    ) -> None:
        fields = {"Id": "0065g00000AbCdEEAV", "ContactId": CONTACT, "IsClosed": "false", "IsWon": "false"}
        fields |= {"CreatedDate": "2026-01-31T08:00:00.000Z", "LastModifiedById": "0055g00000AbCdEAAV"}

        door.salesforce(envelope(notification("Opportunity", fields)))

        [engagement] = door.queue.engagements
        assert engagement.kind == "opportunity_opened"
        assert engagement.occurred_at == parse_instant("2026-01-31T08:00:00Z")
        assert engagement.attributes["actor"] == "0055g00000AbCdEAAV"

    def test_a_closed_opportunity_that_was_not_won_is_lost(self, door: FrontDoor) -> None:
        fields = {"Id": "0065g00000AbCdEEAV", "ContactId": CONTACT, "IsClosed": "true", "IsWon": "false"}

        door.salesforce(envelope(notification("Opportunity", fields)))

        assert door.queue.engagements[0].kind == "opportunity_lost"


class TestSender:
    @pytest.mark.parametrize("key", ["", "wrong", "salesforce-secre", "s%C3%A4lesforce"])
    def test_a_wrong_shared_secret_is_401_before_the_body_is_read(self, door: FrontDoor, key: str) -> None:
        assert door.salesforce("no xml at all", key=key).status_code == 401

    def test_no_shared_secret_is_401(self, door: FrontDoor) -> None:
        answer = door.post("/salesforce/outbound-messages", envelope(lead()), {"Content-Type": "text/xml"})

        assert answer.status_code == 401

    def test_both_secrets_are_taken_during_a_rotation(self, door: FrontDoor) -> None:
        door.secret["outbound_message_secrets"] = ["salesforce-secret", "next-secret"]

        assert door.salesforce(envelope(lead())).status_code == 200
        assert door.salesforce(envelope(lead()), key="next-secret").status_code == 200

    def test_another_organisation_is_401(self, door: FrontDoor) -> None:
        answer = door.salesforce(envelope(lead(), organization="00D5g00000ZzZzZEAV"))

        assert answer.status_code == 401
        assert door.queue.bodies == []

    def test_the_organisations_id_counts_in_both_of_its_lengths(self, door: FrontDoor) -> None:
        assert door.salesforce(envelope(lead(), organization=ORGANIZATION[:15])).status_code == 200


BILLION_LAUGHS = (
    '<!DOCTYPE lolz [<!ENTITY lol "lol">'
    + "".join(f'<!ENTITY lol{n} "{f"&lol{n - 1};" * 10}">'.replace("&lol0;", "&lol;") for n in range(1, 10))
    + "]><lolz>&lol9;</lolz>"
)


class TestNaughtyXml:
    @pytest.mark.parametrize(
        "body",
        [
            b"",
            b"no xml",
            b"<a>",
            b"<a/>",
            b'<?xml version="1.0" encoding="no-such"?><a/>',
            b'<?xml version="1.0" encoding="utf-7"?><a/>',
            b"\x00",
            b"\xff\xfe<\x00a\x00/\x00>\x00",
            b"<a>\xed\xa0\x80</a>",
            b"<a>&#0;</a>",
            b"<!DOCTYPE a><a/>",
            b'<!DOCTYPE a SYSTEM "http://192.0.2.1/a.dtd"><a/>',
            b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
            BILLION_LAUGHS.encode(),
            b"<a>" * 50_000,
            b"<a>" * 50_000 + b"</a>" * 50_000,
            b'<Envelope xmlns="http://www.w3.org/2003/05/soap-envelope"/>',
            b'<Envelope xmlns="http://schemas.xmlsoap.org/soap/envelope/"/>',
            envelope().replace("OrganizationId", "Other").encode(),
        ],
    )
    def test_it_is_400_with_one_line(self, door: FrontDoor, body: bytes) -> None:
        answer = door.salesforce(body)

        assert answer.status_code == 400
        assert answer.json_body["Message"].count("\n") == 0
        assert door.queue.bodies == []

    def test_a_document_type_before_a_good_envelope_is_refused(self, door: FrontDoor) -> None:
        good = envelope(lead())
        naughty = good.replace("?>", '?><!DOCTYPE x [<!ENTITY e "boom">]>', 1)

        assert door.salesforce(naughty).status_code == 400

    def test_a_body_that_is_too_large_is_413(self, door: FrontDoor, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("SMARKETING_MAX_BODY_BYTES", "50")

        assert door.salesforce(envelope(lead())).status_code == 413
