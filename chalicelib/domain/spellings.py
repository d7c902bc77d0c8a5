"""The spellings in which one and the same name may be stored."""

import re

from chalicelib.domain.likeness import plain, plain_company

_WORD = re.compile(r"\w+")
_CONTRACTED = (("ae", "ä"), ("oe", "ö"), ("ue", "ü"))


def beginnings(name: str, length: int, *, company: bool = False) -> tuple[str, ...]:
    """Give the first letters of a name's first word: as typed, spelt out, and with umlauts.

    `LIKE` knows no accents, and a name may be stored either way.
    """
    spelt = (plain_company(name) if company else plain(name)).partition(" ")[0]
    contracted = spelt
    for two, one in _CONTRACTED:
        contracted = contracted.replace(two, one)
    typed = _WORD.search(name.casefold())
    words = (spelt, contracted, typed[0] if typed else "")
    return tuple(sorted({word[:length] for word in words if word}))
