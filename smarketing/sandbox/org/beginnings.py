"""How new orgs begin: the first of a setup is kept, as a deploy takes a good part of a second."""

from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock

from smarketing.sandbox.org.database import Database
from smarketing.sandbox.org.schema import Schema

_MOST = 4
_kept: "OrderedDict[object, Beginning]" = OrderedDict()
_lock = Lock()


@dataclass(frozen=True, slots=True)
class Beginning:
    """A new org's data, as SQLite writes it, and its objects and fields."""

    image: bytes
    schema: Schema


def kept_beginning(key: object) -> Beginning | None:
    """Find how an org of a setup begins."""
    with _lock:
        return _kept.get(key)


def keep_beginning(key: object, database: Database) -> None:
    """Keep how an org of a setup begins; the oldest is forgotten."""
    beginning = Beginning(database.image(), database.schema)
    with _lock:
        _kept[key] = beginning
        while len(_kept) > _MOST:
            _kept.popitem(last=False)
