"""Deleting contacts altogether.

Source: Marketing Cloud Engagement developer guide, "POST /contacts/v1/contacts/actions/delete?type=keys". The
real account takes up to two weeks for it; here it is done at once.
"""

import itertools
import uuid

from smarketing.sandbox.marketing_cloud.answers import Answer, Call, error
from smarketing.sandbox.marketing_cloud.data_extension import DataExtension
from smarketing.sandbox.marketing_cloud.journeys import Journeys
from smarketing.sandbox.marketing_cloud.messages import Messages


class Contacts:
    """Whoever is in the account: in data extensions, journeys and sent messages."""

    def __init__(
        self, data_extensions: dict[str, DataExtension], journeys: Journeys, messages: Messages
    ) -> None:
        """Delete from all of these."""
        self._extensions = data_extensions
        self._journeys = journeys
        self._messages = messages
        self._numbers = itertools.count(1)

    def delete(self, call: Call) -> Answer:
        """Delete contacts by their keys, with everything that hangs on them."""
        keys = call.object().get("values")
        if call.query.get("type") != "keys" or not isinstance(keys, list) or not keys:
            return error(400, "type=keys and values are required.")
        for key in map(str, keys):
            for extension in self._extensions.values():
                extension.rows.pop((key,), None)
            self._journeys.forget(key)
            sent = self._messages.sent
            for message in [each.key for each in sent.values() if each.contact == key]:
                del sent[message]
        return Answer(
            200,
            {
                "operationInitiated": True,
                "operationID": next(self._numbers),
                "requestServiceMessageID": str(uuid.uuid4()),
                "resultMessages": [],
                "hasErrors": False,
            },
        )
