"""Who may be synced to a marketing automation, and on which basis."""

from dataclasses import replace

from chalicelib.domain.consent import Consent, Fold, Subject
from chalicelib.domain.eligibility import eligible, permitted_purposes
from chalicelib.domain.model import Model, Purpose
from chalicelib.domain.person import Person
from chalicelib.domain.qualification import compile_model, contactable
from tests.domain.builders import START, day, model, person
from tests.domain.consents import permit

NEWS = Subject("email", "newsletter", "main")
CALLS = Purpose("contact_request", "Contact", contactable=True, channels=("email", "phone"), marketing=False)


def somebody(**folds: Fold) -> Person:
    """A person of whom this is known, by purpose."""
    consents = {Subject("email", purpose, "main"): fold for purpose, fold in folds.items()}
    return replace(person(), consents=consents)


def test_a_double_opt_in_to_a_newsletter_makes_eligible() -> None:
    decision = eligible(compile_model(model()), somebody(newsletter=Fold(confirmed=day(1))))
    assert (decision.eligible, decision.basis, decision.subject) == (True, "double_opt_in", NEWS)
    assert (decision.since, decision.reason) == (day(1), "newsletter: double_opt_in")


def test_nobody_is_eligible_without_an_address() -> None:
    nobody = replace(somebody(newsletter=Fold(confirmed=START)), keys=frozenset())
    assert eligible(compile_model(model()), nobody).reason == "no e-mail address"


def test_the_reason_of_a_refusal_is_what_tells_most() -> None:
    compiled = compile_model(model())
    asked = somebody(newsletter=Fold(requested=START), contact_request=Fold(withdrawn=START))
    gone = somebody(contact_request=Fold(withdrawn=START))
    claimed = somebody(newsletter=Fold(unproven=START))
    assert [eligible(compiled, each).reason for each in (asked, gone, claimed, somebody())] == [
        "a double opt-in is not confirmed yet",
        "withdrawn",
        "no sufficient proof: re-permission needed",
        "no opt-in and no other legal basis",
    ]


def test_a_customer_is_eligible_for_the_purposes_that_advertise_similar_goods() -> None:
    customer = Fold(claimed={"existing_customer": START})
    compiled = compile_model(model())
    assert eligible(compiled, somebody(newsletter=customer)).basis == "existing_customer"
    assert not eligible(compiled, somebody(contact_request=customer)).eligible


def test_whoever_only_asked_for_a_call_is_contactable_but_not_synced() -> None:
    compiled = compile_model(_with_calls(model()))
    asked = somebody(contact_request=Fold(claimed={"contract": START}))
    assert contactable(compiled, asked)
    assert not eligible(compiled, asked).eligible


def test_whoever_may_be_called_is_contactable_when_they_want_no_mail() -> None:
    compiled = compile_model(_with_calls(model()))
    folds = {
        Subject("phone", "contact_request", "main"): Fold(claimed={"contract": START}),
        Subject("email", "*", "*"): Fold(withdrawn=START),
    }
    assert contactable(compiled, replace(person(), consents=folds))


def test_the_permitted_purposes_are_those_about_which_mailings_may_be_sent() -> None:
    compiled = compile_model(_with_calls(model()))
    granted: Consent = permit("newsletter")
    both = somebody(newsletter=Fold(confirmed=START), contact_request=Fold(confirmed=START))
    assert permitted_purposes(compiled, both) == (granted.subject.purpose,)


def _with_calls(small: Model) -> Model:
    return replace(small, purposes=(small.purposes[0], CALLS))
