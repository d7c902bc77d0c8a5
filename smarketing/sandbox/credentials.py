"""The keys and passwords of one sandbox: made by chance, kept with its data."""

import base64
import json
import os
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path

from smarketing.sandbox.marketing_cloud.people import PEOPLE


@dataclass(frozen=True, slots=True)
class Credentials:
    """What callers and emulators of one sandbox agree on."""

    ens_signature_key: str
    outbound_message_secret: str
    intake_key_id: str
    intake_secret: str
    salesforce_consumer_key: str
    salesforce_username: str
    salesforce_private_key: str
    """PEM; signs the JWT of the login."""
    salesforce_public_key: str
    marketing_cloud_client_id: str
    marketing_cloud_client_secret: str
    marketing_cloud_jwt_secret: str
    """Signs what Journey Builder sends to the custom activity."""
    privacy_link_key: str
    privacy_erasure_key: str
    account_engagement_business_unit: str
    account_engagement_access_token: str
    company_data_key: str

    @property
    def callback_secret(self) -> str:
        """The secret with what the senders sign with, as the routes read it."""
        return json.dumps(
            {
                "ens_signature_keys": [self.ens_signature_key],
                "outbound_message_secrets": [self.outbound_message_secret],
                "journey_jwt_secrets": [self.marketing_cloud_jwt_secret],
                "intake_keys": {self.intake_key_id: self.intake_secret},
            }
        )

    @property
    def privacy_secret(self) -> str:
        """Give the secret that signs links to people and keys the marks of the erased."""
        return json.dumps({"link_keys": [self.privacy_link_key], "erasure_key": self.privacy_erasure_key})

    def salesforce_secret(self, domain_url: str) -> str:
        """Give the secret with the Salesforce login."""
        return json.dumps(
            {
                "domain_url": domain_url,
                "consumer_key": self.salesforce_consumer_key,
                "username": self.salesforce_username,
                "private_key": self.salesforce_private_key,
            }
        )

    def account_engagement_secret(self, domain_url: str, url: str) -> str:
        """Give the secret with the Account Engagement login, which is the org's."""
        login: dict[str, str] = json.loads(self.salesforce_secret(domain_url))
        return json.dumps({**login, "business_unit": self.account_engagement_business_unit, "api_url": url})

    def marketing_cloud_secret(self, url: str) -> str:
        """Give the secret with the Marketing Cloud login."""
        return json.dumps(
            {
                "auth_url": url,
                "rest_url": url,
                "client_id": self.marketing_cloud_client_id,
                "client_secret": self.marketing_cloud_client_secret,
                "data_extension": PEOPLE,
            }
        )

    def enrichment_secret(self, url: str) -> str:
        """Give the secret with the address and the key of the playbook's provider of company data."""
        return json.dumps({"company_data": {"base_url": url, "key": self.company_data_key}})


def load_or_make(path: Path) -> Credentials:
    """Read the credentials of an earlier start or make new ones, readable by their owner alone."""
    kept = json.loads(path.read_text()) if path.exists() else {}
    if set(kept) >= set(Credentials.__slots__):
        return Credentials(**{name: kept[name] for name in Credentials.__slots__})
    # What an earlier version didn't have is made now; what it had stays, for others know it.
    path.unlink(missing_ok=True)
    known = {name: value for name, value in kept.items() if name in Credentials.__slots__}
    made = Credentials(**{**asdict(_make()), **known})
    with os.fdopen(os.open(path, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600), "w") as file:
        json.dump(asdict(made), file, indent=1)
    return made


def _make() -> Credentials:
    private, public = _key_pair()
    return Credentials(
        ens_signature_key=base64.b64encode(secrets.token_bytes(32)).decode(),
        outbound_message_secret=secrets.token_urlsafe(24),
        intake_key_id="sandbox",
        intake_secret=secrets.token_urlsafe(32),
        salesforce_consumer_key="3MVG9" + secrets.token_urlsafe(60)[:80],
        salesforce_username="integration@smarketing.example",
        salesforce_private_key=private,
        salesforce_public_key=public,
        marketing_cloud_client_id=secrets.token_hex(12),
        marketing_cloud_client_secret=secrets.token_urlsafe(18),
        marketing_cloud_jwt_secret=secrets.token_urlsafe(32),
        privacy_link_key=secrets.token_urlsafe(32),
        privacy_erasure_key=secrets.token_urlsafe(32),
        account_engagement_business_unit="0Uv" + secrets.token_hex(8)[:15],
        account_engagement_access_token="00D" + secrets.token_urlsafe(40),
        company_data_key=secrets.token_urlsafe(24),
    )


def _key_pair() -> tuple[str, str]:
    """Make an RSA key pair of 2,048 bits, the least that Salesforce takes for a certificate."""
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import rsa

    private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    private_text = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    public_text = private.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return private_text.decode(), public_text.decode()
