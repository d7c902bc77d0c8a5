"""The provider over real HTTP: what is found, and what each of its answers means for us."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest
import requests
from starlette.applications import Starlette

from chalicelib.domain.enrichment import Enquiry, Found
from chalicelib.domain.enrichment_plan import Provider
from chalicelib.domain.instant import Instant
from chalicelib.errors import Misconfigured, Rejected, Retryable
from chalicelib.gateways.enrichment.http_provider import HttpProvider
from smarketing.sandbox.company_data import CompanyData
from tests.domain.builders import START
from tests.sandbox.serving import served

DOMAIN = "pressteile-berger.example"
PROVIDER = Provider(
    name="company_data",
    url="{base_url}/v1/companies?domain={email_domain}",
    header="X-Api-Key",
    timeout=0.5,
    per_minute=60,
    values=(
        ("phone", "/company/phone"),
        ("employees", "/company/employees"),
        ("city", "/company/address/city"),
        ("industry", "/company/industries/0"),
    ),
)


@dataclass
class Service:
    """The emulated service, and our way to it."""

    url: str
    seconds: float = 0.0

    def provider(self, key: str = "secret", **more: object) -> HttpProvider:
        return HttpProvider(
            replace(PROVIDER, **more),  # type: ignore[arg-type]
            lambda: {"base_url": self.url, "key": key},
            clock=lambda: Instant(START + round(self.seconds * 1_000)),
        )

    def fail(self, kind: str, **more: object) -> None:
        requests.post(
            f"{self.url}/sandbox/faults", json={"kind": kind, **more}, timeout=10
        ).raise_for_status()

    def calls(self) -> list[str]:
        return list(requests.get(f"{self.url}/sandbox/calls", timeout=10).json())


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with served(Starlette(routes=CompanyData("secret").routes())) as url:
        yield url


@pytest.fixture
def service(address: str) -> Service:
    return Service(address)


def test_values_are_found_with_source_and_date(service: Service) -> None:
    found = service.provider().find(Enquiry({}, DOMAIN)).found

    assert found == (
        Found("phone", "+49 7721 555 0", "company_data", START),
        Found("employees", "240", "company_data", START),
        Found("city", "Villingen-Schwenningen", "company_data", START),
    )


def test_nothing_is_found_when_the_service_knows_nothing(service: Service) -> None:
    assert not service.provider().find(Enquiry({}, "unknown.example")).found


def test_nobody_is_asked_when_there_is_no_company(service: Service) -> None:
    before = service.calls()

    found = service.provider().find(Enquiry({"first_name": "Anna"}, None)).found

    assert (found, service.calls()) == ((), before)


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        ("server_error", Retryable),
        ("unavailable", Retryable),
        ("rate_limit", Retryable),
        ("slow", Retryable),
        ("forbidden", Misconfigured),
        ("refused", Rejected),
        ("no_json", Rejected),
    ],
)
def test_error_says_what_can_be_done(service: Service, kind: str, error: type[Exception]) -> None:
    service.fail(kind)

    with pytest.raises(error, match=r"^company_data: ") as raised:
        service.provider().find(Enquiry({}, DOMAIN))

    assert DOMAIN not in str(raised.value)


def test_wait_is_told_when_the_service_asks_for_it(service: Service) -> None:
    service.fail("rate_limit", seconds=7)

    with pytest.raises(Retryable) as raised:
        service.provider().find(Enquiry({}, DOMAIN))

    assert raised.value.retry_after == 7


def test_key_that_is_refused_is_the_operators_to_mend(service: Service) -> None:
    with pytest.raises(Misconfigured, match="put a valid one in the secret"):
        service.provider(key="wrong").find(Enquiry({}, DOMAIN))


def test_service_out_of_reach_is_tried_again() -> None:
    with pytest.raises(Retryable, match="not reached"):
        Service("http://127.0.0.1:9").provider().find(Enquiry({}, DOMAIN))


def test_provider_without_a_secret_is_not_asked() -> None:
    provider = HttpProvider(PROVIDER, dict, clock=lambda: START)

    assert not provider.find(Enquiry({}, DOMAIN)).found


@pytest.mark.parametrize(
    ("secret", "named"),
    [
        ({"key": "k"}, "base_url and key"),
        ({"base_url": "https://x.example"}, "base_url and key"),
        ({"base_url": "http://x.example", "key": "k"}, "https://"),
    ],
)
def test_secret_names_its_mend_when_it_is_wrong(secret: dict[str, str], named: str) -> None:
    with pytest.raises(Misconfigured, match=named):
        HttpProvider(PROVIDER, lambda: secret, clock=lambda: START).find(Enquiry({}, DOMAIN))


def test_own_rate_limit_is_kept_and_passes(service: Service) -> None:
    provider, enquiry = service.provider(per_minute=2), Enquiry({}, DOMAIN)
    provider.find(enquiry)
    service.seconds = 20
    provider.find(enquiry)

    with pytest.raises(Retryable) as raised:
        provider.find(enquiry)
    service.seconds = 60
    after = provider.find(enquiry)

    assert raised.value.retry_after == 40
    assert after.found
