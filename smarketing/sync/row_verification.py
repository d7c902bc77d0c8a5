"""Compares a marketing automation with Salesforce, the ledger and the playbook, not with the sync's memory.

What should be held is worked out anew from all records of Salesforce: had the memory gone wrong, or had
somebody changed a row at the platform, it shows.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from itertools import islice
from typing import Protocol

from chalicelib.domain.changed_record import ChangedRecord
from chalicelib.domain.interest import PersonId
from chalicelib.domain.sync import Platform, Row
from chalicelib.domain.sync_fields import SyncField, written_words
from chalicelib.domain.watermark import Watermark
from chalicelib.services.automation import Automation
from chalicelib.services.plan_rows import Planner
from chalicelib.services.platform_push import Source
from smarketing.sync.row_comparison import RowComparison, compare_rows

_TOGETHER = 1_000
_OF_PEOPLE: tuple[Source, ...] = ("Contact", "Lead")


class Crm(Protocol):
    """The reading side of Salesforce."""

    def changed(self, source: Source, since: Watermark | None) -> Iterable[ChangedRecord]:
        """Give what changed after a watermark, everything without one."""


def verify_rows(
    automation: Automation,
    crm: Crm,
    planner: Planner,
    fields: Sequence[SyncField],
    unproven: Callable[[Collection[PersonId]], Collection[PersonId]],
    progress: Callable[[RowComparison], None] = lambda _: None,
) -> RowComparison:
    """Compare every row that should be held with every row that is.

    Args:
        automation: whose rows they are.
        crm: where all Leads and Contacts are read.
        planner: works out rows by the ledger and the playbook.
        fields: the values that are kept in step; those are compared that the platform doesn't own.
        unproven: names those of some persons whose permission the consent ledger does not prove.
        progress: is called now and then.

    Raises:
        Retryable, Misconfigured: a platform or the store did not answer.
    """
    platform = automation.platform
    words = written_words(fields, platform)
    return compare_rows(
        platform, expected_rows(crm, planner, platform), automation.held(words), words, unproven, progress
    )


def expected_rows(crm: Crm, planner: Planner, platform: Platform) -> Iterator[Row]:
    """Work out the row of each record that should have one.

    A person's other records are looked at along with each, since the person has one row.
    """
    for source in _OF_PEOPLE:
        records = iter(crm.changed(source, None))
        while batch := list(islice(records, _TOGETHER)):
            look = planner.look_up(batch)
            ours = frozenset(look.read)
            if others := sorted(look.names - ours):
                look = planner.look_up([*batch, *planner.read(others)])
            for plan in planner.plans(look, platform, lambda _: {}):
                yield from (each.row for each in plan.write if each.row.record in ours)
