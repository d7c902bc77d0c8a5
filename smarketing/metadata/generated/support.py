"""Formulas of the Sales Support queue: whose turn is when, what the checklist lacks, and how complete it is.

They compute what `chalicelib.domain.working_order` and `chalicelib.domain.checklist` define, so that the list
views follow at once when people write a value or tick a box. Formulas: Salesforce Help, Formula Operators
and Functions A-Z; `LN` is the natural logarithm, a time plus a number is so many days later.
"""

from collections.abc import Callable, Mapping
from pathlib import Path

from chalicelib.domain.checklist import COMPLETE, EVIDENCE, required_data
from chalicelib.domain.instant import DAY, HOUR
from chalicelib.domain.model import Grade
from chalicelib.gateways.salesforce.mapping import UNKNOWN_NAME
from chalicelib.playbook.api_names import checkbox_of, evidence_of
from chalicelib.playbook.checklist_items import checklist_items
from chalicelib.playbook.salesforce_fields import INTEREST
from chalicelib.playbook.source import PlaybookSource
from smarketing.metadata.generated.fields import set_text
from smarketing.metadata.generated.places import Files, field_file, read
from smarketing.metadata.xml import parse, write

_ON_LEAD: Mapping[str, str] = {
    "salutation": "Salutation",
    "first_name": "FirstName",
    "last_name": "LastName",
    "email": "Email",
    "company": "Company",
    "job_title": "Title",
    "industry": "Industry",
    "country": "Country",
    "city": "City",
    "phone": "Phone",
    "website": "Website",
    "employees": "NumberOfEmployees",
}
_ON_CONTACT: Mapping[str, str] = {
    **_ON_LEAD,
    "company": "Account.Name",
    "industry": "Account.Industry",
    "country": "MailingCountry",
    "city": "MailingCity",
    "website": "Account.Website",
    "employees": "Account.NumberOfEmployees",
}
_OPENED = "BLANKVALUE(Opened_At__c, CreatedDate)"
"""People may make an interest by hand; it waits since then."""
_PICKLISTS = frozenset({"salutation", "industry"})


def support_files(playbook: PlaybookSource, root: Path) -> Files:
    """Write the formulas into their fields.

    Raises:
        Rejected: a field is missing.
    """
    formulas: Mapping[str, Callable[[PlaybookSource], str]] = {
        "Working_Order__c": working_order_formula,
        "Lacking__c": lacking_formula,
        "Completeness__c": completeness_formula,
    }
    files: dict[Path, bytes | None] = {}
    for name, formula in formulas.items():
        path = field_file(root, INTEREST, name)
        node = parse(read(path, "fields.yaml"), str(path))
        set_text(node, "formula", formula(playbook))
        files[path] = write(node)
    return files


def working_order_formula(playbook: PlaybookSource) -> str:
    """Write whose turn is when, in the terms of `working_order.turn_of`."""
    order = playbook.working_order
    value = f"IF(ISBLANK(Expected_Value__c), {_cases('Product_Line__c', order.values)}, Expected_Value__c)"
    worth = f"MAX(0, {value}) * {_cases('Grade_When_Opened__c', order.chances)}"
    doublings = f"LN(1 + {worth} / {order.unit:.10g}) / LN(2)"
    head_start = f"MIN({order.most / HOUR:.10g}, {order.per_doubling / HOUR:.10g} * {doublings})"
    due = f"BLANKVALUE(Due_At__c, {_OPENED} + {order.patience / DAY:.10g})"
    return f"{_OPENED} + ({due} - {_OPENED}) * {1 - order.age_weight:.10g} - {head_start} / 24"


def lacks(playbook: PlaybookSource) -> list[tuple[str, str]]:
    """Give each word that may lack and the condition, in formulas, under which it does."""
    items = checklist_items(playbook)
    found = []
    for item in items:
        if item.required:
            box = checkbox_of(item.name)
            found.append((item.name, f"NOT({box})"))
            if item.evidence:
                evidence = f"AND({box}, ISBLANK({evidence_of(item.name)}))"
                found.append((item.name + EVIDENCE, evidence))
    return found + [(name, _is_unknown(name)) for name in required_data(items)]


def lacking_formula(playbook: PlaybookSource) -> str:
    """Write the text that tells what lacks: names with commas between them, or `complete`."""
    parts = " & ".join(f'IF({condition}, "{word}, ", "")' for word, condition in lacks(playbook))
    between = f'SUBSTITUTE("|" & {parts} & "|", "||", "{COMPLETE}")'
    return f'SUBSTITUTE(SUBSTITUTE({between}, ", |", ""), "|", "")'


def completeness_formula(playbook: PlaybookSource) -> str:
    """Write the share of what is there, in percent."""
    items = checklist_items(playbook)
    wanted = sum(item.required for item in items) + len(required_data(items))
    lacking = " + ".join(f"IF({condition}, 1, 0)" for _, condition in lacks(playbook))
    return f"100 * (1 - ({lacking}) / {wanted})" if lacking else "100"


def _is_unknown(word: str) -> str:
    """Say in a formula that a Lead or Contact lacks a value; the stand-in for an unknown name is none."""
    lead, contact = (_is_empty(f"{of}__r.{name}", word) for of, name in _places(word))
    return f"IF(ISBLANK(Contact__c), {lead}, {contact})"


def _places(word: str) -> tuple[tuple[str, str], tuple[str, str]]:
    return ("Lead", _ON_LEAD[word]), ("Contact", _ON_CONTACT[word])


def _is_empty(field: str, word: str) -> str:
    seen = f"TEXT({field})" if word in _PICKLISTS else field
    if word in ("last_name", "company"):
        return f'OR(ISBLANK({seen}), {seen} = "{UNKNOWN_NAME}")'
    return f"ISBLANK({seen})"


def _cases(field: str, numbers: Mapping[Grade, float] | Mapping[str, float]) -> str:
    if not numbers:
        return "0"
    cases = ", ".join(f'"{name}", {number:.10g}' for name, number in numbers.items())
    return f"CASE(TEXT({field}), {cases}, 0)"
