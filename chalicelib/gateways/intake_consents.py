"""Consents as a source of the intake tells them.

    "opt_ins": {"newsletter": true, "events": false}

says that the person asked for something, which is no proof yet, or wants it no more; and with proof:

    "consents": [{"purpose": "newsletter", "kind": "confirmed", "basis": "double_opt_in", "channel": "email",
      "brand": "main", "evidence": {"wording_version": "2026-01", "mail_id": "...", "clicked_at": "..."}}]

`channel` is e-mail and `brand` the playbook's first where they are left out.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from chalicelib.domain.consent import (
    BASES,
    CHANNELS,
    EVERY,
    EVIDENCE,
    KINDS,
    RESTRICTING,
    Consent,
    Subject,
    withdrawal,
)
from chalicelib.errors import Rejected
from chalicelib.gateways.reading import plain_list, plain_object, text

MOST_CONSENTS = 20
"""Each is a write of the transaction that records the engagement, and a transaction takes 100."""

_NAME = re.compile(r"[a-z][a-z0-9_]{0,63}")
_MOST_EVIDENCE = 500

Word = TypeVar("Word", bound=str)


def read_opt_ins(opt_ins: Mapping[str, Any]) -> Iterable[Consent]:
    """Read plain opt-ins: true asks for a permission, false takes it away.

    Raises:
        Rejected: one is neither true nor false.
    """
    for name, value in opt_ins.items():
        if not isinstance(value, bool):
            raise Rejected(f"opt_ins.{name}: send true or false")
        if value:
            yield Consent(Subject("email", name, ""), "requested")
        else:
            yield withdrawal(purpose=name)


def read_consents(value: Any) -> Iterable[Consent]:
    """Read consents with their evidence.

    Raises:
        Rejected: one has another form.
    """
    items = [] if value is None else plain_list(value, "consents")
    if len(items) > MOST_CONSENTS:
        raise Rejected(f"consents: send at most {MOST_CONSENTS} in one engagement")
    for position, item in enumerate(items):
        try:
            yield _read(plain_object(item, "consent"))
        except Rejected as error:
            raise Rejected(f"consents[{position}].{error}") from None


def _read(item: Mapping[str, Any]) -> Consent:
    kind = _one_of(item.get("kind"), KINDS, "kind")
    basis = None if item.get("basis") is None else _one_of(item["basis"], BASES, "basis")
    if kind in RESTRICTING or kind == "requested":
        if basis is not None:
            raise Rejected(f"basis: leave it out; what is {kind} needs none")
    elif basis is None:
        raise Rejected(f"basis: name one of {', '.join(BASES)}; what is {kind} rests on one")
    subject = Subject(
        _one_of(item.get("channel", "email"), CHANNELS, "channel"),
        _name(item.get("purpose"), "purpose", kind in RESTRICTING),
        _name(item.get("brand", ""), "brand", kind in RESTRICTING),
    )
    return Consent(subject, kind, basis, _evidence(plain_object(item.get("evidence"), "evidence")))


def _one_of(value: Any, words: tuple[Word, ...], field: str) -> Word:
    found = next((word for word in words if word == value), None)
    if found is None:
        raise Rejected(f"{field}: send one of {', '.join(words)}")
    return found


def _name(value: Any, field: str, may_be_every: bool) -> str:
    if field == "brand" and value == "":
        return ""
    if value == EVERY and may_be_every:
        return EVERY
    if not isinstance(value, str) or not _NAME.fullmatch(value):
        raise Rejected(f"{field}: name it by at most 64 small letters, digits and underscores")
    return value


def _evidence(given: Mapping[str, Any]) -> dict[str, str]:
    for name, value in given.items():
        if name not in EVIDENCE:
            raise Rejected(f"evidence: send only {', '.join(sorted(EVIDENCE))}")
        if not isinstance(value, str) or len(value) > _MOST_EVIDENCE:
            raise Rejected(f"evidence.{name}: send a text of at most {_MOST_EVIDENCE} characters")
    return {name: text(value, _MOST_EVIDENCE) for name, value in given.items()}
