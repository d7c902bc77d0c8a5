"""Our duplicate rules come after those of the org, without a gap."""

import re

from smarketing.metadata.duplicate_order import in_line
from smarketing.metadata.package import Component, components_of
from smarketing.metadata.project import default_root, read_project

OURS = tuple(each for each in components_of(read_project(default_root())) if each.type == "DuplicateRule")


def orders(components: tuple[Component, ...]) -> dict[str, int]:
    found = {}
    for each in components:
        [number] = re.findall(rb"<sortOrder>(\d+)</sortOrder>", each.content)
        found[each.full_name] = int(number)
    return found


def others(sobject: str, count: int) -> set[tuple[str, str]]:
    return {("DuplicateRule", f"{sobject}.Theirs_{number}") for number in range(count)}


def test_in_an_org_without_rules_ours_begin_at_one() -> None:
    numbers = orders(in_line(OURS, (), ()))
    assert numbers["Lead.Smarketing_Lead"] == numbers["Contact.Smarketing_Contact"] == 1
    assert numbers["Lead.Smarketing_Lead_Alike"] == 2


def test_ours_follow_the_rules_that_each_object_has() -> None:
    numbers = orders(in_line(OURS, (), others("Lead", 3) | others("Contact", 1)))
    assert (numbers["Lead.Smarketing_Lead"], numbers["Lead.Smarketing_Lead_Alike"]) == (4, 5)
    assert (numbers["Contact.Smarketing_Contact"], numbers["Contact.Smarketing_Contact_Alike"]) == (2, 3)


def test_a_rule_that_the_org_has_keeps_its_number() -> None:
    deployed = in_line(OURS, (), others("Lead", 1))
    names = others("Lead", 4) | {("DuplicateRule", each.full_name) for each in deployed}
    assert orders(in_line(OURS, deployed, names)) == orders(deployed)


def test_everything_else_stays_as_it_is() -> None:
    flow = Component("Flow", "A", "flows/A.flow", b"<Flow/>", (("Flow", "A"),))
    assert in_line([flow], (), ()) == (flow,)
