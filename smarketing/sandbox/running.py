"""The whole sandbox as one context: everything starts on entering, and nothing is left on leaving."""

import json
import os
import socket
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from chalicelib.domain.instant import Instant
from chalicelib.errors import Misconfigured
from smarketing.sandbox.account_engagement.prospect_fields import prospect_custom_fields
from smarketing.sandbox.aws import (
    Aws,
    Database,
    make_queues,
    make_secrets,
    make_sender,
    make_table,
    publish_playbook,
    start_aws,
)
from smarketing.sandbox.board import Board
from smarketing.sandbox.clock import SandboxClock
from smarketing.sandbox.credentials import Credentials, load_or_make
from smarketing.sandbox.marketing_cloud.people import people_extension
from smarketing.sandbox.processes import Child, listen, python
from smarketing.sandbox.sandbox import Sandbox
from smarketing.sandbox.surroundings import CACHE, loopback_without_proxy, project_folder, run_folder

_CALLBACK_SECONDS = 30.0


@contextmanager
def running_sandbox(
    data: Path | None = None,
    *,
    port: int = 0,
    start_at: Instant | None = None,
    speed: float = 1.0,
    database: Database = "own",
    playbook: Path | None = None,
    recorders: int = 2,
    retry_seconds: float = 1.0,
    longest_window: float = 1.0,
    empty_org: bool = False,
) -> Iterator[Sandbox]:
    """Run the whole system; stop all of it on leaving.

    Args:
        data: folder that keeps the state for the next start; without it nothing stays.
        port: of the front door; 0 takes a free one.
        start_at: what the sandbox's clock shows at first (now).
        speed: of the clock: 1 is real, 60 a minute in a second, 0 stands until it is moved.
        database: the sandbox's own DynamoDB, or `local`: Amazon's DynamoDB Local.
        playbook: folder of the playbook to publish (the project's own).
        recorders: processes that record engagements side by side.
        retry_seconds: after how long a failed message comes again the first time.
        longest_window: how long at most a batch is gathered, where `app.py` allows more; it is the price of
            fewer calls to Salesforce, and `drain` doesn't wait for it.
        empty_org: whether the Salesforce org starts without the project's metadata, as before its first
            deploy; one that was started before keeps what it has.

    Raises:
        Misconfigured: a port is taken, another sandbox uses `data`, a program is missing.
    """
    with ExitStack() as stack:
        stack.enter_context(loopback_without_proxy())
        run = stack.enter_context(run_folder(data))
        clock = SandboxClock.start(run / "clock", at=start_at, speed=speed)
        stack.callback(clock.close)
        start = _Start(stack, run, data, clock, empty_org=empty_org)
        pace = _Pace(recorders, retry_seconds, longest_window)
        yield start.everything(listen(port), database, playbook, pace)


@dataclass(frozen=True, slots=True)
class _Pace:
    """How fast the handlers are called."""

    recorders: int
    retry_seconds: float
    longest_window: float


class _Start:
    """Starts the processes, each as soon as it has what it needs; the stack stops what was started."""

    def __init__(
        self, stack: ExitStack, run: Path, data: Path | None, clock: SandboxClock, *, empty_org: bool
    ) -> None:
        self._stack = stack
        self._run = run
        self._data = data
        self._clock = clock
        self._empty_org = empty_org
        self._emulators: list[Child] = []
        self._hosts: list[Child] = []

    def everything(
        self, listener: socket.socket, database: Database, playbook: Path | None, pace: "_Pace"
    ) -> Sandbox:
        self._stack.callback(listener.close)
        self._stack.callback(self._stop)
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        credentials = load_or_make((self._data or self._run) / "credentials.json")
        org = self._org(credentials, url)
        platforms = self._platforms(credentials, url, playbook)
        aws = start_aws(self._run, self._data, database, project_folder() / CACHE)
        self._emulators += aws.children
        make_queues(aws, self._data)
        stream = make_table(aws)
        organisation = org.wait_ready()
        platforms_url = f"http://127.0.0.1:{platforms.wait_ready()['port']}"
        org_url = f"http://127.0.0.1:{organisation['port']}"
        marketing_cloud_url = f"{platforms_url}/marketing-cloud"
        make_sender(aws)
        make_secrets(aws, credentials, org_url, platforms_url)
        environment = aws.environment | {
            "NO_PROXY": os.environ.get("NO_PROXY", ""),
            "SMARKETING_SALESFORCE_ORG_ID": organisation["organization_id"],
            "SMARKETING_ENS_KEY_ENCODING": "utf8",
            "SMARKETING_STAGE": "sandbox",
            "SMARKETING_PUBLIC_URL": url,
        }
        publish_playbook(aws, playbook)
        self._start_hosts(aws, stream, environment, listener, pace)
        sandbox = Sandbox(
            url=url,
            org_url=org_url,
            marketing_cloud_url=marketing_cloud_url,
            account_engagement_url=f"{platforms_url}/account-engagement",
            credentials=credentials,
            clock=self._clock,
            aws=aws,
            environment=environment,
            run=self._run,
            children=(*self._emulators, *self._hosts),
            board=Board(self._run / "board"),
        )
        register_callback(sandbox)
        return sandbox

    def _stop(self) -> None:
        """End what calls the handlers first, then what they call; those of a kind side by side."""
        for group in (self._hosts, self._emulators):
            for child in group:
                child.ask_to_stop()
            for child in group:
                child.stop()

    def _org(self, credentials: Credentials, url: str) -> Child:
        """Start the Salesforce org; its outbound messages go to the front door."""
        secret = quote(credentials.outbound_message_secret)
        configuration = {
            "metadata": None if self._empty_org else str(project_folder() / "metadata"),
            "consumer_key": credentials.salesforce_consumer_key,
            "public_key": credentials.salesforce_public_key,
            "username": credentials.salesforce_username,
            "callback": f"{url}/salesforce/outbound-messages?key={secret}",
        }
        kept = ("--data", str(self._data)) if self._data is not None else ()
        return self._emulator("org", "smarketing.sandbox.org", configuration, *kept)

    def _platforms(self, credentials: Credentials, url: str, playbook: Path | None) -> Child:
        """Start Marketing Cloud and Account Engagement; what they send goes to the front door, too."""
        configuration = {
            "marketing_cloud": {
                "client_id": credentials.marketing_cloud_client_id,
                "client_secret": credentials.marketing_cloud_client_secret,
                "signature_key": credentials.ens_signature_key,
                "jwt_secret": credentials.marketing_cloud_jwt_secret,
                "data_extensions": people_extension(playbook),
            },
            "enrichment": {"key": credentials.company_data_key},
            "account_engagement": {
                "business_unit": credentials.account_engagement_business_unit,
                "access_token": credentials.account_engagement_access_token,
                "forward_url": f"{url}/account-engagement/activities",
                "key_id": credentials.intake_key_id,
                "secret": credentials.intake_secret,
                "custom_fields": prospect_custom_fields(playbook),
            },
        }
        return self._emulator("platforms", "smarketing.sandbox.platforms", configuration)

    def _emulator(self, name: str, module: str, configuration: Mapping[str, Any], *more: str) -> Child:
        """Start an emulator; its credentials travel in a file, not on the command line."""
        path = self._run / f"{name}.json"
        path.touch(mode=0o600)
        path.write_text(json.dumps(configuration))
        options = ("--run", str(self._run), "--configuration", str(path), *more)
        child = Child(name, python(module, *options), self._run, {})
        self._emulators.append(child)
        return child

    def _start_hosts(
        self, aws: Aws, stream: str, environment: dict[str, str], listener: socket.socket, pace: "_Pace"
    ) -> None:
        """Start the processes that call the handlers: the front door, recorders and everything after them."""
        run = ("--run", str(self._run))
        number = listener.fileno()
        door = python("smarketing.sandbox.front_door", *run, "--listener", str(number))
        self._hosts.append(Child("front_door", door, self._run, environment, [number]))
        options = [
            *run,
            f"--engagement-queue={aws.queue_url('engagements')}",
            f"--delivery-queue={aws.queue_url('delivery')}",
            f"--dynamodb={aws.dynamodb_endpoint}",
            f"--stream={stream}",
            f"--retry-seconds={pace.retry_seconds}",
            f"--longest-window={pace.longest_window}",
        ]
        if self._data is not None and aws.database == "local":
            options.append(f"--position={self._data / 'stream.json'}")
        sources = {f"recorder_{each}": ["record_engagements"] for each in range(1, pace.recorders + 1)}
        sources["deliverer"] = ["relay_outbox", "deliver", "review_due", "check_lock"]
        for name, handlers in sources.items():
            command = python("smarketing.sandbox.host", *handlers, "--name", name, *options)
            self._hosts.append(Child(name, command, self._run, environment))
        listener.close()
        for host in self._hosts:
            host.wait_ready()


def register_callback(sandbox: Sandbox) -> None:
    """Register our route with Marketing Cloud and wait until the handshake has been answered.

    Raises:
        Misconfigured: it was not; the message says where the logs are.
    """
    made = sandbox.marketing_cloud_api("POST", "/platform/v1/ens-callbacks", [_callback(sandbox)])
    if made.status_code != 201:
        raise Misconfigured(f"sandbox: the callback was refused ({made.status_code}); see {sandbox.run}")
    until = time.monotonic() + _CALLBACK_SECONDS
    while time.monotonic() < until:
        callbacks = sandbox.marketing_cloud_api("GET", "/platform/v1/ens-callbacks").json()
        if all(each["status"] == "verified" for each in callbacks):
            return
        sandbox.check()
        time.sleep(0.05)
    raise Misconfigured(f"sandbox: nobody answered the callback's handshake; see {sandbox.run}")


def _callback(sandbox: Sandbox) -> dict[str, object]:
    return {
        "callbackName": "smarketing",
        "url": f"{sandbox.url}/marketing-cloud/events",
        "maxBatchSize": 1000,
    }
