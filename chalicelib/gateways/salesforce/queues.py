"""Finds the queues of an org."""

from chalicelib.errors import Misconfigured
from chalicelib.gateways.salesforce.rest import Rest

_QUEUE_ID = "SELECT Id FROM Group WHERE Type = 'Queue' AND DeveloperName IN {values}"


def queue_id(rest: Rest, developer_name: str) -> str:
    """Give the id of a queue.

    Raises:
        Misconfigured: the org has no such queue, or may not be asked.
        Retryable: the org can't be asked.
    """
    for row in rest.rows(_QUEUE_ID, [developer_name]):
        return str(row["Id"])
    raise Misconfigured(f"Salesforce: the org has no queue {developer_name}; deploy metadata/ or make it")
