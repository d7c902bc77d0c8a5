"""The sync's watermarks in the table: how far each source has been read. None ever goes back."""

from typing import TYPE_CHECKING

from chalicelib.domain.instant import Instant
from chalicelib.domain.watermark import Watermark
from chalicelib.gateways.store.calls import call
from chalicelib.gateways.store.items import Item

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class Watermarks:
    """Watermarks by name, such as `salesforce-contacts`."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        """Use a table of the form that `table.create_table_request` gives."""
        self._client = client
        self._table = table

    def read(self, name: str) -> Watermark | None:
        """Read a watermark; None where the source was never read.

        Raises:
            Retryable, Misconfigured: DynamoDB did not answer.
        """
        answer = call(self._client.get_item, TableName=self._table, Key=_key(name), ConsistentRead=True)
        item = answer.get("Item")
        return None if item is None else Watermark(Instant(int(item["at"]["N"])), item["id"]["S"])

    def advance(self, name: str, watermark: Watermark) -> bool:
        """Move a watermark on; gives False, and leaves it, where it stands there or further already.

        Raises:
            Retryable, Misconfigured: DynamoDB did not take it.
        """
        from botocore.exceptions import ClientError

        try:
            call(
                self._client.put_item,
                TableName=self._table,
                Item=_key(name) | {"at": {"N": str(watermark.at)}, "id": {"S": watermark.id}},
                ConditionExpression="attribute_not_exists(pk) OR #at < :at OR (#at = :at AND id < :id)",
                ExpressionAttributeNames={"#at": "at"},
                ExpressionAttributeValues={":at": {"N": str(watermark.at)}, ":id": {"S": watermark.id}},
            )
        except ClientError:
            return False
        return True


def _key(name: str) -> Item:
    return {"pk": {"S": f"WATERMARK#sync#{name}"}, "sk": {"S": "WATERMARK"}}
