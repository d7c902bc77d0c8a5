"""REST calls of an org as the person at the command line, with the patience of the functions' session."""

from typing import Protocol

from chalicelib.bootstrap import system_clock
from chalicelib.errors import Misconfigured
from chalicelib.gateways.salesforce.budget import Budget
from chalicelib.gateways.salesforce.login import Login, Token
from chalicelib.gateways.salesforce.rest import Rest
from chalicelib.gateways.salesforce.session import Session


class Org(Protocol):
    """An org that somebody is logged in to."""

    @property
    def url(self) -> str:
        """Where it is."""

    @property
    def access_token(self) -> str:
        """With which it lets them in."""


def rest_of(org: Org) -> Rest:
    """Give the calls of an org; nothing is called before they are used."""
    # A person's own calls: no share has to be left for people.
    return Rest(Session(_LoggedIn(org), Budget(0.0, system_clock)))


class _LoggedIn(Login):
    """Holds the token that is there already; nobody but its owner can get another one."""

    def __init__(self, org: Org) -> None:
        super().__init__(dict)
        self._given = Token(org.access_token, org.url.rstrip("/"))

    def token(self, instead_of: str = "") -> Token:
        """Give the token.

        Raises:
            Misconfigured: it has expired.
        """
        if instead_of == self._given.value:
            raise Misconfigured("Salesforce: the access token is not taken any more; log in again")
        return self._given
