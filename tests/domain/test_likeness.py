"""Whether two persons are one, before a Lead is made."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.likeness import Bounds, Traits, Verdict, among, compare, keys_of, plain_company

BOUNDS = Bounds()
ANNA = Traits("lead:1", "Anna", "Müller", "Weber GmbH", "anna.mueller@weber.de", "+49 711 123456")


def like(**other: str) -> str:
    """What Anna is to somebody who differs in some traits."""
    told = {"first_name": "Anna", "last_name": "Müller", "company": "Weber GmbH", "phone": "", "email": ""}
    return compare(ANNA, Traits("lead:2", **{**told, **other}), BOUNDS).likeness


def test_the_same_mail_address_is_certain_however_it_is_written() -> None:
    assert like(email=" Anna.Mueller@WEBER.de", company="") == "certain"


def test_the_same_mail_address_under_another_name_is_doubtful() -> None:
    """An assistant may register somebody with the own address."""
    assert like(email="anna.mueller@weber.de", first_name="Jonas", last_name="Becker") == "doubtful"


def test_a_mailbox_of_the_company_is_nobodys_own() -> None:
    one, other = (Traits(each, each, each, "", "info@weber.de") for each in ("Anna", "Jonas"))

    assert compare(one, other, BOUNDS).likeness == "different"


def test_the_same_name_and_telephone_are_certain_in_any_notation() -> None:
    assert like(first_name="Anna", last_name="Mueller", company="", phone="0711/123456") == "certain"


def test_the_same_name_at_the_same_company_is_doubtful() -> None:
    """Without anything else in common it may be a namesake."""
    assert like(company="WEBER") == "doubtful"


def test_the_same_name_alone_is_no_reason() -> None:
    assert like(company="Schmidt AG") == "different"


def test_an_initial_is_doubtful() -> None:
    assert like(first_name="A.", phone="0711 123456") == "doubtful"


def test_another_initial_is_another_person() -> None:
    assert like(first_name="J.", phone="0711 123456") == "different"


def test_names_that_are_swapped_are_the_same() -> None:
    assert like(first_name="Müller", last_name="Anna", phone="0711 123456") == "certain"


def test_a_slip_of_the_keyboard_is_no_other_person() -> None:
    assert like(last_name="Mülller", phone="0711 123456") == "certain"


def test_a_colleague_is_another_person() -> None:
    assert like(first_name="Jonas", last_name="Becker", phone="0711 123456") == "different"


@pytest.mark.parametrize("text", ["Weber GmbH & Co. KG", "WEBER AG", "weber", "Wéber Ltd."])
def test_a_company_is_compared_without_its_legal_form(text: str) -> None:
    assert plain_company(text) == "weber"


def test_a_company_that_is_called_like_a_legal_form_keeps_its_name() -> None:
    assert plain_company("AG") == "ag"


def test_the_one_certain_record_is_attached_to() -> None:
    others = [
        Traits("contact:1", "Anna", "Müller", email="anna.mueller@weber.de"),
        Traits("lead:9", "Eva", "Weber"),
    ]

    found = among(ANNA, others, BOUNDS)

    assert (found.certain, found.doubtful) == ("contact:1", ())


def the_same(*records: str) -> list[Traits]:
    return [Traits(each, "Anna", "Müller", email="anna.mueller@weber.de") for each in records]


def test_two_certain_records_are_a_doubt() -> None:
    """Which of them is right, people decide."""
    found = among(ANNA, the_same("contact:1", "contact:2", "lead:2"), BOUNDS)

    assert found.certain is None
    assert [record for record, _ in found.doubtful] == ["contact:1", "contact:2", "lead:2"]


def test_a_contact_comes_before_a_lead_that_is_certain_as_well() -> None:
    found = among(ANNA, the_same("lead:2", "contact:1", "lead:3"), BOUNDS)

    assert found.certain == "contact:1"


def test_a_record_counts_once_with_the_best_of_its_telephone_numbers() -> None:
    numbers = ("0711 123456", "0172 999999")
    others = [Traits("lead:2", "Anna", "Müller", "Weber", phone=each) for each in numbers]

    found = among(ANNA, others, BOUNDS)

    assert (found.certain, len(found.verdicts)) == ("lead:2", 1)


def test_a_website_of_the_mail_domain_is_in_common() -> None:
    other = Traits("contact:2", "Anna", "Müller", website="https://www.Weber.de/kontakt")

    assert compare(ANNA, other, BOUNDS) == Verdict("doubtful", ("names alike", "same mail domain"), 1.0)


def test_free_mail_is_nothing_in_common() -> None:
    one, other = (Traits(each, "Anna", "Müller", email=f"{each}@gmx.de") for each in ("anna1", "anna2"))

    assert compare(one, other, BOUNDS).likeness == "doubtful"
    assert compare(one, other, Bounds(free_mail=frozenset({"gmx.de"}))).likeness == "different"


def test_doubtful_records_come_with_the_most_alike_first() -> None:
    others = [
        Traits("lead:2", "A.", "Müller", "Weber"),
        Traits("lead:3", "Anna", "Müller", "Weber"),
        Traits("lead:4", "Eva", "Becker", "Weber"),
    ]

    found = among(ANNA, others, BOUNDS)

    assert [record for record, _ in found.doubtful] == ["lead:3", "lead:2"]


texts = st.text("aäbm üé.-1", max_size=8)
traits = st.builds(
    Traits,
    first_name=texts,
    last_name=texts,
    company=texts,
    email=st.sampled_from(["", "a@b.de", "info@b.de", "A@B.de"]),
    phone=st.sampled_from(["", "0711 123456", "+49 711 123456", "12"]),
)


@given(traits, traits)
def test_order_does_not_matter(one: Traits, other: Traits) -> None:
    assert compare(one, other, BOUNDS) == compare(other, one, BOUNDS)


@given(traits, traits)
def test_nobody_is_missed_for_want_of_a_common_key(one: Traits, other: Traits) -> None:
    """Whoever is certain to be one shares a key, by which candidates are searched."""
    if compare(one, other, BOUNDS).likeness == "certain":
        assert keys_of(one) & keys_of(other)
