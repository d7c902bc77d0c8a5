"""Somebody who is in every store is erased: nothing that names them is left, nothing brings them back."""

import json
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import boto3
import pytest
import requests

from chalicelib.domain.instant import Instant, iso
from smarketing.sandbox import examples, notice
from smarketing.sandbox.notice import Notice
from tests.sandbox.test_restart import started

EMAIL, FIRST, LAST, PHONE = (
    "wilhelmine.quastenberg@sondermann.example",
    "Wilhelmine",
    "Quastenberg",
    "+4971149881234",
)
NAMING = (EMAIL, FIRST, LAST, PHONE, PHONE.removeprefix("+49"), quote(EMAIL), EMAIL.partition("@")[0])
OTHER = "rosalinde.tiefenbach@sondermann.example"


@dataclass(frozen=True)
class Erased:
    """A running sandbox in which the person was erased, and what it held before."""

    data: Path
    found: Notice
    before: Mapping[str, str]
    told: dict[str, Any]


@pytest.fixture(scope="module")
def erased(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Erased]:
    data = tmp_path_factory.mktemp("sandbox")
    with started(data), pytest.MonkeyPatch.context() as patch:
        found = notice.read(data)
        for name, value in found.environment.items():
            patch.setenv(name, value)
        for each in (EMAIL, OTHER):
            assert post(found, person(found, each)) == 200
        wait_for(lambda: leads(data) == 2)
        smarketing(data, "sync", "run")
        seed_what_waits(found)
        before = dump(data, found)
        told = json.loads(smarketing(data, "privacy", "erase", EMAIL, "--yes", "--json"))
        yield Erased(data, found, before, told)


def smarketing(data: Path, *words: str) -> str:
    command = [sys.executable, "-m", "smarketing.cli", *words, "--target", f"sandbox:{data}"]
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=120).stdout


def person(found: Notice, email: str, number: str = "1") -> dict[str, Any]:
    """A demo request of somebody who also proves an opt-in to the newsletter."""
    now = Instant(time.time_ns() // 1_000_000)
    asked = json.loads(examples.form(now))["engagements"][0]
    proof = {"wording_version": "2026-01", "token_hash": "0" * 64, "clicked_at": iso(now)}
    opted_in = {"purpose": "newsletter", "kind": "confirmed", "basis": "double_opt_in", "evidence": proof}
    names = (
        {"first_name": FIRST, "last_name": LAST, "phone": PHONE} if email == EMAIL else {"last_name": "Other"}
    )
    return {
        "engagements": [
            asked
            | {
                "id": f"{email}-{number}",
                "keys": {"email": email},
                "profile": {**names, "company": "Sondermann"},
                "consents": [*asked["consents"], opted_in],
            }
        ]
    }


def post(found: Notice, content: dict[str, Any]) -> int:
    body = json.dumps(content).encode()
    now = Instant(time.time_ns() // 1_000_000)
    headers = examples.signed_headers(found, "intake", body, now)
    return requests.post(
        f"{found.front_door}/intake/website", data=body, headers=headers, timeout=30
    ).status_code


def seed_what_waits(found: Notice) -> None:
    """Put a message about both people, and one about the person alone, where messages end that failed."""
    sqs = boto3.client("sqs")
    dead = [url for url in sqs.list_queues()["QueueUrls"] if "dead" in url.casefold()]
    bodies = [
        {"unreadable": [{"email": EMAIL, "name": LAST}, {"email": OTHER}], "source": "website"},
        {"engagements": [{"keys": [["email", EMAIL]], "profile": {"phone": PHONE}}]},
    ]
    for url in dead:
        for body in bodies:
            sqs.send_message(QueueUrl=url, MessageBody=json.dumps(body))


def dump(data: Path, found: Notice) -> dict[str, str]:
    """Everything that each store holds, those in recycle bins and the logs among it."""
    control = f"{found.marketing_cloud}/sandbox"
    prospects = f"{found.account_engagement}/sandbox"
    table = boto3.client("dynamodb").scan(TableName=found.environment["SMARKETING_TABLE"])["Items"]
    return {
        "table": json.dumps(table, ensure_ascii=False),
        "queues": "\n".join(messages()),
        "salesforce": org(data),
        "marketing cloud": "".join(
            requests.get(f"{control}/{page}", timeout=30).text
            for page in ("data-extensions/Smarketing_People", "messages")
        ),
        "account engagement": "".join(
            requests.get(f"{prospects}/{name}", timeout=30).text
            for name in ("prospects", "visitor-activities", "list-memberships")
        ),
        "buckets": "".join(bucket["Name"] for bucket in boto3.client("s3").list_buckets()["Buckets"]),
        "logs": "".join(path.read_text() for path in (data / "run").glob("*.log")),
    }


def messages() -> Iterator[str]:
    sqs = boto3.client("sqs")
    for url in sqs.list_queues()["QueueUrls"]:
        seen = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=0)
        yield from (each["Body"] for each in seen.get("Messages", []))


def org(data: Path) -> str:
    """Every row of the org, deleted ones too."""
    with sqlite3.connect(f"file:{data / 'org.sqlite'}?mode=ro", uri=True) as database:
        names = [row[0] for row in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return json.dumps(
            {name: database.execute(f'SELECT * FROM "{name}"').fetchall() for name in names},  # noqa: S608
            ensure_ascii=False,
            default=str,
        )


def leads(data: Path) -> int:
    return sum(email in org(data) for email in (EMAIL, OTHER))


def wait_for(holds: Any, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it took too long"
        time.sleep(0.5)


def naming(text: str) -> list[str]:
    return [each for each in NAMING if each.casefold() in text.casefold()]


STORES = ("table", "queues", "salesforce", "marketing cloud", "account engagement")


@pytest.mark.parametrize("store", STORES)
def test_the_person_was_there_before(erased: Erased, store: str) -> None:
    assert EMAIL in erased.before[store]


@pytest.mark.parametrize("store", [*STORES, "buckets", "logs"])
def test_nothing_that_names_the_person_is_left(erased: Erased, store: str) -> None:
    assert naming(dump(erased.data, erased.found)[store]) == []


@pytest.mark.parametrize("store", STORES)
def test_other_people_are_left_alone(erased: Erased, store: str) -> None:
    assert OTHER in dump(erased.data, erased.found)[store]


def test_what_was_done_is_told_without_naming_anybody(erased: Erased) -> None:
    assert naming(json.dumps(erased.told)) == []
    assert erased.told["finished_at"]
    assert erased.told["done"]["salesforce"]["Lead"] == 1


def test_the_person_is_not_brought_back_by_an_import(erased: Erased) -> None:
    earlier = person(erased.found, EMAIL, "2")
    for consent in (consents := earlier["engagements"][0]["consents"]):
        consent["kind"] = "imported" if consent is consents[-1] else consent["kind"]

    assert post(erased.found, earlier) == 200
    assert post(erased.found, person(erased.found, OTHER, "2")) == 200
    wait_for(lambda: f"{OTHER}-2" not in "".join(messages()))
    time.sleep(3)

    after = dump(erased.data, erased.found)
    assert naming(after["table"]) == []
    assert naming(after["salesforce"]) == []
    assert "erased_dropped" in after["logs"]
