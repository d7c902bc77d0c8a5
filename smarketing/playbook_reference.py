"""The playbook's reference, `docs/playbook.md`, made from the model and a playbook."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from chalicelib.playbook.forms import NAME_PATTERN
from chalicelib.playbook.source import SECTIONS, PlaybookSource
from chalicelib.playbook.vocabulary import ATTRIBUTES, PROFILE_FIELDS
from smarketing.playbook_schema import schema_of
from smarketing.playbook_tables import tables

_HEAD = """\
# Playbook

<!-- Written by `smarketing playbook docs`; a test fails where it is stale. -->

The playbook holds the rules that marketing and sales agreed on: how interest becomes points, who fits, when \
an interest is handed over. It is a folder of YAML files, edited by both teams and reviewed like code. The \
functions run on a published version of it, so that a new rule needs no deployment.

```sh
smarketing playbook check                           # refuse what makes no sense: file, line, key and mend
smarketing playbook show --section scoring          # the rules as tables; --lang de, --json
smarketing playbook publish --dry-run               # what would change against the version in force
smarketing playbook publish                         # put it in force; SMARKETING_TABLE names the table
smarketing playbook retell                          # a minute later: have everybody told again by it
smarketing playbook schema --write playbook/schema  # the JSON schemas that editors use
smarketing playbook docs                            # write this page again
```

Each command takes the folder of another playbook, such as `smarketing playbook check my-playbook`; without \
one it takes the project's `playbook/`. To begin your own, copy that folder.

A mistake is told with file, line, key and mend, and all mistakes are told at once; the exit code is 2:

```
gates.yaml:30: [3].min_category: 'services' never exceeds 70; raise its cap or limits or lower it
scoring.yaml:31: rules[3].category: 'presess' is no category; did you mean 'presses'?
```

Editors that read JSON schemas (VS Code with the YAML extension, JetBrains, Neovim) complete and explain the \
keys: the first line of each file names its schema. YAML is read as version 1.2, as they do: `NO` is a word, \
and only `true` and `false` are truth values.

A version is the hash of the content. When another one is in force, a person's history is told again under \
its rules with their next engagement or review; history itself never changes.

## Forms
"""

_FORMS = (
    ("name", "small letters, digits and underscores, a letter first", "`price_list`"),
    ("text", "anything but blank", "`Asked for a quote`"),
    ("span", "days, hours or minutes, whole", "`30d`, `12h`, `90m`"),
    ("label", "the keys `en` and `de`, both of them text", "`{en: Customer, de: Kunde}`"),
    (
        "condition",
        "the keys `field`, `operator` and, but for `exists` and `missing`, `value`",
        "`{field: url, operator: contains, value: [/pressen, /presses]}`",
    ),
)

_CONDITIONS = """
### Conditions

Text is compared without regard to case; a list of values means any of them. A field that nobody told meets \
only `missing`, `not_equals` and `not_in`.

| operators | value |
|---|---|
| `equals` `not_equals` | text, a number, true or false |
| `in` `not_in` | a list of them: equal to any, or to none |
| `contains` `starts_with` `ends_with` | a text or a list of texts |
| `at_least` `at_most` | a number; numbers in text (`"250"`, `1.200`) are read |
| `exists` `missing` | none |
"""

_EXAMPLES = {
    "label": "`{en: Customer, de: Kunde}`",
    "list of conditions": "`[{field: url, operator: contains, value: /laser}]`",
}
"""Of what is explained once."""

_STOP = {"Label": "label", "AttributeCondition": "condition", "ProfileCondition": "condition"}


def reference(playbook: PlaybookSource) -> str:
    """Write the reference as Markdown: every key of every file, and the playbook's own tables."""
    return "\n".join(_lines(playbook)) + "\n"


def _lines(playbook: PlaybookSource) -> Iterator[str]:
    yield _HEAD
    yield from _table(("form", "what it is", "example"), _FORMS)
    yield _CONDITIONS
    yield f"On engagements: {_words(ATTRIBUTES)}, and what else a source tells through the signed intake.\n"
    yield f"On profiles: {_words(PROFILE_FIELDS)}.\n"
    yield "## Files\n"
    for section in SECTIONS:
        schema = schema_of(section)
        yield f"### {section}.yaml\n\n{schema['description']}.\n"
        rows = list(_keys("", schema, schema))
        yield from _table(("key", "type", "needed", "meaning", "example"), rows)
        yield ""
    yield "## The default playbook\n\nA German machine builder with three product lines.\n"
    for section in SECTIONS:
        for each in tables(playbook, section, "en"):
            yield f"### {each.title.partition(' (')[0]}\n"
            yield from _table(each.header, each.rows)
            yield ""


def _table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(header)} |"
    yield "|" + "---|" * len(header)
    for row in rows:
        yield f"| {' | '.join(cell.replace('|', '&#124;') for cell in row)} |"


def _keys(above: str, schema: Mapping[str, Any], root: Mapping[str, Any]) -> Iterator[tuple[str, ...]]:
    """List the keys below a schema, with what they hold; labels and conditions are explained once."""
    schema = _resolved(schema, root)
    if schema.get("type") == "array":
        yield from _keys(f"{above}[]", schema["items"], root)
        return
    for key, described in schema.get("properties", {}).items():
        path = f"{above}.{key}".removeprefix(".")
        kind = _type(described, root)
        examples = described.get("examples", [])
        yield (
            f"`{path}`",
            kind,
            "yes" if key in schema.get("required", ()) else "",
            described["description"] + ".",
            f"`{_example(examples[0])}`" if examples else _EXAMPLES.get(kind, ""),
        )
        if kind == "list":
            yield from _keys(path, described, root)


def _type(schema: Mapping[str, Any], root: Mapping[str, Any]) -> str:
    name = _name(schema)
    if name is not None:
        return _STOP.get(name) or _type(_resolved(schema, root), root)
    if "const" in schema:
        return f"`{schema['const']}`"
    if schema.get("type") == "array":
        items = _type(schema["items"], root)
        return "list" if items == "keys" else f"list of {items}s"
    if "enum" in schema:
        return _words(schema["enum"])
    if "anyOf" in schema and "type" not in schema:
        kinds = [_type(each, root) for each in schema["anyOf"] if each.get("type") != "null"]
        return " or ".join(dict.fromkeys(kinds))
    return _plain_type(schema)


def _plain_type(schema: Mapping[str, Any]) -> str:
    match schema.get("type"):
        case "string" if schema.get("pattern") == NAME_PATTERN:
            return "name"
        case "string" if "dhm" in schema.get("pattern", ""):
            return "span"
        case "string":
            return "text"
        case "boolean":
            return "true or false"
        case "integer":
            return "whole number"
        case "number":
            return "number"
        case _:
            return "keys"


def _name(schema: Mapping[str, Any]) -> str | None:
    for each in (schema, *schema.get("allOf", ())):
        if "$ref" in each:
            return str(each["$ref"]).rpartition("/")[2]
    return None


def _resolved(schema: Mapping[str, Any], root: Mapping[str, Any]) -> Mapping[str, Any]:
    name = _name(schema)
    if name is None:
        return schema
    resolved: Mapping[str, Any] = root["definitions"][name]
    return resolved


def _example(value: Any) -> str:
    if isinstance(value, list):
        return f"[{', '.join(_example(each) for each in value)}]"
    return value if isinstance(value, str) else json.dumps(value)


def _words(words: Sequence[str]) -> str:
    return ", ".join(f"`{word}`" for word in words)
