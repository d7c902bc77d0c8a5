"""Finds enrichment that could never fill anything, or that would tell a stranger of a person."""

from collections.abc import Iterator, Sequence

from chalicelib.domain.enrichment_plan import BASE_URL, OF_COMPANY, OF_PERSON, placeholders
from chalicelib.playbook.problems import Path, Problem, unknown
from chalicelib.playbook.source import PlaybookSource

ENRICHED = "city company country department employees industry job_title phone salutation website".split()
"""Fields that may be filled by others; nobody but the person says their name and address."""


def fields(playbook: PlaybookSource) -> Iterator[Problem]:
    """Find fields that are never filled."""
    seen = set[str]()
    for position, name in enumerate(playbook.enrichment.fields):
        path: Path = ("enrichment", "fields", position)
        if name not in ENRICHED:
            yield Problem(path, unknown("field that may be enriched", name, ENRICHED))
        elif name in seen:
            yield Problem(path, f"{name!r} is given twice; remove one")
        seen.add(name)


def links(playbook: PlaybookSource) -> Iterator[Problem]:
    """Find links with words that nobody knows."""
    for position, each in enumerate(playbook.enrichment.links):
        yield from _words(("enrichment", "links", position, "url"), each.url, OF_PERSON)


def providers(playbook: PlaybookSource) -> Iterator[Problem]:
    """Find providers that would be told of a person, or that answer what is never filled."""
    enrichment = playbook.enrichment
    for position, each in enumerate(enrichment.providers):
        path: Path = ("enrichment", "providers", position)
        yield from _words((*path, "url"), each.url, (BASE_URL, *OF_COMPANY))
        for name in each.values:
            if name not in enrichment.fields:
                message = f"{name!r} is not filled; add it to fields, or take it out here"
                yield Problem((*path, "values", name), message)


def _words(path: Path, template: str, known: Sequence[str]) -> Iterator[Problem]:
    for word in placeholders(template):
        if word not in known:
            yield Problem(path, unknown("placeholder", word, known))
