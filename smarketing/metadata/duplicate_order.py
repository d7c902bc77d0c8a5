"""Puts our duplicate rules in line behind those that an org has.

The rules of an object are tried in their order, and the platform wants the numbers without a gap or a repeat
("SortOrder must be in sequential order from 1"). How many an org has, no source can know.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from smarketing.metadata.package import Component, Member
from smarketing.metadata.xml import children, parse, text_of, write

DUPLICATE_RULE = "DuplicateRule"
_ORDER = "sortOrder"


def in_line(
    components: Iterable[Component], standing: Iterable[Component], names: Collection[Member]
) -> tuple[Component, ...]:
    """Number the duplicate rules of a package; everything else stays as it is.

    Args:
        standing: what the org has of the package: such a rule keeps its number.
        names: all duplicate rules of the org, which new ones come after.
    """
    whole = tuple(components)
    held = {each.full_name: _order(each) for each in standing if each.type == DUPLICATE_RULE}
    last = Counter(name.partition(".")[0] for kind, name in names if kind == DUPLICATE_RULE)
    numbers: dict[str, int] = dict(held)
    rules = [each for each in whole if each.type == DUPLICATE_RULE]
    for each in sorted(rules, key=_order):
        if each.full_name not in numbers:
            owner = each.full_name.partition(".")[0]
            last[owner] += 1
            numbers[each.full_name] = last[owner]
    return tuple(_numbered(each, numbers) if each.type == DUPLICATE_RULE else each for each in whole)


def _order(component: Component) -> int:
    return int(text_of(parse(component.content, component.file_name), _ORDER) or 0)


def _numbered(component: Component, numbers: Mapping[str, int]) -> Component:
    root = parse(component.content, component.file_name)
    for node in children(root, _ORDER):
        node.text = str(numbers[component.full_name])
    return replace(component, content=write(root))
