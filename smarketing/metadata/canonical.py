"""Compares two XML elements of metadata by what they say.

What makes no difference:

- the order of elements, and whitespace around and within texts;
- numbers that are written in another way (`66.0` and `66`);
- an element that only the org has and that says `false` or nothing, as it spells out what source leaves out;
- the elements of ORG_ADDS, which the platform adds by itself where source doesn't have them;
- the elements of SET_FOR_THE_ORG, which a deploy sets as the org needs them.

Elements of a name that comes several times are matched by what names them (KEYS), else by all that they say.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from lxml import etree

from smarketing.metadata.xml import children, line_of, local, text_of

KEYS = ("fullName", "name", "field", "object", "tab", "recordType", "application", "picklist", "apexClass")
"""What names an element among its like; the first that it has counts."""

ORG_ADDS: Mapping[str, frozenset[str]] = {
    "CustomField": frozenset({"trackHistory", "trackTrending"}),
    "CustomObject": frozenset(
        {
            *("actionOverrides", "compactLayoutAssignment", "deploymentStatus", "enableBulkApi"),
            *("enableSharing", "enableStreamingApi", "externalSharingModel", "searchLayouts", "visibility"),
        }
    ),
    "Flow": frozenset({"environments"}),
    "FlexiPage": frozenset({"identifier", "mode"}),
    "Layout": frozenset({"summaryLayout"}),
    "Report": frozenset({"userOrHierarchyFilterId"}),
}
"""By type of the component."""

SET_FOR_THE_ORG: Mapping[str, frozenset[str]] = {"DuplicateRule": frozenset({"sortOrder"})}
"""By type of the component."""

_SAYS_NOTHING = ("", "false")


@dataclass(frozen=True, slots=True)
class Difference:
    """A place where source and org say different things.

    Attributes:
        element: path below the component, such as `fieldPermissions[Lead.Company]/editable`.
        source: its text; None where source does not have the element, as in `org`.
        line: in the source file.
    """

    element: str
    source: str | None
    org: str | None
    line: int


def differences(
    source: etree._Element, org: etree._Element, kind: str, without: frozenset[str] = frozenset()
) -> Iterator[Difference]:
    """Compare the elements of a component, all but those named in `without`."""
    ignored = ORG_ADDS.get(kind, frozenset())
    for each in _compare(source, org, ""):
        first = each.element.split("/")[0].split("[")[0]
        if first in SET_FOR_THE_ORG.get(kind, ()):
            continue
        if first not in without and not (each.source is None and first in ignored):
            yield each


def _compare(source: etree._Element, org: etree._Element, path: str) -> Iterator[Difference]:
    ours, theirs = _by_name(source), _by_name(org)
    for name in sorted(ours.keys() | theirs.keys()):
        place = f"{path}{name}"
        left, right = ours.get(name, []), theirs.get(name, [])
        if len(left) <= 1 and len(right) <= 1:
            yield from _pair(next(iter(left), None), next(iter(right), None), place, line_of(source))
        else:
            yield from _lists(left, right, place, line_of(source))


def _pair(
    source: etree._Element | None, org: etree._Element | None, place: str, line: int
) -> Iterator[Difference]:
    if source is None and org is not None:
        if not _says_nothing(org):
            yield Difference(place, None, _shown(org), line)
    elif org is None and source is not None:
        if not _says_nothing(source):
            yield Difference(place, _shown(source), None, line_of(source))
    elif source is not None and org is not None:
        if len(source) or len(org):
            yield from _compare(source, org, f"{place}/")
        elif _text(source) != _text(org):
            yield Difference(place, _shown(source), _shown(org), line_of(source))


def _lists(
    ours: Sequence[etree._Element], theirs: Sequence[etree._Element], place: str, line: int
) -> Iterator[Difference]:
    """Compare elements of one name; those that nothing names are the same or there is one more."""
    left, right = _by_key(ours), _by_key(theirs)
    for key in dict.fromkeys((*left, *right)):
        some, others = left.get(key, []), right.get(key, [])
        for number in range(max(len(some), len(others))):
            one = some[number] if number < len(some) else None
            other = others[number] if number < len(others) else None
            yield from _pair(one, other, f"{place}[{key}]" if _named(one, other) else place, line)


def _named(*nodes: etree._Element | None) -> bool:
    return any(node is not None and _key(node) is not None for node in nodes)


def _by_name(node: etree._Element) -> dict[str, list[etree._Element]]:
    found: dict[str, list[etree._Element]] = defaultdict(list)
    for each in children(node):
        found[local(each)].append(each)
    return found


def _by_key(nodes: Sequence[etree._Element]) -> dict[str, list[etree._Element]]:
    found: dict[str, list[etree._Element]] = defaultdict(list)
    for each in nodes:
        found[_key(each) or _whole(each)].append(each)
    return found


def _key(node: etree._Element) -> str | None:
    return next((found for name in KEYS if (found := text_of(node, name))), None)


def _whole(node: etree._Element) -> str:
    """Say all that an element says, its children in a fixed order."""
    if not len(node):
        return _text(node)
    inner = sorted(f"{local(each)}={_whole(each)}" for each in children(node) if not _says_nothing(each))
    return f"({' '.join(inner)})"


def _says_nothing(node: etree._Element) -> bool:
    return not len(node) and _text(node) in _SAYS_NOTHING


def _text(node: etree._Element) -> str:
    text = " ".join((node.text or "").split())
    try:
        return f"{float(text):g}" if text[:1].isdigit() and "e" not in text.lower() else text
    except ValueError:
        return text


def _shown(node: etree._Element) -> str:
    return _whole(node) if len(node) else " ".join((node.text or "").split())
