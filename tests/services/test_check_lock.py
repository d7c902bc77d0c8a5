"""The daily check: an alarm's log line and a Health Check, once the fields are locked."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field

import pytest

from chalicelib.domain.instant import Instant
from chalicelib.gateways.salesforce.field_permissions import Holder, Permission, Survey
from chalicelib.gateways.store.locks import Lock
from chalicelib.log import configure
from chalicelib.services.check_lock import check_lock

FIELDS = ("Lead.Smarketing_Score__c", "Lead.Smarketing_Grade__c")
SALES = Holder("0PS1", "profile", "Sales")
OURS = Holder("0PS2", "permission set", "Smarketing_Integration")
NOW = Instant(1_800_000_000_000)


@dataclass
class Org:
    """An org in which some may edit."""

    editors: tuple[Holder, ...] = ()
    shown: list[tuple[int, str, Instant]] = field(default_factory=list)

    def survey(self, fields: Iterable[str]) -> Survey:
        asked = tuple(fields)
        permissions = tuple(
            Permission("01k", holder, "Lead", name, True, True) for holder in self.editors for name in asked
        )
        return Survey(asked, (SALES, OURS), permissions)

    def show(self, grants: int, detail: str, at: Instant) -> None:
        self.shown.append((grants, detail, at))


@dataclass
class Locks:
    lock: Lock | None = field(default_factory=lambda: Lock(Instant(0), "operator", "00D", FIELDS))

    def current(self) -> Lock | None:
        return self.lock


def check(org: Org, locks: Locks, capsys: pytest.CaptureFixture[str]) -> dict[str, object]:
    configure()
    check_lock(locks, org.survey, org.show, lambda: NOW)
    [line] = capsys.readouterr().out.splitlines()
    return dict(json.loads(line))


def test_an_edit_right_is_logged_with_whose_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    org = Org((SALES, OURS))

    line = check(org, Locks(), capsys)

    assert (line["what"], line["grants"], line["names"]) == ("fields unlocked", 2, "profile Sales")


def test_the_admins_see_the_finding_with_every_field(capsys: pytest.CaptureFixture[str]) -> None:
    org = Org((SALES, OURS))

    check(org, Locks(), capsys)

    [(grants, detail, at)] = org.shown
    assert (grants, at) == (2, NOW)
    assert detail.splitlines()[1:] == [f"profile Sales: {', '.join(FIELDS)}"]


def test_the_integration_user_s_own_right_is_no_finding(capsys: pytest.CaptureFixture[str]) -> None:
    org = Org((OURS,))

    assert check(org, Locks(), capsys)["what"] == "fields locked"
    assert org.shown[0][0] == 0


def test_before_the_lock_nothing_is_looked_for(capsys: pytest.CaptureFixture[str]) -> None:
    org = Org((SALES,))

    assert check(org, Locks(None), capsys)["what"] == "fields not locked yet"
    assert org.shown == []
