"""The gateways of the table."""

from functools import cache
from typing import TYPE_CHECKING

from chalicelib.bootstrap.aws import dynamodb, erasure_key, settings

if TYPE_CHECKING:
    from chalicelib.domain.qualification import Compiled
    from chalicelib.gateways.store.assignments import Assignments
    from chalicelib.gateways.store.due import Due
    from chalicelib.gateways.store.erasure_marks import ErasureMarks
    from chalicelib.gateways.store.locks import Locks
    from chalicelib.gateways.store.opt_in_tokens import OptInTokens
    from chalicelib.gateways.store.outbox import Outbox
    from chalicelib.gateways.store.persons import Persons
    from chalicelib.gateways.store.playbooks import Playbooks
    from chalicelib.gateways.store.sync_conflicts import SyncConflicts
    from chalicelib.gateways.store.sync_states import SyncStates
    from chalicelib.gateways.store.verification import Verifications
    from chalicelib.gateways.store.watermarks import Watermarks
    from chalicelib.services.current_playbook import CurrentPlaybook


def persons() -> "Persons":
    """The persons of the table."""
    from chalicelib.gateways.store.persons import Persons

    return Persons(dynamodb(), settings().table)


def outbox() -> "Outbox":
    """The commands of the table that wait for delivery."""
    from chalicelib.gateways.store.outbox import Outbox

    return Outbox(dynamodb(), settings().table)


def opt_in_tokens() -> "OptInTokens":
    """The table's double opt-ins that wait for their confirmation."""
    from chalicelib.gateways.store.opt_in_tokens import OptInTokens

    return OptInTokens(dynamodb(), settings().table)


def erasure_marks() -> "ErasureMarks":
    """The table's marks of the erased."""
    from chalicelib.gateways.store.erasure_marks import ErasureMarks

    return ErasureMarks(dynamodb(), settings().table, erasure_key)


def assignments() -> "Assignments":
    """The table's assignments of interests, and whose turn is next."""
    from chalicelib.gateways.store.assignments import Assignments

    return Assignments(dynamodb(), settings().table)


def due() -> "Due":
    """The table's index of who is due."""
    from chalicelib.gateways.store.due import Due

    return Due(dynamodb(), settings().table)


def playbooks() -> "Playbooks":
    """The table's published playbooks."""
    from chalicelib.gateways.store.playbooks import Playbooks

    return Playbooks(dynamodb(), settings().table)


def locks() -> "Locks":
    """The table's note of which fields are locked."""
    from chalicelib.gateways.store.locks import Locks

    return Locks(dynamodb(), settings().table)


def verifications() -> "Verifications":
    """The table's note of when Salesforce was last found to hold what it should."""
    from chalicelib.gateways.store.verification import Verifications

    return Verifications(dynamodb(), settings().table)


def sync_states() -> "SyncStates":
    """The table's memory of what the marketing automations hold."""
    from chalicelib.gateways.store.sync_states import SyncStates

    return SyncStates(dynamodb(), settings().table)


def sync_conflicts() -> "SyncConflicts":
    """The table's record of values that others changed in the marketing automations."""
    from chalicelib.gateways.store.sync_conflicts import SyncConflicts

    return SyncConflicts(dynamodb(), settings().table)


def watermarks() -> "Watermarks":
    """The table's note of how far each source of the sync was read."""
    from chalicelib.gateways.store.watermarks import Watermarks

    return Watermarks(dynamodb(), settings().table)


@cache
def playbook() -> "CurrentPlaybook":
    """The playbook in force, compiled; call it for each use."""
    from chalicelib.services.current_playbook import CurrentPlaybook

    return CurrentPlaybook(playbooks(), _compile_playbook)


def _compile_playbook(written: str) -> "Compiled":
    from chalicelib.domain.qualification import compile_model
    from chalicelib.playbook.compiler import compile_playbook, from_json

    return compile_model(compile_playbook(from_json(written)))
