"""Finds values to keep in step that nobody knows, that are named twice, or that have the wrong owner."""

from collections import Counter
from collections.abc import Iterator

from chalicelib.domain.sync_fields import OURS
from chalicelib.playbook.fields_source import PURPOSE
from chalicelib.playbook.problems import Problem, unknown
from chalicelib.playbook.source import PlaybookSource
from chalicelib.playbook.sync_fields import sync_fields
from chalicelib.playbook.sync_source import SyncFieldSource
from chalicelib.playbook.vocabulary import SYNCED_OF_PERSONS, SYNCED_OF_RECORDS

_PLATFORMS = ("account_engagement", "marketing_cloud")
_FOR_EACH_PURPOSE = f"opt_in_{PURPOSE}"


def words(playbook: PlaybookSource) -> Iterator[Problem]:
    """Find words that nobody knows, that are given twice, or whose owner can't have them."""
    known = [*SYNCED_OF_RECORDS, *SYNCED_OF_PERSONS, _FOR_EACH_PURPOSE]
    seen = set[str]()
    for position, each in enumerate(playbook.sync):
        if each.word in seen:
            yield Problem(("sync", position, "word"), f"{each.word!r} is given twice; remove one")
        seen.add(each.word)
        if each.owner in OURS and each.word not in known:
            yield Problem(("sync", position, "word"), unknown("value of ours", each.word, known))
        else:
            yield from _owned(each, position)


def places(playbook: PlaybookSource) -> Iterator[Problem]:
    """Find values that no platform holds, and two that would be written into one field."""
    for position, each in enumerate(playbook.sync):
        if each.account_engagement is None and each.marketing_cloud is None:
            message = "no platform holds it; name its field in account_engagement or marketing_cloud"
            yield Problem(("sync", position), message)
        for platform in _PLATFORMS:
            name = getattr(each, platform)
            if name is not None and (PURPOSE in each.word) != (PURPOSE in name):
                message = f"use {PURPOSE} in both the word and the name, or in neither"
                yield Problem(("sync", position, platform), message)
    spelt_out = {each.word: each for each in sync_fields(playbook)}.values()
    for platform in _PLATFORMS:
        names = Counter(each.names[platform].lower() for each in spelt_out if platform in each.names)
        for name in sorted(name for name, times in names.items() if times > 1):
            yield Problem(("sync",), f"{platform} would get several values into {name!r}; keep one")


def email(playbook: PlaybookSource) -> Iterator[Problem]:
    """Find a sync without the address that all of it is about."""
    if playbook.sync and not any(each.word == "email" for each in playbook.sync):
        yield Problem(("sync",), "has no 'email', without which nobody can be written to; add it")


def _owned(field: SyncFieldSource, position: int) -> Iterator[Problem]:
    path = ("sync", position, "owner")
    if field.owner == "salesforce" and field.word not in SYNCED_OF_RECORDS:
        yield Problem(path, f"{field.word!r} is nothing that Salesforce's people write; make it smarketing's")
    elif field.owner == "smarketing" and field.word in SYNCED_OF_RECORDS:
        yield Problem(path, f"{field.word!r} is read from Salesforce; make it salesforce's")
    elif field.owner not in OURS and getattr(field, field.owner) is None:
        yield Problem(path, f"{field.owner} owns it and has no name for it; add {field.owner}")
