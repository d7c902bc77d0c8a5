"""The story of a handoff: from a click to a won Opportunity and beyond, told by what the systems then hold.

Everything goes over HTTP, as it does in production: the website's signed intake, Marketing Cloud's callback,
people's changes in Salesforce and the outbound messages that tell of them, journeys that ask.
"""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from chalicelib.domain.instant import DAY, HOUR, Duration
from smarketing.demo.chapter import Chapter
from smarketing.demo.stage import Row, Stage
from smarketing.playbook_files import default_folder

ANNA, SUBSCRIBER = "anna.berger@pressteile-berger.example", "1001"
PAULA = "agent1@smarketing.example"
NOVELTIES, BOUGHT, PROSPECT = 1, 2, 4711
"""Account Engagement: the list that presses are promoted to, the suppression list, and Anna's prospect."""
JOURNEY = "presses-novelties"

_CHECKED = {
    "Qualified_Need_Confirmed__c": True,
    "Evidence_Need_Confirmed__c": "Call on Monday: two presses wear out",
    "Qualified_Contact_Data_Complete__c": True,
    "Qualified_Decision_Maker_Known__c": True,
}
_INTEREST = (
    "SELECT Id, Smarketing_Interest_Id__c, Stage__c, Gate__c, Reason__c, Lacking__c, OwnerId, Owner.Name, "
    "Assignment_Explanation__c, Lead__c, Contact__c, Account__c, Opportunity__c FROM Interest__c "
    "WHERE Product_Line__c = {line} AND (Lead__r.Email = {email} OR Contact__r.Email = {email}) "
    "ORDER BY Opened_At__c DESC LIMIT 1"
)


def write_playbook(folder: Path) -> Path:
    """Write the project's playbook with the lists of the story's business unit; gives its folder."""
    target = folder / "playbook"
    shutil.copytree(default_folder(), target)
    journeys = target / "journeys.yaml"
    known = f"journeys: [{JOURNEY}]"
    lists = f'{known}, lists: ["{NOVELTIES}"], suppression_list: "{BOUGHT}"'
    journeys.write_text(journeys.read_text(encoding="utf-8").replace(known, lists), encoding="utf-8")
    return target


def tell(stage: Stage) -> Iterator[Chapter]:
    """Play the story, chapter by chapter.

    Raises:
        Misconfigured: something is not there that the story led to.
        Retryable: the sandbox did not come to rest.
    """
    story = _Story(stage)
    chapters: tuple[Callable[[], Chapter], ...] = (
        story.anna_reads,
        story.anna_clicks,
        story.support_completes,
        story.sales_rejects,
        story.anna_rests,
        story.anna_asks,
        story.sales_accepts,
        story.an_opportunity_opens,
        story.anna_buys,
        story.anna_wants_more,
    )
    for chapter in chapters:
        yield chapter()


class _Story:
    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    def anna_reads(self) -> Chapter:
        """Somebody subscribes, reads and configures: much interest, and not enough yet."""
        stage = self._stage
        stage.make_lists({NOVELTIES: "Presses: novelties", BOUGHT: "Presses: bought"})
        stage.on_website(ANNA, "opted_in", consents=list(_consents()))
        about = {"product_line": "presses"}
        for kind in ("price_list_downloaded", "configurator_used", "form_submitted"):
            stage.on_website(ANNA, kind, attributes=about, profile=_PROFILE)
        stage.on_website(ANNA, "page_viewed", attributes={"url": "https://www.example.com/presses/pricing"})
        stage.make_prospect(PROSPECT, ANNA, NOVELTIES)
        found = stage.rows("SELECT Id FROM Lead WHERE Email = {email}", email=ANNA)
        return Chapter("Anna reads, downloads and configures", {"leads_in_salesforce": len(found)})

    def anna_clicks(self) -> Chapter:
        """One click more, and marketing qualifies her."""
        self._stage.clicks(ANNA, SUBSCRIBER, "presses-3", "https://www.example.com/presses/brochure")
        interest = self._interest()
        return Chapter(
            "One click in a mailing, and the interest opens in the queue of Sales Support",
            _told(interest, "Stage__c", "Gate__c") | {"owner": _owner(interest)},
        )

    def support_completes(self) -> Chapter:
        """Sales Support finds out what lacks; before that Salesforce lets nothing pass."""
        interest, stage = self._interest(), self._stage
        record = str(interest["Id"])
        stage.change("Interest__c", record, PAULA, Stage__c="qualifying")
        refused = stage.change("Interest__c", record, PAULA, Stage__c="sql")
        lead = {"Phone": "+49 7721 5550", "Title": "Head of Production", "LastName": "Berger"}
        stage.change("Lead", str(interest["Lead__c"]), PAULA, **lead)
        stage.change("Interest__c", record, PAULA, **_CHECKED)
        stage.change("Interest__c", record, PAULA, Stage__c="sql")
        return self._handed_over(
            "Sales Support completes the checklist and passes it on; a rep gets it", refused=refused
        )

    def sales_rejects(self) -> Chapter:
        """The rep hears that there is no money this year."""
        interest, stage = self._interest(), self._stage
        rep = self._owner_name(interest)
        stage.change("Interest__c", str(interest["Id"]), rep, Stage__c="rejected", Reason__c="no_budget")
        # What is written in bulk is done when the next round looks.
        for _ in range(2):
            stage.later(Duration(12 * HOUR), "sync_records")
        prospect = stage.prospect(PROSPECT)
        return Chapter(
            "The rep rejects it: no budget. Marketing's automations know the next day",
            _told(self._interest(), "Stage__c", "Reason__c")
            | {"account_engagement": prospect.get("Smarketing_Outcome_Reason__c")},
        )

    def anna_rests(self) -> Chapter:
        """She is left in peace, however much she clicks."""
        stage = self._stage
        stage.later(Duration(9 * DAY))
        stage.on_website(ANNA, "quote_requested", attributes={"product_line": "presses"})
        return Chapter(
            "Ten days later she asks for a quote, but no budget rests for 30 days",
            {"interests": self._count()},
        )

    def anna_asks(self) -> Chapter:
        """A month on, something new happens; a new interest opens."""
        stage = self._stage
        stage.later(Duration(25 * DAY))
        stage.on_website(ANNA, "demo_requested", attributes={"product_line": "presses"})
        interest = self._interest()
        stage.change("Interest__c", str(interest["Id"]), PAULA, **_CHECKED)
        stage.change("Interest__c", str(interest["Id"]), PAULA, Stage__c="sql")
        return self._handed_over("A month later she asks for a demo: recycled and handed over again")

    def sales_accepts(self) -> Chapter:
        """The rep accepts in time."""
        interest, stage = self._interest(), self._stage
        stage.change("Interest__c", str(interest["Id"]), self._owner_name(interest), Stage__c="accepted")
        times = stage.row(
            "SELECT Accepted_In_Time__c, Hours_Since_Assignment__c, Hours_To_First_Touch__c "
            "FROM Interest__c WHERE Id = {id}",
            id=str(interest["Id"]),
        )
        return Chapter("The rep accepts", {"accepted_in_time": times["Accepted_In_Time__c"]})

    def an_opportunity_opens(self) -> Chapter:
        """The Lead is converted, and the interest goes along."""
        interest, stage = self._interest(), self._stage
        rep = self._owner_name(interest)
        converted = stage.convert(str(interest["Lead__c"]))
        stage.create(
            "Opportunity",
            rep,
            Name="Two presses for Berger",
            StageName="Prospecting",
            CloseDate="2030-12-31",
            AccountId=converted["accountId"],
            ContactId=converted["contactId"],
            Amount=160_000,
        )
        asked = stage.asks(JOURNEY, str(converted["contactId"]), ANNA, "presses")
        interest = self._interest()
        return Chapter(
            "The Lead is converted and an Opportunity opened: advertising waits",
            _told(interest, "Stage__c")
            | {
                "on_contact_and_account": bool(interest["Contact__c"] and interest["Account__c"]),
                "has_opportunity": bool(interest["Opportunity__c"]),
                "journey": f"{asked['branch']}: {asked['content']['hindrance']}",
            },
        )

    def anna_buys(self) -> Chapter:
        """The Opportunity is won: nobody offers her what she has bought."""
        interest, stage = self._interest(), self._stage
        held = JOURNEY in self._journeys_of(interest)
        stage.change(
            "Opportunity", str(interest["Opportunity__c"]), self._owner_name(interest), StageName="Closed Won"
        )
        asked = stage.asks("presses-prices", str(interest["Contact__c"]), ANNA, "presses")
        return Chapter(
            "Won: the promotion of presses ends in both automations with the next delivery",
            _told(self._interest(), "Stage__c")
            | {
                "in_journey_before": held,
                "in_journey": JOURNEY in self._journeys_of(interest),
                "lists": stage.lists_of(PROSPECT),
                "journey": f"{asked['branch']}: {asked['content']['hindrance']}",
            },
        )

    def anna_wants_more(self) -> Chapter:
        """A customer asks about another product line: cross-sell, and no new Lead."""
        stage = self._stage
        before = len(stage.rows("SELECT Id FROM Lead"))
        stage.on_website(ANNA, "quote_requested", attributes={"product_line": "lasers"})
        interest = self._interest("lasers")
        kind = stage.row(
            "SELECT RecordType.DeveloperName FROM Interest__c WHERE Id = {id}", id=str(interest["Id"])
        )
        return Chapter(
            "The customer asks about lasers: an interest on her Contact and Account, no new Lead",
            _told(interest, "Stage__c")
            | {
                "on_contact_and_account": bool(interest["Contact__c"] and interest["Account__c"]),
                "record_type": (kind["RecordType"] or {}).get("DeveloperName"),
                "new_leads": len(stage.rows("SELECT Id FROM Lead")) - before,
            },
        )

    def _handed_over(self, title: str, **facts: Any) -> Chapter:
        interest = self._interest()
        why = str(interest["Assignment_Explanation__c"]).splitlines()
        return Chapter(title, facts | _told(interest, "Stage__c") | {"owner": _owner(interest), "why": why})

    def _interest(self, line: str = "presses") -> Row:
        return self._stage.row(_INTEREST, line=line, email=ANNA)

    def _count(self) -> int:
        return len(self._stage.rows("SELECT Id FROM Interest__c WHERE Product_Line__c = 'presses'"))

    def _owner_name(self, interest: Row) -> str:
        owner = self._stage.row("SELECT Username FROM User WHERE Id = {id}", id=str(interest["OwnerId"]))
        return str(owner["Username"])

    def _journeys_of(self, interest: Row) -> list[str]:
        return [JOURNEY] if interest["Contact__c"] in self._stage.in_journey(JOURNEY) else []


_PROFILE = {
    "first_name": "Anna",
    "last_name": "Berger",
    "company": "Pressteile Berger GmbH",
    "country": "Germany",
}


def _consents() -> Iterator[Row]:
    """Give a double opt-in to the newsletter, and the wish to be called."""
    proof = {"wording_version": "2026-01", "mail_id": "mail-1", "clicked_at": "2026-01-01T00:00:00Z"}
    yield {"purpose": "newsletter", "kind": "confirmed", "basis": "double_opt_in", "evidence": proof}
    for channel in ("email", "phone"):
        yield {
            "purpose": "contact_request",
            "channel": channel,
            "kind": "confirmed",
            "basis": "contract",
            "evidence": {"document": "form-1"},
        }


def _told(row: Row, *names: str) -> dict[str, Any]:
    return {name.removesuffix("__c").lower(): row[name] for name in names}


def _owner(row: Row) -> str:
    return str((row.get("Owner") or {}).get("Name") or row["OwnerId"])
