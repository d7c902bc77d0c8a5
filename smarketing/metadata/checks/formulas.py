"""Formulas: that they can be read, that what they name exists, and that picklists stand where they may."""

from collections.abc import Callable, Iterator

from lark import Token, Tree
from lxml import etree

from chalicelib.errors import Rejected
from smarketing.formulas.formula import Formula, parse
from smarketing.metadata.checks.finding import Finding, missing
from smarketing.metadata.checks.inspection import Inspection
from smarketing.metadata.checks.sobjects import Field

_GLOBALS = {"$User": "User", "$Profile": "Profile", "$UserRole": "UserRole", "$Organization": "Organization"}
"""Global variables that are records (Salesforce Help, Global Variables)."""
_TAKE_PICKLISTS = frozenset(
    {"CASE", "INCLUDES", "ISBLANK", "ISCHANGED", "ISPICKVAL", "ISNULL", "PRIORVALUE", "TEXT"}
)
"""Functions that take a picklist (Salesforce Help, Tips on Using Picklist Formula Fields)."""

Resolve = Callable[[str], "Field | str | None"]
"""Gives what a reference names: its field, None for anything else that exists, or why it is nothing."""


def check_field_formula(it: Inspection) -> Iterator[Finding]:
    """Check the formula that computes a field, or gives it its default."""
    for name in ("formula", "defaultValue"):
        for node in it.at(name):
            yield from check_formula(it, node, of_record(it, it.document.file.parent or ""))


def check_validation_rule(it: Inspection) -> Iterator[Finding]:
    """Check a validation rule: its formula, and the field that shows its message."""
    sobject = it.document.file.parent or ""
    for node in it.at("errorConditionFormula"):
        yield from check_formula(it, node, of_record(it, sobject))
    for node in it.at("errorDisplayField"):
        yield from it.field(node, sobject)


def check_formula(
    it: Inspection, node: etree._Element, resolve: Resolve, *, bare_picklists: bool = False
) -> Iterator[Finding]:
    """Check the formula in an element.

    Args:
        bare_picklists: whether picklists may stand anywhere, as they may in flows, where they are texts.
    """
    try:
        formula = parse(node.text or "")
    except Rejected as rejected:
        yield it.finding(node, str(rejected), "formula", _line(str(rejected)) - 1)
        return
    for each in formula.references:
        found = resolve(each.path)
        if isinstance(found, str):
            yield it.finding(node, found, "formula", each.line - 1)
    yield from _picklist_tests(it, node, formula, resolve)
    if not bare_picklists:
        yield from _bare_picklists(it, node, formula, resolve)


def no_global(it: Inspection, path: str) -> str | None:
    """Say why a global variable such as `$Permission.X` is nothing; None where it is something."""
    first, _, rest = path.partition(".")
    if first == "$Permission":
        known = it.index.names("CustomPermission")
        return None if rest in known else missing("custom permission", rest, known)
    if first in _GLOBALS:
        return it.no_field(_GLOBALS[first], rest)
    return missing("global variable", first, ("$Permission", *_GLOBALS))


def of_record(it: Inspection, sobject: str) -> Resolve:
    """Read references as formulas of an object's record do: fields, paths to parents, global variables."""

    def resolve(path: str) -> Field | str | None:
        if path.startswith("$"):
            return no_global(it, path)
        if path.startswith("RecordType."):
            return it.no_field("RecordType", path.removeprefix("RecordType."))
        return it.no_field(sobject, path) or it.index.field(sobject, path)

    return resolve


def _picklist_tests(
    it: Inspection, node: etree._Element, formula: Formula, resolve: Resolve
) -> Iterator[Finding]:
    for test in formula.picklist_tests:
        field = resolve(test.path)
        known = field.values if isinstance(field, Field) else None
        if known is not None and test.value and test.value not in known:
            message = missing("value", test.value, known, of=test.path)
            yield it.finding(node, message, "value", test.line - 1)


def _bare_picklists(
    it: Inspection, node: etree._Element, formula: Formula, resolve: Resolve
) -> Iterator[Finding]:
    for token in _bare(formula.tree):
        field = resolve(str(token))
        if isinstance(field, Field) and field.type == "picklist":
            message = f"{token} is a picklist; put it into ISPICKVAL, CASE or TEXT"
            yield it.finding(node, message, "formula", (token.line or 1) - 1)


def _bare(tree: Tree[Token]) -> Iterator[Token]:
    """Find references that are not the argument of a function which takes picklists."""
    for child in tree.children:
        if not isinstance(child, Tree):
            continue
        if child.data != "reference":
            yield from _bare(child)
        elif tree.data != "call" or str(tree.children[0]).upper() not in _TAKE_PICKLISTS:
            yield from (each for each in child.children if isinstance(each, Token))


def _line(message: str) -> int:
    """Read the line out of the parser's message: `formula, line 2, column 5: ...`."""
    number = message.partition("line ")[2].partition(",")[0]
    return int(number) if number.isdigit() else 1
