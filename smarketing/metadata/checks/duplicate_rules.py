"""Duplicate rules and matching rules: their objects, fields and each other."""

from collections.abc import Iterator

from smarketing.metadata.checks.document import said
from smarketing.metadata.checks.filters import check_logic
from smarketing.metadata.checks.finding import Finding
from smarketing.metadata.checks.inspection import Inspection
from smarketing.metadata.checks.lead_conversion import check_mapping
from smarketing.metadata.xml import children, text_of


def check_duplicate_rule(it: Inspection) -> Iterator[Finding]:
    """Check a duplicate rule; its full name begins with the object."""
    sobject = it.document.full_name.partition(".")[0]
    yield from it.sobject(it.document.root, sobject)
    for item in it.at("duplicateRuleMatchRules"):
        matched = text_of(item, "matchRuleSObjectType") or ""
        for node in children(item, "matchRuleSObjectType"):
            yield from it.sobject(node)
        for node in children(item, "matchingRule"):
            yield from it.component(node, "MatchingRule", f"{matched}.{said(node)}")
        for mapping in children(item, "objectMapping"):
            yield from check_mapping(it, mapping)
            if matched != sobject and text_of(mapping, "inputObject") is None:
                message = f"another object than {sobject} needs its fields mapped; fill <objectMapping>"
                yield it.finding(mapping, message, "incomplete")
    for name in ("operationsOnInsert", "operationsOnUpdate"):
        for node in it.at(name):
            yield from it.name(node, "operation of a duplicate rule")
    for node in it.at("duplicateRuleFilter", "duplicateRuleFilterItems", "field"):
        yield from it.field(node, sobject)


def check_matching_rules(it: Inspection) -> Iterator[Finding]:
    """Check the matching rules of an object, whose name is the file's."""
    yield from it.sobject(it.document.root, it.document.full_name)
    for node in it.at("matchingRules", "matchingRuleItems", "fieldName"):
        yield from it.field(node, it.document.full_name)
    for rule in it.at("matchingRules"):
        for node in children(rule, "booleanFilter"):
            yield from check_logic(it, node, sum(1 for _ in children(rule, "matchingRuleItems")))
