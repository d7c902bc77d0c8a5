"""The values that are kept in step, one by one: those per purpose spelt out."""

from chalicelib.domain.sync_fields import SyncField
from chalicelib.playbook.api_names import titled
from chalicelib.playbook.fields_source import PURPOSE
from chalicelib.playbook.source import PlaybookSource
from chalicelib.playbook.sync_source import SyncFieldSource, about


def sync_fields(playbook: PlaybookSource) -> tuple[SyncField, ...]:
    """Spell out all values of a playbook, in its order."""
    purposes = [each.name for each in playbook.purposes if each.marketing]
    return tuple(
        _field(source, purpose)
        for source in playbook.sync
        for purpose in (purposes if PURPOSE in source.word else [""])
    )


def _field(source: SyncFieldSource, purpose: str) -> SyncField:
    names = {}
    if source.account_engagement is not None:
        names["account_engagement"] = about(source.account_engagement, titled(purpose))
    if source.marketing_cloud is not None:
        names["marketing_cloud"] = about(source.marketing_cloud, titled(purpose).replace("_", ""))
    return SyncField(about(source.word, purpose), source.owner, names)
