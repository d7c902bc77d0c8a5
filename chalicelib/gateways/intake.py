"""The signed JSON intake, for any source that has no route of its own.

    {"engagements": [{"id": "...", "kind": "demo_requested", "occurred_at": "2026-01-31T08:00:00Z",
      "keys": {"email": "..."}, "attributes": {...}, "profile": {...}, "opt_ins": {"newsletter": true}}]}

`id` is unique at the source; the rest but `attributes`, `profile`, `opt_ins` and `consents` is needed, too.
"""

import math
import re
from collections.abc import Mapping
from typing import Any, cast

from chalicelib.domain.arrival import Arrival, gather
from chalicelib.domain.engagement import (
    KEY_KINDS,
    Engagement,
    KeyKind,
    PersonKey,
    Value,
    engagement_id,
    person_key,
)
from chalicelib.domain.instant import Instant
from chalicelib.domain.step import OURSELVES
from chalicelib.errors import Rejected
from chalicelib.gateways.intake_consents import MOST_CONSENTS, read_consents, read_opt_ins
from chalicelib.gateways.reading import email, instant, needed_text, plain_list, plain_object, read_json, text

MOST_ENGAGEMENTS = 1_000
MOST_FIELDS = 50
_SOURCE = re.compile(r"[a-z][a-z0-9-]{0,39}")
_NAME = re.compile(r"[a-z][a-z0-9_]{0,63}")


def read_intake(source: str, body: bytes, now: Instant) -> Arrival:
    """Read engagements of a source, which names itself in the path.

    Raises:
        Rejected: the source's name or the body has another form, or there are more than 1,000 engagements.
    """
    if not _SOURCE.fullmatch(source):
        raise Rejected("source: name it in the path by at most 40 small letters, digits and hyphens")
    if source == OURSELVES:
        raise Rejected("source: that is the name of our own forms and steps; choose another")
    content = read_json(body)
    if not isinstance(content, dict) or "engagements" not in content:
        raise Rejected("body: send an object with engagements")
    items = plain_list(content["engagements"], "engagements")
    if len(items) > MOST_ENGAGEMENTS:
        raise Rejected(f"engagements: send at most {MOST_ENGAGEMENTS} at once")
    return gather(source, "engagements", items, lambda item: _read(source, item, now))


def _read(source: str, item: Any, now: Instant) -> Engagement:
    item = plain_object(item, "engagement")
    return Engagement(
        # Under the intake, as a source may call itself by a platform's name.
        id=engagement_id("intake", source, needed_text(item.get("id"), "id")),
        kind=_name(item.get("kind"), "kind"),
        occurred_at=instant(_iso(item.get("occurred_at")), "occurred_at", now),
        source=source,
        keys=_keys(_fields(item, "keys")),
        attributes={name: _value(name, value) for name, value in _fields(item, "attributes").items()},
        profile={name: _profile_text(name, value) for name, value in _fields(item, "profile").items()},
        consents=(*read_opt_ins(_opt_ins(item)), *read_consents(item.get("consents"))),
    )


def _iso(value: Any) -> str:
    if not isinstance(value, str):
        raise Rejected("occurred_at: write it as 2026-01-31T08:00:00.000Z, with a zone")
    return value


def _keys(keys: Mapping[str, Any]) -> tuple[PersonKey, ...]:
    if not keys:
        raise Rejected(f"keys: send at least one of {', '.join(KEY_KINDS)}")
    return tuple(_key(kind, value) for kind, value in keys.items())


def _key(kind: str, value: Any) -> PersonKey:
    if kind not in KEY_KINDS:
        raise Rejected(f"keys: send only {', '.join(KEY_KINDS)}")
    written = needed_text(value, f"keys.{kind}")
    if kind == "email" and email(written) is None:
        raise Rejected("keys.email: send an e-mail address")
    return person_key(cast("KeyKind", kind), written)


def _fields(item: Mapping[str, Any], part: str) -> Mapping[str, Any]:
    fields = plain_object(item.get(part), part)
    if len(fields) > MOST_FIELDS:
        raise Rejected(f"{part}: send at most {MOST_FIELDS} fields")
    for name in fields:
        _name(name, part)
    return fields


def _name(value: Any, field: str) -> str:
    if not isinstance(value, str) or not _NAME.fullmatch(value):
        raise Rejected(f"{field}: name it by at most 64 small letters, digits and underscores")
    return value


def _value(name: str, value: Any) -> Value:
    if isinstance(value, str):
        return text(value, 2_000)
    if isinstance(value, bool):
        return value
    # Greater numbers than a float holds exactly are names, not amounts.
    if isinstance(value, int | float) and math.isfinite(value) and abs(value) < 2**53:
        return value
    raise Rejected(f"attributes.{name}: send a text, a number or a truth value")


def _profile_text(name: str, value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise Rejected(f"profile.{name}: send a text")
    return text(value, 255)


def _opt_ins(item: Mapping[str, Any]) -> Mapping[str, Any]:
    opt_ins = _fields(item, "opt_ins")
    if len(opt_ins) > MOST_CONSENTS:
        raise Rejected(f"opt_ins: send at most {MOST_CONSENTS} in one engagement")
    return opt_ins
