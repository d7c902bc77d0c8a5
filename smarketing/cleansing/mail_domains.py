"""Domains and local parts of e-mail addresses that mean something.

Role addresses: RFC 2142 (Mailbox Names for Common Services, Roles and Functions); the list of Mailchimp's
help page "Limits on Role-Based Addresses"; and the usual German ones.
"""

import re

_RFC_2142 = (
    "abuse ftp hostmaster info marketing news noc postmaster sales security support usenet uucp webmaster www"
)
_MAILCHIMP = (
    "admin administrator billing compliance devnull dns inoc ispfeedback ispsupport list list-request "
    "maildaemon mailer-daemon no-reply noreply donotreply null phish phishing privacy registrar root spam "
    "sysadmin tech undisclosed-recipients unsubscribe"
)
_USUAL = (
    "anfrage anfragen auftrag ausbildung bestellung bewerbung buchhaltung contact datenschutz einkauf "
    "empfang finance geschaeftsfuehrung hallo hello hr it jobs karriere kontakt kundenservice mail office "
    "order orders personal post presse purchasing rechnung sekretariat service team verkauf vertrieb "
    "verwaltung zentrale"
)
ROLES = frozenset(f"{_RFC_2142} {_MAILCHIMP} {_USUAL}".split())

BIG = (
    "gmail.com googlemail.com hotmail.com hotmail.de outlook.com outlook.de yahoo.com yahoo.de icloud.com "
    "t-online.de freenet.de arcor.de aol.com live.com live.de msn.com protonmail.com posteo.de mailbox.org "
    "bluewin.ch gmx.de gmx.at gmx.ch gmx.net web.de me.com mac.com a1.net aon.at chello.at hispeed.ch"
).split()
"""Big mail providers of the region; at the same time those that are free or go with a private line."""

DISPOSABLE = frozenset(
    "mailinator.com guerrillamail.com 10minutemail.com yopmail.com trash-mail.com trashmail.com "
    "wegwerfmail.de wegwerfemail.de byom.de spambog.com tempmail.com temp-mail.org sharklasers.com "
    "getnada.com discard.email muellmail.com einrot.com".split()
)

_SPELLED = {
    "gmial.com": "gmail.com",
    "gnail.com": "gmail.com",
    "googlemail.de": "googlemail.com",
    "gxm.de": "gmx.de",
    "gmx.ed": "gmx.de",
    "gmx.dee": "gmx.de",
    "wbe.de": "web.de",
    "web.ed": "web.de",
    "webb.de": "web.de",
    "t-online.com": "t-online.de",
    "tonline.de": "t-online.de",
    "outlok.com": "outlook.com",
}
"""Slips of names that are too short to be told from others by their distance."""

_ENDINGS = {
    "con": "com",
    "cmo": "com",
    "ocm": "com",
    "comm": "com",
    "vom": "com",
    "ed": "de",
    "dee": "de",
    "ogr": "org",
}
"""Slips of top-level domains; none of them is one (IANA, Root Zone Database)."""

_LEAST = 5
"""Letters that a provider's name must have for a slip of one letter to be told from another name."""

_TAG = re.compile(r"[+].*$")


def is_role(local: str) -> bool:
    """Whether a local part names a function and not a person; `+tag` and a number at the end don't count."""
    name = _TAG.sub("", local.casefold()).rstrip("0123456789")
    return name in ROLES or name.replace(".", "-") in ROLES


def meant_domain(domain: str) -> str | None:
    """Guess the big provider's domain that a misspelled one means; None where it may well be right."""
    name = domain.casefold()
    if name in BIG:
        return None
    if name in _SPELLED:
        return _SPELLED[name]
    head, dot, ending = name.rpartition(".")
    if dot and ending in _ENDINGS:
        better = f"{head}.{_ENDINGS[ending]}"
        return meant_domain(better) or better
    for big in BIG:
        head_of_big, _, ending_of_big = big.rpartition(".")
        if ending == ending_of_big and len(head_of_big) >= _LEAST and one_slip(head, head_of_big):
            return big
    return None


def one_slip(one: str, other: str) -> bool:
    """Whether two words differ by one letter too many, missing, wrong or swapped with its neighbour."""
    if one == other or abs(len(one) - len(other)) > 1:
        return False
    start = next(
        (at for at, pair in enumerate(zip(one, other, strict=False)) if pair[0] != pair[1]),
        min(len(one), len(other)),
    )
    rest, rest_of_other = one[start:], other[start:]
    return (
        rest[1:] == rest_of_other
        or rest == rest_of_other[1:]
        or rest[1:] == rest_of_other[1:]
        or (rest[:2] == rest_of_other[1::-1] and rest[2:] == rest_of_other[2:])
    )
