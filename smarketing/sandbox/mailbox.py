"""The sandbox's mailbox: what was sent through its SES. None of it ever leaves the machine.

moto's server tells it under `/moto-api/data.json` (moto's documentation, "Server Mode").
"""

import html
import re
from dataclasses import dataclass

import requests

SENDER = "Sandbox <news@sandbox.example>"
IDENTITY = "news@sandbox.example"


@dataclass(frozen=True, slots=True)
class Sent:
    """A mail as its reader finds it; `links` are those of its text, in their order."""

    to: tuple[str, ...]
    subject: str
    body: str

    @property
    def links(self) -> list[str]:
        """Give the addresses that the mail leads to."""
        return [html.unescape(each) for each in re.findall(r'href="([^"]+)"', self.body)]


def sent_mails(aws_endpoint: str) -> list[Sent]:
    """List what was sent since the start, the oldest first.

    Raises:
        requests.RequestException: the sandbox's AWS doesn't answer.
    """
    answer = requests.get(f"{aws_endpoint}/moto-api/data.json", timeout=30)
    answer.raise_for_status()
    messages = answer.json().get("ses", {}).get("Message", [])
    return [
        Sent(tuple(each["destinations"].get("ToAddresses", ())), each["subject"], each["body"])
        for each in messages
    ]
