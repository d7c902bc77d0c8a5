"""Several queries or collections in one call, and what becomes of each."""

from collections.abc import Iterator
from typing import Any

import pytest

from chalicelib.domain.outcome import Written
from chalicelib.errors import Misconfigured, Retryable
from chalicelib.gateways.salesforce.together import Reply, Subrequest, send_together
from tests.gateways.salesforce.commands import person
from tests.gateways.salesforce.emulated_org import EmulatedOrg, emulated_org
from tests.gateways.salesforce.scripted_org import Reply as Answer
from tests.gateways.salesforce.scripted_org import ScriptedOrg

QUERIES = ["SELECT Id FROM Lead", "SELECT Id FROM Contact"]


@pytest.fixture(scope="module")
def emulated() -> Iterator[EmulatedOrg]:
    with emulated_org() as running:
        yield running


def page(*ids: str, rest: str = "") -> dict[str, Any]:
    more = {"nextRecordsUrl": rest} if rest else {}
    return {"totalSize": 9, "done": not rest, "records": [{"Id": each} for each in ids], **more}


def composite(*parts: tuple[int, Any]) -> Answer:
    answers = [
        {"referenceId": f"part{number}", "httpStatusCode": status, "body": body, "httpHeaders": {}}
        for number, (status, body) in enumerate(parts)
    ]
    return Answer(200, {"compositeResponse": answers})


def test_queries_go_in_one_call_and_are_read_to_their_last_page(org: ScriptedOrg) -> None:
    rest = "/services/data/v66.0/query/01g-2"
    org.answers = [composite((200, page("1", "2", rest=rest)), (200, page("9"))), Answer(200, page("3"))]

    leads, contacts = org.rest().queries(QUERIES)

    assert [[row["Id"] for row in rows] for rows in (leads, contacts)] == [["1", "2", "3"], ["9"]]
    assert [each.path for each in org.requests] == ["/services/data/v66.0/composite", rest]


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (400, [{"errorCode": "INVALID_FIELD", "message": "No such column"}], Misconfigured),
        (
            500,
            [{"errorCode": "QUERY_TIMEOUT", "message": "Your query request was running too long"}],
            Retryable,
        ),
        (503, None, Retryable),
        (200, [], Retryable),
    ],
)
def test_a_query_that_fails_says_whether_to_ask_again(
    org: ScriptedOrg, status: int, body: Any, error: type[Exception]
) -> None:
    org.answers = [composite((200, page("1")), (status, body))]

    with pytest.raises(error):
        list(org.rest().queries(QUERIES))


def test_a_part_that_is_not_answered_has_status_0(org: ScriptedOrg) -> None:
    org.answers = [composite((200, []))]

    replies = send_together(org.rest(), [Subrequest("GET", "query/?q=a"), Subrequest("GET", "query/?q=b")])

    assert list(replies) == [Reply(200, []), Reply(0, None)]


def test_what_looks_like_a_reference_is_written_as_text(emulated: EmulatedOrg) -> None:
    typed = person(1, last_name="@{part0.id}", email="a@example.org")
    other = person(2, last_name="Weber", email="b@example.org")

    outcomes = emulated.gateway().write([typed, other])

    assert [type(each) for each in outcomes] == [Written, Written]
    [lead] = emulated.find("Lead", "Email", "a@example.org")
    assert lead["LastName"] == "@ {part0.id}"
