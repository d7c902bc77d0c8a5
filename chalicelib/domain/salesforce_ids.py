"""Salesforce's record ids in their two lengths.

Source: Salesforce Help, "What are Salesforce IDs composed of?": the last three characters of the longer one
tell which letters of the shorter are capitals, so that it may be compared without regard to case.
"""

from chalicelib.errors import Rejected

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"


def in_18(record_id: str) -> str:
    """Give an id of 15 or 18 characters in 18, as other platforms keep it.

    Raises:
        Rejected: it has another length.
    """
    if len(record_id) not in (15, 18):
        raise Rejected("record id: send 15 or 18 characters")
    short = record_id[:15]
    suffix = (
        _LETTERS[sum(1 << place for place, letter in enumerate(part) if "A" <= letter <= "Z")]
        for part in (short[:5], short[5:10], short[10:])
    )
    return short + "".join(suffix)
