"""How what was said about a consent adds up, and when it permits something."""

import pytest

from chalicelib.domain.consent import (
    EVERY,
    Basis,
    Consent,
    ConsentKind,
    Folds,
    Standing,
    Subject,
    fold,
    join,
    missing_evidence,
    standing,
    withdrawal,
    wording_hash,
)
from chalicelib.domain.instant import iso
from tests.domain.builders import day
from tests.domain.consents import PROOFS, permit, request

NEWS = Subject("email", "newsletter", "main")


def after(*said: tuple[Consent, float]) -> Folds:
    """What is known after consents, each on its day."""
    folds: Folds = {}
    for consent, on in said:
        folds = fold(folds, consent, day(on))
    return folds


def news(kind: ConsentKind = "confirmed", basis: Basis = "double_opt_in") -> Consent:
    return permit("newsletter", kind=kind, basis=basis)


def test_nothing_is_permitted_when_nothing_was_said() -> None:
    assert standing({}, NEWS) == Standing("unknown")


def test_a_request_permits_nothing_before_it_is_confirmed() -> None:
    folds = after((request("newsletter"), 1))
    assert standing(folds, NEWS) == Standing("requested", None, day(1))


def test_a_confirmed_double_opt_in_permits_from_the_click_on() -> None:
    folds = after((request("newsletter"), 1), (news(), 2))
    assert standing(folds, NEWS) == Standing("granted", "double_opt_in", day(2))


@pytest.mark.parametrize("basis", ["double_opt_in", "existing_customer", "contract"])
def test_each_basis_permits_when_nothing_was_ever_withdrawn(basis: Basis) -> None:
    folds = after((news("imported", basis), 1))
    assert standing(folds, NEWS) == Standing("granted", basis, day(1))


@pytest.mark.parametrize("kind", ["withdrawn", "objected"])
def test_a_withdrawal_beats_what_is_older(kind: ConsentKind) -> None:
    folds = after((news(), 1), (Consent(NEWS, kind), 2))
    assert standing(folds, NEWS) == Standing("withdrawn", None, day(2))


def test_a_tie_goes_to_the_withdrawal() -> None:
    folds = after((withdrawal(purpose="newsletter"), 1), (news(), 1))
    assert standing(folds, NEWS).state == "withdrawn"


def test_a_newer_double_opt_in_grants_again() -> None:
    folds = after((withdrawal(purpose="newsletter"), 1), (news(), 2))
    assert standing(folds, NEWS) == Standing("granted", "double_opt_in", day(2))


@pytest.mark.parametrize("clicked", [iso(day(1)), iso(day(2)), "2026-01-02", "early in January"])
def test_an_old_click_that_is_told_late_does_not_grant_again(clicked: str) -> None:
    late = Consent(NEWS, "confirmed", "double_opt_in", PROOFS["double_opt_in"] | {"clicked_at": clicked})
    folds = after((withdrawal(purpose="newsletter"), 2), (late, 5))
    assert standing(folds, NEWS) == Standing("withdrawn", None, day(2))


def test_a_click_without_a_time_permits_where_nothing_was_ever_withdrawn() -> None:
    proof = PROOFS["double_opt_in"] | {"clicked_at": "early in January"}
    folds = after((Consent(NEWS, "confirmed", "double_opt_in", proof), 5))
    assert standing(folds, NEWS) == Standing("granted", "double_opt_in", day(5))


@pytest.mark.parametrize(
    ("kind", "basis"),
    [
        ("imported", "double_opt_in"),
        ("imported", "existing_customer"),
        ("confirmed", "existing_customer"),
        ("confirmed", "contract"),
    ],
)
def test_nothing_but_a_double_opt_in_grants_again(kind: ConsentKind, basis: Basis) -> None:
    folds = after((withdrawal(purpose="newsletter"), 1), (news(kind, basis), 2))
    assert standing(folds, NEWS).state == "withdrawn"


def test_whoever_asks_again_after_a_withdrawal_is_waited_for() -> None:
    folds = after((withdrawal(purpose="newsletter"), 1), (request("newsletter"), 2))
    assert standing(folds, NEWS) == Standing("requested", None, day(2))


@pytest.mark.parametrize(("purpose", "brand"), [(EVERY, EVERY), (EVERY, "main"), ("newsletter", EVERY)])
def test_a_withdrawal_of_everything_reaches_each_purpose_and_brand(purpose: str, brand: str) -> None:
    folds = after((news(), 1), (withdrawal(purpose=purpose, brand=brand), 2))
    assert standing(folds, NEWS).state == "withdrawn"


def test_a_withdrawal_over_one_channel_leaves_the_others_alone() -> None:
    folds = after((news(), 1), (withdrawal("phone"), 2))
    assert standing(folds, NEWS).granted


def test_a_withdrawal_from_one_brand_leaves_the_others_alone() -> None:
    other = permit("newsletter", brand="other")
    folds = after((news(), 1), (other, 1), (withdrawal(brand="main"), 2))
    assert (standing(folds, NEWS).state, standing(folds, other.subject).state) == ("withdrawn", "granted")


def test_nobody_can_grant_everything_at_once() -> None:
    everything = Consent(
        Subject("email", EVERY, EVERY), "confirmed", "double_opt_in", PROOFS["double_opt_in"]
    )
    assert standing(after((everything, 1)), NEWS) == Standing("unknown")


@pytest.mark.parametrize("basis", PROOFS)
def test_a_basis_without_any_part_of_its_proof_permits_nothing(basis: Basis) -> None:
    for lacking in PROOFS[basis]:
        proof = {name: value for name, value in PROOFS[basis].items() if name != lacking}
        folds = after((Consent(NEWS, "imported", basis, proof), 1))
        assert standing(folds, NEWS) == Standing("unproven", None, day(1))


def test_the_lacking_parts_of_a_proof_are_named() -> None:
    lacking = missing_evidence(Consent(NEWS, "imported", "double_opt_in", {"mail_id": "m", "wording": " "}))
    assert lacking == ("wording or wording_version", "clicked_at")


def test_what_was_said_of_two_persons_who_are_one_is_joined() -> None:
    one, other = after((news(), 1), (news("imported", "contract"), 5)), after((withdrawal(), 2))
    assert standing(join(one, other), NEWS) == Standing("withdrawn", None, day(2))
    assert join(one, other) == join(other, one)


def test_a_wording_is_known_by_its_very_words() -> None:
    assert wording_hash("Ja, gern.") != wording_hash("Ja, gern!")
