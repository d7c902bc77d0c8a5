"""Who is in Salesforce before the year begins: Accounts, Contacts and Leads that an admin imported."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Protocol

import requests

from chalicelib.errors import Rejected
from smarketing.demo.world import Company, Someone

_MOST = 200
_VERSION = "66.0"


class Org(Protocol):
    """Where the org is and how an admin gets in."""

    @property
    def org_url(self) -> str:
        """Address of the org."""

    def salesforce_access_token(self) -> str:
        """Give the admin's access token."""


def import_people(org: Org, people: Iterable[Someone]) -> int:
    """Create the Leads, Contacts and Accounts that the people's `salesforce` asks for; give their number.

    Raises:
        Rejected: the org refuses a record.
    """
    known = [each for each in people if each.salesforce != "nothing"]
    contacts = [each for each in known if each.salesforce == "Contact"]
    employers = list(dict.fromkeys(each.company for each in contacts))
    headers = {"Authorization": f"Bearer {org.salesforce_access_token()}"}
    accounts = dict(zip(employers, _create(org, headers, map(_account, employers)), strict=True))
    _create(org, headers, (_contact(each, accounts[each.company]) for each in contacts))
    _create(org, headers, (_lead(each) for each in known if each.salesforce == "Lead"))
    return len(known) + len(employers)


def count(org: Org, soql: str) -> int:
    """Ask the org how many records a `SELECT COUNT()` finds."""
    headers = {"Authorization": f"Bearer {org.salesforce_access_token()}"}
    url = f"{org.org_url}/services/data/v{_VERSION}/query"
    answer = requests.get(url, params={"q": soql}, headers=headers, timeout=60)
    answer.raise_for_status()
    total: int = answer.json()["totalSize"]
    return total


def _create(org: Org, headers: dict[str, str], records: Iterable[dict[str, Any]]) -> list[str]:
    url = f"{org.org_url}/services/data/v{_VERSION}/composite/sobjects"
    ids: list[str] = []
    for part in _parts(list(records)):
        body = {"allOrNone": False, "records": part}
        for result in requests.post(url, json=body, headers=headers, timeout=60).json():
            if not result["success"]:
                raise Rejected(f"Salesforce import: {result['errors'][0]['statusCode']}; change --seed")
            ids.append(result["id"])
    return ids


def _parts(records: Sequence[dict[str, Any]]) -> Iterator[Sequence[dict[str, Any]]]:
    for start in range(0, len(records), _MOST):
        yield records[start : start + _MOST]


def _account(company: Company) -> dict[str, Any]:
    return {
        "attributes": {"type": "Account"},
        "Name": company.name,
        "Industry": company.industry,
        "BillingCountry": company.country,
        "NumberOfEmployees": company.employees,
    }


def _contact(who: Someone, account: str) -> dict[str, Any]:
    more = {"AccountId": account, "Department": who.department, "MailingCountry": who.company.country}
    return _person(who, "Contact") | more


def _lead(who: Someone) -> dict[str, Any]:
    return _person(who, "Lead") | {
        "Company": who.company.name,
        "Industry": who.company.industry,
        "Country": who.company.country,
        "NumberOfEmployees": who.company.employees,
    }


def _person(who: Someone, kind: str) -> dict[str, Any]:
    return {
        "attributes": {"type": kind},
        "FirstName": who.first_name,
        "LastName": who.last_name,
        "Email": who.email,
        "Title": who.job_title,
    }
