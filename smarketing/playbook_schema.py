"""JSON schemas of the playbook's files, by which editors complete, explain and check the YAML."""

import json
from pathlib import Path
from typing import Annotated, Any

from pydantic import TypeAdapter

from chalicelib.playbook.source import SECTIONS, PlaybookSource

_DRAFT = "http://json-schema.org/draft-07/schema#"
"""The newest that the YAML language server of VS Code and others reads in all its releases (its README)."""


def schema_of(section: str) -> dict[str, Any]:
    """Make the JSON schema of one of the playbook's files."""
    field = PlaybookSource.model_fields[section]
    adapter: TypeAdapter[Any] = TypeAdapter(Annotated[field.annotation, field])
    schema = adapter.json_schema(ref_template="#/definitions/{model}")
    if "$defs" in schema:
        schema["definitions"] = schema.pop("$defs")
    return {"$schema": _DRAFT, "title": f"{section}.yaml", **_for_draft_7(schema)}


def schema_text(section: str) -> str:
    """Write the schema of one of the playbook's files as it is checked in."""
    return json.dumps(schema_of(section), indent=2, ensure_ascii=False) + "\n"


def write_schemas(folder: Path) -> list[Path]:
    """Write all schemas as `<section>.json` into a folder, which is made if need be.

    Raises:
        OSError: the folder cannot be written to.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for section in SECTIONS:
        path = folder / f"{section}.json"
        path.write_text(schema_text(section), encoding="utf-8")
        written.append(path)
    return written


def _for_draft_7(schema: Any) -> Any:
    """Wrap references that have neighbours, which draft 7 would ignore; drop titles made of key names."""
    if isinstance(schema, list):
        return [_for_draft_7(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    titled = isinstance(schema.get("title"), str)
    plain = {key: _for_draft_7(each) for key, each in schema.items() if not (titled and key == "title")}
    if "$ref" in plain and len(plain) > 1:
        return {"allOf": [{"$ref": plain.pop("$ref")}]} | plain
    return plain
