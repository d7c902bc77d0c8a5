"""JSON pointers (RFC 6901): where in an answer a value stands."""

from collections.abc import Mapping, Sequence
from typing import Any


def value_at(document: Any, pointer: str) -> Any:
    """Give what a pointer such as `/company/phones/0` names; None where there is nothing.

    An array's index is digits without leading zeros (section 4); `-`, the place after the last, is nothing.
    """
    place = document
    for token in pointer.split("/")[1:]:
        name = token.replace("~1", "/").replace("~0", "~")
        if isinstance(place, Mapping):
            place = place.get(name)
        elif isinstance(place, Sequence) and not isinstance(place, str):
            place = place[int(name)] if _is_index(name) and int(name) < len(place) else None
        else:
            return None
    return place


def _is_index(name: str) -> bool:
    return name.isascii() and name.isdigit() and (name == "0" or not name.startswith("0")) and len(name) < 10
