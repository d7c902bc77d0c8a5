"""Finds the customer to whom a person's e-mail domain belongs."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Protocol
from urllib.parse import urlsplit

from chalicelib.domain.enrichment import ACCOUNT, Enquiry, Findings, Found
from chalicelib.domain.instant import Instant

MOST = 200
"""Candidates that are looked at; a domain with more is nobody's alone."""

_BY_WEBSITE = (
    "SELECT Id, Name, Website, Industry, NumberOfEmployees FROM Account "
    "WHERE Website LIKE '%{domain:like}%' ORDER BY Id LIMIT {most}"
)
_BY_ADDRESS = (
    "SELECT AccountId, Account.Name, Account.Website, Account.Industry, Account.NumberOfEmployees, Email "
    "FROM Contact WHERE AccountId != null AND Email LIKE '%@{domain:like}' ORDER BY Id LIMIT {most}"
)
_WORDS: Mapping[str, str] = {
    "company": "Name",
    "website": "Website",
    "industry": "Industry",
    "employees": "NumberOfEmployees",
}

Row = Mapping[str, Any]


class Queries(Protocol):
    """The reading side of the org."""

    def queries(self, several: Sequence[str]) -> Iterator[list[Row]]:
        """Run queries made by `format_soql` in one call and give the records of each."""


class DomainAccount:
    """Looks among the Accounts by website, and among their Contacts by e-mail address, in one call."""

    name = "account"

    def __init__(self, org: Queries, clock: Callable[[], Instant]) -> None:
        """Use an org; `clock` dates what is found."""
        self._org = org
        self._clock = clock

    def find(self, enquiry: Enquiry) -> Findings:
        """Give the one Account of a domain and what it tells of the company; several are only remarked.

        Raises:
            Retryable, Misconfigured: the org can't be asked.
        """
        domain = enquiry.email_domain
        if domain is None:
            return Findings()
        accounts = self._accounts(domain)
        if len(accounts) > 1:
            names = ", ".join(sorted(str(each.get("Name")) for each in accounts.values())[:5])
            return Findings(remarks=(f"several Accounts of {domain}: {names}; choose one",))
        return Findings(
            found=tuple(found for each in accounts.items() for found in self._found(*each)),
            remarks=tuple(f"Account of {domain}: {each.get('Name')}" for each in accounts.values()),
        )

    def _accounts(self, domain: str) -> dict[str, Row]:
        """Give the Accounts whose website it is, else those whose Contacts have addresses of it, by id."""
        from simple_salesforce.format import format_soql

        soql = [format_soql(each, domain=domain, most=MOST) for each in (_BY_WEBSITE, _BY_ADDRESS)]
        by_website, by_address = self._org.queries(soql)
        owners = [row for row in by_website if _is_host_of(str(row["Website"] or ""), domain)]
        if owners:
            return {str(row["Id"]): row for row in owners}
        return {str(row["AccountId"]): row.get("Account") or {} for row in by_address}

    def _found(self, account: str, row: Row) -> Iterable[Found]:
        at = self._clock()
        yield Found(ACCOUNT, account, self.name, at)
        for word, name in _WORDS.items():
            value = row.get(name)
            whole = int(value) if isinstance(value, float) and value.is_integer() else value
            if whole is not None and str(whole).strip():
                yield Found(word, str(whole), self.name, at)


def _is_host_of(website: str, domain: str) -> bool:
    """Whether a website is at the domain itself or below it, and not merely one that contains its letters."""
    written = website.strip().casefold()
    try:
        host = urlsplit(written if "//" in written else f"//{written}").hostname or ""
    except ValueError:
        return False
    return host == domain or host.endswith(f".{domain}")
