"""The conditions of a query as SQL."""

from collections.abc import Callable
from typing import Any

from chalicelib.domain.instant import Instant, parse_instant
from smarketing.sandbox.org.ids import with_suffix
from smarketing.sandbox.org.refusals import Refusal
from smarketing.sandbox.org.schema import Field, Schema
from smarketing.sandbox.org.soql_literals import LITERALS, check_literal, days, unquoted
from smarketing.sandbox.org.soql_paths import Paths, short
from smarketing.sandbox.org.values import rest_time, today


class Conditions:
    """Makes SQL of conditions, and collects the values that go with it in their order."""

    def __init__(
        self, schema: Schema, paths: Paths, parameters: list[Any], now: Callable[[], Instant]
    ) -> None:
        """Work on the paths of one query by a clock."""
        self._schema = schema
        self._paths = paths
        self._parameters = parameters
        self._now = now

    def condition(self, tree: Any) -> str:
        """Give the SQL of a condition; its values are added to the parameters.

        Raises:
            Refusal: a field, an operator or a value that the platform would not take.
        """
        match tree.data:
            case "disjunction" | "conjunction":
                word = " OR " if tree.data == "disjunction" else " AND "
                return "(" + word.join(self.condition(each) for each in tree.children) + ")"
            case "negated":
                return f"NOT COALESCE({self.condition(tree.children[0])}, 0)"
            case "compared":
                return self._compared(*tree.children)
            case "like":
                sql, known = self._operand(tree.children[0])
                if known is None or known.type in (*LITERALS, "id", "reference"):
                    raise Refusal(
                        "INVALID_FIELD", "\nERROR at Row:1:Column:1\ninvalid operator LIKE on this field"
                    )
                self._parameters.append(unquoted(tree.children[1], keep="%_"))
                return f"{sql} LIKE ? ESCAPE '\\'"
            case "among" | "not_among":
                operand, *values = tree.children
                sql, known = self._operand(operand)
                self._parameters += [self._value(known, each) for each in values]
                inside = f"{sql} IN ({', '.join('?' * len(values))})"
                return inside if tree.data == "among" else f"({sql} IS NULL OR NOT {inside})"
            case _:
                return self._in_query(tree)

    def _in_query(self, tree: Any) -> str:
        sql, _ = self._operand(tree.children[0])
        path, source, where = tree.children[1].children
        name = str(source.children[0])
        sobject = self._schema.get(name)
        if sobject is None:
            raise unknown_type(name)
        paths = Paths(self._schema, sobject)
        column = paths.field(path)[0]
        inner = Conditions(self._schema, paths, self._parameters, self._now)
        condition = "" if where is None else f" AND {inner.condition(where)}"
        joins = " ".join(paths.join_sql)
        query = f'SELECT {column} FROM "{sobject.name}" t {joins} WHERE t."IsDeleted" = 0{condition}'  # noqa: S608
        return f"{sql} {'NOT ' if tree.data == 'not_in_query' else ''}IN ({query} AND {column} IS NOT NULL)"

    def _operand(self, tree: Any) -> tuple[str, Field | None]:
        if tree.data == "function":
            return self._paths.function(tree), None
        sql, known = self._paths.field(tree)
        return sql, short(known, "filtered")

    def _compared(self, operand: Any, compare: Any, value: Any) -> str:
        sql, known = self._operand(operand)
        sign = {"=": "IS", "!=": "IS NOT", "<>": "IS NOT"}.get(str(compare), str(compare))
        if value.data in ("named", "days"):
            check_literal(known, value)
            return self._in_days(sql, known, str(compare), value)
        self._parameters.append(self._value(known, value))
        return f"{sql} {sign} ?"

    def _in_days(self, sql: str, known: Field | None, compare: str, value: Any) -> str:
        first, last = days(value, today(self._now()))
        is_time = known is not None and known.type == "datetime"
        begin, end = (
            (f"{first}T00:00:00.000+0000", f"{last}T23:59:59.999+0000")
            if is_time
            else (str(first), str(last))
        )
        bounds = {"=": ("BETWEEN ? AND ?", [begin, end]), ">=": (">= ?", [begin]), "<=": ("<= ?", [end])}
        bounds |= {">": ("> ?", [end]), "<": ("< ?", [begin]), "!=": ("NOT BETWEEN ? AND ?", [begin, end])}
        text, parameters = bounds[compare if compare != "<>" else "!="]
        self._parameters += parameters
        return f"{sql} {text}"

    def _value(self, known: Field | None, tree: Any) -> Any:
        check_literal(known, tree)
        match tree.data:
            case "string":
                text = unquoted(tree.children[0])
                if not text:
                    # An empty text is no value on the platform.
                    return None
                is_id = known is not None and known.type in ("id", "reference")
                return with_suffix(text) if is_id and len(text) == 15 else text
            case "moment":
                return rest_time(parse_instant(str(tree.children[0])))
            case "day":
                return str(tree.children[0])
            case "number":
                return float(tree.children[0])
            case "true" | "false":
                return int(tree.data == "true")
            case "null":
                return None
        raise Refusal("MALFORMED_QUERY", "a date literal can't stand here")


def unknown_type(name: str) -> Refusal:
    """Say that there is no such object to query."""
    return Refusal("INVALID_TYPE", f"\nERROR at Row:1:Column:1\nsObject type '{name}' is not supported.")
