"""Says in the playbook's words what pydantic found malformed, with the mend."""

import re
from collections.abc import Iterator, Mapping
from types import UnionType
from typing import Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from chalicelib.playbook.forms import NAME_PATTERN
from chalicelib.playbook.problems import Path, Problem, unknown
from chalicelib.playbook.source import PlaybookSource

_MENDS: Mapping[str, str] = {
    "missing": "missing; add it",
    "invalid_key": "is no key; write a word",
    "bool_type": "write true or false",
    "int_type": "write a whole number",
    "int_from_float": "write a whole number",
    "float_type": "write a number",
    "finite_number": "write a finite number",
    "list_type": "write a list",
    "model_type": "write keys and values",
    "model_attributes_type": "write keys and values",
    "dict_type": "write keys and values",
    "recursion_loop": "contains itself; write it out",
    "string_too_long": "is longer than {max_length} characters; shorten it",
    "too_short": "is too short; list at least {min_length}",
    "greater_than": "must be above {gt:g}",
    "greater_than_equal": "must be {ge:g} or more",
    "less_than_equal": "must be {le:g} or less",
}
"""By pydantic's type of error (docs.pydantic.dev, Validation Errors), with what its context tells."""

_VALUE = "write text, a number, true or false, or a list of them"


def malformed(error: ValidationError, above: Path = ()) -> Iterator[Problem]:
    """List what is malformed; `above` is where in the playbook the validated part stands."""
    for each in error.errors(include_url=False):
        path = _as_written((*above, *each["loc"]))
        yield Problem(path, _VALUE if path[-1:] == ("value",) else _mend(path, each))


def _as_written(path: Path) -> Path:
    """Leave out what pydantic adds to a path: the members of the union that a value may be."""
    return path[: path.index("value") + 1] if "value" in path else path


def _mend(path: Path, error: ErrorDetails) -> str:
    kind, context = error["type"], error.get("ctx", {})
    if kind in _MENDS:
        return _MENDS[kind].format_map(context)
    match kind:
        case "extra_forbidden":
            return unknown("key here", str(path[-1]), _keys_beside(path))
        case "literal_error":
            return unknown(str(path[-1]), str(error["input"]), re.findall(r"'([^']*)'", context["expected"]))
        case "string_type":
            return "write text" if error["input"] is None else "write text; put it in quotes"
        case "string_pattern_mismatch" if context["pattern"] == NAME_PATTERN:
            return "write it in small letters, digits and underscores, a letter first"
        case "string_pattern_mismatch":
            return "is blank; write something"
        case _:
            return error["msg"].removeprefix("Value error, ")


def _keys_beside(path: Path) -> list[str]:
    """Find the keys that may stand where an unknown one does."""
    model: type[BaseModel] = PlaybookSource
    for part in path[:-1]:
        if isinstance(part, str):
            model = _model_in(model.model_fields[part].annotation) or model
    return list(model.model_fields)


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    if get_origin(annotation) in (list, Union, UnionType):
        found = (_model_in(each) for each in get_args(annotation))
        return next((model for model in found if model is not None), None)
    return None
