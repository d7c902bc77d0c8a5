"""The checklist of Sales Support as the domain's items."""

from chalicelib.domain.checklist import ChecklistItem
from chalicelib.playbook.source import PlaybookSource


def checklist_items(playbook: PlaybookSource) -> tuple[ChecklistItem, ...]:
    """Give the checklist's items, in the playbook's order; labels are the English ones."""
    return tuple(
        ChecklistItem(each.name, each.label.en, each.required, each.evidence, tuple(each.data))
        for each in playbook.qualification
    )
