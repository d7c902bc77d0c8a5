"""`merge()` of the SOAP API, on the emulated org."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from chalicelib.errors import Misconfigured
from smarketing.duplicates.soap_merge import Request, Result, in_steps, merge
from smarketing.metadata.org_calls import OrgCalls
from smarketing.org_login import Org
from tests.sandbox.org.running_org import VERSION, RunningOrg, running_org


@dataclass
class Merging:
    """An org, and the client that merges in it."""

    org: RunningOrg

    def __call__(self, *requests: Request, token: str = "") -> list[Result]:
        login = Org(self.org.url, token or self.org.token(), "org")
        return list(merge(OrgCalls(login, VERSION), requests))


@pytest.fixture
def merging() -> Iterator[Merging]:
    with running_org(project=None) as org:
        yield Merging(org)


def test_what_points_to_a_merged_record_follows(merging: Merging) -> None:
    main, other = merging.org.lead(Website="https://old.example"), merging.org.lead("Weiss")
    task = merging.org.create("Task", WhoId=other, Subject="Call")

    [result] = merging(Request("Lead", main, (other,), {"LastName": "Weiß & Co", "Website": ""}))

    assert result == Result("", (task,))
    kept = merging.org.read("Lead", main)
    assert (kept["LastName"], kept["Website"]) == ("Weiß & Co", None)
    assert merging.org.read("Task", task)["WhoId"] == main


def test_a_merged_record_names_its_main_one(merging: Merging) -> None:
    main, other = merging.org.lead(), merging.org.lead()

    merging(Request("Lead", main, (other,), {}))

    query = "SELECT MasterRecordId FROM Lead WHERE IsDeleted = true"
    answer = merging.org.call("GET", "queryAll", params={"q": query})
    assert answer.json()["records"][0]["MasterRecordId"] == main


def test_each_request_stands_for_itself(merging: Merging) -> None:
    """One that is refused takes none of the others along, and nothing of it is done."""
    main, other, gone = (merging.org.lead() for _ in range(3))
    merging.org.call("DELETE", f"sobjects/Lead/{gone}")
    account = merging.org.create("Account", Name="Werk")

    refused, strange, done = merging(
        Request("Lead", main, (other, gone), {}),
        Request("Lead", main, (account,), {}),
        Request("Lead", main, (other,), {}),
    )

    assert refused.refusal == "ENTITY_IS_DELETED: entity is deleted"
    assert strange.refusal.startswith("INVALID_MERGE_RECORD")
    assert done.refusal == ""


def test_more_than_two_are_merged_in_steps(merging: Merging) -> None:
    main, *others = (merging.org.lead() for _ in range(6))

    steps = list(in_steps(Request("Lead", main, tuple(others), {"LastName": "Schwarz"})))

    assert [len(each.others) for each in steps] == [2, 2, 1]
    assert all(each.refusal == "" for each in merging(*steps))
    assert [row["LastName"] for row in merging.org.query("SELECT LastName FROM Lead")] == ["Schwarz"]


def test_three_others_in_one_request_are_refused(merging: Merging) -> None:
    main, *others = (merging.org.lead() for _ in range(4))

    [result] = merging(Request("Lead", main, tuple(others), {}))

    assert result.refusal.startswith("INVALID_MERGE_RECORD")


def test_a_login_that_has_expired_is_told(merging: Merging) -> None:
    with pytest.raises(Misconfigured, match="INVALID_SESSION_ID"):
        merging(Request("Lead", merging.org.lead(), (merging.org.lead(),), {}), token="00D!expired")
