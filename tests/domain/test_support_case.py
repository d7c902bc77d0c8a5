"""A support case is opened, closed, and opened again; each step is told once."""

from chalicelib.domain.engagement import Engagement, person_key
from chalicelib.domain.instant import SECOND, Instant
from chalicelib.domain.support_case import SupportCase, steps_of_case
from tests.domain.builders import day

CONTACT = person_key("contact", "0035g00000AbCdE")


def case(changed: float = 1, closed: float | None = None, name: str = "5005g00000AbCdE") -> SupportCase:
    """A case of day 1."""
    return SupportCase(
        id=name,
        of=CONTACT,
        created_at=day(1),
        changed_at=day(changed),
        closed_at=None if closed is None else day(closed),
        subject="Leak",
    )


def told(case: SupportCase, *history: Engagement) -> list[tuple[str, Instant]]:
    return [(each.kind, each.occurred_at) for each in steps_of_case(case, lambda: history)]


def test_a_case_is_opened_when_it_was_made() -> None:
    [opened] = steps_of_case(case())

    assert (opened.kind, opened.occurred_at, opened.keys) == ("support_case_opened", day(1), (CONTACT,))
    assert opened.attributes == {"case": "5005g00000AbCdE", "subject": "Leak"}


def test_a_closed_case_tells_its_opening_too_since_nobody_may_have_seen_it() -> None:
    assert told(case(changed=2, closed=2)) == [
        ("support_case_opened", day(1)),
        ("support_case_closed", day(2)),
    ]


def test_however_often_it_changes_the_same_step_is_the_same_engagement() -> None:
    first, again = steps_of_case(case()), steps_of_case(case(changed=5))
    closed, later = steps_of_case(case(2, closed=2)), steps_of_case(case(9, closed=2))

    assert [each.id for each in first] == [each.id for each in again] == [closed[0].id]
    assert [each.id for each in closed] == [each.id for each in later]


def test_a_case_that_was_closed_before_is_opened_again_at_its_change() -> None:
    history = steps_of_case(case(2, closed=2))

    assert told(case(3), *history) == [("support_case_opened", day(1)), ("support_case_opened", day(3))]


def test_it_is_opened_again_once_for_each_closing() -> None:
    first = steps_of_case(case(2, closed=2))
    second = steps_of_case(case(5, closed=5))

    once, same = (steps_of_case(case(on), lambda: first)[-1] for on in (3, 4))
    twice = steps_of_case(case(6), lambda: [*first, *second])[-1]

    assert once.id == same.id
    assert twice.id != once.id


def test_another_cases_closing_opens_nothing_again() -> None:
    others = steps_of_case(case(2, closed=2, name="5005g00000AbCdF"))

    assert told(case(3), *others) == [("support_case_opened", day(1))]


def test_nobodys_history_is_asked_for_a_case_that_was_just_made() -> None:
    def asked() -> list[Engagement]:
        raise AssertionError("the history was read")

    just_made = SupportCase("5", CONTACT, day(1), Instant(day(1) + SECOND))

    assert len(steps_of_case(just_made, asked)) == 1
    assert len(steps_of_case(case(2, closed=2), asked)) == 2
