"""What a callback brought, sorted into what can be recorded and what can't."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar

from chalicelib.domain.engagement import Engagement
from chalicelib.domain.message import Reread, Unreadable
from chalicelib.errors import Rejected

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Arrival:
    """One request's content.

    Attributes:
        unreadable: parts that are no event of the sender's; the others count all the same.
        rereads: records that the sender only named.
        ignored: how many parts told of something that is no engagement here.
    """

    engagements: tuple[Engagement, ...] = ()
    unreadable: tuple[Unreadable, ...] = ()
    rereads: tuple[Reread, ...] = ()
    ignored: int = 0

    def __add__(self, other: "Arrival") -> "Arrival":
        """Put two parts of a request together."""
        return Arrival(
            self.engagements + other.engagements,
            self.unreadable + other.unreadable,
            self.rereads + other.rereads,
            self.ignored + other.ignored,
        )


def gather(
    source: str,
    name: str,
    items: Iterable[Item],
    read: Callable[[Item], Engagement | None],
    raw: Callable[[Item], str] = json.dumps,
) -> Arrival:
    """Read a request's parts, each apart from the others.

    Args:
        source: who sent them.
        name: what the sender calls them; it stands, with the position, before the field at fault.
        read: gives an engagement, None for what is none, or raises Rejected.
        raw: writes a part as it came, for what cannot be read.
    """
    engagements: list[Engagement] = []
    unreadable: list[Unreadable] = []
    ignored = 0
    for position, item in enumerate(items):
        try:
            engagement = read(item)
        except Rejected as error:
            unreadable.append(Unreadable(source, f"{name}[{position}].{error}", raw(item)))
            continue
        if engagement is None:
            ignored += 1
        else:
            engagements.append(engagement)
    return Arrival(tuple(engagements), tuple(unreadable), (), ignored)
