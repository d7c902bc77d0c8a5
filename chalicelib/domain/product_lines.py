"""Which product line an engagement is about."""

from collections.abc import Callable, Mapping

from chalicelib.domain.conditions import Predicate, compile_conditions, contained_text, tags_in_text, text_of
from chalicelib.domain.engagement import Value
from chalicelib.domain.model import ProductLine

Recogniser = Callable[[Mapping[str, Value]], str | None]


def compile_recogniser(lines: tuple[ProductLine, ...]) -> Recogniser:
    """Make the function that names an engagement's product line from its attributes; None if they tell none.

    An attribute `product_line` that names a line decides; else the first line, in the playbook's order, any
    of whose conditions holds.
    """
    by_name = {text_of(line.name): line.name for line in lines}
    names = (*(line.name for line in lines), None)
    in_field: dict[str, list[tuple[tuple[str, ...], int]]] = {}
    others: list[tuple[int, Predicate]] = []
    for place, condition in (
        (place, each) for place, line in enumerate(lines) for each in line.recognised_by
    ):
        if (needles := contained_text((condition,))) is not None:
            in_field.setdefault(condition.field, []).append((needles, place))
        elif (holds := compile_conditions((condition,))) is not None:
            others.append((place, holds))
    texts = [(field, tags_in_text(tests)) for field, tests in in_field.items()]

    def recognise(attributes: Mapping[str, Value]) -> str | None:
        named = attributes.get("product_line")
        if named is not None and (line := by_name.get(text_of(named))) is not None:
            return line
        first = len(lines)
        for field, places_in in texts:
            value = attributes.get(field)
            if value is not None and (
                places := places_in(value if isinstance(value, str) else text_of(value))
            ):
                first = min(first, places[0])
        for place, holds in others:
            if place < first and holds(attributes):
                first = place
        return names[first]

    return recognise
