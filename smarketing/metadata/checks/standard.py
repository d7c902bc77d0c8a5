"""What the platform itself has: objects, fields and names that the project may refer to."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from smarketing.metadata.checks.sobjects import Field, Sobject
from smarketing.sandbox.org import schema

_FILE = Path(__file__).parents[1] / "standard_fields.yaml"


@dataclass(frozen=True, slots=True)
class Standard:
    """The platform's own.

    Attributes:
        custom: what every custom object has.
        components: full names by type.
        names: names that are no components, by what they are.
        lightning_components: their properties.
        page_templates: their regions.
    """

    sobjects: Mapping[str, Sobject]
    custom: Sobject
    components: Mapping[str, frozenset[str]]
    names: Mapping[str, frozenset[str]]
    lightning_components: Mapping[str, frozenset[str]]
    page_templates: Mapping[str, frozenset[str]]


@cache
def standard() -> Standard:
    """Read the tables of the emulated org, and those beside them."""
    table: Mapping[str, Any] = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    children: Mapping[str, str] = table["children"]
    sobjects = {}
    for known in schema.standard_schema().objects.values():
        more = table["objects"].get(known.name, {})
        fields = [_known(each, children.get(f"{known.name}.{each.name}")) for each in known.fields.values()]
        found = Sobject(known.name, {each.name: each for each in fields}, _words(more.get("columns", "")))
        sobjects[known.name] = found.with_fields(_added(more.get("fields", {})))
    return Standard(
        sobjects,
        _custom_object(table["custom_object"]),
        {name: _words(text) for name, text in table["components"].items()},
        {name: _words(text) for name, text in table["names"].items()},
        {name: _words(text) for name, text in table["lightning_components"].items()},
        {name: _words(text) for name, text in table["page_templates"].items()},
    )


def record_type_field() -> Field:
    """Give the field of an object that has record types."""
    return _known(schema.record_type_field(), None)


def _custom_object(table: Mapping[str, Any]) -> Sobject:
    known = [_known(each, None) for each in schema.custom_object_fields().values()]
    found = Sobject("", {each.name: each for each in known}, _words(table["columns"]))
    return found.with_fields(_added(table["fields"]))


def _known(known: schema.Field, children: str | None) -> Field:
    return Field(
        name=known.name,
        type=known.type,
        required=known.required,
        targets=known.reference_to,
        relationship=known.relationship,
        children=children,
        computed=not known.writable,
        length=known.length,
    )


def _added(fields: Mapping[str, str]) -> Iterator[Field]:
    for name, text in fields.items():
        kind, *rest = text.split()
        targets = tuple(rest[0].split(",")) if rest else ()
        yield Field(name, kind, targets=targets, relationship=rest[1] if rest else None)


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())
