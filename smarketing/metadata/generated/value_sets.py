"""Picklist values and their German: the global value sets whose values the playbook names."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from chalicelib.domain.model import GRADES
from chalicelib.playbook.source import PlaybookSource
from smarketing.metadata.generated.places import LANGUAGE, Files, foundation
from smarketing.metadata.xml import element, write


@dataclass(frozen=True, slots=True)
class Value:
    """A value: its API name, and what people read."""

    name: str
    en: str
    de: str


@dataclass(frozen=True, slots=True)
class ValueSet:
    """A global value set, in the playbook's order."""

    name: str
    label: str
    description: str
    values: Sequence[Value]


def value_sets(playbook: PlaybookSource) -> Iterator[ValueSet]:
    """Say which values Salesforce's picklists have."""
    yield ValueSet(
        "Smarketing_Stage",
        "Smarketing: Stage",
        "Stages of an interest, from lifecycle.yaml.",
        [Value(each.name, each.label.en, each.label.de) for each in playbook.lifecycle.stages],
    )
    yield ValueSet(
        "Smarketing_Reason",
        "Smarketing: Reason",
        "Why an interest is rejected or recycled, from lifecycle.yaml.",
        [Value(each.name, each.label.en, each.label.de) for each in playbook.lifecycle.reasons],
    )
    yield ValueSet(
        "Smarketing_Product_Line",
        "Smarketing: Product Line",
        "What is sold and scored apart, from product_lines.yaml.",
        [Value(each.name, each.label.en, each.label.de) for each in playbook.product_lines],
    )
    yield ValueSet(
        "Smarketing_Gate",
        "Smarketing: Gate",
        "Ways to become marketing qualified, from gates.yaml.",
        [Value(each.name, each.label.en, each.label.de) for each in playbook.gates],
    )
    yield ValueSet(
        "Smarketing_Engagement_Kind",
        "Smarketing: Kind of Engagement",
        "What a person may do, from engagements.yaml.",
        [Value(each.name, each.label.en, each.label.de) for each in playbook.engagements],
    )
    yield ValueSet(
        "Smarketing_Grade",
        "Smarketing: Grade",
        "How well a person fits, best first.",
        [Value(each, each, each) for each in GRADES],
    )


def value_set_files(playbook: PlaybookSource, root: Path) -> Files:
    """Make the files of the value sets and of their translations."""
    files: dict[Path, bytes | None] = {}
    folder = foundation(root)
    for each in value_sets(playbook):
        files[folder / "globalValueSets" / f"{each.name}.globalValueSet-meta.xml"] = _set(each)
        name = f"{each.name}-{LANGUAGE}.globalValueSetTranslation-meta.xml"
        translated = folder / "globalValueSetTranslations" / name
        files[translated] = _translation(each) if any(one.de != one.en for one in each.values) else None
    return files


def _set(values: ValueSet) -> bytes:
    listed = [
        element(
            "customValue",
            element("fullName", text=each.name),
            element("default", text="false"),
            element("label", text=each.en),
        )
        for each in values.values
    ]
    return write(
        element(
            "GlobalValueSet",
            *listed,
            element("description", text=values.description),
            element("masterLabel", text=values.label),
            element("sorted", text="false"),
        )
    )


def _translation(values: ValueSet) -> bytes:
    listed = [
        element(
            "valueTranslation",
            element("masterLabel", text=each.en),
            element("translation", text=each.de),
        )
        for each in values.values
        if each.de != each.en
    ]
    return write(element("GlobalValueSetTranslation", *listed))
