"""The fields that Smarketing adds to Salesforce, as the playbook names them."""

from typing import Annotated, Literal

from pydantic import Field

from chalicelib.playbook.forms import Text
from chalicelib.playbook.section import Label, Section

SalesforceObject = Literal[
    "Lead",
    "Contact",
    "Account",
    "Interest__c",
    "Absence__c",
    "Touchpoint__c",
    "Possible_Duplicate__c",
    "Playbook_Version__c",
    "Glossary_Term__c",
    "Improvement__c",
    "Health_Check__c",
    "Kpi_Snapshot__c",
]
Owner = Literal["marketing", "sales", "salesforce"]

PURPOSE = "{purpose}"
"""Stands for each purpose: in a field's API name for its name, in labels and help texts for its label."""

_API_NAME = r"^[A-Z][A-Za-z0-9_]*(\{purpose\})?[A-Za-z0-9_]*__c$"


class FieldLabel(Label):
    """A field's label, which Salesforce holds to 40 characters, in both languages."""

    en: Annotated[Text, Field(max_length=40)] = Field(description="English", examples=["Score"])
    de: Annotated[Text, Field(max_length=40)] = Field(description="German", examples=["Score"])


class FieldHelp(Label):
    """A field's help text, which Salesforce holds to 510 characters, in both languages."""

    en: Annotated[Text, Field(max_length=510)] = Field(
        description="English", examples=["When the person last did something that sales should know of."]
    )
    de: Annotated[Text, Field(max_length=510)] = Field(
        description="German", examples=["Wann die Person zuletzt etwas tat, das der Vertrieb wissen sollte."]
    )


class SalesforceFieldSource(Section):
    """A field that Smarketing adds to one or several objects of Salesforce."""

    field: Annotated[str, Field(pattern=_API_NAME, max_length=60)] = Field(
        description="API name; `{purpose}` makes one field per purpose", examples=["Smarketing_Score__c"]
    )
    objects: Annotated[list[SalesforceObject], Field(min_length=1)] = Field(
        description="Objects that have it", examples=[["Lead", "Contact"]]
    )
    owner: Owner = Field(
        description="Who alone writes it: `marketing` is Smarketing, and everybody else only reads once the "
        "fields are locked; `sales` are people; `salesforce` are its own flows and formulas",
        examples=["marketing"],
    )
    label: FieldLabel = Field(description="What people read; `{purpose}` stands for the purpose's label")
    term: Text | None = Field(
        default=None, description="Word of the glossary whose definition is the help text", examples=["Score"]
    )
    help: FieldHelp | None = Field(
        default=None, description="The help text, where no word of the glossary says it"
    )
