"""A playbook as tables for people, in English or German: the command line and the reference print them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from chalicelib.playbook.compiler import expand
from chalicelib.playbook.condition_checks import values_of
from chalicelib.playbook.forms import write_span
from chalicelib.playbook.section import Label
from chalicelib.playbook.source import ConditionSource, GateSource, PlaybookSource
from smarketing.playbook_words import GERMAN, OPERATORS

Language = Literal["en", "de"]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of text under a title."""

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def tables(playbook: PlaybookSource, section: str, language: Language) -> Iterator[Table]:
    """Make the tables of one of the playbook's sections."""
    words = _Words(language)
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


@dataclass(frozen=True, slots=True)
class _Words:
    """Says what the tables say in one language."""

    language: Language

    def __call__(self, word: str) -> str:
        return GERMAN[word] if self.language == "de" else word

    def label(self, label: Label) -> str:
        return label.de if self.language == "de" else label.en

    def truth(self, value: bool) -> str:
        return self("yes") if value else ""

    def conditions(self, conditions: Sequence[ConditionSource]) -> str:
        return f" {self('and')} ".join(self._condition(each) for each in conditions)

    def _condition(self, condition: ConditionSource) -> str:
        operator = OPERATORS[condition.operator] if self.language == "de" else condition.operator
        values = f" {self('or')} ".join(str(value) for value in values_of(condition))
        return f"{condition.field} {operator.replace('_', ' ')} {values}".rstrip()

    def gate(self, gate: GateSource) -> str:
        asked = []
        if gate.hand_raiser is not None:
            within = f" {self('within')} {write_span(gate.within)}" if gate.within else ""
            asked.append(f" {self('or')} ".join(gate.hand_raiser) + within)
        if gate.where:
            asked.append(self.conditions(gate.where))
        if gate.min_category is not None:
            asked.append(f"{self('category')} >= {gate.min_category:g}")
        if gate.min_score is not None:
            asked.append(f"{self('score')} >= {gate.min_score:g}")
        if gate.min_grade is not None:
            asked.append(f"{self('grade')} >= {gate.min_grade}")
        return f" {self('and')} ".join(asked)


Rows = Iterator[tuple[str, ...]]
Described = tuple[str, tuple[str, ...], Rows]


def _glossary(playbook: PlaybookSource, words: _Words) -> Iterator[Described]:
    rows = ((words.label(each.term), words.label(each.definition)) for each in playbook.glossary)
    yield "Glossary", ("term", "meaning"), rows


def _product_lines(playbook: PlaybookSource, words: _Words) -> Iterator[Described]:
    rows = (
        (
            line.name,
            words.label(line.label),
            f" {words('or')} ".join(words.conditions([each]) for each in line.recognised_by),
        )
        for line in playbook.product_lines
    )
    yield "Product lines", ("name", "label", "recognised by"), rows


def _engagements(playbook: PlaybookSource, words: _Words) -> Iterator[Described]:
    rows = (
        (kind.name, words.label(kind.label), words.truth(kind.touchpoint)) for kind in playbook.engagements
    )
    yield "Kinds of engagement", ("name", "label", "touchpoint"), rows


def _purposes(playbook: PlaybookSource, words: _Words) -> Iterator[Described]:
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


def _consent(playbook: PlaybookSource, words: _Words) -> Iterator[Described]:
    consent = playbook.consent
    brands = ((each.name, words.label(each.label)) for each in consent.brands)
    yield "Brands", ("name", "label"), brands
    wordings = ((each.purpose, each.version, words.label(each.text)) for each in consent.wordings)
    yield "What people agree to", ("purpose", "version", "text"), wordings


def _scoring(playbook: PlaybookSource, words: _Words) -> Iterator[Described]:
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


def _grading(playbook: PlaybookSource, words: _Words) -> Iterator[Described]:
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


def _exclusions(playbook: PlaybookSource, words: _Words) -> Iterator[Described]:
    rows = (
        (each.name, words.label(each.label), words.conditions(each.where)) for each in playbook.exclusions
    )
    yield "Exclusions", ("name", "label", "if"), rows


def _gates(playbook: PlaybookSource, words: _Words) -> Iterator[Described]:
    rows = ((gate.name, words.label(gate.label), words.gate(gate)) for gate in playbook.gates)
    yield "Gates", ("name", "label", "asks for"), rows


def _lifecycle(playbook: PlaybookSource, words: _Words) -> Iterator[Described]:
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
    reasons = ((each.name, words.label(each.label)) for each in lifecycle.reasons)
    yield "Reasons to reject or recycle", ("name", "label"), reasons


def _touchpoints(playbook: PlaybookSource, words: _Words) -> Iterator[Described]:
    rows = iter([(words("come along to a new Lead"), str(playbook.touchpoints.backfill))])
    yield "Touchpoints", ("meaning", "number"), rows


def _qualification(playbook: PlaybookSource, words: _Words) -> Iterator[Described]:
    rows = (
        (each.name, words.label(each.label), words.label(each.help), words.truth(each.required))
        for each in playbook.qualification
    )
    yield "Checklist of Sales Support", ("name", "label", "meaning", "required"), rows


def _fields(playbook: PlaybookSource, words: _Words) -> Iterator[Described]:
    rows = (
        (each.field, ", ".join(each.objects), words.label(each.label), words(each.owner))
        for each in playbook.fields
    )
    yield "Fields in Salesforce", ("name", "objects", "label", "written by"), rows


def _sync(playbook: PlaybookSource, words: _Words) -> Iterator[Described]:
    rows = (
        (each.word, each.owner, each.account_engagement or "", each.marketing_cloud or "")
        for each in playbook.sync
    )
    header = ("name", "written by", "Account Engagement", "Marketing Cloud")
    yield "Values in the marketing automations", header, rows


def _span(milliseconds: int | None) -> str:
    return "" if milliseconds is None else write_span(milliseconds)


_SECTIONS: Mapping[str, Callable[[PlaybookSource, _Words], Iterator[Described]]] = {
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
}
