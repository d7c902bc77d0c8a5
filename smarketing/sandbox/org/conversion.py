"""Converts a Lead to a Contact, an Account and, if wanted, an Opportunity, as a rep does with the button.

Custom fields go along as the deployed LeadConvertSettings say, and no others, past field-level security
(Salesforce Help, Map Custom Lead Fields for Lead Conversion).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from smarketing.metadata.xml import children, parse, text_of
from smarketing.sandbox.org.automation.automation import Automation
from smarketing.sandbox.org.database import Record
from smarketing.sandbox.org.metadata_api.components import Components
from smarketing.sandbox.org.records import Records
from smarketing.sandbox.org.refusals import Refusal
from smarketing.sandbox.org.schema import SObject
from smarketing.sandbox.org.values import rest_time

_ALWAYS = ("FirstName", "LastName", "Email", "Phone", "Title")
"""Standard fields that the platform maps by itself, as far as the sandbox knows them."""


@dataclass(frozen=True, slots=True)
class Converted:
    """What a Lead became."""

    contact: str
    account: str
    opportunity: str | None = None


@dataclass(frozen=True, slots=True)
class Conversion:
    """Converts the Leads of an org; `tell` hears of the Lead's change once it is certain."""

    records: Records
    components: Components
    automation: Automation
    tell: Callable[[SObject, Record, str], None]

    def convert(self, lead_id: str, user: str, opportunity: str | None = None) -> Converted:
        """Convert a Lead; an Opportunity is made where it is given a name.

        Raises:
            Refusal: it is converted already, or what is made of it is refused.
        """
        leads = self.records.sobject("Lead")
        with self.records.database.transaction():
            lead = self.records.get(leads, lead_id)
            if lead["IsConverted"]:
                raise Refusal("CANNOT_UPDATE_CONVERTED_LEAD", "the Lead is converted already")
            company = {"Name": lead["Company"], **self._mapped(lead, "Account")}
            account = self.records.create(self.records.sobject("Account"), company, user)
            person = {name: lead[name] for name in _ALWAYS if lead[name]} | self._mapped(lead, "Contact")
            contacts = self.records.sobject("Contact")
            contact = self.records.create(contacts, {**person, "AccountId": account}, user)
            made = Converted(contact, account, opportunity and self._opportunity(opportunity, account, user))
            self._close(leads, lead, made, user)
        return made

    def _opportunity(self, name: str, account: str, user: str) -> str:
        """Open an Opportunity of the account."""
        today = rest_time(self.records.clock())[:10]
        values = {"Name": name, "AccountId": account, "StageName": "Prospecting", "CloseDate": today}
        return self.records.create(self.records.sobject("Opportunity"), values, user)

    def _mapped(self, lead: Record, target: str) -> Record:
        names = {name: lead.get(source) for source, name in self._mapping(target)}
        return {name: value for name, value in names.items() if value is not None}

    def _mapping(self, target: str) -> Iterator[tuple[str, str]]:
        for settings in self.components.of("LeadConvertSettings"):
            root = parse(settings.content, settings.full_name)
            for mapping in children(root, "objectMapping"):
                if text_of(mapping, "outputObject") == target:
                    for each in children(mapping, "mappingFields"):
                        yield text_of(each, "inputField") or "", text_of(each, "outputField") or ""

    def _close(self, leads: SObject, lead: Record, made: Converted, user: str) -> None:
        database = self.records.database
        now = rest_time(self.records.clock())
        values = {
            "IsConverted": True,
            "ConvertedContactId": made.contact,
            "ConvertedAccountId": made.account,
            "ConvertedOpportunityId": made.opportunity,
            "ConvertedDate": now[:10],
            "SystemModstamp": now,
            "LastModifiedById": user,
        }
        database.update(leads, str(lead["Id"]), values)
        closed = lead | values
        database.after_commit(lambda: self.tell(leads, closed, "updated"))
        # With "Require Validation for Converted Leads" a conversion starts flows, as an update does.
        self.automation.after_save(leads, closed, lead, user)
