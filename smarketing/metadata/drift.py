"""Where an org and the project differ: what is missing in the org, what was changed, what is there beyond."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from lxml import etree

from smarketing.metadata.canonical import Difference, differences
from smarketing.metadata.deployment import LEAVES_OUT, Phase
from smarketing.metadata.package import Member, open_package, parts_of
from smarketing.metadata.placeholders import VALUES
from smarketing.metadata.project import Project, SourceFile
from smarketing.metadata.types import PARTS, TYPES
from smarketing.metadata.xml import parse

Held = Mapping[Member, etree._Element]
"""What an org has, by component."""

_SHARED = frozenset(
    {"CustomObjectTranslation", "LeadConvertSettings", "MatchingRules", "Translations", "Workflow"}
)
"""Files that a project shares with all others of an org: more in the org is no drift."""


@dataclass(frozen=True, slots=True)
class Drift:
    """A component that differs.

    Attributes:
        path: of its source file, below the project; None where only the org has it.
    """

    kind: Literal["missing in org", "changed in org", "only in org"]
    type: str
    full_name: str
    path: str | None = None
    difference: Difference | None = None


def members_of(project: Project) -> set[Member]:
    """Name the components to retrieve for a comparison."""
    found = {(each.type, each.full_name) for each in project.files if each.type != "CustomFieldTranslation"}
    return found | {
        (PARTS[each.type][0].name, str(each.parent))
        for each in project.files
        if each.type == "CustomFieldTranslation"
    }


def held_in(retrieved: bytes) -> Held:
    """Give each component's element of a retrieved package, also those of the parts inside a file.

    Raises:
        Rejected: it is no package.
    """
    found: dict[Member, etree._Element] = {}
    for each in open_package(retrieved).components:
        found[each.type, each.full_name] = parse(each.content, each.file_name)
        for part, name, node in parts_of(each):
            found[part.type, name] = node
    return found


def drift(project: Project, held: Held, phase: Phase | None = None, *, beyond: bool = False) -> list[Drift]:
    """Compare a project with what an org has, in the order of its files.

    Args:
        phase: in which the org should be; None takes the one that its components tell of.
        beyond: also tell what only the org has: parts of the project's own objects.

    Raises:
        Rejected: a source file is no XML.
    """
    other = LEAVES_OUT[phase or _phase(project, held)]
    found = [one for each in project.files for one in _of_file(project, each, held, other)]
    return [*found, *_only_in_org(project, held)] if beyond else found


def _phase(project: Project, held: Held) -> Phase:
    closed = LEAVES_OUT["open"]
    files = (each for each in project.files if each.package == closed)
    return "locked" if any((each.type, each.full_name) in held for each in files) else "open"


def _of_file(project: Project, source: SourceFile, held: Held, other: str) -> Iterator[Drift]:
    org = held.get((source.type, source.full_name))
    path = source.path.relative_to(project.root).as_posix()
    if source.package == other:
        if org is not None:
            yield Drift("only in org", source.type, source.full_name, path)
    elif org is None:
        yield Drift("missing in org", source.type, source.full_name, path)
    else:
        for each in _changes(source, org):
            yield Drift("changed in org", source.type, source.full_name, path, each)


def _changes(source: SourceFile, org: etree._Element) -> Iterator[Difference]:
    root = parse(source.content, str(source.path))
    kind = TYPES.get(source.type)
    parts = frozenset(part.element for part in kind.parts) if kind else frozenset()
    for each in differences(root, org, source.type, parts):
        shared = source.type in _SHARED and each.source is None
        # What differs from org to org has no right value in source.
        if not shared and each.source not in VALUES:
            yield each


def _only_in_org(project: Project, held: Held) -> Iterator[Drift]:
    known = {(each.type, each.full_name) for each in project.files}
    objects = {each.full_name for each in project.files if each.type == "CustomObject"}
    for kind, name in sorted(held.keys() - known):
        parent = name.partition(".")[0]
        if kind in PARTS and kind != "CustomFieldTranslation" and parent in objects:
            yield Drift("only in org", kind, name)
