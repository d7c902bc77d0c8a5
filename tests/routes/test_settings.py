"""The settings: each mistake names its variable and the mend."""

import pytest

from chalicelib.errors import Misconfigured
from chalicelib.settings import Settings


def test_what_is_left_out_has_a_default() -> None:
    settings = Settings({})

    assert settings.stage == "dev"
    assert settings.ens_key_encoding == "utf8"
    assert settings.max_body_bytes == 4 * 1024 * 1024
    assert settings.salesforce_share_for_people == 0.2


@pytest.mark.parametrize(
    ("name", "variable"),
    [
        ("table", "SMARKETING_TABLE"),
        ("engagement_queue_url", "SMARKETING_ENGAGEMENT_QUEUE_URL"),
        ("delivery_queue_url", "SMARKETING_DELIVERY_QUEUE_URL"),
        ("callback_secret_id", "SMARKETING_CALLBACK_SECRET_ID"),
        ("salesforce_secret_id", "SMARKETING_SALESFORCE_SECRET_ID"),
        ("marketing_cloud_secret_id", "SMARKETING_MARKETING_CLOUD_SECRET_ID"),
        ("salesforce_org_id", "SMARKETING_SALESFORCE_ORG_ID"),
    ],
)
def test_what_is_needed_is_read_or_named(name: str, variable: str) -> None:
    value = "00D5g00000AbCdEEAV"
    assert getattr(Settings({variable: value}), name) == value

    with pytest.raises(Misconfigured, match=f"^{variable}: set it to "):
        getattr(Settings({variable: ""}), name)


@pytest.mark.parametrize(
    ("name", "variable", "value"),
    [
        ("ens_key_encoding", "SMARKETING_ENS_KEY_ENCODING", "hex"),
        ("max_body_bytes", "SMARKETING_MAX_BODY_BYTES", "4 MiB"),
        ("max_body_bytes", "SMARKETING_MAX_BODY_BYTES", "0"),
        ("max_body_bytes", "SMARKETING_MAX_BODY_BYTES", "²"),
        ("salesforce_share_for_people", "SMARKETING_SALESFORCE_SHARE_FOR_PEOPLE", "1"),
        ("salesforce_share_for_people", "SMARKETING_SALESFORCE_SHARE_FOR_PEOPLE", "-0.1"),
        ("salesforce_share_for_people", "SMARKETING_SALESFORCE_SHARE_FOR_PEOPLE", "nan"),
        ("salesforce_share_for_people", "SMARKETING_SALESFORCE_SHARE_FOR_PEOPLE", "a fifth"),
        ("salesforce_org_id", "SMARKETING_SALESFORCE_ORG_ID", "00D"),
    ],
)
def test_what_makes_no_sense_is_named(name: str, variable: str, value: str) -> None:
    with pytest.raises(Misconfigured, match=f"^{variable}: set it to "):
        getattr(Settings({variable: value}), name)
