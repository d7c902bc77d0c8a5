"""What a field's deletion means to others: some forbid it, some lose what they show of it.

Salesforce Help, Delete Custom Fields.
"""

import re
from collections.abc import Collection, Iterator

from smarketing.metadata.xml import parse, write
from smarketing.sandbox.org.metadata_api.components import Components, Stored
from smarketing.sandbox.org.metadata_api.reference_rules import RULES, named

_USERS = ("CustomField", "ValidationRule", "Workflow", "Flow", "DuplicateRule", "MatchingRules")
"""Types that compute or decide with fields."""
_LOSERS = ("Layout", "PermissionSet", "MutingPermissionSet", "Profile", "ListView", "CompactLayout")
"""Types that merely list fields."""


def what_needs(gone: Stored, components: Components) -> list[str]:
    """Say for which components one that is to be deleted has to stay."""
    if gone.type != "CustomField":
        return []
    parent, _, name = gone.full_name.partition(".")
    word = re.compile(rf"(?<![A-Za-z0-9_]){re.escape(name)}(?![A-Za-z0-9_])", re.IGNORECASE)
    about = re.compile(rf"(?<![A-Za-z0-9_]){re.escape(parent)}(?![A-Za-z0-9_])", re.IGNORECASE)
    problems = []
    for kind in _USERS:
        for each in components.of(kind):
            text = each.content.decode()
            of_parent = each.full_name.partition(".")[0].lower() == parent.lower() or about.search(text)
            if of_parent and word.search(text):
                problems.append(
                    f"This custom field is referenced elsewhere in salesforce.com: {kind} {each.full_name}"
                )
    return problems


def without_fields(fields: Collection[str], components: Components) -> Iterator[tuple[Stored, bytes]]:
    """Give the components that list fields which are gone, and what is left of them."""
    gone = {each.lower() for each in fields}
    for kind in _LOSERS if gone else ():
        for stored in components.of(kind):
            left = _without(stored, gone)
            if left is not None:
                yield stored, left


def _without(stored: Stored, gone: Collection[str]) -> bytes | None:
    root = parse(stored.content, stored.file_name)
    found = [
        # What lists a field with more than its name goes as a whole.
        node if "/" not in rule.path else node.getparent()
        for rule in RULES[stored.type]
        if rule.type == "CustomField"
        for node, name in named(root, rule, stored.full_name)
        if name.lower() in gone
    ]
    for node in found:
        parent = node.getparent() if node is not None else None
        if node is not None and parent is not None:
            parent.remove(node)
    return write(root) if found else None
