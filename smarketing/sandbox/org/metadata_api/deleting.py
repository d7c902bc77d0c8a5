"""What keeps a component from being deleted: others that compute or decide with it."""

import re

from smarketing.sandbox.org.metadata_api.components import Components, Stored

_USERS = ("CustomField", "ValidationRule", "Workflow", "Flow", "DuplicateRule", "MatchingRules")
"""Layouts, list views and permission sets just lose a field (Salesforce Help, Delete Custom Fields)."""


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
