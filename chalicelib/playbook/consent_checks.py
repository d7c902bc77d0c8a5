"""Finds purposes that nobody can be asked for, and words about purposes that there are not."""

from collections.abc import Iterator

from chalicelib.playbook.problems import Problem
from chalicelib.playbook.source import PlaybookSource


def wordings(playbook: PlaybookSource) -> Iterator[Problem]:
    """Find purposes without words to agree to, or with several, and words of unknown purposes."""
    purposes = {each.name for each in playbook.purposes}
    worded: set[str] = set()
    for position, each in enumerate(playbook.consent.wordings):
        path = ("consent", "wordings", position, "purpose")
        if each.purpose not in purposes:
            yield Problem(path, f"{each.purpose!r} is no purpose; name one of purposes.yaml")
        elif each.purpose in worded:
            yield Problem(path, f"{each.purpose!r} has words already; keep one wording of each purpose")
        worded.add(each.purpose)
    for name in sorted(purposes - worded):
        yield Problem(("consent", "wordings"), f"{name!r} has no words to agree to; add them")


def existing_customer(playbook: PlaybookSource) -> Iterator[Problem]:
    """Find purposes of existing customers that there are not, or that have nothing to do with e-mail."""
    purposes = {each.name: each for each in playbook.purposes}
    for position, name in enumerate(playbook.consent.existing_customer):
        path = ("consent", "existing_customer", position)
        if name not in purposes:
            yield Problem(path, f"{name!r} is no purpose; name one of purposes.yaml")
        elif "email" not in purposes[name].channels:
            yield Problem(path, f"{name!r} has no channel email, and UWG 7(3) knows no other; take it out")
