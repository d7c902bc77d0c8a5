"""Prospects of somebody who is erased: all of them, also those that no sync and no poll told of."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from chalicelib.domain.engagement import person_key
from chalicelib.domain.sync import Platform
from chalicelib.domain.sync_state import SyncState
from smarketing.privacy.marketing_automations import AccountEngagementStep
from smarketing.privacy.subject import Subject

EMAIL = "anna@example.com"
ANNA = Subject("P1", (), frozenset({person_key("email", EMAIL), person_key("prospect", "7")}))


@dataclass
class FakeProspects:
    """A business unit by prospect id; those in the recycle bin can't be read."""

    rows: dict[str, dict[str, object]]
    binned: set[str] = field(default_factory=set)

    def read(self, object: str, id: str, fields: Collection[str]) -> Mapping[str, object] | None:  # noqa: A002
        found = self.rows.get(id) if id not in self.binned else None
        return (
            None if found is None else {"id": id} | {name: found.get(name) for name in fields if name != "id"}
        )

    def prospects_with(self, email: str) -> list[str]:
        return [name for name, row in self.rows.items() if row["email"] == email]

    def update_prospect(self, id: str, values: Mapping[str, object]) -> None:  # noqa: A002
        self.rows[id] |= values

    def delete_prospect(self, id: str) -> None:  # noqa: A002
        self.binned.add(id)


class NoStates:
    def load(self, platform: Platform, records: Collection[str]) -> Mapping[str, SyncState]:
        return {}


def step(unit: FakeProspects) -> AccountEngagementStep:
    return AccountEngagementStep(unit, NoStates(), ("email", "lastName"))


def test_a_prospect_that_only_its_address_names_is_emptied_and_deleted() -> None:
    unit = FakeProspects(
        {
            "7": {"email": "old@example.com", "lastName": "Berger"},
            "8": {"email": EMAIL, "lastName": "Berger"},
            "9": {"email": "other@example.com", "lastName": "Weiss"},
        }
    )

    erased = step(unit).erase(ANNA)

    assert erased.counts == {"prospects": 2}
    assert unit.binned == {"7", "8"}
    assert unit.rows["8"] == {"email": "erased-8@erased.invalid", "lastName": None}
    assert unit.rows["9"]["lastName"] == "Weiss"


def test_one_that_lies_in_the_recycle_bin_already_is_left_to_whoever_empties_it() -> None:
    unit = FakeProspects({"8": {"email": EMAIL, "lastName": "Berger"}}, binned={"8"})

    erased = step(unit).erase(Subject("P1", (), frozenset({person_key("email", EMAIL)})))

    assert (erased.counts, erased.left) == ({}, ("Account Engagement: empty the recycle bin of prospects",))
