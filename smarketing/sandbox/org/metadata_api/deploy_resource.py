"""The REST resource for deploys.

Metadata API Developer Guide, "Deploying and Retrieving Metadata with REST".
"""

import json
from collections.abc import Callable
from typing import Any

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from smarketing.sandbox.org.answers import Answer, Call, refused
from smarketing.sandbox.org.metadata_api.deploy_answers import deploy_result
from smarketing.sandbox.org.metadata_api.jobs import Job
from smarketing.sandbox.org.metadata_api.metadata import Metadata
from smarketing.sandbox.org.metadata_api.operations import read_options
from smarketing.sandbox.org.metadata_api.pass_through import PassThrough, UserOf
from smarketing.sandbox.org.refusals import Refusal, not_found
from smarketing.sandbox.org.rest import VERSIONS

Action = Callable[[str], Job]
"""Does something in the name of a user and gives the deploy that it is about."""
_ZIP_FIELD, _JSON_FIELDS = "file", ("json", "entity_content")
"""The parts of a deploy: the guide and jsforce name the second one differently."""
_SESSION = Refusal("INVALID_SESSION_ID", "Session expired or invalid", 401)


class DeployResource:
    """Serves the deploys of one org."""

    def __init__(self, metadata: Metadata, user_of: UserOf, pass_through: PassThrough) -> None:
        """Serve an org's metadata; `user_of` finds whose token a call carries."""
        self._metadata = metadata
        self._jobs = metadata.jobs
        self._user_of = user_of
        self._pass_through = pass_through

    async def deploy(self, request: Request) -> Response:
        """Queue a deploy, of a package or of what was rehearsed."""
        if request.headers.get("content-type", "").startswith("application/json"):
            return await self._do(request, self._quick(await request.body()), 201)
        form = await request.form()
        package, options = (
            form.get(_ZIP_FIELD),
            next((form[name] for name in _JSON_FIELDS if name in form), ""),
        )
        content = await package.read() if isinstance(package, UploadFile) else b""
        text = await options.read() if isinstance(options, UploadFile) else options
        return await self._do(request, self._whole(content, text), 201)

    async def status(self, request: Request) -> Response:
        """Tell how a deploy stands."""
        details = request.query_params.get("includeDetails") == "true"
        job_id = request.path_params["id"]
        return await self._do(request, lambda user: self._jobs.get(job_id), 200, details=details)

    async def cancel(self, request: Request) -> Response:
        """Cancel a deploy."""
        job_id = request.path_params["id"]
        return await self._do(request, lambda user: self._jobs.cancel(job_id, user), 202)

    def _quick(self, body: bytes) -> Action:
        def act(user: str) -> Job:
            self._metadata.admit(user)
            return self._jobs.quick(str(_json(body).get("validatedDeployRequestId")), user)

        return act

    def _whole(self, content: bytes, text: str | bytes) -> Action:
        def act(user: str) -> Job:
            self._metadata.admit(user)
            options = read_options(_plain(_json(text).get("deployOptions") or {}))
            return self._jobs.add(content, options, user)

        return act

    async def _do(self, request: Request, act: Action, status: int, *, details: bool = False) -> Response:
        version = request.path_params["version"]
        user = self._user_of(request.headers.get("authorization", ""))
        if version not in VERSIONS or user is None:
            refusal = not_found() if version not in VERSIONS else _SESSION
            return JSONResponse([refusal.in_rest()], refusal.status)

        def answered() -> Answer:
            try:
                job = act(user)
            except Refusal as refusal:
                return refused(refusal)
            return Answer(status, {"id": job.id, "deployResult": deploy_result(job, details=details)})

        path = request.url.path.partition(f"v{version}/")[2]
        return await self._pass_through(Call(request.method, path, {}, None, user, version), answered)


def _json(text: str | bytes) -> dict[str, Any]:
    try:
        plain = json.loads(text)
    except ValueError:
        plain = None
    if not isinstance(plain, dict):
        raise Refusal("JSON_PARSER_ERROR", "The deploy options are no JSON object")
    return plain


def _plain(options: dict[str, Any]) -> dict[str, str]:
    return {
        key: str(value).lower() if isinstance(value, bool) else str(value) for key, value in options.items()
    }
