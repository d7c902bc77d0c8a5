"""Our words to Salesforce's API names: the only place that knows both."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from chalicelib.domain.command import Command, FieldValue
from chalicelib.domain.instant import Instant, iso
from chalicelib.domain.twins import ALIKE
from chalicelib.playbook.api_names import opt_in_field, subscription_field

PERSON_ID = "Smarketing_Person_Id__c"
INTEREST_ID = "Smarketing_Interest_Id__c"
ENGAGEMENT_ID = "Smarketing_Engagement_Id__c"
PAIR_ID = "Smarketing_Pair_Id__c"
QUEUE = "Sales_Support"
"""Developer name of the queue that owns new interests."""

_RECORD_ID = re.compile(r"[0-9A-Za-z]{15}([0-9A-Za-z]{3})?")

UNKNOWN_NAME = "[not provided]"
"""A Lead needs a last name and a company, and marketing often knows neither."""

Value = str | int | float | bool | None
How = Literal["upsert", "update", "create"]


@dataclass(frozen=True, slots=True)
class Write:
    """One record as the API takes it.

    Attributes:
        how: `create` only where the record must not be touched once it exists; its external id is unique, so
            that a repetition is refused instead of making a second one.
        alike: whether the record is made even though a duplicate rule alerts.
        key: the field that names the record: an external id, or `Id` for an update.
        values: by API name; `Lead__r.Smarketing_Person_Id__c` names a parent by its external id.
    """

    object: str
    how: How
    key: str
    key_value: str
    values: Mapping[str, Value] = field(default_factory=dict)
    alike: bool = False

    @property
    def target(self) -> tuple[str, str, str]:
        """The record that is written."""
        return (self.object, self.key, self.key_value)


def is_record_id(text: str) -> bool:
    """Tell whether a text has the form of a record id; a query that names anything else is refused whole."""
    return _RECORD_ID.fullmatch(text) is not None


@dataclass(frozen=True, slots=True)
class Field:
    """Where a word of ours goes and how its value is written."""

    name: str
    form: Callable[[FieldValue], Value]


def text(length: int) -> Callable[[FieldValue], Value]:
    """Make a form that cuts text to the field's length, which Salesforce counts in UTF-16 units."""

    def form(value: FieldValue) -> Value:
        if value is None:
            return None
        written = str(value).replace("\x00", "")
        return written.encode("utf-16-le")[: 2 * length].decode("utf-16-le", "ignore") or None

    return form


def whole_text(length: int) -> Callable[[FieldValue], Value]:
    """Make a form for text that is wrong when cut, such as an e-mail address: too long is left out."""
    cut = text(length)
    return lambda value: None if value is None or cut(value) != value else value


def date_time(value: FieldValue) -> Value:
    """Write an instant (ms) as a DateTime."""
    return None if value is None else iso(Instant(int(value)))


def checkbox(value: FieldValue) -> Value:
    """Write a checkbox, which knows no null: nobody opted in where nothing is known."""
    return bool(value)


def whole_number(value: FieldValue) -> Value:
    """Write a whole number; what the source gave as anything else ("50-100") is left out."""
    try:
        return None if value is None else int(float(value))
    except (ValueError, OverflowError):
        return None


def one_decimal(value: FieldValue) -> Value:
    """Write a score, Number(6,1)."""
    return None if value is None else min(99_999.9, max(-99_999.9, round(float(value), 1)))


STATE: Mapping[str, Field] = {
    "score": Field("Smarketing_Score__c", one_decimal),
    "grade": Field("Smarketing_Grade__c", text(2)),
    "stage": Field("Smarketing_Stage__c", text(40)),
    "explanation": Field("Smarketing_Explanation__c", text(32_768)),
    "last_touchpoint_at": Field("Smarketing_Last_Touchpoint__c", date_time),
}
"""What marketing owns on a Lead or Contact, besides the fields of each purpose."""

_OPT_IN = "opt_in_"
_SUBSCRIPTION = "subscription_"

LEAD_PROFILE: Mapping[str, Field] = {
    "email": Field("Email", whole_text(80)),
    "first_name": Field("FirstName", text(40)),
    "last_name": Field("LastName", text(80)),
    "salutation": Field("Salutation", text(40)),
    "company": Field("Company", text(255)),
    "job_title": Field("Title", text(128)),
    "industry": Field("Industry", text(255)),
    "country": Field("Country", text(80)),
    "city": Field("City", text(40)),
    "phone": Field("Phone", text(40)),
    "website": Field("Website", text(255)),
    "employees": Field("NumberOfEmployees", whole_number),
}
"""What a new Lead is made of (lengths: Object Reference, Lead). Sales owns it from then on."""

INTEREST: Mapping[str, Field] = {
    "product_line": Field("Product_Line__c", text(60)),
    "stage": Field("Stage__c", text(40)),
    "gate": Field("Gate__c", text(60)),
    "reason": Field("Reason__c", text(80)),
    "opened_at": Field("Opened_At__c", date_time),
    "changed_at": Field("Changed_At__c", date_time),
    "score": Field("Score_When_Opened__c", one_decimal),
    "grade": Field("Grade_When_Opened__c", text(2)),
    "explanation": Field("Explanation__c", text(32_768)),
    "opportunity": Field("Opportunity__c", text(18)),
}

TOUCHPOINT: Mapping[str, Field] = {
    "kind": Field("Kind__c", text(60)),
    "label": Field("Label__c", text(120)),
    "occurred_at": Field("Occurred_At__c", date_time),
    "source": Field("Source__c", text(60)),
    "product_line": Field("Product_Line__c", text(60)),
    "subject": Field("Subject__c", text(255)),
}

POSSIBLE_DUPLICATE: Mapping[str, Field] = {
    "lead": Field("Lead__c", text(18)),
    "other_lead": Field("Other_Lead__c", text(18)),
    "other_contact": Field("Other_Contact__c", text(18)),
    "likeness": Field("Likeness__c", one_decimal),
    "why": Field("Why__c", text(255)),
}
"""What people are shown; the verdict is theirs alone."""


def write_of(command: Command, queue_id: str) -> Write:
    """Turn a command into the record that it wants; `queue_id` owns an interest that is being opened."""
    if command.record == "person":
        return _person(command)
    if command.record == "interest":
        return _interest(command, queue_id)
    if command.record == "possible_duplicate":
        values = _mapped(POSSIBLE_DUPLICATE, command)
        return Write("Possible_Duplicate__c", "create", PAIR_ID, command.external_id, values)
    return Write(
        "Touchpoint__c",
        "upsert",
        ENGAGEMENT_ID,
        command.external_id,
        _mapped(TOUCHPOINT, command) | _whose(command),
    )


def is_opening(command: Command) -> bool:
    """Tell whether an interest has not changed since it was opened.

    Such a command creates the record or does nothing: by the time of a late repetition sales may have taken
    the interest over, and neither owner nor stage may fall back.
    """
    return command.record == "interest" and command.fields.get("changed_at") == command.fields.get(
        "opened_at"
    )


def _person(command: Command) -> Write:
    state = _mapped(STATE, command) | _purposes(command)
    if contact := command.fields.get("contact_id"):
        return Write("Contact", "update", "Id", str(contact), state)
    if lead := command.fields.get("lead_id"):
        return Write("Lead", "update", "Id", str(lead), state)
    profile = {name: value for name, value in _mapped(LEAD_PROFILE, command).items() if value is not None}
    required = {"LastName": UNKNOWN_NAME, "Company": UNKNOWN_NAME}
    alike = bool(command.fields.get(ALIKE))
    return Write("Lead", "upsert", PERSON_ID, command.external_id, required | profile | state, alike)


def _purposes(command: Command) -> dict[str, Value]:
    """Write the two fields that each purpose of the playbook has."""
    written: dict[str, Value] = {}
    for word, value in command.fields.items():
        if word.startswith(_OPT_IN):
            written[opt_in_field(word.removeprefix(_OPT_IN))] = checkbox(value)
        elif word.startswith(_SUBSCRIPTION):
            written[subscription_field(word.removeprefix(_SUBSCRIPTION))] = value
    return written


def _interest(command: Command, queue_id: str) -> Write:
    values = _mapped(INTEREST, command) | _whose(command)
    if is_opening(command):
        return Write(
            "Interest__c", "create", INTEREST_ID, command.external_id, values | {"OwnerId": queue_id}
        )
    return Write("Interest__c", "upsert", INTEREST_ID, command.external_id, values)


def _whose(command: Command) -> dict[str, Value]:
    fields = command.fields
    if contact := fields.get("contact_id"):
        return {"Contact__c": str(contact)}
    if lead := fields.get("lead_id"):
        return {"Lead__c": str(lead)}
    return {f"Lead__r.{PERSON_ID}": str(fields.get("person_id") or command.person)}


def _mapped(table: Mapping[str, Field], command: Command) -> dict[str, Value]:
    return {
        target.name: target.form(command.fields[word])
        for word, target in table.items()
        if word in command.fields
    }
