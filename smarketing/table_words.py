"""Says what the playbook's tables say, in one language."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from chalicelib.playbook.condition_checks import values_of
from chalicelib.playbook.condition_source import ConditionSource
from chalicelib.playbook.forms import write_span
from chalicelib.playbook.section import Label
from chalicelib.playbook.source import GateSource
from smarketing.playbook_words import GERMAN, OPERATORS

Language = Literal["en", "de"]

Rows = Iterator[tuple[str, ...]]
Described = tuple[str, tuple[str, ...], Rows]
"""A table's title, header and rows."""


@dataclass(frozen=True, slots=True)
class Words:
    """Says what the tables say in one language."""

    language: Language

    def __call__(self, word: str) -> str:
        """Say a word of the tables."""
        return GERMAN[word] if self.language == "de" else word

    def label(self, label: Label) -> str:
        """Say a label."""
        return label.de if self.language == "de" else label.en

    def truth(self, value: bool) -> str:
        """Say yes, or nothing."""
        return self("yes") if value else ""

    def conditions(self, conditions: Sequence[ConditionSource]) -> str:
        """Say conditions that hold together."""
        return f" {self('and')} ".join(self._condition(each) for each in conditions)

    def _condition(self, condition: ConditionSource) -> str:
        operator = OPERATORS[condition.operator] if self.language == "de" else condition.operator
        values = f" {self('or')} ".join(str(value) for value in values_of(condition))
        return f"{condition.field} {operator.replace('_', ' ')} {values}".rstrip()

    def gate(self, gate: GateSource) -> str:
        """Say what a gate asks for."""
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
