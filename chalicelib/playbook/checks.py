"""All checks of a playbook whose keys are well-formed, and what each of them needs to know of it."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

from chalicelib.playbook import (
    activities_checks,
    consent_checks,
    duplicates_checks,
    enrichment_checks,
    field_checks,
    gate_checks,
    journeys_checks,
    lifecycle_checks,
    name_checks,
    routing_checks,
    scoring_checks,
    sync_checks,
    working_order_checks,
)
from chalicelib.playbook.problems import Path, Problem
from chalicelib.playbook.source import PlaybookSource

NAMES, ALL = "names", "*"
"""At the end of a path: the names in that list, or all that its items say."""


@dataclass(frozen=True, slots=True)
class Check:
    """One check. Where something that it needs is malformed, its findings could be wrong."""

    find: Callable[[PlaybookSource], Iterable[Problem]]
    needs: tuple[Path, ...]

    def makes_sense(self, broken: Collection[Path]) -> bool:
        """Whether none of what it needs lies in what is broken."""
        return not any(need[: len(path)] == path for need in self.needs for path in broken)


def problems(playbook: PlaybookSource, broken: Collection[Path] = ()) -> list[Problem]:
    """List all mistakes, by file and key; none means that the playbook can be compiled.

    `broken` are sections that a partial playbook lacks, and lists of which `ALL`, or even the
    `NAMES`, can't be relied on.
    """
    found = (each for check in CHECKS if check.makes_sense(broken) for each in check.find(playbook))
    return in_order(found)


def in_order(found: Iterable[Problem]) -> list[Problem]:
    """Sort mistakes by file, key and message, and leave out repeats."""
    return sorted(set(found), key=lambda each: ([str(part).zfill(4) for part in each.path], each.message))


_LINES: Path = ("product_lines", NAMES)
_KINDS: Path = ("engagements", NAMES)
_CATEGORIES: Path = ("scoring", "categories", NAMES)
_WHOLE_LINES: Path = ("product_lines", ALL)
_WHOLE_CATEGORIES: Path = ("scoring", "categories", ALL)
_WHOLE_RULES: Path = ("scoring", "rules", ALL)
_WHOLE_STAGES: Path = ("lifecycle", "stages", ALL)

CHECKS = (
    Check(name_checks.overlaps, ()),
    Check(name_checks.kinds_defined, (_KINDS,)),
    Check(scoring_checks.product_lines, (_LINES, _CATEGORIES)),
    Check(scoring_checks.purposes, (("purposes", ALL),)),
    Check(scoring_checks.categories, (("scoring",),)),
    Check(scoring_checks.filled_categories, (_LINES, _WHOLE_RULES)),
    Check(scoring_checks.rules, (_LINES, _KINDS, _CATEGORIES)),
    Check(scoring_checks.endless_rules, (_LINES, _WHOLE_CATEGORIES)),
    Check(gate_checks.grading, (("grading",),)),
    Check(gate_checks.exclusions, (("exclusions",),)),
    Check(gate_checks.gates, (("gates",), _LINES, _KINDS)),
    Check(gate_checks.shadowed, (("gates",),)),
    Check(
        gate_checks.unreachable, (("gates",), _WHOLE_LINES, _WHOLE_CATEGORIES, _WHOLE_RULES, ("grading", ALL))
    ),
    Check(lifecycle_checks.steps, (_WHOLE_STAGES,)),
    Check(lifecycle_checks.way, (_WHOLE_STAGES,)),
    Check(field_checks.fields, (("fields",), ("glossary",), ("purposes", ALL))),
    Check(field_checks.checklist, (("qualification",),)),
    Check(consent_checks.wordings, (("consent",), ("purposes", ALL))),
    Check(consent_checks.existing_customer, (("consent",), ("purposes", ALL))),
    Check(lifecycle_checks.reasons, (("lifecycle", "reasons", NAMES),)),
    Check(lifecycle_checks.recycling, (("lifecycle", "reasons"), ("engagements", NAMES))),
    Check(lifecycle_checks.outcomes, (_WHOLE_STAGES, ("lifecycle", "outcomes"), ("engagements", NAMES))),
    Check(sync_checks.words, (("sync",),)),
    Check(sync_checks.places, (("sync",), ("purposes", ALL))),
    Check(sync_checks.email, (("sync",),)),
    Check(enrichment_checks.fields, (("enrichment",),)),
    Check(enrichment_checks.links, (("enrichment",),)),
    Check(enrichment_checks.providers, (("enrichment",),)),
    Check(working_order_checks.values, (("working_order",), _LINES)),
    Check(
        journeys_checks.names,
        (
            ("journeys",),
            ("engagements", NAMES),
            _LINES,
            ("purposes", ALL),
            ("lifecycle", "stages", NAMES),
        ),
    ),
    Check(journeys_checks.twice, (("journeys",),)),
    Check(routing_checks.hours, (("routing",),)),
    Check(routing_checks.people, (("routing",),)),
    Check(routing_checks.pools, (("routing",), _LINES)),
    Check(journeys_checks.spans, (("journeys",),)),
    Check(journeys_checks.counted, (("journeys",),)),
    Check(activities_checks.kinds, (("activities",), ("engagements", NAMES))),
    Check(activities_checks.types, (("activities",),)),
    Check(duplicates_checks.bounds, (("duplicates",),)),
    Check(duplicates_checks.survival, (("duplicates",),)),
)
