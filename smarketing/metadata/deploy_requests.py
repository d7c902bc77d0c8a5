"""Deploys by the REST resource of the Metadata API.

Metadata API Developer Guide, "Deploying and Retrieving Metadata with REST": deployRequest.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from chalicelib.errors import Retryable
from smarketing.metadata.org_calls import OrgCalls

TestLevel = Literal["NoTestRun", "RunSpecifiedTests", "RunLocalTests", "RunAllTestsInOrg"]
_RESOURCE = "metadata/deployRequest"


@dataclass(frozen=True, slots=True)
class DeployOptions:
    """What is asked of a deploy.

    Attributes:
        check_only: only look whether the org would take it; nothing is saved.
        test_level: None leaves it to the platform: all local tests in production where the package holds
            Apex, none otherwise.
    """

    check_only: bool = False
    test_level: TestLevel | None = None
    run_tests: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Give them as the resource takes them: one error undoes all, as production demands."""
        options: dict[str, Any] = {
            "allowMissingFiles": False,
            "checkOnly": self.check_only,
            "ignoreWarnings": True,
            "purgeOnDelete": False,
            "rollbackOnError": True,
            "singlePackage": True,
        }
        if self.test_level is not None:
            options["testLevel"] = self.test_level
        if self.run_tests:
            options["runTests"] = list(self.run_tests)
        return options


@dataclass(frozen=True, slots=True)
class Message:
    """What the org says of a component or a test.

    Attributes:
        file: in the package, such as `objects/Interest__c.object`; the class of a test.
        line: from 1; None where the org names none.
    """

    file: str
    line: int | None
    component: str
    problem: str


@dataclass(frozen=True, slots=True)
class DeployStatus:
    """How a deploy stands: components and tests that are done, of how many, and what is wrong."""

    id: str
    status: str
    done: bool
    success: bool
    check_only: bool
    components: tuple[int, int]
    tests: tuple[int, int]
    detail: str
    errors: tuple[Message, ...] = ()
    warnings: tuple[Message, ...] = ()


class DeployRequests:
    """The deploys of an org."""

    def __init__(self, calls: OrgCalls) -> None:
        self._calls = calls

    def start(self, package: bytes, options: DeployOptions) -> str:
        """Hand in a zipped package and give the deploy's id.

        Raises:
            Rejected, Misconfigured: the org does not take it.
            Retryable: it was not reached; where it may have taken the package all the same, the message
                says where to look.
        """
        parts = {
            "json": (None, json.dumps({"deployOptions": options.as_json()}), "application/json"),
            "file": ("deploy.zip", package, "application/zip"),
        }
        try:
            answer = self._calls.rest("POST", _RESOURCE, repeat=False, files=parts)
        except Retryable as error:
            raise Retryable(
                f"{error}; look at Setup, Deployment Status, whether it took the package"
            ) from None
        return str(answer["id"])

    def status(self, deploy_id: str, *, details: bool = False) -> DeployStatus:
        """Tell how a deploy stands; raises as `OrgCalls.rest` does."""
        asked = {"includeDetails": "true"} if details else {}
        answer = self._calls.rest("GET", f"{_RESOURCE}/{deploy_id}", params=asked)
        return _status(deploy_id, answer.get("deployResult") or {})

    def cancel(self, deploy_id: str) -> DeployStatus:
        """Ask that a deploy be stopped; it is over once its status says so."""
        body = {"deployResult": {"status": "Canceling"}}
        answer = self._calls.rest("PATCH", f"{_RESOURCE}/{deploy_id}", json=body)
        return _status(deploy_id, answer.get("deployResult") or {})


def _status(deploy_id: str, plain: Mapping[str, Any]) -> DeployStatus:
    details = plain.get("details") or {}
    failures = list(_listed(details.get("componentFailures")))
    successes = list(_listed(details.get("componentSuccesses")))
    errors = [_message(each) for each in failures if each.get("problemType") != "Warning"]
    warned = [each for each in (*failures, *successes) if each.get("problemType") == "Warning"]
    if plain.get("errorMessage"):
        errors.append(Message("", None, str(plain.get("errorStatusCode") or ""), str(plain["errorMessage"])))
    return DeployStatus(
        id=deploy_id,
        status=str(plain.get("status") or "Pending"),
        done=_true(plain.get("done")) or bool(plain.get("completedDate")),
        success=_true(plain.get("success")),
        check_only=_true(plain.get("checkOnly")),
        components=(
            _number(plain, "numberComponentsDeployed") + _number(plain, "numberComponentErrors"),
            _number(plain, "numberComponentsTotal"),
        ),
        tests=(
            _number(plain, "numberTestsCompleted") + _number(plain, "numberTestErrors"),
            _number(plain, "numberTestsTotal"),
        ),
        detail=str(plain.get("stateDetail") or ""),
        errors=(*errors, *_failed_tests(details.get("runTestResult") or {})),
        warnings=tuple(_message(each) for each in warned),
    )


def _message(plain: Mapping[str, Any]) -> Message:
    line = plain.get("lineNumber")
    component = " ".join(str(plain.get(name) or "") for name in ("componentType", "fullName")).strip()
    return Message(
        str(plain.get("fileName") or ""),
        int(line) if line not in (None, "") else None,
        component,
        " ".join(str(plain.get("problem") or "").split()),
    )


def _failed_tests(plain: Mapping[str, Any]) -> Iterator[Message]:
    for each in _listed(plain.get("failures")):
        name = f"{each.get('name') or ''}.{each.get('methodName') or ''}"
        yield Message(str(each.get("name") or ""), None, f"ApexTest {name}", str(each.get("message") or ""))


def _listed(plain: Any) -> Iterable[Mapping[str, Any]]:
    """Give a list; what came from SOAP is a single object where there is one."""
    if isinstance(plain, Mapping):
        return (plain,)
    return plain or ()


def _true(plain: Any) -> bool:
    return plain is True or plain == "true"


def _number(plain: Mapping[str, Any], name: str) -> int:
    value = plain.get(name)
    if value in (None, ""):
        return 0
    try:
        return int(str(value))
    except ValueError:
        raise Retryable(f"Salesforce: {name} is no number") from None
