"""What changed in the emulated org since a watermark, by pages and by a Bulk query."""

from collections.abc import Iterator
from typing import Any

import pytest

from chalicelib.domain.changed_record import ChangedRecord
from chalicelib.domain.instant import MINUTE, Instant
from chalicelib.domain.watermark import Watermark
from chalicelib.errors import Misconfigured, Retryable
from chalicelib.gateways.salesforce import bulk_query, changed_records
from chalicelib.gateways.salesforce.bulk import Patience
from chalicelib.gateways.salesforce.changed_records import Source, changed
from smarketing.org_rest import rest_of
from tests.gateways.salesforce.commands import NOON
from tests.gateways.salesforce.scripted_org import Reply, scripted_org
from tests.sandbox.org.running_org import INTEGRATION, RunningOrg, running_org


class Integration:
    """The integration user, logged in."""

    def __init__(self, org: RunningOrg) -> None:
        self.url = org.url
        self.access_token = org.token(INTEGRATION)


@pytest.fixture
def org() -> Iterator[RunningOrg]:
    with running_org() as running:
        yield running


def read(org: RunningOrg, source: Source, since: Watermark | None = None) -> list[ChangedRecord]:
    return list(changed(rest_of(Integration(org)), source, since, Patience(sleep=lambda _: None)))


def ids(records: list[ChangedRecord]) -> list[str]:
    return [each.id for each in records]


def after(org: RunningOrg, minutes: float) -> None:
    org.now = Instant(int(NOON + minutes * MINUTE))


@pytest.fixture
def few_a_page(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a Bulk query be worth while for a few records."""
    monkeypatch.setattr("smarketing.sandbox.org.rest.PAGE", 200)
    monkeypatch.setattr(bulk_query, "PART", 300)
    monkeypatch.setattr(bulk_query, "LOOKS", -1)
    monkeypatch.setattr(changed_records, "PAGE", 200)


def many_leads(org: RunningOrg, number: int) -> None:
    for start in range(0, number, 200):
        records = [
            {
                "attributes": {"type": "Lead"},
                "LastName": f"Weiß, {each}\n",
                "Company": "Werk",
                "Email": f"p{each}@example.org",
            }
            for each in range(start, min(number, start + 200))
        ]
        assert org.call("POST", "composite/sobjects", {"records": records}).status_code == 200


def test_without_a_watermark_everything_is_read_the_oldest_change_first(org: RunningOrg) -> None:
    first = org.lead("Weiß", Email="a@example.org", NumberOfEmployees=120, Phone="06201 1")
    after(org, 1)
    second = org.lead("Übel", HasOptedOutOfEmail=True)
    after(org, 2)
    org.call("PATCH", f"sobjects/Lead/{first}", {"Title": "CTO"})

    found = read(org, "Lead")

    assert ids(found) == [second, first]
    assert found[1].modstamp == NOON + 2 * MINUTE
    assert found[0].values["opted_out"] is True
    told = {"email": "a@example.org", "last_name": "Weiß", "job_title": "CTO", "employees": 120}
    assert told.items() <= found[1].values.items()
    assert found[1].values["opted_out"] is False
    assert found[1].values["website"] is None


def test_after_a_watermark_only_what_came_later_is_read(org: RunningOrg) -> None:
    many_leads(org, 3)
    after(org, 1)
    last = org.lead()
    everything = read(org, "Lead")
    of_second = Watermark(everything[1].modstamp, everything[1].id)

    assert ids(read(org, "Lead", of_second)) == [everything[2].id, last]
    assert ids(read(org, "Lead", Watermark(NOON))) == ids(everything)
    assert read(org, "Lead", Watermark(org.now, last)) == []


def test_a_time_finer_than_a_second_is_kept_to(org: RunningOrg) -> None:
    org.now = Instant(NOON + 200)
    org.lead()
    org.now = Instant(NOON + 700)
    second = org.lead()

    assert ids(read(org, "Lead", Watermark(Instant(NOON + 500)))) == [second]


def test_a_deleted_record_is_read_as_such(org: RunningOrg) -> None:
    lead = org.lead()
    after(org, 1)
    org.call("DELETE", f"sobjects/Lead/{lead}")

    [found] = read(org, "Lead", Watermark(NOON, lead))

    assert (found.id, found.deleted, found.merged_into) == (lead, True, None)


def test_the_loser_of_a_merger_names_its_master(org: RunningOrg) -> None:
    master, loser = (org.create("Contact", LastName=name) for name in ("Weiß", "Weiss"))
    after(org, 1)
    org.control("merge", {"masterId": master, "mergedId": loser})

    found = {each.id: each for each in read(org, "Contact")}

    assert (found[loser].deleted, found[loser].merged_into) == (True, master)
    assert (found[master].deleted, found[master].merged_into) == (False, None)


def test_a_converted_lead_names_its_contact(org: RunningOrg) -> None:
    lead = org.lead()
    after(org, 1)
    contact = org.control("convert", {"leadId": lead}).json()["contactId"]

    [found] = read(org, "Lead")

    assert found.converted_contact == contact
    assert ids(read(org, "Contact")) == [contact]


def test_a_contact_shows_its_account(org: RunningOrg) -> None:
    account = org.create("Account", Name="Werk", Industry="Machinery", NumberOfEmployees=20)
    org.create("Contact", LastName="Weiß", AccountId=account, MailingCountry="Germany")
    org.create("Contact", LastName="Übel")

    found = {each.values["last_name"]: each.values for each in read(org, "Contact")}

    told = {"account_id": account, "company": "Werk", "industry": "Machinery", "employees": 20}
    assert (told | {"country": "Germany"}).items() <= found["Weiß"].items()
    assert found["Übel"]["company"] is None


def test_a_changed_account_brings_its_contacts_along(org: RunningOrg) -> None:
    account = org.create("Account", Name="Werk")
    contact = org.create("Contact", LastName="Weiß", AccountId=account)
    org.create("Contact", LastName="Übel")
    after(org, 10)
    org.call("PATCH", f"sobjects/Account/{account}", {"Name": "Werk GmbH"})
    since = Watermark(Instant(NOON + MINUTE))

    assert read(org, "Contact", since) == []
    [renamed] = read(org, "Account", since)
    [found] = read(org, "Contact of Account", since)
    assert (renamed.id, renamed.values["company"]) == (account, "Werk GmbH")
    assert (found.object, found.id, found.modstamp) == ("Contact", contact, NOON + 10 * MINUTE)
    assert found.values["company"] == "Werk GmbH"
    assert ids(read(org, "Contact of Account")) == [contact]


@pytest.mark.usefixtures("few_a_page")
def test_many_records_are_read_by_one_bulk_query_behind_the_first_page(org: RunningOrg) -> None:
    many_leads(org, 900)
    gone = org.lead()
    org.call("DELETE", f"sobjects/Lead/{gone}")
    before = dict(org.org.limits.by_kind)

    found = read(org, "Lead")

    calls = {kind: number - before.get(kind, 0) for kind, number in org.org.limits.by_kind.items()}
    assert len(set(ids(found))) == 901
    assert [each.id for each in found if each.deleted] == [gone]
    assert sum(calls.values()) == 6
    assert calls["GET queryAll"] == calls["POST jobs/query"] == 1
    assert found == sorted(found, key=lambda each: (each.modstamp, each.id))
    by_pages = {each.id: each for each in read(org, "Lead", Watermark(NOON, found[600].id))}
    assert [by_pages[each.id] for each in found[601:]] == found[601:]


@pytest.mark.parametrize(("state", "aborted"), [("InProgress", True), ("Failed", False)])
def test_a_bulk_query_that_is_not_done_in_time_is_asked_for_again_later(state: str, aborted: bool) -> None:
    first = {"Id": "00Q000000000001AAA", "SystemModstamp": "2026-03-01T12:00:00.000+0000"}
    replies = {
        "queryAll": {"totalSize": 100_000, "done": False, "nextRecordsUrl": "/more", "records": [first]},
        "query": {"id": "750000000000001", "state": "UploadComplete"},
    }
    with scripted_org() as org:
        org.script = lambda asked: Reply(
            200, replies.get(asked.path.rstrip("/").rpartition("/")[2], {"state": state})
        )

        with pytest.raises(Retryable, match=state):
            list(org.gateway().changed("Lead", None))

        ended = [each.json for each in org.requests if each.method == "PATCH"]
    assert ended == ([{"state": "Aborted"}] if aborted else [])


def test_records_that_change_while_they_are_read_are_not_lost(org: RunningOrg) -> None:
    first, second = org.lead("A"), org.lead("B")
    records = changed(rest_of(Integration(org)), "Lead", None, Patience(sleep=lambda _: None))
    taken = next(records)
    after(org, 1)
    org.call("PATCH", f"sobjects/Lead/{first}", {"Title": "CTO"})

    later = read(org, "Lead", Watermark(taken.modstamp, taken.id))

    assert ids(later) == [second, first]


def test_an_org_without_our_fields_is_misconfigured() -> None:
    with running_org(project=None) as empty, pytest.raises(Misconfigured, match="INVALID_FIELD"):
        read_as_admin(empty)


def read_as_admin(org: RunningOrg) -> Any:
    class Admin:
        url = org.url
        access_token = org.token()

    return list(changed(rest_of(Admin()), "Lead", None, Patience()))


def test_an_org_that_is_busy_is_tried_again_later(org: RunningOrg) -> None:
    org.control("faults", {"kind": "request_limit", "path": "queryAll"})

    with pytest.raises(Retryable):
        read(org, "Lead")
