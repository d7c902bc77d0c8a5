"""What Salesforce's error codes mean for us: one table that says what can be done about each.

Codes and their meaning: SOAP API Developer Guide, "Core Data Types Used in API Calls: StatusCode and
ExceptionCode", and REST API Developer Guide, "Status Codes and Error Responses". What is done about them is
ours.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

FaultKind = Literal["transient", "permanent", "redirect", "configuration"]
"""Try again; a human must look at it; another record is meant; an operator must change a setting."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What a code means.

    Attributes:
        mend: what to do about it, for the one who reads the parked command or the alarm.
        lasting: what it is when it comes back at every attempt of one delivery.
    """

    kind: FaultKind
    mend: str
    lasting: FaultKind | None = None


@dataclass(frozen=True, slots=True)
class ApiError:
    """One error as Salesforce reported it, for a record or for a whole request.

    Attributes:
        matches: ids of the records that a duplicate rule found, the best first.
    """

    code: str
    message: str = ""
    fields: tuple[str, ...] = ()
    matches: tuple[str, ...] = ()


def _transient(mend: str, lasting: FaultKind | None = None) -> Fault:
    return Fault("transient", mend, lasting)


def _permanent(mend: str) -> Fault:
    return Fault("permanent", mend)


def _configuration(mend: str) -> Fault:
    return Fault("configuration", mend)


_NOT_THE_CAUSE = "another record of the request failed; this one is tried again"
_RIGHTS = "give the integration user read and edit access to the object, its fields and the record"
_DEPLOY = "deploy metadata/ to the org and give the integration user access to it"
_SEVERAL = "several records have this external id: merge them in Salesforce"
_VALUE = "correct the value or the rule that refuses it, then retry"

FAULTS: Mapping[str, Fault] = {
    # The org is busy, or somebody else holds the record.
    "UNABLE_TO_LOCK_ROW": _transient("another transaction holds the record or its parent"),
    "REQUEST_LIMIT_EXCEEDED": _transient("the daily API requests or the long-running requests are used up"),
    "SERVER_UNAVAILABLE": _transient("Salesforce is not available"),
    "REQUEST_RUNNING_TOO_LONG": _transient("Salesforce took too long"),
    "QUERY_TIMEOUT": _transient("Salesforce took too long"),
    "TXN_SECURITY_METERING_ERROR": _transient("Salesforce is busy"),
    "UNKNOWN_EXCEPTION": _transient("an error inside Salesforce", lasting="permanent"),
    "DUPLICATE_VALUE": _transient(
        "a parallel writer created the record first, or another record has a value that must be unique",
        lasting="permanent",
    ),
    "ALL_OR_NONE_OPERATION_ROLLED_BACK": _transient(_NOT_THE_CAUSE),
    "PROCESSING_HALTED": _transient(_NOT_THE_CAUSE),
    # The command names a record that is no longer the right one.
    "DUPLICATES_DETECTED": Fault(
        "redirect",
        "a duplicate rule blocks the record: let it alert instead, or share what it found with the "
        "integration user",
    ),
    "ENTITY_IS_DELETED": Fault("redirect", "the record was deleted and none took its place: restore it"),
    "INVALID_CROSS_REFERENCE_KEY": Fault(
        "redirect", "the record was deleted for good or is not shared with the integration user"
    ),
    "CANNOT_UPDATE_CONVERTED_LEAD": Fault("redirect", "the Lead was converted without a Contact"),
    # The org's rules refuse the content.
    "FIELD_CUSTOM_VALIDATION_EXCEPTION": _permanent("a validation rule refuses the record; " + _VALUE),
    "FIELD_FILTER_VALIDATION_EXCEPTION": _permanent("a lookup filter refuses the record; " + _VALUE),
    "FIELD_INTEGRITY_EXCEPTION": _permanent("the value does not fit the field; " + _VALUE),
    "STRING_TOO_LONG": _permanent("the field is shorter in this org than in metadata/; lengthen it"),
    "NUMBER_OUTSIDE_VALID_RANGE": _permanent("the field holds fewer digits than in metadata/; widen it"),
    "INVALID_EMAIL_ADDRESS": _permanent("the e-mail address is not one for Salesforce; correct it"),
    "REQUIRED_FIELD_MISSING": _permanent("the org requires a field that marketing does not know; default it"),
    "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST": _permanent("add the value to the picklist or unrestrict it"),
    "BAD_VALUE_FOR_RESTRICTED_PICKLIST": _permanent("add the value to the picklist or unrestrict it"),
    "INVALID_TYPE_ON_FIELD_IN_RECORD": _permanent("the field has another type than in metadata/"),
    "JSON_PARSER_ERROR": _permanent("the field has another type than in metadata/"),
    "MALFORMED_ID": _permanent("the id that the source gave is none of this org's"),
    "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY": _permanent("a trigger or flow of the org failed; mend it"),
    "CANNOT_EXECUTE_FLOW_TRIGGER": _permanent("a flow of the org failed; mend it"),
    "ENTITY_IS_LOCKED": _permanent("the record is in an approval; finish it, then retry"),
    "DUPLICATE_EXTERNAL_ID": _permanent(_SEVERAL),
    "MULTIPLE_CHOICES": _permanent(_SEVERAL),  # our name for HTTP 300, which has no code
    # Nothing of this kind can be written before somebody changes the org or our settings.
    "INSUFFICIENT_ACCESS": _configuration(_RIGHTS),
    "INSUFFICIENT_ACCESS_OR_READONLY": _configuration(_RIGHTS),
    "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY": _configuration(_RIGHTS),
    "INVALID_SESSION_ID": _configuration("a fresh session is refused as well: check the connected app"),
    "INVALID_FIELD": _configuration(_DEPLOY),
    "INVALID_FIELD_FOR_INSERT_UPDATE": _configuration(_DEPLOY),
    "INVALID_TYPE": _configuration(_DEPLOY),
    "NOT_FOUND": _configuration(_DEPLOY),
    "FUNCTIONALITY_NOT_ENABLED": _configuration("enable the API for the org and the integration user"),
    "API_DISABLED_FOR_ORG": _configuration("enable the API for the org and the integration user"),
    "API_CURRENTLY_DISABLED": _configuration("enable the API for the org and the integration user"),
    "INACTIVE_OWNER_OR_USER": _configuration("the queue Sales_Support or the integration user is inactive"),
    "STORAGE_LIMIT_EXCEEDED": _configuration("the org's data storage is full: free or buy storage"),
}

UNKNOWN = _permanent("a code that is new to us: look it up in Salesforce's documentation")

TRANSIENT_STATUSES = frozenset({406, 408, 420, 429, 500, 502, 503, 504})
"""HTTP answers that say nothing about the request: Salesforce or something before it is busy or away."""

_WRAPPERS = frozenset(
    {"CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", "CANNOT_EXECUTE_FLOW_TRIGGER", "UNKNOWN_EXCEPTION"}
)
_PASSING_INSIDE = re.compile(r"\b(UNABLE_TO_LOCK_ROW|QUERY_TIMEOUT|SERVER_UNAVAILABLE)\b")
_MISSING_PARENT = re.compile(r"foreign key external id", re.IGNORECASE)
PARENT_MISSING = _transient("waits for its Lead, which Salesforce does not have yet")


def classify(error: ApiError) -> Fault:
    """Say what can be done about an error.

    A trigger's own failure is wrapped: what counts is the code inside it. A reference to a Lead by our id
    that Salesforce does not have yet is reported as INVALID_FIELD and passes once the Lead is there. A code
    that is not in the table is permanent, so that a human sees it.
    """
    if error.code in _WRAPPERS and (inside := _PASSING_INSIDE.search(error.message)):
        return FAULTS.get(inside[1], PARENT_MISSING)
    if error.code == "INVALID_FIELD" and _MISSING_PARENT.search(error.message):
        return PARENT_MISSING
    if error.code.startswith("INSUFFICIENT_ACCESS"):
        return FAULTS["INSUFFICIENT_ACCESS"]
    return FAULTS.get(error.code, UNKNOWN)


def reason(error: ApiError, fault: Fault) -> str:
    """Write the one line for a human: code, fields and mend, but not the message, which may quote values."""
    fields = f" ({', '.join(error.fields)})" if error.fields else ""
    return f"{error.code}{fields}: {fault.mend}"


def errors_in(body: Any) -> list[ApiError]:
    """Read the errors of a record's result or of a refused request; empty where there are none.

    Both spellings of the code (`statusCode` in collections, `errorCode` elsewhere) and of the duplicates'
    details are read; Salesforce misspells the latter as `duplicateResut` in single-record answers.
    """
    listed = body if isinstance(body, list) else [body]
    return [_error(each) for each in listed if isinstance(each, dict) and _code(each)]


def the_cause(errors: Sequence[ApiError]) -> ApiError:
    """Choose the error that decides: one that is merely the echo of another record's failure comes last."""
    echoes = ("ALL_OR_NONE_OPERATION_ROLLED_BACK", "PROCESSING_HALTED")
    return min(errors, key=lambda error: error.code in echoes)


def _code(plain: Mapping[str, Any]) -> str:
    return str(plain.get("statusCode") or plain.get("errorCode") or "")


def _error(plain: Mapping[str, Any]) -> ApiError:
    found = plain.get("duplicateResult") or plain.get("duplicateResut") or {}
    return ApiError(
        code=_code(plain),
        message=str(plain.get("message") or ""),
        fields=tuple(str(name) for name in plain.get("fields") or ()),
        matches=_matches(found),
    )


def _matches(found: Mapping[str, Any]) -> tuple[str, ...]:
    records = [
        (-float(match.get("matchConfidence") or 0), str(match["record"]["Id"]))
        for result in found.get("matchResults") or ()
        for match in result.get("matchRecords") or ()
        if (match.get("record") or {}).get("Id")
    ]
    return tuple(dict.fromkeys(record for _, record in sorted(records)))
