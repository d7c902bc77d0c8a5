"""From a SOQL text to SQL over the org's tables; what the grammar does not know is MALFORMED_QUERY."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from lark import Lark, Token, Tree
from lark.exceptions import UnexpectedInput

from chalicelib.domain.instant import Instant, parse_instant
from smarketing.sandbox.org.database import FORMULA_FIELD
from smarketing.sandbox.org.ids import with_suffix
from smarketing.sandbox.org.refusals import Refusal
from smarketing.sandbox.org.schema import Field, Schema, SObject
from smarketing.sandbox.org.soql_literals import LITERALS, check_literal, days, unquoted
from smarketing.sandbox.org.values import rest_time, today

_DEEPEST = 5
"""Relationships that a path may follow (SOQL and SOSL Reference, Relationship Query Limitations)."""


_LONG_TEXT = 255
"""A text area that is longer is not filtered, sorted or grouped by (SOQL and SOSL Reference)."""


@dataclass(slots=True)
class Column:
    """One selected column: where it stands in the result, and the SQL that gives it."""

    path: tuple[str, ...]
    sql: str
    kind: str


@dataclass(slots=True)
class Select:
    """A query made ready: SQL with its parameters, and what the columns are."""

    schema: Schema
    sobject: SObject
    sql: str
    parameters: list[Any]
    columns: list[Column]
    children: list[tuple[str, Tree[Token]]] = field(default_factory=list)
    aggregate: bool = False
    count_only: bool = False


@cache
def _parser() -> Lark:
    grammar = Path(__file__).with_name("soql.lark").read_text()
    return Lark(grammar, parser="lalr", maybe_placeholders=True)


def parse(text: str) -> Tree[Token]:
    """Parse a query.

    Raises:
        Refusal: MALFORMED_QUERY, with the place.
    """
    try:
        return _parser().parse(text)
    except UnexpectedInput as error:
        line, column = max(1, getattr(error, "line", 1)), max(1, getattr(error, "column", 1))
        around = text[max(0, column - 20) : column + 20].replace("\n", " ")
        place = f"\n{around}\n{'^':>20}\nERROR at Row:{line}:Column:{column}"
        raise Refusal("MALFORMED_QUERY", f"{place}\nunexpected token or unsupported syntax") from None


def _column(alias: str, sobject: SObject, field: Field) -> str:
    """Give the SQL of a field's value; a formula is computed when it is asked for."""
    if field.formula is None:
        return f'{alias}."{field.name}"'
    return f"""{FORMULA_FIELD}('{sobject.name}', '{field.name}', {alias}."Id")"""


class Compiler:
    """Compiles one query, or a subquery, against the schema."""

    def __init__(self, schema: Schema, sobject: SObject, now: Callable[[], Instant]) -> None:
        """Start at the object that the query is FROM."""
        self._schema = schema
        self._sobject = sobject
        self._now = now
        self._joins: dict[tuple[str, ...], list[tuple[str, SObject]]] = {(): [("t", sobject)]}
        self._join_sql: list[str] = []
        self._parameters: list[Any] = []

    def compile(self, tree: Tree[Token], *, deleted: bool = False, only: str | None = None) -> Select:
        """Compile a whole query; `only` is further SQL that must hold, such as the parent of a subquery."""
        columns, _, alias, where, group, having, order, limit, offset, *_ = _parts(tree)
        selected, children = self._columns(columns, alias)
        aggregate = group is not None or any(column.kind == "aggregate" for column in selected)
        selected = _by_last_name(selected) if aggregate else self._with_parents(selected)
        clauses = [] if deleted else ['t."IsDeleted" = 0']
        clauses += [only] if only else []
        clauses += [self._condition(where)] if where is not None else []
        groups: list[str] = []
        sql = f' FROM "{self._sobject.name}" t {{joins}}'
        sql += f" WHERE {' AND '.join(clauses)}" if clauses else ""
        if group is not None:
            groups = [self._grouped(path) for path in group.children]
            sql += " GROUP BY " + ", ".join(groups)
        if aggregate:
            _only_grouped(selected, groups)
        sql += f" HAVING {self._condition(having)}" if having is not None else ""
        sql += self._order(order, aggregate)
        if limit is not None or offset is not None:
            sql += f" LIMIT {int(limit) if limit is not None else -1} OFFSET {int(offset or 0)}"
        what = ", ".join(column.sql for column in selected) or "COUNT(*)"
        count_only = [column.path for column in selected] == [("count()",)]
        text = f"SELECT {'1' if count_only else what}{sql.replace('{joins}', ' '.join(self._join_sql))}"
        if count_only:
            # A limit bounds the number that COUNT() gives.
            text = f"SELECT COUNT(*) FROM ({text})"  # noqa: S608 - made of names of the schema
        return Select(
            self._schema, self._sobject, text, self._parameters, selected, children, aggregate, count_only
        )

    def _columns(self, tree: Tree[Token], alias: Any) -> tuple[list[Column], list[tuple[str, Tree[Token]]]]:
        if alias is not None:
            self._joins[(str(alias.children[0]).lower(),)] = self._joins[()]
        columns: list[Column] = []
        children: list[tuple[str, Tree[Token]]] = []
        unnamed = 0
        for part in tree.children:
            if not isinstance(part, Tree):
                continue
            if part.data == "subquery":
                children.append((str(part.children[1].children[-1]), part))  # type: ignore[union-attr]
            elif part.data == "function":
                name, inner, called = list[Any](part.children)
                shown = str(called.children[0]) if called is not None else f"expr{unnamed}"
                unnamed += called is None
                whole = inner is None and str(name).upper() == "COUNT"
                columns.append(Column(("count()",) if whole else (shown,), self._function(part), "aggregate"))
            else:
                sql, found = self._field(part)
                path = (*self._names(part)[:-1], found.name)
                if any(column.path == path for column in columns):
                    raise Refusal("INVALID_FIELD", f"duplicate field selected: {'.'.join(path)}")
                columns.append(Column(path, sql, found.type))
        if children and not any(column.path == ("Id",) for column in columns):
            columns.append(Column(("Id",), 't."Id"', "hidden"))
        return columns, children

    def _with_parents(self, columns: Sequence[Column]) -> list[Column]:
        """Put before each parent's first column one that tells which record the parent is."""
        known: set[tuple[str, ...]] = set()
        out: list[Column] = []
        for column in columns:
            for end in range(1, len(column.path)):
                parents = column.path[:end]
                if parents not in known:
                    known.add(parents)
                    ids = [f'{alias}."Id"' for alias, _ in self._joined(parents)]
                    kind = "parent" if len(ids) == 1 else "any parent"
                    out.append(
                        Column(parents, ids[0] if len(ids) == 1 else f"COALESCE({', '.join(ids)})", kind)
                    )
            out.append(column)
        return out

    def _function(self, tree: Tree[Token]) -> str:
        name, inner, *_ = list[Any](tree.children)
        function = str(name).upper()
        if inner is None:
            if function != "COUNT":
                raise Refusal("MALFORMED_QUERY", f"{function} needs a field")
            return "COUNT(*)"
        sql = self._field(inner)[0]
        return f"COUNT(DISTINCT {sql})" if function == "COUNT_DISTINCT" else f"{function}({sql})"

    def _grouped(self, path: Any) -> str:
        sql, known = self._field(path)
        _short(known, "grouped")
        return sql

    def _order(self, tree_list: Sequence[Any], aggregate: bool) -> str:
        parts = []
        for each in tree_list:
            what, direction, nulls = each.children
            sql = self._function(what) if what.data == "function" else self._sorted_by(what)
            way = str(direction or "ASC").upper()
            # Nulls come first on the platform unless the query says otherwise.
            parts.append(f"{sql} {way} NULLS {str(nulls or 'FIRST').upper()}")
        if not aggregate:
            parts.append('t."Id" ASC')
        return f" ORDER BY {', '.join(parts)}" if parts else ""

    def _sorted_by(self, path: Any) -> str:
        sql, known = self._field(path)
        _short(known, "sorted")
        return sql

    def _names(self, path: Tree[Token]) -> list[str]:
        names = [str(part) for part in path.children]
        if (
            len(names) > 1
            and (names[0].lower(),) in self._joins
            and self._joins[(names[0].lower(),)] is self._joins[()]
        ):
            return names[1:]
        return names

    def _field(self, path: Any) -> tuple[str, Field]:
        *parents, name = self._names(path)
        if len(parents) > _DEEPEST:
            raise Refusal("MALFORMED_QUERY", "more relationships than a path may follow")
        found = self._joined(tuple(parents))
        columns = [
            (alias, sobject, each) for alias, sobject in found if (each := sobject.get(name)) is not None
        ]
        if not columns:
            owner = found[0][1].name
            message = (
                f"\nERROR at Row:1:Column:1\nNo such column '{name}' on entity '{owner}'. If you are "
                "attempting to use a custom field, be sure to append the '__c' after the custom field name."
            )
            raise Refusal("INVALID_FIELD", message)
        sql = [_column(alias, sobject, each) for alias, sobject, each in columns]
        return (sql[0] if len(sql) == 1 else f"COALESCE({', '.join(sql)})"), columns[0][2]

    def _joined(self, parents: tuple[str, ...]) -> list[tuple[str, SObject]]:
        """Join the objects that a path of relationships leads to; several if the reference may."""
        key = tuple(part.lower() for part in parents)
        if key not in self._joins:
            joined = []
            for alias, sobject in self._joined(parents[:-1]):
                reference = sobject.relationship(parents[-1])
                for target in reference.reference_to if reference else ():
                    found = self._schema.get(target)
                    if reference is not None and found is not None:
                        name = f"j{len(self._join_sql)}"
                        on = f'{name}."Id" = {alias}."{reference.name}"'
                        self._join_sql.append(f'LEFT JOIN "{found.name}" {name} ON {on}')
                        joined.append((name, found))
            if not joined:
                message = f"Didn't understand relationship '{parents[-1]}' in field path."
                raise Refusal("INVALID_FIELD", message)
            self._joins[key] = joined
        return self._joins[key]

    def _condition(self, tree: Any) -> str:
        match tree.data:
            case "disjunction" | "conjunction":
                word = " OR " if tree.data == "disjunction" else " AND "
                return "(" + word.join(self._condition(each) for each in tree.children) + ")"
            case "negated":
                return f"NOT COALESCE({self._condition(tree.children[0])}, 0)"
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
        inner = Compiler(self._schema, sobject, self._now)
        column = inner._field(path)[0]
        condition = "" if where is None else f" AND {inner._condition(where)}"
        joins = " ".join(inner._join_sql)
        self._parameters += inner._parameters
        query = f'SELECT {column} FROM "{sobject.name}" t {joins} WHERE t."IsDeleted" = 0{condition}'  # noqa: S608
        return f"{sql} {'NOT ' if tree.data == 'not_in_query' else ''}IN ({query} AND {column} IS NOT NULL)"

    def _operand(self, tree: Any) -> tuple[str, Field | None]:
        if tree.data == "function":
            return self._function(tree), None
        sql, known = self._field(tree)
        return sql, _short(known, "filtered")

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


def _by_last_name(columns: Sequence[Column]) -> list[Column]:
    """Name columns as an aggregate result does: `Owner.Name` is its `Name`."""
    return [Column(column.path[-1:], column.sql, column.kind) for column in columns]


def _only_grouped(columns: Sequence[Column], groups: Sequence[str]) -> None:
    for column in columns:
        if column.kind != "aggregate" and column.sql not in groups:
            raise Refusal("MALFORMED_QUERY", f"Field must be grouped or aggregated: {'.'.join(column.path)}")


def _short(known: Field, doing: str) -> Field:
    if known.type == "textarea" and known.length > _LONG_TEXT:
        message = f"field '{known.name}' can not be {doing} in a query call"
        raise Refusal("INVALID_FIELD", f"\nERROR at Row:1:Column:1\n{message}")
    return known


def unknown_type(name: str) -> Refusal:
    """Say that there is no such object to query."""
    return Refusal("INVALID_TYPE", f"\nERROR at Row:1:Column:1\nsObject type '{name}' is not supported.")


def _parts(tree: Tree[Token]) -> tuple[Any, ...]:
    """Take a query apart: columns, object, alias, where, group, having, orderings, limit, offset."""
    if tree.data == "subquery":
        columns, source, where, *rest = tree.children
        order = [each for each in rest[:-1] if each is not None]
        return columns, source, None, where, None, None, order, rest[-1], None
    columns, name, alias, where, group, having, *rest = tree.children
    order = [each for each in rest if isinstance(each, Tree) and each.data == "ordering"]
    limit, offset = [each for each in rest if not isinstance(each, Tree)][-2:]
    return columns, name, alias, where, group, having, order, limit, offset
