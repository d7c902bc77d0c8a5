"""Whatever happens in whatever order, breaks included: who is permitted has one row, nobody else has any."""

import contextlib
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.domain.eligibility import eligible
from chalicelib.domain.engagement import person_key
from chalicelib.domain.sync import Platform
from chalicelib.domain.sync_rows import key_of
from chalicelib.errors import Retryable
from tests.services.fake_automation import FakeAutomation
from tests.services.push_world import PushWorld
from tests.services.whole_way import BrokenOff, Saboteur

PEOPLE = range(3)
NAMES = {
    who: (f"lead:00Q00000000000{who}", f"contact:00300000000000{who}", f"contact:00300000000010{who}")
    for who in PEOPLE
}
people = st.sampled_from(PEOPLE)
steps = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(["permit", "withdraw", "convert", "merge"]), people),
        st.tuples(st.sampled_from(["put", "put", "delete"]), people, st.integers(0, 2)),
        st.tuples(st.just("push"), st.integers(0, 60)),
        st.tuples(st.just("busy"), st.sampled_from(["begin", "finish", "withdraw"])),
    ),
    max_size=14,
)


def address(who: int) -> str:
    return f"p{who}@example.com"


@dataclass
class Story:
    """A world in which things happen."""

    platform: Platform
    saboteur: Saboteur = field(default_factory=Saboteur)

    def __post_init__(self) -> None:
        self.world = PushWorld((FakeAutomation(self.platform, most_rows=2),), self.saboteur.watch)

    def take(self, what: str, *about: object) -> None:
        getattr(self, f"_{what}")(*about)
        self.world.wait(2)

    def _permit(self, who: int) -> None:
        self.world.permit(email=address(who))

    def _withdraw(self, who: int) -> None:
        self.world.withdraw(address(who))
        for name in NAMES[who]:
            # The person's numbers are told to Salesforce, so that their records change.
            if name in self.world.crm.held and self._is_there(name):
                self.world.crm.put(name, self.world.now, address(who))

    def _put(self, who: int, which: int) -> None:
        name = NAMES[who][which]
        if name not in self.world.crm.held or self._is_there(name):
            self.world.tell(name, email=address(who), kind="record_changed")
            self.world.crm.put(name, self.world.now, address(who))

    def _delete(self, who: int, which: int) -> None:
        name = NAMES[who][which]
        if name in self.world.crm.held and self._is_there(name):
            self.world.crm.delete(name, self.world.now)

    def _convert(self, who: int) -> None:
        lead, contact, _ = NAMES[who]
        if lead in self.world.crm.held and self._is_there(lead) and contact not in self.world.crm.held:
            self.world.crm.convert(lead, contact, self.world.now)
            self.world.crm.put(contact, self.world.now, address(who))

    def _merge(self, who: int) -> None:
        _, master, other = NAMES[who]
        if all(name in self.world.crm.held and self._is_there(name) for name in (master, other)):
            self.world.crm.delete(other, self.world.now, merged_into=master)
            self.world.crm.put(master, self.world.now, address(who))

    def _busy(self, method: str) -> None:
        self.world.automation.busy[method] = 1

    def _push(self, breaks_at: int) -> None:
        self.saboteur._points, self.saboteur.passed = [breaks_at], 0
        with contextlib.suppress(BrokenOff, Retryable):
            self.world.push()
        self.saboteur._points = ()

    def _is_there(self, name: str) -> bool:
        record = self.world.crm.held[name]
        return not record.deleted and record.converted_contact is None

    def end(self) -> None:
        self.world.automation.busy.clear()
        # What was known of a record without its person is looked at when the person is told of it.
        for who in PEOPLE:
            for name in NAMES[who]:
                if name in self.world.crm.held and self._is_there(name):
                    self.take("put", who, NAMES[who].index(name))
        self.world.push()
        self.world.wait()
        self.world.push()

    def expected(self) -> set[int]:
        found = set()
        for who in PEOPLE:
            owners = self.world.world.persons.find([person_key("email", address(who))])
            loaded = self.world.world.persons.load(owners.values())
            there = [name for name in NAMES[who] if name in self.world.crm.held and self._is_there(name)]
            known = {key for person in loaded.values() for key in person.keys}
            if any(key_of(name) in known for name in there) and any(
                eligible(self.world.world.compiled, person).eligible for person in loaded.values()
            ):
                found.add(who)
        return found


@pytest.mark.parametrize("platform", ["account_engagement", "marketing_cloud"])
@settings(max_examples=60, deadline=None)
@given(story=steps)
def test_who_is_permitted_has_one_row_and_nobody_else_any(
    platform: Platform, story: list[tuple[object, ...]]
) -> None:
    told = Story(platform)
    for what, *about in story:
        told.take(str(what), *about)

    told.end()

    rows = told.world.automation.rows.values()
    assert sorted(each.email for each in rows) == [address(who) for who in sorted(told.expected())]
    assert all(told._is_there(each.record) for each in rows)
    assert told.world.states.open_job(platform) is None
