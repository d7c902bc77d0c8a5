"""Logins: the JWT bearer flow, and the tokens that come of it."""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import jwt

from smarketing.sandbox.org.answers import Answer
from smarketing.sandbox.org.database import Database

_GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_SALESFORCE = ("https://login.salesforce.com", "https://test.salesforce.com")


@dataclass(frozen=True, slots=True)
class ConnectedApp:
    """A connected app: its consumer key and the key that its assertions are verified with."""

    consumer_key: str
    public_key: str


class Logins:
    """Gives tokens and knows whose they are; one that was revoked is unknown."""

    def __init__(
        self, database: Database, app: ConnectedApp, organization_id: str, url: Callable[[], str]
    ) -> None:
        """Serve one connected app, whose users are all approved."""
        self._database = database
        self._app = app
        self._organization_id = organization_id
        self._url = url
        self._tokens: dict[str, str] = {}

    def token_for(self, username: str) -> str | None:
        """Make a token for a user, as an admin reads one from a session; None if there is no such user."""
        user = self._user(username)
        if user is None:
            return None
        token = f"{self._organization_id[:15]}!{secrets.token_urlsafe(48)}"
        self._tokens[token] = str(user["Id"])
        return token

    def user_of(self, authorization: str) -> str | None:
        """Find the user whose token an `Authorization` header carries."""
        scheme, _, token = authorization.partition(" ")
        return self._tokens.get(token.strip()) if scheme.lower() in ("bearer", "oauth") else None

    def revoke_all(self) -> None:
        """Make every token invalid, as when sessions time out."""
        self._tokens.clear()

    def grant(self, form: Mapping[str, str]) -> Answer:
        """Answer the token resource (Salesforce Help, OAuth 2.0 JWT Bearer Flow)."""
        if form.get("grant_type") != _GRANT:
            return _refused("unsupported_grant_type", "grant type not supported")
        try:
            claims = jwt.decode(
                form.get("assertion", ""),
                self._app.public_key,
                algorithms=["RS256"],
                audience=[self._url(), *_SALESFORCE],
                options={"require": ["exp", "iss", "sub", "aud"]},
            )
        except jwt.InvalidAudienceError:
            return _refused("invalid_grant", "audience is invalid")
        except jwt.ExpiredSignatureError:
            return _refused("invalid_grant", "expired authorization code")
        except jwt.PyJWTError:
            return _refused("invalid_grant", "invalid assertion")
        if claims["iss"] != self._app.consumer_key:
            return _refused("invalid_client_id", "client identifier invalid")
        token = self.token_for(str(claims["sub"]))
        if token is None:
            return _refused("invalid_grant", "user hasn't approved this consumer")
        return Answer(200, self._granted(token))

    def user_info(self, user: str) -> Answer:
        """Answer the userinfo resource."""
        sobject = self._database.schema.objects["user"]
        record = self._database.get(sobject, user) or {}
        return Answer(
            200,
            {
                "sub": f"{self._url()}/id/{self._organization_id}/{user}",
                "user_id": user,
                "organization_id": self._organization_id,
                "preferred_username": record.get("Username"),
                "name": record.get("Name"),
                "email": record.get("Email"),
                "active": True,
                "urls": {"rest": f"{self._url()}/services/data/v{{version}}/"},
            },
        )

    def _granted(self, token: str) -> dict[str, Any]:
        return {
            "access_token": token,
            "scope": "api refresh_token",
            "instance_url": self._url(),
            "id": f"{self._url()}/id/{self._organization_id}/{self._tokens[token]}",
            "token_type": "Bearer",
        }

    def _user(self, username: str) -> Mapping[str, Any] | None:
        found = self._database.find(self._database.schema.objects["user"], "Username", username)
        return found[0] if found else None


def _refused(error: str, description: str) -> Answer:
    return Answer(400, {"error": error, "error_description": description})
