"""Whatever is sent, and however, is answered with a 2xx or a 4xx of one line, never with a traceback."""

import base64
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import app
from tests.routes.conftest import (
    ENS_KEY,
    JSON_TYPE,
    NOW,
    FrontDoor,
    as_bytes,
    ens_signature,
    intake_headers,
)
from tests.routes.test_account_engagement import activity, prospect
from tests.routes.test_intake import engagement
from tests.routes.test_marketing_cloud import SENT
from tests.routes.test_salesforce import envelope, lead, notification

fuzz = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

PATHS = ("/marketing-cloud/events", "/account-engagement/activities", "/intake/website")

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=12,
)


def send_signed(door: FrontDoor, path: str, body: bytes) -> Any:
    if path == PATHS[0]:
        return door.ens(body)
    return door.signed(path, body)


def assert_is_answer(answer: Any) -> None:
    assert answer.status_code < 500
    text = answer.body.decode()
    assert "Traceback" not in text
    if answer.status_code >= 400:
        assert "\n" not in json.loads(text)["Message"]


@pytest.mark.parametrize("path", [*PATHS, "/salesforce/outbound-messages"])
@fuzz
@given(body=st.binary(max_size=300), header=st.text(st.characters(codec="latin-1"), max_size=40))
def test_arbitrary_unsigned_bytes(door: FrontDoor, path: str, body: bytes, header: str) -> None:
    is_salesforce = path.endswith("messages")
    headers = {
        "Content-Type": "text/xml" if is_salesforce else "application/json",
        "x-sfmc-ens-signature": header,
        "X-Smarketing-Key": header,
        "X-Smarketing-Signature": header,
        "X-Smarketing-Timestamp": header,
    }

    answer = door.http.post(path, headers=headers, body=body)

    assert_is_answer(answer)
    if not door.queue.bodies:
        assert answer.status_code in (400, 401)
    door.queue.bodies.clear()


@pytest.mark.parametrize("path", PATHS)
@fuzz
@given(body=st.binary(max_size=300))
def test_arbitrary_signed_bytes(door: FrontDoor, path: str, body: bytes) -> None:
    assert_is_answer(send_signed(door, path, body))


@pytest.mark.parametrize("path", PATHS)
@fuzz
@given(content=values)
def test_arbitrary_signed_json(door: FrontDoor, path: str, content: Any) -> None:
    assert_is_answer(send_signed(door, path, as_bytes(content)))


PARTS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    (PATHS[0], "", SENT),
    (PATHS[1], "visitorActivities", activity(4, formId=7, details="x")),
    (PATHS[1], "prospects", prospect(salesforceLeadId="00Q5g00000AbCdEEAV")),
    (PATHS[2], "engagements", engagement(attributes={"a": 1}, profile={"a": "b"}, opt_ins={"a": True})),
)


@pytest.mark.parametrize(("path", "name", "part"), PARTS)
@fuzz
@given(data=st.data(), value=values)
def test_a_good_part_with_one_field_replaced_is_kept_or_refused_but_never_lost(
    door: FrontDoor, path: str, name: str, part: dict[str, Any], data: st.DataObject, value: Any
) -> None:
    field = data.draw(st.sampled_from(sorted(part)))
    parts = [part, part | {field: value}]

    answer = send_signed(door, path, as_bytes({name: parts} if name else parts))

    assert_is_answer(answer)
    if answer.status_code == 200:
        counts = answer.json_body
        assert counts["accepted"] + counts["refused"] + counts["ignored"] == 2
        assert len(door.queue.engagements) == counts["accepted"]
        assert len(door.queue.unreadable) == counts["refused"]
    door.queue.bodies.clear()


@fuzz
@given(body=st.binary(max_size=300))
def test_arbitrary_bytes_instead_of_an_outbound_message(door: FrontDoor, body: bytes) -> None:
    assert_is_answer(door.salesforce(body))


xml_text = st.text(
    st.characters(codec="utf-8", exclude_characters="\x00", categories=["L", "N", "P", "S", "Z"])
)


@fuzz
@given(
    entity=st.sampled_from(["Lead", "Contact", "Opportunity", "Interest__c"]),
    fields=st.dictionaries(
        st.sampled_from(
            "Id Email Title IsConverted ConvertedContactId HasOptedOutOfEmail Amount SystemModstamp IsWon "
            "IsClosed StageName ContactId Lead__c Smarketing_Interest_Id__c Stage__c".split()
        ),
        xml_text,
    ),
    unique=xml_text,
)
def test_arbitrary_fields_in_a_notification_cost_no_other(
    door: FrontDoor, entity: str, fields: dict[str, str], unique: str
) -> None:
    strange = notification(entity, fields, unique.replace("<", "").replace("&", ""))

    answer = door.salesforce(envelope(strange, lead()))

    assert answer.status_code == 200
    assert "lovelace" in [each.profile.get("last_name", "").lower() for each in door.queue.engagements]
    door.queue.bodies.clear()


class TestGatewayForms:
    """API Gateway hands bodies over as text, or in base64."""

    def event(self, body: str | None, headers: dict[str, str], **changes: Any) -> dict[str, Any]:
        return {
            "httpMethod": "POST",
            "headers": headers,
            "multiValueQueryStringParameters": None,
            "pathParameters": None,
            "stageVariables": None,
            "requestContext": {"httpMethod": "POST", "resourcePath": PATHS[0]},
            "body": body,
            "isBase64Encoded": False,
        } | changes

    def signed(self, body: bytes) -> dict[str, str]:
        return JSON_TYPE | {"x-sfmc-ens-signature": ens_signature(body, ENS_KEY.encode())}

    def test_text_is_checked_byte_for_byte(self, door: FrontDoor) -> None:
        body = json.dumps([SENT | {"definitionKey": "Größe"}], ensure_ascii=False)

        answer = app.app(self.event(body, self.signed(body.encode())), None)

        assert answer["statusCode"] == 200

    def test_base64_is_decoded_first(self, door: FrontDoor) -> None:
        body = as_bytes([SENT])
        event = self.event(base64.b64encode(body).decode(), self.signed(body), isBase64Encoded=True)

        assert app.app(event, None)["statusCode"] == 200

    @pytest.mark.parametrize(
        ("body", "is_base64"), [("\ud800", False), ("=", True), ("ü", True), (None, False)]
    )
    def test_what_cannot_be_turned_into_bytes_is_refused(
        self, door: FrontDoor, body: str | None, is_base64: bool
    ) -> None:
        answer = app.app(self.event(body, self.signed(b""), isBase64Encoded=is_base64), None)

        assert answer["statusCode"] == 400

    def test_a_header_that_is_no_text_is_401(self, door: FrontDoor) -> None:
        answer = app.app(self.event("[]", {"x-sfmc-ens-signature": None}), None)  # type: ignore[dict-item]

        assert answer["statusCode"] == 401

    def test_an_unknown_path_or_method_is_403_or_405(self, door: FrontDoor) -> None:
        assert door.http.get("/marketing-cloud/events").status_code == 405
        assert door.http.get("/no-such-path").status_code == 403

    def test_a_signed_intake_without_a_content_type_is_taken_for_json(self, door: FrontDoor) -> None:
        body = as_bytes({"engagements": [engagement()]})
        headers = {k: v for k, v in intake_headers(body, NOW).items() if k != "Content-Type"}

        assert door.post(PATHS[2], body, headers).status_code == 200
