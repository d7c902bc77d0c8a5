"""Calls and answers of the emulated business unit, and the platform's form of an error.

Codes and texts: Account Engagement API, "Error Codes and Messages". Statuses 400 and 404: "Version 5
Overview". It gives none for the other codes: here 401 for 49 (as pi.pardot.com answers who has no token) and
184, 429 for a limit that was met (66, 122, 164, 202), 500 for 183.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

INVALID_ACTION = 2
INVALID_PROSPECT = 3
INVALID_ADDRESS = 4
INVALID_QUERY = 5
INVALID_TIME = 7
ADDRESS_TAKEN = 9
MISSING_PARAMETER = 13
INVALID_ID = 16
INVALID_ORDER = 19
INVALID_ORDER_DIRECTION = 20
INVALID_LIMIT = 23
INVALID_DELETED = 27
INVALID_CAMPAIGN = 38
ACCESS_DENIED = 49
INVALID_BOOLEAN = 50
ADDRESS_IN_USE = 54
INVALID_LIST = 55
INVALID_NUMBER = 56
INVALID_DATE = 57
ALREADY_MEMBER = 58
CONFLICTING_UPDATE = 62
TOO_MANY_CALLS_AT_ONCE = 66
NOT_SAVED = 85
NOT_FOUND = 109
DAILY_LIMIT = 122
INVALID_COLUMNS = 130
TOO_MANY_ORDERS = 133
ORDER_NEEDS_ID = 135
INVALID_JSON = 150
WRONG_CONTENT_TYPE = 151
EMPTY_BODY = 152
MISSING_PROPERTY = 153
INVALID_PROPERTY = 154
IMPORT_NOT_OPEN = 155
IMPORT_EMPTY = 156
INVALID_CSV = 159
TOO_MANY_BATCHES = 160
IMPORT_STATE = 161
NO_FILE = 162
TOO_MANY_FILES = 163
DAILY_BATCHES = 164
INVALID_OPTIONS = 165
UNKNOWN_PROCEDURE = 174
UNKNOWN_ARGUMENT = 175
MISSING_ARGUMENT = 176
INVALID_ARGUMENT = 177
EXPORT_STATE = 178
INVALID_FIELDS = 180
MISSING_HEADER = 181
INTERNAL = 183
INVALID_TOKEN = 184
MISSING_IMPORT_FIELD = 197
WRONG_BUSINESS_UNIT = 201
MINUTE_LIMIT = 202
FILE_TOO_LARGE = 204
UNKNOWN_RECORD_ACTION = 205
INVALID_ACTION_ARGUMENT = 206
MISSING_ACTION_ARGUMENT = 207
UNKNOWN_ACTION_ARGUMENT = 208
TOO_MANY_FILTERS = 209
PAGE_TOKEN_EXPIRED = 210
PAGE_TOKEN_INVALID = 211
IN_RECYCLE_BIN = 219
NOT_QUERYABLE = 224
OPTIONS_MISMATCH = 227
NAME_TAKEN = 245

_TEXTS: Mapping[int, str] = {
    INVALID_ACTION: "Invalid action",
    INVALID_PROSPECT: "Invalid prospect ID",
    INVALID_ADDRESS: "Invalid prospect email address",
    INVALID_QUERY: "Invalid query parameters",
    INVALID_TIME: "Invalid timestamp",
    ADDRESS_TAKEN: "A prospect with the specified email address already exists",
    MISSING_PARAMETER: "One or more required parameters are missing",
    INVALID_ID: "Invalid ID",
    INVALID_ORDER: "Invalid value specified for sort_by",
    INVALID_ORDER_DIRECTION: "Invalid value specified for sort_order",
    INVALID_LIMIT: "Invalid value specified for limit",
    INVALID_DELETED: "Parameter deleted must be true or false",
    INVALID_CAMPAIGN: "Invalid campaign ID",
    ACCESS_DENIED: "Access Denied",
    INVALID_BOOLEAN: "Invalid boolean",
    ADDRESS_IN_USE: "Email address is already in use",
    INVALID_LIST: "Invalid list ID",
    INVALID_NUMBER: "Invalid number entered for field",
    INVALID_DATE: "Invalid date entered for field",
    ALREADY_MEMBER: "That prospect is already a member of that list. Update the membership instead.",
    CONFLICTING_UPDATE: "Conflicting Update",
    TOO_MANY_CALLS_AT_ONCE: (
        "You have exceeded your concurrent request limit.  Please wait, before trying again"
    ),
    NOT_SAVED: "Unable to save the prospect",
    NOT_FOUND: "The requested record was not found.",
    DAILY_LIMIT: "Daily API rate limit met",
    INVALID_COLUMNS: "One or more of the specified fields are invalid",
    TOO_MANY_ORDERS: "Up to 2 sort by options are allowed.",
    ORDER_NEEDS_ID: "When passing a comma-separated value, one of the two values must be id.",
    INVALID_JSON: "Input needs to be valid JSON",
    WRONG_CONTENT_TYPE: "Unsupported content-type",
    EMPTY_BODY: "Request body can't be empty",
    MISSING_PROPERTY: "Missing required property in request",
    INVALID_PROPERTY: "Invalid property in request",
    IMPORT_NOT_OPEN: 'Can\'t update. Import must be in "Open" state.',
    IMPORT_EMPTY: "Can't start processing. Import has no associated data.",
    INVALID_CSV: "The file is not in a valid CSV format",
    TOO_MANY_BATCHES: "The limit of batches per import has been reached",
    IMPORT_STATE: "The current state of the import does not allow the operation",
    NO_FILE: "No file was specified or uploaded",
    TOO_MANY_FILES: "Too many files were specified or uploaded",
    DAILY_BATCHES: "Daily limit of import batches has been reached",
    INVALID_OPTIONS: "column options is invalid",
    UNKNOWN_PROCEDURE: "Unknown procedure name.",
    UNKNOWN_ARGUMENT: "Unknown procedure argument.",
    MISSING_ARGUMENT: "Missing required argument.",
    INVALID_ARGUMENT: "Invalid procedure argument.",
    EXPORT_STATE: "The current state of the export does not allow the operation",
    INVALID_FIELDS: "One or more of the specified fields are invalid",
    MISSING_HEADER: "A required header is missing",
    INTERNAL: "An internal error occurred, please try your request again",
    INVALID_TOKEN: "access_token is invalid, unknown, or malformed",
    MISSING_IMPORT_FIELD: "Import missing required field",
    WRONG_BUSINESS_UNIT: ("Business Unit specified in Pardot-Business-Unit-Id header not found or inactive."),
    MINUTE_LIMIT: "Minute rate limit met",
    FILE_TOO_LARGE: "File size exceeds the max post size or the body message can't be empty",
    UNKNOWN_RECORD_ACTION: "Action name is either missing or incorrect",
    INVALID_ACTION_ARGUMENT: "Invalid action argument value",
    MISSING_ACTION_ARGUMENT: "Missing required action argument",
    UNKNOWN_ACTION_ARGUMENT: "Unknown action argument",
    TOO_MANY_FILTERS: (
        "Too many fields have filters: The max number of 3 distinct fields with filters was exceeded"
        " for this query."
    ),
    PAGE_TOKEN_EXPIRED: "Page token has expired.",
    PAGE_TOKEN_INVALID: "Page token is invalid.",
    IN_RECYCLE_BIN: "Deleted records can't be updated. Please undelete before updating.",
    NOT_QUERYABLE: "Invalid fields for request type",
    OPTIONS_MISMATCH: "Mismatched CSV headers and field options",
    NAME_TAKEN: "The supplied name is already in use.",
}
_STATUSES: Mapping[int, int] = {
    ACCESS_DENIED: 401,
    INVALID_TOKEN: 401,
    NOT_FOUND: 404,
    TOO_MANY_CALLS_AT_ONCE: 429,
    DAILY_LIMIT: 429,
    DAILY_BATCHES: 429,
    MINUTE_LIMIT: 429,
    INTERNAL: 500,
}


@dataclass(frozen=True, slots=True)
class Call:
    """One call: the path's parameters, the query's, and the body.

    Attributes:
        body: JSON as it is read; None for none or for what is none.
        files: what came as files of a form, by the part's name.
        form: what came as texts of a form, by the part's name.
    """

    method: str
    path: str
    parameters: Mapping[str, str]
    query: Mapping[str, str]
    body: Any
    raw: bytes
    base_url: str
    content_type: str = ""
    files: tuple[tuple[str, bytes], ...] = ()
    form: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a call is answered; text content goes as it is, the rest as JSON."""

    status: int
    content: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    media_type: str = "application/json"


class Refused(Exception):  # noqa: N818 - an answer, not a failure of ours
    """A call that is answered with an error; raised where it is found."""

    def __init__(self, code: int, detail: str = "", headers: Mapping[str, str] | None = None) -> None:
        """Refuse with a documented code, and with what exactly is wrong."""
        text = _TEXTS[code]
        self.code = code
        self.message = f"{text}: {detail}" if detail else text
        self.headers = headers or {}
        super().__init__(self.message)

    @property
    def answer(self) -> Answer:
        """The error as the platform writes it."""
        content = {"code": self.code, "message": self.message}
        return Answer(_STATUSES.get(self.code, 400), content, self.headers)


def text_of(code: int) -> str:
    """Give the documented text of an error code."""
    return _TEXTS[code]
