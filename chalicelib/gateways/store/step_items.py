"""How the steps of interests lie in the table: in the partition of the person who had the interest then."""

import json
from typing import Any

from chalicelib.domain.instant import iso
from chalicelib.domain.interest import PersonId
from chalicelib.domain.step import Step
from chalicelib.gateways.store.items import Item, partition

PREFIX = "STEP#"


def step_item(person: PersonId, step: Step) -> Item:
    """Write a step; the same one has the same key, however often it is written."""
    sort = f"{PREFIX}{step.interest}#{iso(step.at)}#{step.cause}"
    body: dict[str, Any] = {name: getattr(step, name) for name in Step.__dataclass_fields__}
    return {
        "pk": {"S": partition(person)},
        "sk": {"S": sort},
        "body": {"S": json.dumps(body, separators=(",", ":"), ensure_ascii=False)},
    }


def step_of(item: Item) -> Step:
    """Read a step."""
    return Step(**json.loads(item["body"]["S"]))
