"""What DynamoDB's failures mean to whoever called."""

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from chalicelib.errors import Misconfigured, Rejected, Retryable
from chalicelib.gateways.store import calls
from chalicelib.gateways.store.persons import Persons
from tests.gateways.store.changes import EMAIL, first


@pytest.fixture(autouse=True)
def without_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calls, "pause", lambda attempt: None)


class Client:
    """Stands where boto3's client stands and answers each call as it is told, the last answer for ever."""

    def __init__(self, *answers: Any) -> None:
        self.answers = list(answers)
        self.requests: list[dict[str, Any]] = []

    def __getattr__(self, method: str) -> Callable[..., Any]:
        def call(**request: Any) -> Any:
            self.requests.append(request)
            answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
            if isinstance(answer, Exception):
                raise answer
            return answer

        return call


def failed(code: str, **more: Any) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "no"}, **more}, "Operation")


def cancelled(*codes: str) -> ClientError:
    return failed("TransactionCanceledException", CancellationReasons=[{"Code": code} for code in codes])


def commit(*answers: Any) -> str:
    """Commit a person's first engagement: the engagement is written first, then state and key."""
    return Persons(Client(*answers), "table").commit(first())  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("codes", "outcome"),
    [
        (("ConditionalCheckFailed", "None", "None"), "duplicate"),
        (("ConditionalCheckFailed", "ConditionalCheckFailed", "None"), "duplicate"),
        (("ConditionalCheckFailed", "ThrottlingError", "None"), "duplicate"),
        (("None", "ConditionalCheckFailed", "None"), "conflict"),
        (("None", "None", "ConditionalCheckFailed"), "conflict"),
        (("TransactionConflict", "None", "None"), "conflict"),
        (("None", "TransactionConflict", "TransactionConflict"), "conflict"),
    ],
)
def test_a_cancelled_transaction_says_what_to_do_next(codes: tuple[str, ...], outcome: str) -> None:
    assert commit(cancelled(*codes)) == outcome


@pytest.mark.parametrize("code", ["ThrottlingError", "ProvisionedThroughputExceeded"])
def test_a_transaction_that_was_throttled_comes_again(code: str) -> None:
    with pytest.raises(Retryable, match=code):
        commit(cancelled("None", code, "None"))


@pytest.mark.parametrize("code", ["ValidationError", "ItemCollectionSizeLimitExceeded"])
def test_a_transaction_that_will_never_fit_is_refused(code: str) -> None:
    with pytest.raises(Rejected):
        commit(cancelled("None", code, "None"))


@pytest.mark.parametrize(
    ("code", "meaning"),
    [
        ("ThrottlingException", Retryable),
        ("ProvisionedThroughputExceededException", Retryable),
        ("RequestLimitExceeded", Retryable),
        ("InternalServerError", Retryable),
        ("ExpiredTokenException", Retryable),
        ("TransactionConflictException", Retryable),
        ("ResourceNotFoundException", Misconfigured),
        ("AccessDeniedException", Misconfigured),
        ("ValidationException", Rejected),
    ],
)
def test_a_failure_says_whether_to_try_again(code: str, meaning: type[Exception]) -> None:
    with pytest.raises(meaning):
        Persons(Client(failed(code)), "table").find([EMAIL])  # type: ignore[arg-type]


def test_a_table_out_of_reach_comes_again() -> None:
    with pytest.raises(Retryable, match="EndpointConnectionError"):
        commit(EndpointConnectionError(endpoint_url="http://nowhere"))


def test_an_item_that_somebody_else_holds_is_waited_for() -> None:
    assert commit(failed("TransactionInProgressException"), {}) == "recorded"


def test_keys_that_were_left_unread_are_read_again() -> None:
    item = {"pk": {"S": "KEY#email#a@example.com"}, "person": {"S": "P1"}}
    left = {"table": {"Keys": [{"pk": item["pk"]}]}}
    client = Client({"Responses": {}, "UnprocessedKeys": left}, {"Responses": {"table": [item]}})
    assert Persons(client, "table").find([EMAIL]) == {EMAIL: "P1"}  # type: ignore[arg-type]
    assert client.requests[1]["RequestItems"] == left


def test_keys_that_stay_unread_come_again() -> None:
    client = Client({"Responses": {}, "UnprocessedKeys": {"table": {"Keys": []}}})
    with pytest.raises(Retryable, match="left unread"):
        Persons(client, "table").find([EMAIL])  # type: ignore[arg-type]
