"""Journeys, contacts and messages of the emulated account."""

import pytest

from chalicelib.errors import Rejected
from chalicelib.gateways.marketing_cloud.data_extensions import ExtensionRow
from tests.gateways.marketing_cloud.conftest import PEOPLE, World


@pytest.fixture
def journeys(world: World) -> World:
    for name in ("welcome", "renewal"):
        world.control("PUT", f"journeys/{name}", {"event_definition_key": f"{name}-event"})
    return world


def contacts(world: World, journey: str) -> list[str]:
    return list(world.control("GET", f"journeys/{journey}")["contacts"])


class TestJourneys:
    def test_an_entry_event_lets_a_contact_in(self, journeys: World) -> None:
        instance = journeys.cloud.fire_event("welcome-event", "003A", {"Source": "fair"})

        assert instance
        assert contacts(journeys, "welcome") == ["003A"]
        assert contacts(journeys, "renewal") == []

    def test_an_event_that_is_not_there_is_rejected(self, journeys: World) -> None:
        with pytest.raises(Rejected, match="30003"):
            journeys.cloud.fire_event("nobody-waits", "003A")

    def test_an_event_key_with_a_period_is_rejected_before_it_is_sent(self, journeys: World) -> None:
        with pytest.raises(Rejected, match="period"):
            journeys.cloud.fire_event("welcome.event", "003A")

        assert "POST /interaction/v1/events" not in journeys.calls

    def test_the_journeys_that_hold_contacts_are_found_and_left(self, journeys: World) -> None:
        for contact in ("003A", "003B"):
            journeys.cloud.fire_event("welcome-event", contact)
        journeys.cloud.fire_event("renewal-event", "003A")

        stays = journeys.cloud.stays(["003A", "003Z"])
        failures = journeys.cloud.exit_journeys(stays)

        assert sorted(stays) == [("003A", "renewal"), ("003A", "welcome")]
        assert failures == {}
        assert (contacts(journeys, "welcome"), contacts(journeys, "renewal")) == (["003B"], [])

    def test_an_accepted_exit_with_errors_inside_is_a_failure(self, journeys: World) -> None:
        journeys.cloud.fire_event("welcome-event", "003A")

        with pytest.raises(Rejected, match="Invalid Interaction Name"):
            journeys.cloud.exit_contact("003A", ["welcome", "no-such-journey"])

        assert contacts(journeys, "welcome") == []

    def test_fifty_exits_go_with_each_call(self, journeys: World) -> None:
        stays = [(f"003{number}", "welcome") for number in range(120)]

        journeys.cloud.exit_journeys(stays)

        assert journeys.calls["POST /interaction/v1/interactions/contactexit"] == 3


def test_a_deleted_contact_is_nowhere_any_more(journeys: World) -> None:
    journeys.cloud.upsert_rows(PEOPLE, [ExtensionRow({"SubscriberKey": "003A"}, {"Email": "a@example.com"})])
    journeys.cloud.fire_event("welcome-event", "003A")

    operations = journeys.cloud.delete_contacts(["003A"])

    assert len(operations) == 1
    assert journeys.stored() == {}
    assert contacts(journeys, "welcome") == []


class TestMessages:
    def send(self, world: World, message_key: str = "m1", definition: str = "double-opt-in") -> None:
        attributes = {"confirm_url": "https://example.com/c/1"}
        world.cloud.send_transactional(
            definition, "a@example.com", attributes, contact_key="003A", message_key=message_key
        )

    def test_a_message_is_sent_by_its_definition(self, world: World) -> None:
        world.control("PUT", "email-definitions/double-opt-in")

        self.send(world)

        [sent] = world.control("GET", "messages")
        assert (sent["to"], sent["definition"]) == ("a@example.com", "double-opt-in")
        assert sent["attributes"] == {"confirm_url": "https://example.com/c/1"}

    def test_the_same_message_again_is_sent_once(self, world: World) -> None:
        world.control("PUT", "email-definitions/double-opt-in")

        self.send(world)
        self.send(world)

        assert len(world.control("GET", "messages")) == 1

    def test_a_definition_that_is_not_active_is_rejected(self, world: World) -> None:
        with pytest.raises(Rejected, match="definition"):
            self.send(world, definition="never-made")

    def test_a_message_key_that_is_too_long_is_rejected(self, world: World) -> None:
        with pytest.raises(Rejected, match="message key"):
            self.send(world, message_key="m" * 101)
