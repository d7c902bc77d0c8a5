"""From a SOQL text to SQL over the org's tables; what the grammar does not know is MALFORMED_QUERY."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from lark import Lark, Token, Tree
from lark.exceptions import UnexpectedInput

from chalicelib.domain.instant import Instant
from smarketing.sandbox.org.refusals import Refusal
from smarketing.sandbox.org.schema import Schema, SObject
from smarketing.sandbox.org.soql_conditions import Conditions
from smarketing.sandbox.org.soql_paths import Paths, short


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


class Compiler:
    """Compiles one query, or a subquery, against the schema."""

    def __init__(self, schema: Schema, sobject: SObject, now: Callable[[], Instant]) -> None:
        """Start at the object that the query is FROM."""
        self._schema = schema
        self._sobject = sobject
        self._paths = Paths(schema, sobject)
        self._parameters: list[Any] = []
        self._conditions = Conditions(schema, self._paths, self._parameters, now)

    def compile(self, tree: Tree[Token], *, deleted: bool = False, only: str | None = None) -> Select:
        """Compile a whole query; `only` is further SQL that must hold, such as the parent of a subquery."""
        columns, _, alias, where, group, having, order, limit, offset, *_ = _parts(tree)
        selected, children = self._columns(columns, alias)
        aggregate = group is not None or any(column.kind == "aggregate" for column in selected)
        selected = _by_last_name(selected) if aggregate else self._with_parents(selected)
        clauses = [] if deleted else ['t."IsDeleted" = 0']
        clauses += [only] if only else []
        clauses += [self._conditions.condition(where)] if where is not None else []
        groups: list[str] = []
        sql = f' FROM "{self._sobject.name}" t {{joins}}'
        sql += f" WHERE {' AND '.join(clauses)}" if clauses else ""
        if group is not None:
            groups = [self._grouped(path) for path in group.children]
            sql += " GROUP BY " + ", ".join(groups)
        if aggregate:
            _only_grouped(selected, groups)
        sql += f" HAVING {self._conditions.condition(having)}" if having is not None else ""
        sql += self._order(order, aggregate)
        if limit is not None or offset is not None:
            sql += f" LIMIT {int(limit) if limit is not None else -1} OFFSET {int(offset or 0)}"
        what = ", ".join(column.sql for column in selected) or "COUNT(*)"
        count_only = [column.path for column in selected] == [("count()",)]
        text = f"SELECT {'1' if count_only else what}{sql.replace('{joins}', ' '.join(self._paths.join_sql))}"
        if count_only:
            # A limit bounds the number that COUNT() gives.
            text = f"SELECT COUNT(*) FROM ({text})"  # noqa: S608 - made of names of the schema
        return Select(
            self._schema, self._sobject, text, self._parameters, selected, children, aggregate, count_only
        )

    def _columns(self, tree: Tree[Token], alias: Any) -> tuple[list[Column], list[tuple[str, Tree[Token]]]]:
        if alias is not None:
            self._paths.call(str(alias.children[0]))
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
                columns.append(
                    Column(("count()",) if whole else (shown,), self._paths.function(part), "aggregate")
                )
            else:
                sql, found = self._paths.field(part)
                path = (*self._paths.names(part)[:-1], found.name)
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
                    ids = [f'{alias}."Id"' for alias, _ in self._paths.joined(parents)]
                    kind = "parent" if len(ids) == 1 else "any parent"
                    out.append(
                        Column(parents, ids[0] if len(ids) == 1 else f"COALESCE({', '.join(ids)})", kind)
                    )
            out.append(column)
        return out

    def _grouped(self, path: Any) -> str:
        sql, known = self._paths.field(path)
        short(known, "grouped")
        return sql

    def _order(self, tree_list: Sequence[Any], aggregate: bool) -> str:
        parts = []
        for each in tree_list:
            what, direction, nulls = each.children
            sql = self._paths.function(what) if what.data == "function" else self._sorted_by(what)
            way = str(direction or "ASC").upper()
            # Nulls come first on the platform unless the query says otherwise.
            parts.append(f"{sql} {way} NULLS {str(nulls or 'FIRST').upper()}")
        if not aggregate:
            parts.append('t."Id" ASC')
        return f" ORDER BY {', '.join(parts)}" if parts else ""

    def _sorted_by(self, path: Any) -> str:
        sql, known = self._paths.field(path)
        short(known, "sorted")
        return sql


def _by_last_name(columns: Sequence[Column]) -> list[Column]:
    """Name columns as an aggregate result does: `Owner.Name` is its `Name`."""
    return [Column(column.path[-1:], column.sql, column.kind) for column in columns]


def _only_grouped(columns: Sequence[Column], groups: Sequence[str]) -> None:
    for column in columns:
        if column.kind != "aggregate" and column.sql not in groups:
            raise Refusal("MALFORMED_QUERY", f"Field must be grouped or aggregated: {'.'.join(column.path)}")


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
