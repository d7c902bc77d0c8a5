"""Records are read again where a change event had a gap."""

from typing import Any

import pytest

from chalicelib.domain.engagement import person_key
from chalicelib.domain.message import Engagements, Reread, decode
from chalicelib.errors import Rejected
from chalicelib.services.reread_records import reread_records
from tests.gateways.salesforce.commands import NOON
from tests.gateways.salesforce.scripted_org import Reply, Request, ScriptedOrg

STAMP = "2026-03-01T11:59:00.000+0000"
LEAD = {"attributes": {"type": "Lead"}, "SystemModstamp": STAMP, "IsDeleted": False, "MasterRecordId": None}


class Kept:
    """A queue that keeps what it was sent."""

    def __init__(self) -> None:
        self.bodies: list[str] = []

    def send(self, bodies: Any) -> None:
        self.bodies += bodies

    @property
    def engagements(self) -> list[Any]:
        messages = [decode(body) for body in self.bodies]
        return [each for one in messages if isinstance(one, Engagements) for each in one.engagements]


def reread(org: ScriptedOrg, entity: str, *ids: str) -> Kept:
    queue = Kept()
    reread_records(
        Reread(entity, ids), crm=org.gateway(), told=_themselves, engagements=queue, clock=lambda: NOON
    )
    return queue


def _themselves(facts: Any) -> Any:
    """No activity is read here, and an engagement tells itself."""
    return facts


def answered(*records: dict[str, Any]) -> Reply:
    return Reply(200, {"totalSize": len(records), "done": True, "records": list(records)})


def test_a_lead_tells_its_keys_and_profile(org: ScriptedOrg) -> None:
    org.answers = [answered({**LEAD, "Id": "00Q000000000001AAA", "Email": "A@B.org", "Company": "Werk"})]
    [told] = reread(org, "Lead", "00Q000000000001AAA").engagements
    assert told.kind == "record_changed"
    assert set(told.keys) == {person_key("lead", "00Q000000000001"), person_key("email", "a@b.org")}
    assert told.profile == {"company": "Werk"}
    assert told.occurred_at == NOON - 60_000


def test_to_read_it_twice_tells_the_same(org: ScriptedOrg) -> None:
    record = {**LEAD, "Id": "00Q000000000001AAA", "Email": "a@b.org"}
    org.script = lambda _: answered(record)
    first, second = (reread(org, "Lead", "00Q000000000001").bodies for _ in range(2))
    assert first == second


def test_a_merged_record_tells_that_both_are_one_person(org: ScriptedOrg) -> None:
    gone = {"Id": "003000000000001AAA", "IsDeleted": True, "MasterRecordId": "003000000000002AAA"}
    org.answers = [answered({**LEAD, **gone})]
    [told] = reread(org, "Contact", "003000000000001AAA").engagements
    assert told.keys == (person_key("contact", "003000000000002"), person_key("contact", "003000000000001"))
    assert org.requests[0].path.endswith("/queryAll/")


def test_a_record_that_was_just_deleted_tells_nothing(org: ScriptedOrg) -> None:
    org.answers = [answered({**LEAD, "Id": "00Q000000000001AAA", "IsDeleted": True})]
    assert reread(org, "Lead", "00Q000000000001AAA").engagements == []


def test_many_records_take_one_query_for_each_length_of_an_address(org: ScriptedOrg) -> None:
    org.script = lambda _: answered()
    reread(org, "Lead", *(f"00Q{number:012d}AAA" for number in range(1_000)))
    asked = [request.soql.count("00Q") for request in org.requests]
    assert sum(asked) == 1_000
    assert len(asked) == 3


def test_what_is_no_id_is_not_asked_for(org: ScriptedOrg) -> None:
    org.script = lambda _: answered()
    reread(org, "Lead", "x') OR (Id != '", "00Q000000000001")
    assert org.requests[0].soql.endswith("WHERE Id IN ('00Q000000000001')")


def test_further_pages_are_fetched(org: ScriptedOrg) -> None:
    def script(request: Request) -> Reply:
        if request.path.endswith("-2000"):
            return answered({**LEAD, "Id": "00Q000000000002AAA", "Email": "c@d.org"})
        page = answered({**LEAD, "Id": "00Q000000000001AAA", "Email": "a@b.org"})
        page.body.update(done=False, nextRecordsUrl="/services/data/v66.0/query/01g000-2000")
        return page

    org.script = script
    assert len(reread(org, "Lead", "00Q000000000001").engagements) == 2


def test_an_overflow_reads_what_changed_within_the_hour(org: ScriptedOrg) -> None:
    org.script = lambda _: answered()
    reread(org, "Lead")
    assert org.requests[0].soql.endswith("WHERE SystemModstamp >= 2026-03-01T11:00:00+00:00")


def test_an_object_that_tells_of_nobody_is_rejected(org: ScriptedOrg) -> None:
    with pytest.raises(Rejected, match="entity"):
        reread(org, "Account", "001000000000001")
