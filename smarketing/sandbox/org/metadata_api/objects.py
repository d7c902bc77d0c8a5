"""From deployed components to the org's objects.

Metadata API Developer Guide, CustomObject and RecordType.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import lru_cache

from smarketing.metadata.xml import parse, text_of
from smarketing.sandbox.org.metadata_api.components import Components
from smarketing.sandbox.org.metadata_api.fields import FieldDefinition, field_definition, value_set
from smarketing.sandbox.org.schema import (
    Field,
    PicklistValue,
    RecordType,
    Schema,
    SObject,
    custom_object_fields,
    record_type_field,
    standard_schema,
)


def schema_of(components: Components, prefix: Callable[[str], str]) -> Schema:
    """Put the standard objects and what was deployed together; `prefix` gives that of an object's ids.

    Raises:
        Refusal: a field is of a type that the org does not know.
    """
    objects = dict(standard_schema().objects)
    for each in components.of("CustomObject"):
        if each.full_name.endswith("__c"):
            objects[each.full_name.lower()] = replace(
                _object(each.full_name, each.content), prefix=prefix(each.full_name)
            )
    values = {each.full_name.lower(): value_set(each.content) for each in components.of("GlobalValueSet")}
    fields: dict[str, dict[str, Field]] = defaultdict(dict)
    for each in components.of("CustomField"):
        parent, _, name = each.full_name.partition(".")
        fields[parent.lower()][name.lower()] = _resolved(field_definition(each.content), values)
    types: dict[str, list[RecordType]] = defaultdict(list)
    for each in components.of("RecordType"):
        types[each.full_name.partition(".")[0].lower()].append(record_type(each.content))
    for name, known in objects.items():
        objects[name] = _extended(known, fields.get(name, {}), types.get(name, ()))
    return Schema(objects)


@lru_cache(maxsize=1_024)
def record_type(content: bytes) -> RecordType:
    """Read a record type."""
    root = parse(content, "RecordType")
    name = text_of(root, "fullName") or ""
    return RecordType(name, text_of(root, "label") or name, text_of(root, "active") != "false")


@lru_cache(maxsize=1_024)
def _object(name: str, content: bytes) -> SObject:
    root = parse(content, "CustomObject")
    numbered = text_of(root, "nameField", "type") == "AutoNumber"
    fields = dict(custom_object_fields())
    label = text_of(root, "nameField", "label") or "Name"
    fields["name"] = replace(fields["name"], label=label, writable=not numbered, required=not numbered)
    return SObject(
        name,
        "",
        text_of(root, "label") or name,
        fields,
        auto_number=text_of(root, "nameField", "displayFormat") if numbered else None,
        plural=text_of(root, "pluralLabel"),
    )


def _extended(known: SObject, fields: Mapping[str, Field], types: Iterable[RecordType]) -> SObject:
    found = tuple(types)
    more = {"recordtypeid": record_type_field()} if found else {}
    if not fields and not more:
        return known
    return replace(known, fields={**known.fields, **more, **fields}, record_types=found)


def _resolved(definition: FieldDefinition, values: Mapping[str, tuple[PicklistValue, ...]]) -> Field:
    if definition.value_set is None:
        return definition.field
    return replace(definition.field, values=values.get(definition.value_set.lower(), ()))
