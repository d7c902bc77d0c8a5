"""The JSON schemas by which editors complete and check the YAML."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from chalicelib.playbook.source import SECTIONS
from chalicelib.playbook.vocabulary import KINDS, PROFILE_FIELDS
from smarketing.playbook_files import default_folder
from smarketing.playbook_schema import schema_of, schema_text, write_schemas
from smarketing.playbook_yaml import compose, plain_value
from tests.playbook.small import REMOVED, spoilt


@pytest.mark.parametrize("section", SECTIONS)
def test_the_schema_that_is_checked_in_is_the_model_s(section: str) -> None:
    checked_in = default_folder() / "schema" / f"{section}.json"

    assert checked_in.read_text() == schema_text(section), (
        "run smarketing playbook schema --write playbook/schema"
    )


def test_no_other_schemas_are_checked_in() -> None:
    assert {path.stem for path in (default_folder() / "schema").iterdir()} == set(SECTIONS)


@pytest.mark.parametrize("section", SECTIONS)
def test_each_file_names_its_schema_first(section: str) -> None:
    first = (default_folder() / f"{section}.yaml").read_text().splitlines()[0]

    assert first == f"# yaml-language-server: $schema=schema/{section}.json"


@pytest.mark.parametrize("section", SECTIONS)
def test_the_default_playbook_is_valid_under_its_schemas(section: str) -> None:
    content = plain_value(compose(default_folder() / f"{section}.yaml"))

    jsonschema.Draft7Validator(schema_of(section)).validate(content)


@pytest.mark.parametrize("section", SECTIONS)
def test_each_schema_is_one_of_the_draft_that_editors_read(section: str) -> None:
    jsonschema.Draft7Validator.check_schema(schema_of(section))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("scoring", "rules", 0, "label", "de"), REMOVED),
        (("scoring", "rules", 0, "poinst"), 5),
        (("scoring", "rules", 0, "points"), "many"),
        (("scoring", "rules", 0, "kinds", 0), "Form Sent"),
        (("scoring", "categories", 0, "half_life"), "45"),
        (("grading", 0, "where", 0, "field"), "job_titel"),
        (("gates", 0, "hand_raiser"), []),
        (("gates", 2, "min_grade"), "G"),
        (("glossary",), []),
    ],
)
def test_editors_see_what_is_malformed(path: tuple[Any, ...], value: Any) -> None:
    section = str(path[0])
    content = spoilt({path: value})[section]

    assert not jsonschema.Draft7Validator(schema_of(section)).is_valid(content)


@pytest.mark.parametrize("section", SECTIONS)
def test_every_key_is_explained(section: str) -> None:
    unexplained = {key for key, schema in _properties(schema_of(section)) if not schema.get("description")}

    assert unexplained == set()


def test_no_explanation_is_lost_beside_a_reference() -> None:
    # Draft 7 ignores whatever stands beside a $ref.
    assert not any(
        "$ref" in schema and len(schema) > 1
        for section in SECTIONS
        for _, schema in _properties(schema_of(section))
    )


def test_editors_complete_kinds_and_fields() -> None:
    scoring, grading = schema_of("scoring"), schema_of("grading")
    kinds = scoring["definitions"]["ScoringRuleSource"]["properties"]["kinds"]["items"]
    field = grading["definitions"]["ProfileCondition"]["properties"]["field"]

    assert kinds["anyOf"][0]["enum"] == list(KINDS)
    assert field["enum"] == list(PROFILE_FIELDS)


def test_schemas_are_written_into_a_new_folder(tmp_path: Path) -> None:
    written = write_schemas(tmp_path / "new" / "schema")

    assert [path.name for path in written] == [f"{section}.json" for section in SECTIONS]
    assert json.loads(written[0].read_text())["title"] == "glossary.yaml"


def _properties(schema: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    if isinstance(schema, dict):
        yield from schema.get("properties", {}).items()
        for each in schema.values():
            yield from _properties(each)
    elif isinstance(schema, list):
        for each in schema:
            yield from _properties(each)
