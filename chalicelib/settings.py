"""The settings: the only reader of the environment."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from chalicelib.errors import Misconfigured

KeyEncoding = Literal["utf8", "base64"]


@dataclass(frozen=True, slots=True)
class Settings:
    """What the environment says, read when it is asked for: a function needs only what it uses.

    Every property raises Misconfigured where its variable is missing or makes no sense; the message names
    the variable and the mend.
    """

    environment: Mapping[str, str] = field(default_factory=lambda: os.environ, repr=False)

    @property
    def stage(self) -> str:
        """The stage that this is deployed as; `dev` where nothing is said."""
        return self.environment.get("SMARKETING_STAGE") or "dev"

    @property
    def table(self) -> str:
        """Name of the DynamoDB table."""
        return self._required("SMARKETING_TABLE", "the name of the DynamoDB table")

    @property
    def engagement_queue_url(self) -> str:
        """URL of the queue that the routes fill."""
        return self._required("SMARKETING_ENGAGEMENT_QUEUE_URL", "the URL of the engagement queue")

    @property
    def delivery_queue_url(self) -> str:
        """URL of the queue that the table's stream fills."""
        return self._required("SMARKETING_DELIVERY_QUEUE_URL", "the URL of the delivery queue")

    @property
    def callback_secret_id(self) -> str:
        """Id of the secret with what the senders sign with."""
        return self._required(
            "SMARKETING_CALLBACK_SECRET_ID", "the id of the secret with the callbacks' keys"
        )

    @property
    def salesforce_secret_id(self) -> str:
        """Id of the secret with the Salesforce login."""
        return self._required(
            "SMARKETING_SALESFORCE_SECRET_ID", "the id of the secret with the Salesforce login"
        )

    @property
    def marketing_cloud_secret_id(self) -> str:
        """Id of the secret with the Marketing Cloud login."""
        return self._required(
            "SMARKETING_MARKETING_CLOUD_SECRET_ID", "the id of the secret with the Marketing Cloud login"
        )

    @property
    def uses_marketing_cloud(self) -> bool:
        """Whether there is a Marketing Cloud login."""
        return bool(self.environment.get("SMARKETING_MARKETING_CLOUD_SECRET_ID"))

    @property
    def account_engagement_secret_id(self) -> str:
        """Id of the secret with the Account Engagement login; empty where it isn't used."""
        return self.environment.get("SMARKETING_ACCOUNT_ENGAGEMENT_SECRET_ID", "")

    @property
    def enrichment_secret_id(self) -> str:
        """Id of the secret with the addresses and keys of company-data services; empty where none is used."""
        return self.environment.get("SMARKETING_ENRICHMENT_SECRET_ID", "")

    @property
    def public_url(self) -> str:
        """Where callers reach the API, such as https://api.example.com, without a slash at its end."""
        name = "SMARKETING_PUBLIC_URL"
        return self._required(name, "the API's address, such as https://api.example.com").rstrip("/")

    @property
    def privacy_secret_id(self) -> str:
        """Id of the secret that signs links to people and keys the marks of the erased."""
        return self._required(
            "SMARKETING_PRIVACY_SECRET_ID", "the id of the secret with link_keys and erasure_key"
        )

    @property
    def salesforce_org_id(self) -> str:
        """The organisation whose outbound messages are taken: 15 or 18 characters, begins with 00D."""
        name = "SMARKETING_SALESFORCE_ORG_ID"
        value = self._required(name, "the organisation id, 00D...")
        if len(value) not in (15, 18) or not value.isalnum():
            raise Misconfigured(f"{name}: set it to the organisation id of 15 or 18 characters, 00D...")
        return value

    @property
    def ens_key_encoding(self) -> KeyEncoding:
        """How Marketing Cloud's signature key becomes bytes: accounts of it differ, so it can be set."""
        name = "SMARKETING_ENS_KEY_ENCODING"
        value = self.environment.get(name) or "utf8"
        if value == "utf8":
            return "utf8"
        if value == "base64":
            return "base64"
        raise Misconfigured(f"{name}: set it to utf8 or base64")

    @property
    def max_body_bytes(self) -> int:
        """The longest request body that is taken; 4 MiB where nothing is said."""
        name = "SMARKETING_MAX_BODY_BYTES"
        value = self.environment.get(name) or str(4 * 1024 * 1024)
        if not (value.isascii() and value.isdigit()) or int(value) < 1:
            raise Misconfigured(f"{name}: set it to a number of bytes, such as 4194304")
        return int(value)

    @property
    def salesforce_share_for_people(self) -> float:
        """The share of Salesforce's daily API calls that is left to people and other programs."""
        name = "SMARKETING_SALESFORCE_SHARE_FOR_PEOPLE"
        mend = f"{name}: set it to a share from 0 up to, but not including, 1, such as 0.2"
        try:
            share = float(self.environment.get(name) or "0.2")
        except ValueError:
            raise Misconfigured(mend) from None
        if not 0 <= share < 1:
            raise Misconfigured(mend)
        return share

    @property
    def mail_sender(self) -> str:
        """Who double opt-ins are sent by: an address that SES has verified, or `Name <address>`."""
        return self._required("SMARKETING_MAIL_SENDER", "the sender that SES has verified")

    def check_front_door(self) -> None:
        """Read all that the routes need, so that a missing setting is known before a callback is lost to it.

        Raises:
            Misconfigured: one is missing or makes no sense.
        """
        _ = (self.engagement_queue_url, self.callback_secret_id, self.salesforce_org_id)
        _ = (self.ens_key_encoding, self.max_body_bytes)

    def _required(self, name: str, meaning: str) -> str:
        if value := self.environment.get(name):
            return value
        raise Misconfigured(f"{name}: set it to {meaning}")
