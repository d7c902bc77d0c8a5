"""Validation rules: refuse a record for which their formula is true."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from chalicelib.errors import Rejected
from smarketing.formulas.evaluate import evaluate
from smarketing.formulas.formula import Formula
from smarketing.metadata import xml
from smarketing.sandbox.org.automation.context import RecordContext
from smarketing.sandbox.org.automation.formulas import formula_of
from smarketing.sandbox.org.metadata_api.components import Stored
from smarketing.sandbox.org.refusals import Refusal


@dataclass(frozen=True, slots=True)
class ValidationRule:
    """A rule that was deployed; `field` is where people see the message."""

    full_name: str
    active: bool
    condition: Formula
    message: str
    field: str | None

    def check(self, context: RecordContext) -> None:
        """Refuse a record that the rule forbids.

        Raises:
            Refusal: FIELD_CUSTOM_VALIDATION_EXCEPTION.
        """
        try:
            forbidden = self.active and evaluate(self.condition, context)
        except Rejected as error:
            # The platform can't compute it either, and says so to whoever saves.
            message = f"Validation rule {self.full_name}: {error}"
            raise Refusal("FIELD_CUSTOM_VALIDATION_EXCEPTION", message) from None
        if forbidden:
            fields = [self.field] if self.field else []
            raise Refusal("FIELD_CUSTOM_VALIDATION_EXCEPTION", self.message, fields=fields)


@lru_cache(maxsize=1_024)
def rule_of(full_name: str, content: bytes) -> ValidationRule:
    """Read a rule.

    Raises:
        Refusal: its formula is none, or one that the sandbox does not compute.
    """
    root = xml.parse(content, full_name)
    return ValidationRule(
        full_name,
        xml.text_of(root, "active") == "true",
        formula_of(full_name, xml.text_of(root, "errorConditionFormula") or ""),
        xml.text_of(root, "errorMessage") or "",
        xml.text_of(root, "errorDisplayField"),
    )


class ValidationRules:
    """The rules of an org, by object."""

    def __init__(self, deployed: Callable[[str], list[Stored]]) -> None:
        """Read them when they are first needed; `deployed` lists those of an object."""
        self._deployed = deployed
        self._rules: dict[str, tuple[ValidationRule, ...]] = {}

    def forget(self) -> None:
        """Read them anew: a deploy may have changed them."""
        self._rules.clear()

    def check(self, context: RecordContext) -> None:
        """Refuse a record that any rule forbids.

        Raises:
            Refusal: FIELD_CUSTOM_VALIDATION_EXCEPTION.
        """
        name = context.sobject.name
        if name not in self._rules:
            self._rules[name] = tuple(rule_of(each.full_name, each.content) for each in self._deployed(name))
        for rule in self._rules[name]:
            rule.check(context)
