"""docs/operations.md and docs/security.md speak of what is deployed."""

import json
import re

from tests.documents import PROJECT
from tests.infra.cloudformation import Template
from tests.infra.conftest import Packaged

OPERATIONS = (PROJECT / "docs" / "operations.md").read_text()
SECURITY = (PROJECT / "docs" / "security.md").read_text()


def first_cells(text: str, heading: str) -> set[str]:
    """What stands in code at the beginning of each row, in the table under a heading."""
    section = re.split(r"^## ", text, flags=re.MULTILINE)
    [part] = [each for each in section if each.startswith(heading + "\n")]
    return set(re.findall(r"^\| `([^`]+)` \|", part, re.MULTILINE))


def test_every_alarm_has_its_line_that_says_what_to_do(template: Template) -> None:
    assert first_cells(OPERATIONS, "Alarms") == set(template.of_type("AWS::CloudWatch::Alarm"))


def test_every_parameter_is_explained(packaged: Packaged) -> None:
    assert first_cells(OPERATIONS, "Deploy") == set(packaged("prod")["Parameters"])


def test_the_rights_of_every_function_are_listed() -> None:
    config = json.loads((PROJECT / ".chalice" / "config.json").read_text())

    assert first_cells(SECURITY, "Who may do what") == set(config["stages"]["prod"]["lambda_functions"])


def test_the_outputs_that_the_operator_needs_are_there(packaged: Packaged) -> None:
    asked = set(re.findall(r"\(out (\w+)\)", OPERATIONS))

    assert asked
    assert asked <= set(packaged("prod")["Outputs"])


def test_the_resources_that_the_recipes_name_are_there(template: Template) -> None:
    named = set(re.findall(r"\((?:dead|arn) (\w+)\)", OPERATIONS))

    assert named
    assert named <= set(template.body["Resources"])


def test_the_reserved_concurrency_that_is_told_is_what_is_reserved() -> None:
    config = json.loads((PROJECT / ".chalice" / "config.json").read_text())
    reserved = {
        stage: sum(each["reserved_concurrency"] for each in settings["lambda_functions"].values())
        for stage, settings in config["stages"].items()
    }

    assert f"{reserved['prod']} for prod, {reserved['dev']} for dev" in OPERATIONS
