"""Runs a flow for one record."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from chalicelib.errors import Rejected
from smarketing.formulas.evaluate import evaluate
from smarketing.formulas.plain_functions import Value, is_blank, text
from smarketing.sandbox.org.automation.context import RecordContext, formula_value, stored_value
from smarketing.sandbox.org.automation.flow_definition import (
    Assignment,
    Condition,
    Creation,
    Decision,
    Element,
    Flow,
    Given,
    Lookup,
    Message,
    Reference,
    Setting,
    Update,
)
from smarketing.sandbox.org.automation.flow_platform import Platform
from smarketing.sandbox.org.database import Record
from smarketing.sandbox.org.refusals import Refusal
from smarketing.sandbox.org.schema import SObject

_DOING: Mapping[type[Element], str] = {
    Creation: "create records",
    Lookup: "look up records",
    Message: "send an outbound message",
    Update: "update records",
}
_MOST_STEPS = 2_000
"""Elements that a flow may run through (Salesforce Help, Per-Transaction Flow Limits, before API 57)."""

_INTERVIEW = "An error occurred when executing a flow interview."
_LOOK_UP = "You can look up ExceptionCode values in the SOAP API Developer Guide."


@dataclass
class FlowRun:
    """One run: the flow, its record, and what it has found so far; it computes its own formulas."""

    flow: Flow
    context: RecordContext
    platform: Platform
    changes: dict[str, Any] = field(default_factory=dict)
    """Fields of the record that a before-save flow has set."""
    _found: dict[str, tuple[SObject, Record | None]] = field(default_factory=dict)

    @property
    def is_new(self) -> bool:
        """Whether the record is being created."""
        return self.context.is_new

    @property
    def now(self) -> datetime:
        """The org's time."""
        return self.context.now

    def before(self, path: str) -> Value:
        """Read what a field of the record held before."""
        return self.context.before(path)

    def is_started(self) -> bool:
        """Tell whether the flow runs for this change of the record.

        Raises:
            Refusal: CANNOT_EXECUTE_FLOW_TRIGGER, as nobody can tell.
        """
        flow = self.flow
        if not flow.active or flow.when == ("Update" if self.is_new else "Create"):
            return False
        if not self._meets_condition() or not self.meets_filters():
            return False
        return not (flow.only_when_met_anew and not self.is_new and self._met_before())

    def meets_filters(self) -> bool:
        """Tell whether the record is one that the flow is about.

        Raises:
            Refusal: CANNOT_EXECUTE_FLOW_TRIGGER, as nobody can tell.
        """
        try:
            return all(self._holds(each, f"$Record.{each.left}") for each in self.flow.filters)
        except Rejected as error:
            raise self._failed(f"{_INTERVIEW} {error}") from None

    def run(self, first: str | None) -> None:
        """Run from an element to the end.

        Raises:
            Refusal: CANNOT_EXECUTE_FLOW_TRIGGER, which undoes what started it.
        """
        following, steps = first, 0
        while following is not None:
            steps += 1
            if steps > _MOST_STEPS:
                raise self._failed("Number of iterations exceeded")
            element = self.flow.elements[following]
            try:
                following = self._step(following, element)
            except Refusal as refusal:
                doing = f"This error occurred when the flow tried to {_DOING[type(element)]}"
                raise self._failed(f"{doing}: {refusal.code}: {refusal.message}. {_LOOK_UP}") from None
            except Rejected as error:
                raise self._failed(f"{_INTERVIEW} {error}") from None

    def value(self, path: str) -> Value:
        """Read what a reference says: of the record, of one that was found, or a formula.

        Raises:
            Rejected: there is no such thing.
        """
        name, _, rest = path.partition(".")
        if path in self.flow.formulas:
            return evaluate(self.flow.formulas[path], self)
        if name in self._found:
            sobject, record = self._found[name]
            if not rest:
                return None if record is None else str(record["Id"])
            found = sobject.get(rest)
            if found is None:
                raise Rejected(f"Field {rest} does not exist. Check spelling.")
            return formula_value(found, (record or {}).get(found.name))
        return self.context.value(path)

    def _step(self, name: str, element: Element) -> str | None:
        match element:
            case Assignment():
                self._assign(element)
            case Decision():
                for conditions, following in element.outcomes:
                    if all(self._holds(each, each.left) for each in conditions):
                        return following
            case Lookup():
                self._found[name] = self._look_up(element)
            case Creation():
                sobject = self.platform.sobject(element.object)
                self.platform.create(sobject, self._values(sobject, element.settings), self.context.user)
            case Update():
                self._update(element)
            case Message():
                self.platform.send(element.name, str(self.context.record["Id"]), self.context.user)
        return element.following

    def _assign(self, element: Assignment) -> None:
        for each in element.settings:
            prefix, _, name = each.target.partition(".")
            known = self.context.sobject.get(name)
            if prefix != "$Record" or known is None:
                raise Rejected(f"{each.target} can't be assigned")
            self.changes[known.name] = stored_value(known, self._given(each.value))
            record = {**self.context.record, known.name: self.changes[known.name]}
            self.context = replace(self.context, record=record)

    def _look_up(self, element: Lookup) -> tuple[SObject, Record | None]:
        sobject = self.platform.sobject(element.object)
        records = [
            record
            for record in self._candidates(sobject, element.filters)
            if all(self._matches(sobject, record, each) for each in element.filters)
        ]
        name = element.sort_field
        if name is not None:
            records.sort(key=lambda each: (each[name] is not None, each[name]), reverse=element.descending)
        return sobject, next(iter(records), None)

    def _update(self, element: Update) -> None:
        if element.object is None:
            sobject = self.context.sobject
            targets = [str(self.context.record["Id"])]
        else:
            sobject = self.platform.sobject(element.object)
            targets = [
                str(record["Id"])
                for record in self._candidates(sobject, element.filters)
                if all(self._matches(sobject, record, each) for each in element.filters)
            ]
        values = self._values(sobject, element.settings)
        for each in targets:
            self.platform.update(sobject, each, values, self.context.user)

    def _candidates(self, sobject: SObject, filters: tuple[Condition, ...]) -> list[Record]:
        """Read the records that the first filter by equality leaves."""
        first = next(each for each in filters if each.operator == "EqualTo")
        known = sobject.get(first.left)
        if known is None:
            raise Rejected(f"The field {first.left} of {sobject.name} does not exist")
        return self.platform.find(sobject, known.name, stored_value(known, self._given(first.right)))

    def _values(self, sobject: SObject, settings: tuple[Setting, ...]) -> dict[str, Any]:
        values = {}
        for each in settings:
            known = sobject.get(each.target)
            if known is None:
                raise Rejected(f"The field {each.target} of {sobject.name} does not exist")
            values[known.name] = stored_value(known, self._given(each.value))
        return values

    def _given(self, given: Given) -> Value:
        return self.value(given.path) if isinstance(given, Reference) else given

    def _matches(self, sobject: SObject, record: Record, condition: Condition) -> bool:
        known = sobject.get(condition.left)
        if known is None:
            raise Rejected(f"The field {condition.left} of {sobject.name} does not exist")
        return _compare(
            condition.operator, formula_value(known, record[known.name]), self._given(condition.right)
        )

    def _holds(self, condition: Condition, path: str) -> bool:
        return _compare(condition.operator, self._given(Reference(path)), self._given(condition.right))

    def _meets_condition(self) -> bool:
        condition = self.flow.condition
        try:
            return condition is None or bool(evaluate(condition, self))
        except Rejected as error:
            raise self._failed(f"{_INTERVIEW} {error}") from None

    def _met_before(self) -> bool:
        former = {**(self.context.former or {})}
        earlier = replace(self, context=replace(self.context, record=former))
        return earlier.meets_filters()

    def _failed(self, why: str) -> Refusal:
        failed = f"We can't save this record because the “{self.flow.label}” process failed."
        message = f"{failed} Give your Salesforce admin these details. {why}"
        return Refusal("CANNOT_EXECUTE_FLOW_TRIGGER", message)


def _compare(operator: str, left: Value, right: Value) -> bool:
    if operator == "IsNull":
        return is_blank(left) == bool(right)
    if operator == "StartsWith":
        return text(left).casefold().startswith(text(right).casefold())
    same = is_blank(right) if is_blank(left) else left == right
    return same if operator == "EqualTo" else not same
