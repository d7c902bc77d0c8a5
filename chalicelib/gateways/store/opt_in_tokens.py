"""Open double opt-ins in the table: one item by the token's hash, one that leads there from the person.

The second one is found by whoever has to delete all that is stored of a person.
"""

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from chalicelib.domain.consent import Subject
from chalicelib.domain.double_opt_in import OptInRequest
from chalicelib.domain.instant import HOUR, Duration, Instant
from chalicelib.domain.interest import PersonId
from chalicelib.gateways.store.calls import call, transact
from chalicelib.gateways.store.items import Item, partition

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

BETWEEN_MAILS = Duration(HOUR)
"""How long nobody gets a second mail: a form must not become a way to pester somebody."""


@dataclass(frozen=True, slots=True)
class StoredRequest:
    """A request as it is kept; `used_at` is set once it was confirmed."""

    request: OptInRequest
    used_at: Instant | None = None


class OptInTokens:
    """Double opt-ins that wait for their confirmation, or had it."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        """Use a table of the form that `table.create_table_request` gives."""
        self._client = client
        self._table = table

    def begin(self, token_hash: str, request: OptInRequest, now: Instant) -> bool:
        """Keep a request, and that its mail is about to be sent.

        False where the person got a mail for another request within the last hour. The same request may begin
        again: a mail that failed is sent once more.

        Raises:
            Retryable, Misconfigured, Rejected: DynamoDB did not take it.
        """
        kept = _item(token_hash, StoredRequest(request))
        pointer = _key(partition(request.person), f"TOKEN#{token_hash}")
        latest = _key(partition(request.person), "CONFIRMATION-MAIL") | {
            "at": {"N": str(now)},
            "token": {"S": token_hash},
        }
        reasons = transact(
            self._client,
            [
                {
                    "Put": {
                        "TableName": self._table,
                        "Item": latest,
                        "ConditionExpression": "attribute_not_exists(pk) OR #at < :before OR #token = :token",
                        "ExpressionAttributeNames": {"#at": "at", "#token": "token"},
                        "ExpressionAttributeValues": {
                            ":before": {"N": str(now - BETWEEN_MAILS)},
                            ":token": {"S": token_hash},
                        },
                    }
                },
                {"Put": {"TableName": self._table, "Item": pointer}},
                {
                    "Put": {
                        "TableName": self._table,
                        "Item": kept,
                        "ConditionExpression": "attribute_not_exists(used)",
                    }
                },
            ],
        )
        return not reasons

    def find(self, token_hash: str) -> StoredRequest | None:
        """Read a request by its token's hash; None where there is none."""
        answer = call(
            self._client.get_item,
            TableName=self._table,
            Key=_key(f"TOKEN#{token_hash}", "TOKEN"),
            ConsistentRead=True,
        )
        return _read(answer["Item"]["body"]["S"]) if "Item" in answer else None

    def mailed(self, token_hash: str, request: OptInRequest) -> None:
        """Keep a request with the evidence of its mail, unless it was confirmed meanwhile."""
        self._save(token_hash, StoredRequest(request))

    def mark_used(self, token_hash: str, now: Instant) -> None:
        """Note that a request was confirmed: its link confirms nothing any more."""
        stored = self.find(token_hash)
        if stored is not None:
            self._save(token_hash, replace(stored, used_at=now))

    def _save(self, token_hash: str, stored: StoredRequest) -> None:
        """Write a request over one that isn't used yet; a used one stays as it is."""
        from botocore.exceptions import ClientError

        item = _item(token_hash, stored)
        try:
            call(
                self._client.put_item,
                TableName=self._table,
                Item=item,
                ConditionExpression="attribute_not_exists(used)",
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise


def _key(pk: str, sk: str) -> Item:
    return {"pk": {"S": pk}, "sk": {"S": sk}}


def _item(token_hash: str, stored: StoredRequest) -> Item:
    item = _key(f"TOKEN#{token_hash}", "TOKEN") | {"body": {"S": _written(stored)}}
    return item if stored.used_at is None else item | {"used": {"N": str(stored.used_at)}}


def _written(stored: StoredRequest) -> str:
    request = stored.request
    return json.dumps(
        {
            "person": request.person,
            "subjects": [[each.channel, each.purpose, each.brand] for each in request.subjects],
            "language": request.language,
            "requested_at": request.requested_at,
            "expires_at": request.expires_at,
            "evidence": dict(request.evidence),
            "words": {purpose: dict(each) for purpose, each in request.words.items()},
            "used_at": stored.used_at,
        },
        separators=(",", ":"),
        ensure_ascii=False,
    )


def _read(body: str) -> StoredRequest:
    plain: dict[str, Any] = json.loads(body)
    request = OptInRequest(
        person=PersonId(plain["person"]),
        subjects=tuple(Subject(*each) for each in plain["subjects"]),
        language=plain["language"],
        requested_at=plain["requested_at"],
        expires_at=plain["expires_at"],
        evidence=plain["evidence"],
        # A link that was mailed before these were kept is proven by its evidence alone.
        words=plain.get("words", {}),
    )
    return StoredRequest(request, plain["used_at"])
