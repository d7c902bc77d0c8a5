"""Search links, JSON pointers, and the customer behind an e-mail domain."""

from typing import Any

import pytest

from chalicelib.domain.enrichment import Enquiry, Link
from chalicelib.domain.enrichment_plan import SearchLink
from chalicelib.gateways.enrichment.json_pointer import value_at
from chalicelib.gateways.enrichment.profile_links import ProfileLinks

LINKS = ProfileLinks(
    [
        SearchLink("xing", "XING", "https://xing.example/?q={first_name}%20{company}"),
        SearchLink("site", "Website", "https://{email_domain}/"),
        SearchLink("register", "Register (CH)", "https://register.example/?q={company}", ("CH", "Schweiz")),
    ]
)


def test_links_hold_what_is_known_percent_encoded() -> None:
    known = {"first_name": "Zoë", "company": "A&B AG", "country": "schweiz"}

    assert LINKS.find(Enquiry(known, "ab.example")).links == (
        Link("XING", "https://xing.example/?q=Zo%C3%AB%20A%26B%20AG"),
        Link("Website", "https://ab.example/"),
        Link("Register (CH)", "https://register.example/?q=A%26B%20AG"),
    )


@pytest.mark.parametrize(
    ("known", "labels"),
    [
        ({"company": "A", "country": "DE"}, []),
        ({"company": "A"}, ["Register (CH)"]),
        ({"first_name": "Z", "company": "A", "country": "DE"}, ["XING"]),
    ],
    ids=["name unknown, other country", "country unknown", "all but the domain"],
)
def test_link_is_left_out_when_it_would_lead_nowhere(known: dict[str, str], labels: list[str]) -> None:
    assert [link.label for link in LINKS.find(Enquiry(known)).links] == labels


@pytest.mark.parametrize(
    ("pointer", "value"),
    [
        ("/a/b", 1),
        ("/c/1", "y"),
        ("/c/01", None),
        ("/c/9", None),
        ("/c/-", None),
        ("/e~1f/~0", 2),
        ("/a/b/c", None),
    ],
)
def test_pointer_gives_what_stands_there_or_nothing(pointer: str, value: Any) -> None:
    assert value_at({"a": {"b": 1}, "c": ["x", "y"], "e/f": {"~": 2}}, pointer) == value
