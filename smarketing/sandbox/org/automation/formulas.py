"""Formulas as a deploy takes them: what makes no sense, or the sandbox can't compute, it refuses."""

from chalicelib.errors import Rejected
from smarketing.formulas.evaluate import not_computed
from smarketing.formulas.formula import Formula, parse
from smarketing.sandbox.org.refusals import Refusal


def formula_of(name: str, text: str) -> Formula:
    """Read the formula of a component.

    Raises:
        Refusal: it is none, or calls a function that the sandbox does not compute.
    """
    try:
        formula = parse(text)
    except Rejected as error:
        raise Refusal("FIELD_INTEGRITY_EXCEPTION", f"{name}: Error: Syntax error. {error}") from None
    missing = not_computed(formula)
    if missing:
        message = f"{name}: the sandbox does not compute {', '.join(missing)}"
        raise Refusal("FIELD_INTEGRITY_EXCEPTION", message)
    return formula
