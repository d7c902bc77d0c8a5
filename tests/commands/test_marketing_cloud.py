"""`smarketing marketing-cloud callback`, against the emulated account over HTTP."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import boto3
import pytest
from moto import mock_aws
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route

from chalicelib import bootstrap
from chalicelib.errors import Misconfigured, Rejected, Retryable
from chalicelib.gateways.marketing_cloud.client import MarketingCloud
from chalicelib.gateways.marketing_cloud.notifications import KINDS
from smarketing import cli
from smarketing.ens_callback import PAUSES, keep_in_secret, plan, set_up
from smarketing.sandbox.clock import SandboxClock
from smarketing.sandbox.marketing_cloud import MarketingCloud as Account
from tests.sandbox.serving import served


@dataclass
class World:
    """An account, and a front door whose worker confirms a callback at the so-manieth pause."""

    cloud: MarketingCloud
    url: str
    keys: list[str] = field(default_factory=list)
    handshakes: list[dict[str, str]] = field(default_factory=list)
    pauses: list[float] = field(default_factory=list)
    confirmed_at_pause: int = 1

    def pause(self, seconds: float) -> None:
        self.pauses.append(seconds)
        if len(self.pauses) == self.confirmed_at_pause:
            told = self.handshakes[-1]
            self.cloud.verify_callback(told["callbackId"], told["verificationKey"])

    def set_up(self) -> None:
        set_up(self.cloud, "smarketing", self.url, self.keys.append, self.pause)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    account = Account(SandboxClock.start(tmp_path / "clock"), "id", "secret", "signature-key")
    handshakes: list[dict[str, str]] = []

    async def take(request: Request) -> Response:
        handshakes.append(await request.json())
        return Response()

    front_door = Route("/marketing-cloud/events", take, methods=["POST"])
    with served(Starlette(routes=[front_door, Mount("/mc", routes=account.routes())])) as url:
        login = {"client_id": "id", "client_secret": "secret"}
        secret = {"auth_url": f"{url}/mc", "rest_url": f"{url}/mc", **login}
        address = f"{url}/marketing-cloud/events"
        yield World(MarketingCloud(lambda: secret), address, handshakes=handshakes)


class TestSettingUp:
    def test_the_callback_is_registered_confirmed_and_subscribed(self, world: World) -> None:
        world.set_up()

        [callback] = world.cloud.callbacks()
        assert (callback.url, callback.verified) == (world.url, True)
        assert world.cloud.subscriptions(callback.id) == set(KINDS)
        assert world.keys == ["signature-key"]

    def test_a_second_time_there_is_nothing_to_do(self, world: World) -> None:
        world.set_up()

        assert plan(world.cloud, world.url).steps == ()
        world.set_up()

        assert len(world.cloud.callbacks()) == 1
        assert world.keys == ["signature-key"]

    def test_what_broke_off_is_gone_on_with(self, world: World) -> None:
        world.confirmed_at_pause = 99
        with pytest.raises(Retryable, match="record_engagements"):
            world.set_up()
        assert world.pauses == [0.0, *PAUSES]

        world.confirmed_at_pause = len(world.pauses) + 1
        world.set_up()

        [callback] = world.cloud.callbacks()
        assert world.cloud.subscriptions(callback.id) == set(KINDS)
        assert world.keys == ["signature-key"]

    def test_a_plan_says_every_step_and_does_none(self, world: World) -> None:
        steps = plan(world.cloud, world.url).steps

        assert [each.split()[0] for each in steps] == ["register", "wait", "subscribe"]
        assert world.cloud.callbacks() == []

    @pytest.mark.parametrize(
        "url",
        [
            "http://api.example.com/events",
            "https://api.example.com:8443/events",
            "https://api.example.com/events?key=1",
            "api.example.com",
        ],
    )
    def test_a_url_that_the_platform_would_not_take_is_refused_before(self, world: World, url: str) -> None:
        with pytest.raises(Rejected, match="--url"):
            plan(world.cloud, url)


class TestSecret:
    @pytest.fixture
    def client(self, monkeypatch: pytest.MonkeyPatch) -> Iterator[object]:
        monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
        with mock_aws():
            yield boto3.client("secretsmanager")

    def test_the_new_key_stands_before_the_old_and_the_rest_stays(self, client: object) -> None:
        content = {"ens_signature_keys": ["old"], "intake_keys": {"website": "w"}}
        client.create_secret(Name="callbacks", SecretString=json.dumps(content))  # type: ignore[attr-defined]

        keep_in_secret(client, "callbacks", "new")

        kept = json.loads(client.get_secret_value(SecretId="callbacks")["SecretString"])  # type: ignore[attr-defined]
        assert kept == {"ens_signature_keys": ["new", "old"], "intake_keys": {"website": "w"}}

    def test_a_secret_that_is_not_there_says_how_to_get_another_key(self, client: object) -> None:
        with pytest.raises(Misconfigured, match="ens-regenerate") as error:
            keep_in_secret(client, "nowhere", "the-key")

        assert "the-key" not in str(error.value)


class TestCommand:
    def run(self, capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            cli.main(["marketing-cloud", "callback", *arguments])
        said = capsys.readouterr()
        return int(ended.value.code or 0), said.out, said.err

    def test_a_dry_run_says_what_there_is_to_do(
        self, world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.setattr(bootstrap, "marketing_cloud", lambda: world.cloud)

        code, out, _ = self.run(capsys, "--url", world.url, "--dry-run", "--json")

        assert code == 0
        assert json.loads(out)["callback"] is None
        assert len(json.loads(out)["steps"]) == 3
        assert world.cloud.callbacks() == []

    def test_a_bad_url_is_one_line_and_code_2(
        self, world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.setattr(bootstrap, "marketing_cloud", lambda: world.cloud)

        code, _, err = self.run(capsys, "--url", "http://api.example.com")

        assert code == 2
        assert err.count("\n") == 1
        assert "--url" in err
