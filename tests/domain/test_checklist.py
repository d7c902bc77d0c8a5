"""The checklist: what lacks, how Salesforce tells it, and whom it holds back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.checklist import Answers, ChecklistItem, completeness, unchecked

ITEMS = (
    ChecklistItem("need_confirmed", "Need confirmed", required=True, evidence=True),
    ChecklistItem("contact_data", "Contact data complete", required=True, data=("phone", "job_title")),
    ChecklistItem("budget_known", "Budget known", required=False, evidence=True, data=("website",)),
)
ALL = Answers(
    ticked=frozenset({"need_confirmed", "contact_data"}),
    evidence={"need_confirmed": "call on Monday"},
    data={"phone": "+49 711 1", "job_title": "Head of production"},
)


def test_nothing_lacks_when_all_that_is_required_is_there() -> None:
    found = completeness(ITEMS, ALL)

    assert (found.told, found.share, found.wanted) == ("complete", 1.0, 4)


@pytest.mark.parametrize(
    ("answers", "lacks"),
    [
        (Answers(ALL.ticked - {"contact_data"}, ALL.evidence, ALL.data), "contact_data"),
        (Answers(ALL.ticked, {"need_confirmed": " "}, ALL.data), "need_confirmed:evidence"),
        (Answers(ALL.ticked, ALL.evidence, {"phone": "+49"}), "job_title"),
        (Answers(), "need_confirmed, contact_data, phone, job_title"),
    ],
    ids=["box", "evidence", "data", "everything"],
)
def test_lacking_is_named_when_something_is_not_there(answers: Answers, lacks: str) -> None:
    assert completeness(ITEMS, answers).told == lacks


def test_refusal_names_what_lacks_as_people_read_it() -> None:
    said = unchecked(ITEMS, "need_confirmed:evidence, contact_data, phone")

    assert said == "the checklist lacks evidence of Need confirmed, Contact data complete, phone"


@pytest.mark.parametrize("told", [None, "complete", "an_old_item, budget_known, website"])
def test_nothing_is_refused_when_nothing_required_lacks(told: str | None) -> None:
    assert unchecked(ITEMS, told) is None


names = st.sampled_from(["need_confirmed", "contact_data", "budget_known"])
texts = st.sampled_from(["", " ", "said so"])


@given(
    st.builds(
        Answers,
        ticked=st.frozensets(names),
        evidence=st.dictionaries(names, texts),
        data=st.dictionaries(st.sampled_from(["phone", "job_title", "website"]), texts),
    )
)
def test_what_is_told_holds_back_exactly_what_is_incomplete(answers: Answers) -> None:
    found = completeness(ITEMS, answers)

    assert (unchecked(ITEMS, found.told) is None) == (not found.lacking) == (found.share == 1.0)
