"""An emulated org whose people have kept opt-ins in fields of their own for years."""

import csv
import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from chalicelib.domain.engagement import Engagement
from chalicelib.domain.instant import Instant, parse_instant
from chalicelib.domain.message import Engagements, decode
from chalicelib.domain.model import Model
from chalicelib.errors import Retryable
from chalicelib.gateways.salesforce.bulk import Patience
from chalicelib.gateways.salesforce.rest import Rest
from chalicelib.playbook.compiler import compile_playbook
from smarketing.cleansing.apply import Applied, Applying, apply_plan
from smarketing.cleansing.manifest import PLAN, Manifest, read_manifest
from smarketing.cleansing.plan import Options, make_plan
from smarketing.cleansing.plan_file import read_plan
from smarketing.cleansing.proposal import Proposal
from smarketing.cleansing.undo import Undone, undo_plan
from smarketing.org_rest import rest_of
from smarketing.playbook_files import read_playbook
from tests.sandbox.org.deploys import deploy, let_admin_see, metadata, package, problems
from tests.sandbox.org.running_org import RunningOrg, running_org

NOW: Instant = parse_instant("2026-03-02T08:00:00Z")

_TEXT = "<length>255</length><type>Text</type>"
_FIELDS = {
    "Newsletter__c": _TEXT,
    "Newsletter_Datum__c": "<type>Date</type>",
    "Newsletter_Quelle__c": _TEXT,
    "Werbung__c": _TEXT,
    "Newsletter_Abmeldung__c": "<defaultValue>false</defaultValue><type>Checkbox</type>",
    "Academic_Title__c": _TEXT,
    "Match_Key__c": _TEXT,
}
MAPPING = """
fields:
- field: Lead.Newsletter__c
  meaning: opt_in
  purpose: newsletter
  basis: double_opt_in
  since: Newsletter_Datum__c
  evidence: {document: Newsletter_Quelle__c, clicked_at: Newsletter_Datum__c, wording_version: "=2018"}
- {field: Lead.Newsletter_Abmeldung__c, meaning: opt_out, purpose: newsletter}
- {field: Lead.Werbung__c, meaning: opt_in, purpose: product_news}
"""


@dataclass(frozen=True)
class LoggedIn:
    """An admin who is logged in."""

    url: str
    access_token: str


@dataclass
class Sent:
    """What was put on the queue."""

    bodies: list[str] = field(default_factory=list)

    def __call__(self, bodies: Any) -> None:
        self.bodies += bodies

    @property
    def engagements(self) -> list[Engagement]:
        found: list[Engagement] = []
        for body in self.bodies:
            message = decode(body)
            assert isinstance(message, Engagements)
            found += message.engagements
        return found


@dataclass
class LegacyOrg:
    """The org, the plan of its cleansing, and what an operator does with it."""

    running: RunningOrg
    folder: Path
    sent: Sent = field(default_factory=Sent)

    @cached_property
    def login(self) -> LoggedIn:
        return LoggedIn(self.running.url, self.running.token())

    @cached_property
    def rest(self) -> Rest:
        return rest_of(self.login)

    @property
    def id(self) -> str:
        return self.running.org.organization_id

    def lead(self, **values: Any) -> str:
        told = {"LastName": "Muster", "Company": "Werk GmbH", "Country": "Germany", **values}
        return self.running.create("Lead", **told)

    def value(self, record: str, field_name: str, name: str = "Lead") -> Any:
        return self.running.read(name, record)[field_name]

    def change(self, record: str, **values: Any) -> None:
        answer = self.running.call("PATCH", f"sobjects/Lead/{record}", values)
        assert answer.status_code == 204, answer.text

    def plan(self, mapping: str = "", **options: Any) -> Manifest:
        if mapping:
            file = self.folder.parent / "opt-ins.yaml"
            file.write_text(mapping, encoding="utf-8")
            options["mapping"] = file
        return make_plan(self.rest, self.id, self.folder, Options(**options), model(), NOW)

    @property
    def rows(self) -> list[Proposal]:
        return list(read_plan(self.folder / PLAN))

    def proposed(self, record: str) -> dict[str, str]:
        """What is proposed for a record, by field."""
        return {each.field: each.after for each in self.rows if each.record[:15] == record[:15]}

    def apply(self, *, dry_run: bool = False, org: str = "", rest: Any = None) -> Applied:
        return apply_plan(self.applying(dry_run=dry_run, rest=rest), org or self.id)

    def undo(self, *, dry_run: bool = False, rest: Any = None) -> Undone:
        return undo_plan(self.applying(dry_run=dry_run, rest=rest), self.id)

    def applying(self, *, dry_run: bool = False, rest: Any = None) -> Applying:
        patience = Patience(sleep=lambda _: None)
        send = None if dry_run else self.sent
        return Applying(rest or self.rest, self.folder, read_manifest(self.folder), send, patience)

    def edit(self, change: Callable[[dict[str, str]], dict[str, str] | None]) -> None:
        """Edit the rows of the plan as they stand in the file; None takes one out."""
        file = self.folder / PLAN
        reader = csv.DictReader(io.StringIO(file.read_text(encoding="utf-8-sig"), newline=""))
        kept = [changed for row in reader if (changed := change(dict(row))) is not None]
        text = io.StringIO(newline="")
        writer = csv.DictWriter(text, reader.fieldnames or ())
        writer.writeheader()
        writer.writerows(kept)
        file.write_text(text.getvalue(), encoding="utf-8-sig", newline="")

    def decide(self, decision: str, *fields: str) -> None:
        """Put a decision to all rows of some fields, or to all that are no marks."""

        def change(row: dict[str, str]) -> dict[str, str]:
            wanted = row["field"] in fields if fields else row["decision"] != "note"
            return row | {"decision": decision} if wanted else row

        self.edit(change)


class Breaks:
    """Lets everything break at one step: before it is done, or after, when nobody hears of it any more."""

    def __init__(self, at: int, *, after: bool) -> None:
        self._at, self._after, self.steps = at, after, 0

    def step(self, work: Callable[..., Any]) -> Callable[..., Any]:
        def stepped(*arguments: Any, **options: Any) -> Any:
            self.steps += 1
            if self.steps == self._at and not self._after:
                raise Retryable("broken off")
            done = work(*arguments, **options)
            if self.steps == self._at and self._after:
                raise Retryable("broken off")
            return done

        return stepped


class BreakingRest:
    """The calls of an org, each a step that may break."""

    def __init__(self, rest: Rest, breaks: Breaks) -> None:
        self._rest, self._breaks = rest, breaks

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._rest, name)
        if name == "rows":
            return self._breaks.step(lambda *a, **o: list(found(*a, **o)))
        return self._breaks.step(found) if callable(found) else found


def model() -> Model:
    return compile_playbook(read_playbook())


def with_fields(file: Path) -> None:
    """Make the data of an org whose admins have added fields of their own."""
    with running_org(file, project=None) as running:
        fields = "".join(
            f"<fields><fullName>{name}</fullName><label>{name[:-3].replace('_', ' ')}</label>{more}</fields>"
            for name, more in _FIELDS.items()
        )
        members = {"CustomField": [f"Lead.{name}" for name in _FIELDS]}
        files = {"objects/Lead.object": metadata("CustomObject", fields)}
        assert problems(deploy(running, package(members, files))) == []
        let_admin_see(running, *members["CustomField"])


@contextmanager
def legacy_org(file: Path, folder: Path) -> Iterator[LegacyOrg]:
    """Run the org that a file holds."""
    with running_org(file, project=None) as running:
        yield LegacyOrg(running, folder / "plan")
