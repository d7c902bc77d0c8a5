"""E-mail addresses in one spelling, and what is marked about them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smarketing.cleansing.email_addresses import Marks, check_email, usable_email
from tests.cleansing.values import TEXTS, cleansed, rules

_SHAPES = st.tuples(
    st.sampled_from(["", " ", "mailto:", "Anna Berger <", '"', "<<", "&lt;"]),
    st.sampled_from(["Anna", "anna.berger+x", "INFO", "änna", "a..b", "o'neil", ""]),
    st.sampled_from(["@example.ORG", "@Müller.de", "@gmial.com", "@example.con", "@b", "", "@a.de, b@c.de"]),
    st.sampled_from(["", ">", ".", " ;", '"', "&gt;"]),
).map("".join)


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("Anna.Berger@Example.ORG", "anna.berger@example.org"),
        ("Berger, Anna <a@example.org>", "a@example.org"),
        ("mailto:a@example.org;", "a@example.org"),
        ("anna@Müller.de", "anna@xn--mller-kva.de"),
        (" a@example.org\u200b", "a@example.org"),
    ],
)
def test_an_address_gets_its_one_spelling(text: str, address: str) -> None:
    assert cleansed(text, check_email(text)) == address
    assert usable_email(text.strip(" \u200b")) == address


@pytest.mark.parametrize(
    "text", ["keine", "a@b", "a..b@example.org", "anna(at)example.org", "a@b@example.org"]
)
def test_what_is_no_address_is_marked_and_left(text: str) -> None:
    assert rules(check_email(text)) == ["email_invalid"]
    assert cleansed(text, check_email(text)) == text
    assert usable_email(text) is None


def test_the_first_of_several_addresses_is_only_suggested() -> None:
    [found] = check_email("a@example.org; b@example.org")
    assert (found.rule, found.confidence, found.after) == ("email_several", "low", "a@example.org")


@pytest.mark.parametrize("local", ["info", "Sales", "no-reply", "buchhaltung2", "info+messe"])
def test_the_address_of_a_function_is_marked_and_names_no_person(local: str) -> None:
    assert "email_role" in rules(check_email(f"{local}@example.org"))
    assert usable_email(f"{local}@example.org") is None


@pytest.mark.parametrize(
    ("domain", "meant"), [("gmial.com", "gmail.com"), ("web.ed", "web.de"), ("werk.con", "werk.com")]
)
def test_a_slip_in_a_domain_is_only_suggested(domain: str, meant: str) -> None:
    [found] = check_email(f"a@{domain}")
    assert (found.rule, found.confidence, found.after) == ("email_typo", "low", f"a@{meant}")


def test_providers_and_dead_domains_are_marked_only_when_asked_for() -> None:
    marks = Marks(free_mail=True, deliverable=lambda domain: f"{domain} takes no mail")
    assert rules(check_email("a@gmx.de")) == []
    assert rules(check_email("a@gmx.de", marks)) == ["email_free", "email_undeliverable"]
    assert rules(check_email("a@mailinator.com", marks)) == ["email_disposable", "email_undeliverable"]


@given(_SHAPES | TEXTS)
def test_cleansing_a_cleansed_address_changes_nothing(text: str) -> None:
    once = cleansed(text, check_email(text))
    assert cleansed(once, check_email(once)) == once
