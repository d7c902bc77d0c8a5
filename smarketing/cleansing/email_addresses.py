"""E-mail addresses: one spelling, checked by email-validator (RFC 5321, 5322, 6531 and IDNA 2008).

Salesforce takes ASCII domains only, so an international one is written as it travels (`xn--...`).
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from smarketing.cleansing.mail_domains import BIG, DISPOSABLE, is_role, meant_domain
from smarketing.cleansing.plain_text import tidy
from smarketing.cleansing.proposal import Finding

Deliverable = Callable[[str], str | None]
"""Says why a domain takes no mail; None where it does, or nobody can tell."""

_ADDRESS = r"[^\s<>@,;:\"()\[\]]+@[^\s<>@,;:\"()\[\]]+"
_SEVERAL = re.compile(
    rf"({_ADDRESS})\s*(?:[,;/|]|\boder\b|\bund\b|\bor\b|\band\b|\s)\s*{_ADDRESS}", re.IGNORECASE
)
_NAMED = re.compile(rf"^[^<>@]*<\s*({_ADDRESS})\s*>$")
_SCHEME = re.compile(r"^mailto:\s*", re.IGNORECASE)
_ENDS = " \t\"'<>,;.:()[]"


@dataclass(frozen=True, slots=True)
class Marks:
    """What is looked for beyond the syntax."""

    free_mail: bool = False
    deliverable: Deliverable | None = None


def check_email(text: str, marks: Marks | None = None) -> list[Finding]:
    """Say how an address should be written and what is to be known about it."""
    found = tidy(text)
    address = found[-1].after or "" if found else text
    if not address:
        return found
    several = _SEVERAL.search(address)
    if several is not None:
        why = "several addresses in one field; the first one is proposed"
        return [*found, *_first_of_several(several[1], why)]
    bare = _bare(address)
    if bare != address:
        found.append(Finding("email_shape", "the address alone, without what stands around it", "high", bare))
    normal, fault = _normal(bare)
    if normal is None:
        # What can't be an address is left as it is, for a person to look at.
        return [*tidy(text), Finding("email_invalid", fault)]
    if normal != bare:
        why = "in small letters, an international domain as it travels (xn--)"
        found.append(Finding("email_spelling", why, "high", normal))
    return [*found, *_notable(normal, marks or Marks())]


def usable_email(text: str) -> str | None:
    """Give an address in its one spelling; None where it is none, or names a function and not a person."""
    normal = _normal(_bare(text.strip()))[0] if text.strip() else None
    return None if normal is None or is_role(normal.partition("@")[0]) else normal


def dns_check() -> Deliverable:
    """Make a check that asks the DNS for each domain once; it needs the network."""
    from email_validator import EmailUndeliverableError, caching_resolver
    from email_validator.deliverability import validate_email_deliverability

    resolver = caching_resolver(timeout=5)

    @cache
    def deliverable(domain: str) -> str | None:
        try:
            validate_email_deliverability(domain, domain, dns_resolver=resolver)
        except EmailUndeliverableError as error:
            return str(error)
        return None

    return deliverable


def _first_of_several(first: str, why: str) -> list[Finding]:
    normal, _ = _normal(_bare(first))
    return [Finding("email_several", why, "low", normal)] if normal else [Finding("email_invalid", why)]


def _bare(address: str) -> str:
    """Give an address without name, scheme and punctuation around it."""
    while True:
        named = _NAMED.match(address)
        shorter = _SCHEME.sub("", (named[1] if named else address).strip(_ENDS))
        if shorter == address:
            return address
        address = shorter


def _normal(address: str) -> tuple[str | None, str]:
    from email_validator import EmailNotValidError, validate_email

    try:
        valid = validate_email(address, check_deliverability=False)
    except EmailNotValidError as error:
        return None, str(error)
    except (UnicodeError, ValueError):
        return None, "not an e-mail address"
    local = valid.local_part.casefold() if valid.local_part.isascii() else valid.local_part
    return f"{local}@{valid.ascii_domain}", ""


def _notable(address: str, marks: Marks) -> list[Finding]:
    local, _, domain = address.rpartition("@")
    found: list[Finding] = []
    if (meant := meant_domain(domain)) is not None:
        found.append(Finding("email_typo", f"{meant} may be meant", "low", f"{local}@{meant}"))
    if is_role(local):
        found.append(Finding("email_role", "names a function; nobody can consent for all who read it"))
    if domain in DISPOSABLE and marks.free_mail:
        found.append(Finding("email_disposable", "of a provider of throw-away addresses"))
    elif domain in BIG and marks.free_mail:
        found.append(Finding("email_free", "of a provider of private addresses"))
    if marks.deliverable is not None and (why := marks.deliverable(domain)) is not None:
        found.append(Finding("email_undeliverable", why))
    return found
