"""The body of a message without the parts that are about somebody: other people's stay as they came."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from smarketing.privacy.mentions import mentions, pattern_of
from smarketing.privacy.subject import Subject

Is = Callable[[Any], bool]


@dataclass(frozen=True, slots=True)
class Cleaned:
    """What is left of a message.

    Attributes:
        parts: how many parts were about the person.
        body: without them; None where nothing is left.
        theirs: the parts themselves.
    """

    parts: int
    body: str | None
    theirs: tuple[Any, ...] = ()


class Cleaner:
    """Knows what of a message is about one person."""

    def __init__(self, subject: Subject) -> None:
        """Look for them by their keys and, where a text has none, by what names them."""
        self._subject = subject
        self._keys = {(key.kind, key.value) for key in subject.keys}
        self._pattern: re.Pattern[str] = pattern_of(subject)

    def clean(self, body: str) -> Cleaned:
        """Take the parts about the person out of a message of any of our queues, or of what ended there.

        A message of a form that we don't know is theirs as a whole if it names them.
        """
        try:
            plain = json.loads(body)
        except (ValueError, RecursionError):
            return self._whole(body, body)
        match plain:
            case {"engagements": list(items)}:
                return _part(body, plain, "engagements", items, self._is_theirs)
            case {"unreadable": list(items)}:
                return _part(body, plain, "unreadable", items, self._mentions)
            case {"review": list(items)}:
                return _part(body, plain, "review", items, self._subject.persons.__contains__)
            case {"reread": {"entity": _, "ids": list(ids)}}:
                return self._reread(body, plain, ids)
            case [[str(), str()], *_]:
                return self._references(body, plain)
        return self._whole(body, plain)

    def _is_theirs(self, engagement: Any) -> bool:
        keys = engagement.get("keys") if isinstance(engagement, dict) else None
        named = {tuple(each) for each in keys or () if isinstance(each, list) and len(each) == 2}
        return not named.isdisjoint(self._keys) or self._mentions(engagement)

    def _mentions(self, value: Any) -> bool:
        return mentions(self._pattern, value)

    def _reread(self, body: str, plain: Any, ids: list[Any]) -> Cleaned:
        ours = set(self._subject.values("lead", "contact"))
        kept = [each for each in ids if str(each)[:15] not in ours]
        changed = {"reread": {**plain["reread"], "ids": kept}}
        return _cleaned(body, len(ids), kept, changed, [each for each in ids if each not in kept])

    def _references(self, body: str, plain: list[Any]) -> Cleaned:
        partitions = {f"PERSON#{person}" for person in self._subject.persons}
        theirs = [each for each in plain if each[0] in partitions]
        kept = [each for each in plain if each[0] not in partitions]
        return _cleaned(body, len(plain), kept, kept, theirs)

    def _whole(self, body: str, plain: Any) -> Cleaned:
        return Cleaned(1, None, (plain,)) if self._mentions(plain) else Cleaned(0, body)


def _part(body: str, plain: Any, name: str, items: list[Any], is_theirs: Is) -> Cleaned:
    theirs = [each for each in items if is_theirs(each)]
    kept = [each for each in items if each not in theirs]
    return _cleaned(body, len(items), kept, {**plain, name: kept}, theirs)


def _cleaned(body: str, count: int, kept: list[Any], changed: Any, theirs: list[Any]) -> Cleaned:
    if len(kept) == count:
        return Cleaned(0, body)
    rest = json.dumps(changed, separators=(",", ":"), ensure_ascii=False) if kept else None
    return Cleaned(count - len(kept), rest, tuple(theirs))
