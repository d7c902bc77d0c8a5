"""The checklist of Sales Support: what was found out of an interest, what it rests on, and what still lacks.

Salesforce tells what lacks in one text, made by a formula of the playbook's own items: the names, separated
by commas, or `complete`. An item lacks by its name where its box is not ticked, by `name:evidence` where it
is ticked and nothing says what it rests on; a field of the person's data lacks by its own name.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

LACKING = "lacking"
"""The attribute of an engagement by which Salesforce tells what the checklist lacks."""

COMPLETE = "complete"
EVIDENCE = ":evidence"


@dataclass(frozen=True, slots=True)
class ChecklistItem:
    """One thing to find out.

    Attributes:
        required: an interest without it stays with Sales Support.
        evidence: ticking is not enough; a line says what it rests on.
        data: fields of the person that have to be filled before it holds.
    """

    name: str
    label: str
    required: bool
    evidence: bool = False
    data: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Answers:
    """What people found out: ticked boxes, what each rests on, and the person's data."""

    ticked: frozenset[str] = frozenset()
    evidence: Mapping[str, str] = field(default_factory=dict)
    data: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Completeness:
    """How much of what is required is there, and what lacks."""

    wanted: int
    lacking: tuple[str, ...]

    @property
    def share(self) -> float:
        """From 0 to 1; 1 where nothing is required."""
        return 1.0 if self.wanted == 0 else 1 - len(self.lacking) / self.wanted

    @property
    def told(self) -> str:
        """The text by which Salesforce tells it."""
        return ", ".join(self.lacking) or COMPLETE


def completeness(items: Sequence[ChecklistItem], answers: Answers) -> Completeness:
    """Hold answers against the required items; what is not required never lacks."""
    required = [item for item in items if item.required]
    data = required_data(items)
    lacking = [
        *(lack for item in required if (lack := _lack(item, answers)) is not None),
        *(name for name in data if not answers.data.get(name, "").strip()),
    ]
    return Completeness(len(required) + len(data), tuple(lacking))


def required_data(items: Sequence[ChecklistItem]) -> tuple[str, ...]:
    """Name the fields of the person that required items rest on, each once, in the playbook's order."""
    return tuple(dict.fromkeys(name for item in items if item.required for name in item.data))


def unchecked(items: Sequence[ChecklistItem], told: str | None) -> str | None:
    """Say why an interest must not go on to sales, by the text that Salesforce told; None where it may.

    A text that was not told refuses nothing: a source from before the checklist, or one that doesn't know
    it, is held by the platform's own rule. Names that the playbook has no more are left out.
    """
    if told is None:
        return None
    words = {word.strip() for word in told.split(",")}
    lacking = [said for word, said in _said(items) if word in words]
    return f"the checklist lacks {', '.join(lacking)}" if lacking else None


def _lack(item: ChecklistItem, answers: Answers) -> str | None:
    if item.name not in answers.ticked:
        return item.name
    if item.evidence and not answers.evidence.get(item.name, "").strip():
        return item.name + EVIDENCE
    return None


def _said(items: Sequence[ChecklistItem]) -> Iterator[tuple[str, str]]:
    """Give each word that may be told, and how it is said."""
    for item in items:
        if item.required:
            yield item.name, item.label
            if item.evidence:
                yield item.name + EVIDENCE, f"evidence of {item.label}"
    for name in required_data(items):
        yield name, name
