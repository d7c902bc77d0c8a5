"""The queue's formulas in Salesforce compute what the domain defines."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.checklist import Answers, completeness
from chalicelib.domain.instant import DAY, Instant
from chalicelib.domain.model import GRADES
from chalicelib.domain.working_order import Waiting, WorkingOrder, turn_of
from chalicelib.playbook.api_names import checkbox_of, evidence_of
from chalicelib.playbook.checklist_items import checklist_items
from chalicelib.playbook.compiler import compile_playbook
from chalicelib.playbook.source import PlaybookSource
from smarketing.formulas.evaluate import evaluate
from smarketing.formulas.formula import Formula, parse
from smarketing.formulas.plain_functions import Value
from smarketing.metadata.generated.support import (
    completeness_formula,
    lacking_formula,
    lacks,
    working_order_formula,
)
from smarketing.playbook_files import default_folder, read_playbook
from tests.domain.builders import START

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@cache
def playbook() -> PlaybookSource:
    return read_playbook(default_folder())


@cache
def order() -> WorkingOrder:
    return compile_playbook(playbook()).working_order


@cache
def turn_formula() -> Formula:
    return parse(working_order_formula(playbook()))


@dataclass
class Record:
    """A record as a formula sees it; what isn't given is blank."""

    values: Mapping[str, Value]
    is_new: bool = False
    now: datetime = EPOCH

    def value(self, path: str) -> Value:
        return self.values.get(path)

    def before(self, path: str) -> Value:
        return self.value(path)


def moment(instant: int) -> datetime:
    return EPOCH + timedelta(milliseconds=instant)


instants = st.integers(START, START + 400 * DAY).map(Instant)
waitings = st.builds(
    Waiting,
    product_line=st.sampled_from(["presses", "lasers", "services"]),
    grade=st.sampled_from(GRADES),
    opened_at=instants,
    due_at=st.none() | instants,
    expected_value=st.none() | st.floats(-1e6, 1e8, allow_subnormal=False),
)


@given(waitings)
def test_turn_is_the_same_in_salesforce(waiting: Waiting) -> None:
    record = Record(
        {
            "Opened_At__c": moment(waiting.opened_at),
            "Due_At__c": None if waiting.due_at is None else moment(waiting.due_at),
            "Expected_Value__c": waiting.expected_value,
            "Product_Line__c": waiting.product_line,
            "Grade_When_Opened__c": waiting.grade,
        }
    )

    computed = evaluate(turn_formula(), record)

    assert isinstance(computed, datetime)
    expected = moment(turn_of(order(), waiting).at)
    assert abs(computed - expected) < timedelta(seconds=1)


names = st.sampled_from([item.name for item in checklist_items(playbook())])
data = st.dictionaries(st.sampled_from(["last_name", "company", "phone", "job_title"]), st.just("known"))
PLACES = {"last_name": "LastName", "company": "Company", "phone": "Phone", "job_title": "Title"}


@given(st.frozensets(names), st.dictionaries(names, st.just("said so")), data)
def test_checklist_lacks_the_same_in_salesforce(
    ticked: frozenset[str], evidence: dict[str, str], known: dict[str, str]
) -> None:
    boxes = {checkbox_of(item.name): item.name in ticked for item in checklist_items(playbook())}
    lines = {evidence_of(name): text for name, text in evidence.items()}
    person = {f"Lead__r.{PLACES[word]}": text for word, text in known.items()}
    record = Record({**boxes, **lines, **person})

    found = completeness(checklist_items(playbook()), Answers(ticked, evidence, known))

    assert evaluate(parse(lacking_formula(playbook())), record) == found.told
    share = evaluate(parse(completeness_formula(playbook())), record)
    assert isinstance(share, float)
    assert abs(share / 100 - found.share) < 1e-9


def test_stand_in_for_an_unknown_name_is_none() -> None:
    conditions = dict(lacks(playbook()))
    record = Record({"Lead__r.LastName": "[not provided]"})

    assert evaluate(parse(conditions["last_name"]), record) is True
