"""Page tokens: where a page ended and what was asked for, as one opaque text that lives for four hours.

"Version 5 Overview": a token stands for the whole query but its `fields`; after 100,000 records of one query
there is none any more.
"""

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass

from chalicelib.domain.instant import HOUR, Duration, Instant
from smarketing.sandbox.account_engagement.answers import PAGE_TOKEN_EXPIRED, PAGE_TOKEN_INVALID, Refused
from smarketing.sandbox.account_engagement.table import Place

LIFE = Duration(4 * HOUR)
MOST_RECORDS = 100_000
WALL_WARNING = {
    "Pardot-Warning": "203;Record count for nextPageToken sequence has been exceeded. No page token returned."
}


@dataclass(frozen=True, slots=True)
class PageToken:
    """The end of a page.

    Attributes:
        object: what was queried.
        parameters: of the query, but its fields.
        place: of the page's last row.
        given: how many records were given up to there.
        until: when the token dies.
    """

    object: str
    parameters: Mapping[str, str]
    place: Place
    given: int
    until: Instant

    def __str__(self) -> str:
        """Write it for a caller."""
        plain = [self.object, dict(self.parameters), self.place, self.given, self.until]
        return base64.urlsafe_b64encode(json.dumps(plain).encode()).decode()


def read_token(text: str, object_name: str, now: Instant) -> PageToken:
    """Read the token of an object's query.

    Raises:
        Refused: it is none of this object's, or too old.
    """
    try:
        name, parameters, place, given, until = json.loads(base64.urlsafe_b64decode(text))
        token = PageToken(name, parameters, (place[0], place[1]), given, until)
    except (binascii.Error, ValueError, TypeError, IndexError):
        raise Refused(PAGE_TOKEN_INVALID) from None
    if token.object != object_name:
        raise Refused(PAGE_TOKEN_INVALID)
    if token.until <= now:
        raise Refused(PAGE_TOKEN_EXPIRED)
    return token
