"""An emulated org whose data is in a file lives on after a restart."""

from pathlib import Path

from tests.sandbox.org.running_org import INTEGRATION, running_org


def test_records_and_numbers_go_on_after_a_restart(tmp_path: Path) -> None:
    file = tmp_path / "org.sqlite"
    with running_org(file) as org:
        first = org.create("Interest__c", Smarketing_Interest_Id__c="1", user=INTEGRATION)
        organization = org.org.organization_id
    with running_org(file) as org:
        assert org.org.organization_id == organization
        assert org.read("Interest__c", first)["Name"] == "I-000001"
        second = org.create("Interest__c", Smarketing_Interest_Id__c="2", user=INTEGRATION)
        assert second != first
        assert org.read("Interest__c", second)["Name"] == "I-000002"
        assert len(org.query("SELECT Id FROM Group WHERE DeveloperName = 'Sales_Support'")) == 1


def test_without_a_file_nothing_stays() -> None:
    with running_org() as org:
        org.lead()
    with running_org() as org:
        assert org.query("SELECT Id FROM Lead") == []
