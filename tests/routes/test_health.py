"""GET /health."""

import pytest

from tests.routes.conftest import FrontDoor


def test_it_is_well_where_the_front_door_has_its_settings(door: FrontDoor) -> None:
    answer = door.http.get("/health")

    assert answer.status_code == 200
    assert answer.json_body == {"status": "ok"}


def test_a_missing_setting_is_503_and_named_in_the_log_but_not_to_the_world(
    door: FrontDoor, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("SMARKETING_CALLBACK_SECRET_ID")

    answer = door.http.get("/health")

    assert answer.status_code == 503
    assert "SMARKETING" not in answer.body.decode()
    assert "SMARKETING_CALLBACK_SECRET_ID: set it to" in capsys.readouterr().out
