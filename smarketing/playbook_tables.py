"""A playbook as tables for people, in English or German: the command line and the reference print them."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from chalicelib.playbook.compiler import expand
from chalicelib.playbook.duplicates_source import duplicate_terms
from chalicelib.playbook.forms import write_span
from chalicelib.playbook.source import PlaybookSource
from smarketing import activity_tables, journey_tables, routing_tables, support_tables
from smarketing.table_words import Described, Language, Words


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of text under a title."""

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def tables(playbook: PlaybookSource, section: str, language: Language) -> Iterator[Table]:
    """Make the tables of one of the playbook's sections."""
    words = Words(language)
    for title, header, rows in _SECTIONS[section](playbook, words):
        yield Table(words(title), tuple(words(each) for each in header), tuple(rows))


def counted(playbook: PlaybookSource) -> str:
    """Say how much a playbook holds."""
    rules = playbook.scoring.rules
    expanded = sum(1 for rule in rules for _ in expand(rule, playbook.product_lines))
    return (
        f"{len(rules)} scoring rules ({expanded} with product lines), {len(playbook.grading)} criteria, "
        f"{len(playbook.gates)} gates, {len(playbook.glossary)} terms"
    )


def _glossary(playbook: PlaybookSource, words: Words) -> Iterator[Described]:
    rows = ((words.label(each.term), words.label(each.definition)) for each in playbook.glossary)
    yield "Glossary", ("term", "meaning"), rows


def _product_lines(playbook: PlaybookSource, words: Words) -> Iterator[Described]:
    rows = (
        (
            line.name,
            words.label(line.label),
            f" {words('or')} ".join(words.conditions([each]) for each in line.recognised_by),
        )
        for line in playbook.product_lines
    )
    yield "Product lines", ("name", "label", "recognised by"), rows


def _engagements(playbook: PlaybookSource, words: Words) -> Iterator[Described]:
    rows = (
        (kind.name, words.label(kind.label), words.truth(kind.touchpoint)) for kind in playbook.engagements
    )
    yield "Kinds of engagement", ("name", "label", "touchpoint"), rows


def _purposes(playbook: PlaybookSource, words: Words) -> Iterator[Described]:
    rows = (
        (
            each.name,
            words.label(each.label),
            words.truth(each.contactable),
            words.truth(each.marketing),
            ", ".join(each.channels),
        )
        for each in playbook.purposes
    )
    yield "Purposes", ("name", "label", "contactable", "mailings", "channels"), rows


def _consent(playbook: PlaybookSource, words: Words) -> Iterator[Described]:
    consent = playbook.consent
    brands = ((each.name, words.label(each.label)) for each in consent.brands)
    yield "Brands", ("name", "label"), brands
    wordings = ((each.purpose, each.version, words.label(each.text)) for each in consent.wordings)
    yield "What people agree to", ("purpose", "version", "text"), wordings


def _scoring(playbook: PlaybookSource, words: Words) -> Iterator[Described]:
    categories = (
        (each.name, _span(each.half_life), "" if each.cap is None else f"{each.cap:g}")
        for each in playbook.scoring.categories
    )
    yield "Categories of the score", ("name", "half-life", "cap"), categories
    rules = (
        (
            rule.name,
            words.label(rule.label),
            f"{rule.points:+d}",
            rule.category or words("each line's"),
            "" if rule.limit is None else str(rule.limit),
            _span(rule.once_per),
            ", ".join(rule.kinds) + (f" {words('if')} {words.conditions(rule.where)}" if rule.where else ""),
        )
        for rule in playbook.scoring.rules
    )
    yield "Scoring rules", ("name", "label", "points", "category", "limit", "once per", "for"), rules


def _grading(playbook: PlaybookSource, words: Words) -> Iterator[Described]:
    rows = (
        (
            each.name,
            words.label(each.label),
            f"+{each.up}" if each.up else "",
            f"-{each.down}" if each.down else "",
            words.conditions(each.where),
        )
        for each in playbook.grading
    )
    yield "Grading, in thirds from D", ("name", "label", "up", "down", "if"), rows


def _exclusions(playbook: PlaybookSource, words: Words) -> Iterator[Described]:
    rows = (
        (each.name, words.label(each.label), words.conditions(each.where)) for each in playbook.exclusions
    )
    yield "Exclusions", ("name", "label", "if"), rows


def _gates(playbook: PlaybookSource, words: Words) -> Iterator[Described]:
    rows = ((gate.name, words.label(gate.label), words.gate(gate)) for gate in playbook.gates)
    yield "Gates", ("name", "label", "asks for"), rows


def _lifecycle(playbook: PlaybookSource, words: Words) -> Iterator[Described]:
    lifecycle = playbook.lifecycle
    stages = (
        (
            stage.name + (" *" if stage.name == lifecycle.opens_in else ""),
            words.label(stage.label),
            ", ".join(stage.next),
            words.truth(stage.closed),
            _span(stage.cool_off),
            words.truth(stage.checked),
            _span(stage.service_level),
        )
        for stage in lifecycle.stages
    )
    header = ("name", "label", "followed by", "closed", "cool-off", "checked", "due within")
    yield "Stages (* a new interest's)", header, stages
    reasons = (
        (
            each.name,
            words.label(each.label),
            _span(each.after),
            words.truth(each.afresh),
            ", ".join(each.needs),
        )
        for each in lifecycle.reasons
    )
    asked = ("name", "label", "again after", "only what is new counts", "needs one of")
    yield "Reasons to reject or recycle", asked, reasons
    outcomes = ((each.kind, each.stage, each.reason or "") for each in lifecycle.outcomes)
    yield "What an opportunity makes of its interest", ("engagement", "stage", "reason"), outcomes


def _touchpoints(playbook: PlaybookSource, words: Words) -> Iterator[Described]:
    rows = iter([(words("come along to a new Lead"), str(playbook.touchpoints.backfill))])
    yield "Touchpoints", ("meaning", "number"), rows


def _qualification(playbook: PlaybookSource, words: Words) -> Iterator[Described]:
    rows = (
        (
            each.name,
            words.label(each.label),
            words.label(each.help),
            words.truth(each.required),
            words.truth(each.evidence),
            ", ".join(each.data),
        )
        for each in playbook.qualification
    )
    yield "Checklist of Sales Support", ("name", "label", "meaning", "required", "evidence", "data"), rows


def _fields(playbook: PlaybookSource, words: Words) -> Iterator[Described]:
    rows = (
        (each.field, ", ".join(each.objects), words.label(each.label), words(each.owner))
        for each in playbook.fields
    )
    yield "Fields in Salesforce", ("name", "objects", "label", "written by"), rows


def _sync(playbook: PlaybookSource, words: Words) -> Iterator[Described]:
    rows = (
        (each.word, each.owner, each.account_engagement or "", each.marketing_cloud or "")
        for each in playbook.sync
    )
    header = ("name", "written by", "Account Engagement", "Marketing Cloud")
    yield "Values in the marketing automations", header, rows


def _duplicates(playbook: PlaybookSource, words: Words) -> Iterator[Described]:
    terms = duplicate_terms(playbook.duplicates)
    bounds = (
        (words("before a Lead is made"), f"{terms.bounds.certain:g}", f"{terms.bounds.doubtful:g}"),
        (words("search over all records"), f"{terms.certain:g}", f"{terms.doubtful:g}"),
    )
    yield "Duplicates", ("when", "certain from", "doubtful from"), iter(bounds)
    survival = ((name, words(rule)) for name, rule in terms.survival.items())
    yield "What stays of merged records", ("field", "whose value stays"), survival


def _span(milliseconds: int | None) -> str:
    return "" if milliseconds is None else write_span(milliseconds)


_SECTIONS: Mapping[str, Callable[[PlaybookSource, Words], Iterator[Described]]] = {
    "glossary": _glossary,
    "product_lines": _product_lines,
    "engagements": _engagements,
    "purposes": _purposes,
    "consent": _consent,
    "scoring": _scoring,
    "grading": _grading,
    "exclusions": _exclusions,
    "gates": _gates,
    "lifecycle": _lifecycle,
    "qualification": _qualification,
    "touchpoints": _touchpoints,
    "fields": _fields,
    "sync": _sync,
    "working_order": support_tables.working_order,
    "enrichment": support_tables.enrichment,
    "journeys": journey_tables.journeys,
    "routing": routing_tables.routing,
    "activities": activity_tables.activities,
    "duplicates": _duplicates,
}
