"""What an error that Salesforce reported for a record makes of the command that wrote it."""

from chalicelib.domain.outcome import Blocked, Deferred, Outcome, Refused
from chalicelib.gateways.salesforce.errors import PARENT_MISSING, ApiError, classify, reason


def outcome_of(error: ApiError) -> Outcome:
    """Defer what passes, block what an operator has to mend, refuse the rest for a human to look at."""
    fault = classify(error)
    line = reason(error, fault)
    match fault.lasting or fault.kind:
        case "transient":
            return Deferred(line, orphaned=fault is PARENT_MISSING)
        case "configuration":
            return Blocked(line)
        case _:
            return Refused(line)
