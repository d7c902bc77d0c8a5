"""Salesforce with the search for whom somebody new may be."""

from typing import TYPE_CHECKING

from chalicelib.bootstrap import platforms, store

if TYPE_CHECKING:
    from chalicelib.gateways.salesforce.lookalikes import Lookalikes
    from chalicelib.services.look_for_twins import LookingForTwins
    from chalicelib.services.note_twins import NotingTwins


def salesforce() -> "LookingForTwins":
    """The org, where nobody gets a Lead who is there already."""
    from chalicelib.services.look_for_twins import LookingForTwins

    return LookingForTwins(store.playbook(), lookalikes(), platforms.salesforce())


def review_list() -> "NotingTwins":
    """The org's list of possible duplicates."""
    from chalicelib.services.note_twins import NotingTwins

    return NotingTwins(store.playbook(), lookalikes(), platforms.salesforce())


def lookalikes() -> "Lookalikes":
    """The Leads and Contacts of the org whom somebody new may be."""
    from chalicelib.gateways.salesforce.lookalikes import Lookalikes

    return Lookalikes(platforms.salesforce_rest())
