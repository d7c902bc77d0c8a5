"""The emulated business unit answers as the platform was recorded to answer."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.sandbox.account_engagement.conftest import HEADERS, Caller

SHARED = Path(os.environ.get("SMARKETING_SHARED_DATA", Path(__file__).parents[4] / "shared" / "data"))
WIRE = SHARED / "wire" / "pardot"
pytestmark = pytest.mark.skipif(
    not WIRE.is_dir(), reason="no folder of shared data: set SMARKETING_SHARED_DATA"
)


def recorded(path: str) -> Any:
    return json.loads((WIRE / path).read_text())


def test_a_missing_parameter_is_told_in_the_same_words(caller: Caller) -> None:
    answer = caller.call("GET", "objects/prospects")

    assert answer.json() == recorded("read/emails/err-missing-query.json")


def test_a_missing_header_is_told_in_the_same_words(caller: Caller) -> None:
    token = {"Authorization": HEADERS["Authorization"]}

    answer = requests.get(f"{caller.url}/api/v5/objects/prospects?fields=id", headers=token, timeout=10)

    assert answer.json() == recorded("read/emails/err-missing-header.json")


def test_a_record_that_is_not_there_is_told_in_the_same_words(caller: Caller) -> None:
    assert caller.call("DELETE", "objects/prospects/7").json() == recorded("delete/err-not-found.json")


def test_prospects_are_given_as_they_were_recorded(caller: Caller) -> None:
    page = recorded("read/prospects.json")
    for name in ("biography", "hobby"):
        caller.call("POST", "objects/custom-fields", {"fieldId": name, "name": name, "type": "Text"})
    caller.load("prospects", page["values"])

    given = caller.call("GET", "objects/prospects", fields=",".join(page["values"][0])).json()

    assert given == page


def test_a_new_prospect_is_answered_as_recorded(caller: Caller) -> None:
    answer = recorded("write/prospect/new.json")
    values = {name: value for name, value in answer.items() if name != "id"}

    given = caller.call("POST", "objects/prospects", values, fields=",".join(answer)).json()

    assert {**given, "id": answer["id"]} == answer


def test_pages_have_the_recorded_form(caller: Caller) -> None:
    first, empty = recorded("read/emails/1-first-page.json"), recorded("read/emails/2-empty-page.json")
    caller.load("lists", [{"id": number, "name": str(number)} for number in (1, 2)])

    page = caller.call("GET", "objects/lists", fields="id", limit=1).json()
    nothing = caller.call("GET", "objects/tags", fields="id").json()

    assert page.keys() == first.keys()
    assert f"fields=id&nextPageToken={page['nextPageToken']}" in page["nextPageUrl"].replace("%3D", "=")
    assert nothing == empty
