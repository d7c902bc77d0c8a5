"""DeployResult: how a deploy stands, as both SOAP and REST tell it (Metadata API Developer Guide)."""

from typing import Any

from smarketing.sandbox.org.metadata_api.choosing import MANIFEST
from smarketing.sandbox.org.metadata_api.jobs import Job
from smarketing.sandbox.org.metadata_api.results import Done, Outcome, Problem

Plain = dict[str, Any]
NO_TESTS = {"numFailures": 0, "numTestsRun": 0, "totalTime": 0.0}


def deploy_result(job: Job, *, details: bool) -> Plain:
    """Tell how a deploy stands; times are the REST API's."""
    outcome = job.outcome or Outcome(job.total, (), (), kept=False)
    plain: Plain = {
        "canceledBy": job.cancelled_by,
        "canceledByName": job.cancelled_by_name,
        "checkOnly": job.options.check_only,
        "completedDate": job.completed,
        "createdBy": job.user,
        "createdByName": job.user_name,
        "createdDate": job.created,
        "details": _details(job, outcome) if details else {},
        "done": job.done,
        "errorMessage": job.fault,
        "errorStatusCode": "UNKNOWN_EXCEPTION" if job.fault else None,
        "id": job.id,
        "ignoreWarnings": job.options.ignore_warnings,
        "lastModifiedDate": job.changed,
        **_counts(job, outcome),
        "rollbackOnError": job.options.rollback_on_error,
        "runTestsEnabled": job.options.test_level not in ("", "NoTestRun"),
        "startDate": job.started,
        "stateDetail": None if job.done else job.state,
        "status": job.status,
        "success": job.status in ("Succeeded", "SucceededPartial"),
    }
    return {key: value for key, value in plain.items() if value is not None}


def _counts(job: Job, outcome: Outcome) -> Plain:
    done = [each for each in outcome.done if each.warning is None]
    return {
        "numberComponentErrors": len(outcome.problems),
        "numberComponentsDeployed": len(done) if job.outcome else job.finished,
        "numberComponentsTotal": outcome.total,
        "numberTestErrors": 0,
        "numberTestsCompleted": 0,
        "numberTestsTotal": 0,
    }


def _details(job: Job, outcome: Outcome) -> Plain:
    at = job.completed or job.created
    successes = [_success(each, at) for each in outcome.done]
    if job.done and not any(each.file_name == MANIFEST for each in outcome.problems):
        successes.append(_success(Done("", "", MANIFEST, MANIFEST, changed=True), at))
    return {
        "componentFailures": [_failure(each, at) for each in outcome.problems],
        "componentSuccesses": successes,
        "runTestResult": NO_TESTS,
    }


def _success(done: Done, at: str) -> Plain:
    plain: Plain = {
        "changed": done.changed,
        "componentType": done.type,
        "created": done.created,
        "createdDate": at,
        "deleted": done.deleted,
        "fileName": done.file_name,
        # Of what was to be deleted and is missing, the platform names the manifest.
        "fullName": done.full_name if done.warning is None else done.file_name,
        "success": True,
    }
    if done.id:
        plain["id"] = done.id
    if done.warning is not None:
        plain |= {"problem": done.warning, "problemType": "Warning"}
    return plain


def _failure(problem: Problem, at: str) -> Plain:
    plain: Plain = {
        "changed": False,
        "columnNumber": problem.column,
        "componentType": problem.type,
        "created": False,
        "createdDate": at,
        "deleted": False,
        "fileName": problem.file_name,
        "fullName": problem.full_name,
        "lineNumber": problem.line,
        "problem": problem.text,
        "problemType": "Error",
        "success": False,
    }
    return {key: value for key, value in plain.items() if value is not None}
