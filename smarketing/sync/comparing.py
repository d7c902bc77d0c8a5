"""Whether Salesforce gives back the value that was written: its fields change the form of some."""

import re
from html import unescape

from chalicelib.domain.instant import parse_instant
from chalicelib.errors import Rejected
from chalicelib.gateways.salesforce.mapping import Value

_TAG = re.compile(r"<[^>]*>")


def same(written: Value, held: Value) -> bool:
    """Tell whether they say the same.

    Salesforce gives an empty text as null, a point in time in its own form, a number with or without
    decimals, and cleans the markup of rich text.
    """
    if isinstance(written, bool) or isinstance(held, bool):
        return bool(written) == bool(held)
    if isinstance(written, int | float) and isinstance(held, int | float):
        return round(float(written), 1) == round(float(held), 1)
    ours, theirs = ("" if each is None else str(each) for each in (written, held))
    return ours == theirs or _same_moment(ours, theirs) or _words(ours) == _words(theirs)


def _same_moment(ours: str, theirs: str) -> bool:
    try:
        return parse_instant(ours) == parse_instant(theirs)
    except Rejected:
        return False


def _words(rich_text: str) -> list[str]:
    return unescape(_TAG.sub(" ", rich_text)).split()
