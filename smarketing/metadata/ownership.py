"""Which fields Smarketing alone writes: the read-only list of the lock and of the permission sets."""

from pathlib import Path

from chalicelib.playbook import salesforce_fields
from smarketing.playbook_files import read_playbook


def marketing_owned(playbook: Path | None = None) -> tuple[str, ...]:
    """Name the fields by the playbook in a folder (the default one), as `Lead.Smarketing_Score__c`.

    Raises:
        Rejected: the playbook has mistakes.
    """
    return salesforce_fields.marketing_owned(read_playbook(playbook))
