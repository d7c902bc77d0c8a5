"""What the paths of a query stand for: fields, over relationships those of parents, as SQL with its joins."""

from typing import Any

from lark import Token, Tree

from smarketing.sandbox.org.database import FORMULA_FIELD
from smarketing.sandbox.org.refusals import Refusal
from smarketing.sandbox.org.schema import Field, Schema, SObject

_DEEPEST = 5
"""Relationships that a path may follow (SOQL and SOSL Reference, Relationship Query Limitations)."""


_LONG_TEXT = 255
"""A text area that is longer is not filtered, sorted or grouped by (SOQL and SOSL Reference)."""


class Paths:
    """The paths of one query; every relationship is joined once."""

    def __init__(self, schema: Schema, sobject: SObject) -> None:
        """Start at the object that the query is FROM."""
        self._schema = schema
        self._joins: dict[tuple[str, ...], list[tuple[str, SObject]]] = {(): [("t", sobject)]}
        self.join_sql: list[str] = []

    def call(self, alias: str) -> None:
        """Know the query's own object by an alias as well."""
        self._joins[(alias.lower(),)] = self._joins[()]

    def names(self, path: Tree[Token]) -> list[str]:
        """Give the names of a path without the alias of the query's own object."""
        names = [str(part) for part in path.children]
        if (
            len(names) > 1
            and (names[0].lower(),) in self._joins
            and self._joins[(names[0].lower(),)] is self._joins[()]
        ):
            return names[1:]
        return names

    def field(self, path: Any) -> tuple[str, Field]:
        """Give the SQL of the field that a path leads to, and the field.

        Raises:
            Refusal: INVALID_FIELD, or MALFORMED_QUERY where the path is too long.
        """
        *parents, name = self.names(path)
        if len(parents) > _DEEPEST:
            raise Refusal("MALFORMED_QUERY", "more relationships than a path may follow")
        found = self.joined(tuple(parents))
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

    def joined(self, parents: tuple[str, ...]) -> list[tuple[str, SObject]]:
        """Join the objects that a path of relationships leads to; several if the reference may."""
        key = tuple(part.lower() for part in parents)
        if key not in self._joins:
            joined = []
            for alias, sobject in self.joined(parents[:-1]):
                reference = sobject.relationship(parents[-1])
                for target in reference.reference_to if reference else ():
                    found = self._schema.get(target)
                    if reference is not None and found is not None:
                        name = f"j{len(self.join_sql)}"
                        on = f'{name}."Id" = {alias}."{reference.name}"'
                        self.join_sql.append(f'LEFT JOIN "{found.name}" {name} ON {on}')
                        joined.append((name, found))
            if not joined:
                message = f"Didn't understand relationship '{parents[-1]}' in field path."
                raise Refusal("INVALID_FIELD", message)
            self._joins[key] = joined
        return self._joins[key]

    def function(self, tree: Tree[Token]) -> str:
        """Give the SQL of an aggregate function of a field.

        Raises:
            Refusal: as `field` does, or there is no field.
        """
        name, inner, *_ = list[Any](tree.children)
        function = str(name).upper()
        if inner is None:
            if function != "COUNT":
                raise Refusal("MALFORMED_QUERY", f"{function} needs a field")
            return "COUNT(*)"
        sql = self.field(inner)[0]
        return f"COUNT(DISTINCT {sql})" if function == "COUNT_DISTINCT" else f"{function}({sql})"


def _column(alias: str, sobject: SObject, field: Field) -> str:
    """Give the SQL of a field's value; a formula is computed when it is asked for."""
    if field.formula is None:
        return f'{alias}."{field.name}"'
    return f"""{FORMULA_FIELD}('{sobject.name}', '{field.name}', {alias}."Id")"""


def short(known: Field, doing: str) -> Field:
    """Refuse to do something with a long text area; other fields are given back."""
    if known.type == "textarea" and known.length > _LONG_TEXT:
        message = f"field '{known.name}' can not be {doing} in a query call"
        raise Refusal("INVALID_FIELD", f"\nERROR at Row:1:Column:1\n{message}")
    return known
