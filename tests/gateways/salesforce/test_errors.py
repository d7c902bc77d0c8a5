"""What can be done about each of Salesforce's error codes."""

import pytest

from chalicelib.errors import Misconfigured, Rejected
from chalicelib.gateways.salesforce.errors import (
    TRANSIENT_STATUSES,
    ApiError,
    classify,
    errors_in,
    reason,
    the_cause,
)
from chalicelib.gateways.salesforce.rest import refusal

TRANSIENT = [
    "UNABLE_TO_LOCK_ROW",
    "REQUEST_LIMIT_EXCEEDED",
    "DUPLICATE_VALUE",
    "ALL_OR_NONE_OPERATION_ROLLED_BACK",
    "PROCESSING_HALTED",
    "SERVER_UNAVAILABLE",
]
REDIRECT = [
    "DUPLICATES_DETECTED",
    "ENTITY_IS_DELETED",
    "CANNOT_UPDATE_CONVERTED_LEAD",
    "INVALID_CROSS_REFERENCE_KEY",
]
PERMANENT = [
    "FIELD_CUSTOM_VALIDATION_EXCEPTION",
    "STRING_TOO_LONG",
    "INVALID_EMAIL_ADDRESS",
    "REQUIRED_FIELD_MISSING",
    "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
    "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY",
    "DUPLICATE_EXTERNAL_ID",
]
CONFIGURATION = [
    "INSUFFICIENT_ACCESS",
    "INSUFFICIENT_ACCESS_OR_READONLY",
    "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY",
    "INVALID_SESSION_ID",
    "INVALID_FIELD",
    "INVALID_FIELD_FOR_INSERT_UPDATE",
    "NOT_FOUND",
]
KINDS = [
    *((code, "transient") for code in TRANSIENT),
    *((code, "redirect") for code in REDIRECT),
    *((code, "permanent") for code in PERMANENT),
    *((code, "configuration") for code in CONFIGURATION),
]


@pytest.mark.parametrize(("code", "kind"), KINDS)
def test_each_code_says_what_can_be_done_about_it(code: str, kind: str) -> None:
    fault = classify(ApiError(code))
    assert fault.kind == kind
    assert fault.mend


@pytest.mark.parametrize("status", [503, 500, 429, 406, 420])
def test_answers_of_a_busy_org_are_transient(status: int) -> None:
    assert status in TRANSIENT_STATUSES


def test_an_external_id_that_several_records_have_is_put_aside_for_a_human() -> None:
    refused = refusal(
        300, ["/services/data/v66.0/sobjects/Lead/00Q1", "/services/data/v66.0/sobjects/Lead/00Q2"]
    )
    assert isinstance(refused, Rejected)
    assert "merge them" in str(refused)


def test_an_object_that_the_org_does_not_have_needs_an_operator() -> None:
    refused = refusal(404, [{"errorCode": "NOT_FOUND", "message": "The requested resource does not exist"}])
    assert isinstance(refused, Misconfigured)


def test_a_lock_inside_a_failed_trigger_is_transient() -> None:
    error = ApiError(
        "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY",
        "LeadTrigger: execution of AfterUpdate caused by: System.DmlException: Update failed. First "
        "exception on row 0; first error: UNABLE_TO_LOCK_ROW, unable to obtain exclusive access: []",
    )
    assert classify(error).kind == "transient"


def test_any_new_right_that_is_missing_is_a_matter_of_configuration() -> None:
    assert classify(ApiError("INSUFFICIENT_ACCESS_BUT_LOCK")).kind == "configuration"


def test_a_code_that_nobody_knows_goes_to_a_human() -> None:
    assert classify(ApiError("BRAND_NEW_CODE")).kind == "permanent"


def test_a_parent_that_is_not_there_yet_is_waited_for() -> None:
    message = "Foreign key external ID: 01j0 not found for field Smarketing_Person_Id__c in entity Lead"
    assert classify(ApiError("INVALID_FIELD", message)).kind == "transient"


def test_a_value_that_stays_a_duplicate_is_no_longer_transient() -> None:
    assert classify(ApiError("DUPLICATE_VALUE")).lasting == "permanent"


def test_an_echo_of_another_records_failure_is_not_the_cause() -> None:
    errors = [ApiError("ALL_OR_NONE_OPERATION_ROLLED_BACK"), ApiError("STRING_TOO_LONG")]
    assert the_cause(errors).code == "STRING_TOO_LONG"


def test_the_reason_names_fields_and_mend_but_quotes_no_value() -> None:
    error = ApiError("INVALID_EMAIL_ADDRESS", "invalid email address: anna@example", ("Email",))
    line = reason(error, classify(error))
    assert line.startswith("INVALID_EMAIL_ADDRESS (Email): ")
    assert "anna" not in line


@pytest.mark.parametrize("spelling", ["duplicateResult", "duplicateResut"])
def test_duplicates_are_read_in_both_of_salesforces_spellings_surest_first(spelling: str) -> None:
    def match(record: str, confidence: float) -> dict[str, object]:
        return {"matchConfidence": confidence, "record": {"Id": record}}

    found = {"matchResults": [{"matchRecords": [match("00Q1", 80), match("00Q2", 100), match("0031", 100)]}]}
    [error] = errors_in([{"errorCode": "DUPLICATES_DETECTED", "message": "Use one?", spelling: found}])
    assert error.matches == ("0031", "00Q2", "00Q1")
