"""Fields that nobody writes: computed whenever they are read, as they may depend on the time."""

from collections.abc import Callable
from typing import Any

from chalicelib.domain.instant import Instant
from chalicelib.errors import Rejected
from smarketing.formulas.evaluate import evaluate
from smarketing.formulas.formula import parse
from smarketing.sandbox.org.automation.context import record_at, stored_value
from smarketing.sandbox.org.database import FORMULA_FIELD, Database, Record
from smarketing.sandbox.org.schema import Field, SObject


class FormulaFields:
    """Computes the formula fields of an org."""

    def __init__(self, database: Database, clock: Callable[[], Instant]) -> None:
        """Offer them to the database's queries as well."""
        self._database = database
        self._clock = clock
        database.connection.create_function(FORMULA_FIELD, 3, self._in_sql)

    def fill(self, sobject: SObject, record: Record) -> Record:
        """Give a record with its formula fields computed."""
        formulas = [each for each in sobject.fields.values() if each.formula is not None]
        return record | {each.name: self._compute(sobject, each, record) for each in formulas}

    def _compute(self, sobject: SObject, field: Field, record: Record) -> Any:
        at, zero = self._clock(), field.blank_as_zero
        context = record_at(self._database, sobject, record, at, blank_as_zero=zero)
        try:
            return stored_value(field, evaluate(parse(field.formula or ""), context))
        except Rejected:
            return None  # What people see as #Error! the API gives as null.

    def _in_sql(self, name: str, field_name: str, record_id: str | None) -> Any:
        sobject = self._database.schema.get(name)
        field = sobject.get(field_name) if sobject else None
        record = self._database.get(sobject, record_id) if sobject and record_id else None
        if sobject is None or field is None or record is None:
            return None
        value = self._compute(sobject, field, record)
        return int(value) if isinstance(value, bool) else value
