"""The admin's way from an empty org to a locked one, as docs/admin.md tells it, command by command."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests
from simple_salesforce import format_soql

from smarketing.sandbox import examples, notice
from smarketing.sandbox.running import running_sandbox
from smarketing.sandbox.sandbox import Sandbox

pytestmark = pytest.mark.slow

ADMIN, AGENT = "admin@smarketing.example", "agent1@smarketing.example"


@dataclass(frozen=True)
class Rehearsal:
    """A sandbox whose org is empty at first, and the command line beside it."""

    sandbox: Sandbox
    folder: Path

    def smarketing(self, *words: str, code: int = 0) -> str:
        """Run a command as an admin types it and give what it prints."""
        done = subprocess.run(
            [sys.executable, "-m", "smarketing.cli", *words],
            cwd=self.folder,
            env={**os.environ, **self.sandbox.environment, "COLUMNS": "200"},
            capture_output=True,
            text=True,
            timeout=180,
            check=False,
        )
        assert done.returncode == code, done.stdout + done.stderr
        assert "Traceback" not in done.stderr
        return done.stdout + done.stderr

    @property
    def target(self) -> tuple[str, str]:
        return ("--target", f"sandbox:{self.folder}")

    def call(self, method: str, path: str, body: Any = None, *, user: str = ADMIN) -> requests.Response:
        token = self.sandbox.salesforce_access_token(user)
        return requests.request(
            method,
            f"{self.sandbox.org_url}/services/data/v66.0/{path}",
            json=body,
            headers={"Authorization": f"Bearer {token}"},
            timeout=30,
        )

    def rows(self, soql: str, **values: str) -> list[dict[str, Any]]:
        answer = self.call("GET", f"query?q={format_soql(soql, **values)}")
        assert answer.status_code == 200, answer.text
        return list(answer.json()["records"])

    def assign(self, username: str, group: str) -> None:
        """Give somebody a role, as `sf data create record` does."""
        [user] = self.rows("SELECT Id FROM User WHERE Username = {name}", name=username)
        [role] = self.rows("SELECT Id FROM PermissionSetGroup WHERE DeveloperName = {name}", name=group)
        body = {"AssigneeId": user["Id"], "PermissionSetGroupId": role["Id"]}
        assert self.call("POST", "sobjects/PermissionSetAssignment", body).status_code == 201

    def ask_for_a_demonstration(self) -> None:
        """Let somebody whom nobody knew raise a hand."""
        known = notice.notice_of(self.sandbox)
        body = examples.form(self.sandbox.clock())
        headers = examples.signed_headers(known, "intake", body, self.sandbox.clock())
        url = f"{self.sandbox.url}/intake/website"
        assert requests.post(url, data=body, headers=headers, timeout=30).status_code < 300
        self.sandbox.drain()

    def score(self) -> dict[str, Any]:
        [lead] = self.rows("SELECT Id, Smarketing_Score__c FROM Lead")
        return lead


@pytest.fixture(scope="module")
def rehearsal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rehearsal]:
    folder = tmp_path_factory.mktemp("rehearsal")
    with running_sandbox(folder, empty_org=True, retry_seconds=0, longest_window=0.2) as sandbox:
        notice.put_up(notice.notice_of(sandbox), folder)
        yield Rehearsal(sandbox, folder)


def test_an_empty_org_becomes_a_locked_one_step_by_step(rehearsal: Rehearsal) -> None:
    smarketing, target = rehearsal.smarketing, rehearsal.target

    # Look before you deploy: nothing changes.
    smarketing("metadata", "check")
    smarketing("metadata", "deploy", "--check-only", *target)
    assert rehearsal.call("GET", "sobjects/Interest__c/describe").status_code == 404

    # Deploy, open.
    smarketing("metadata", "deploy", *target)
    smarketing("metadata", "diff", *target)

    # Give people their roles.
    integration = rehearsal.sandbox.credentials.salesforce_username
    rehearsal.assign(integration, "Smarketing_Integration_Role")
    rehearsal.assign(ADMIN, "Smarketing_Admin_Role")
    rehearsal.assign(AGENT, "Smarketing_Sales_Support_Role")
    [open_set] = rehearsal.rows("SELECT Id FROM PermissionSet WHERE Name = 'Smarketing_Before_Go_Live'")
    [admin] = rehearsal.rows("SELECT Id FROM User WHERE Username = {name}", name=ADMIN)
    assignment = {"AssigneeId": admin["Id"], "PermissionSetId": open_set["Id"]}
    assert rehearsal.call("POST", "sobjects/PermissionSetAssignment", assignment).status_code == 201

    smarketing("metadata", "records", *target)
    assert len(rehearsal.rows("SELECT Id FROM Glossary_Term__c")) > 20

    # The first sync. Before go-live an admin can still write what marketing owns.
    assert "sync" in smarketing("lock", "apply", *target, code=2)
    rehearsal.ask_for_a_demonstration()
    lead = rehearsal.score()
    path = f"sobjects/Lead/{lead['Id']}"
    assert rehearsal.call("PATCH", path, {"Smarketing_Score__c": 1}).status_code == 204
    found = json.loads(smarketing("sync", "verify", "--json", *target, code=1))
    assert found["by_field"] == {"Lead.Smarketing_Score__c": 1}
    rehearsal.call("PATCH", path, {"Smarketing_Score__c": lead["Smarketing_Score__c"]})
    smarketing("sync", "verify", *target)

    # Lock.
    assert "Smarketing_Before_Go_Live" in smarketing("lock", "plan", *target)
    smarketing("lock", "verify", *target, code=1)
    smarketing("lock", "apply", *target)
    smarketing("lock", "verify", *target)
    refused = rehearsal.call("PATCH", path, {"Smarketing_Score__c": 1})
    assert refused.json()[0]["errorCode"] == "INVALID_FIELD_FOR_INSERT_UPDATE"
    smarketing("metadata", "deploy", "--phase", "locked", *target)
    assert rehearsal.rows("SELECT Id FROM PermissionSet WHERE Name = 'Smarketing_Before_Go_Live'") == []
    smarketing("metadata", "diff", *target)

    # The functions go on writing, and people on working.
    rehearsal.sandbox.run_schedule("check_lock")
    [health] = rehearsal.rows("SELECT Status__c, Findings__c FROM Health_Check__c")
    assert (health["Status__c"], health["Findings__c"]) == ("ok", 0)
    [interest] = rehearsal.rows("SELECT Id FROM Interest__c")
    step = rehearsal.call(
        "PATCH", f"sobjects/Interest__c/{interest['Id']}", {"Stage__c": "qualifying"}, user=AGENT
    )
    assert step.status_code == 204, step.text
    rehearsal.sandbox.drain()
    smarketing("sync", "verify", *target)

    # Open again.
    smarketing("metadata", "deploy", "--phase", "open", *target)
    assert "gone: permission set Smarketing_Before_Go_Live" in smarketing("lock", "undo", *target)
    assert "held by 1 of them" in smarketing("lock", "verify", *target, code=1)
    smarketing("metadata", "diff", *target)
