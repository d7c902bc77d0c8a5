"""Exported Account Engagement rows become forwards in the words of API v5."""

import json
from pathlib import Path

import pytest

from chalicelib.domain.instant import parse_instant
from chalicelib.errors import Rejected
from smarketing.demo.pardot_rows import forwards
from smarketing.demo.senders import Keys

AT = parse_instant("2026-01-01T00:00:00Z")
KEYS = Keys(ens_signature_key="e", intake_key_id="k", intake_secret="s")


def test_activity_row_becomes_a_v5_activity(tmp_path: Path) -> None:
    # given
    (tmp_path / "pardot_visitor_activity_data.csv").write_text(
        "id,created_at,type,type_name,prospect_id,form_id,details\n"
        "1520152562,2019-03-29 07:24:17 UTC,4,Form,395861995,,thanks\n"
    )
    # when
    (call,) = forwards(tmp_path, AT, KEYS)
    # then
    assert json.loads(call.body)["visitorActivities"] == [
        {
            "id": 1520152562,
            "type": 4,
            "typeName": "Form",
            "prospectId": 395861995,
            "createdAt": "2019-03-29T07:24:17+00:00",
            "details": "thanks",
        }
    ]


def test_prospect_row_tells_opt_outs_as_booleans(tmp_path: Path) -> None:
    # given
    (tmp_path / "pardot_visitor_activity_data.csv").write_text("id,created_at,type\n")
    (tmp_path / "pardot_prospect_data.csv").write_text("id,email,opted_out\n7,a@example.com,true\n")
    # when
    (call,) = forwards(tmp_path, AT, KEYS)
    # then
    assert json.loads(call.body)["prospects"] == [
        {"id": 7, "email": "a@example.com", "optedOut": True, "isDoNotEmail": False}
    ]


def test_rows_above_two_hundred_are_split_without_loss(tmp_path: Path) -> None:
    rows = "".join(f"{number},2019-03-29 07:24:17 UTC,2\n" for number in range(450))
    (tmp_path / "pardot_visitor_activity_data.csv").write_text("id,created_at,type\n" + rows)
    assert [call.engagements for call in forwards(tmp_path, AT, KEYS)] == [200, 200, 50]


def test_folder_without_activities_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(Rejected, match=r"--data: .* has no pardot_visitor_activity_data\.csv"):
        list(forwards(tmp_path, AT, KEYS))


def test_file_without_a_needed_column_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "pardot_visitor_activity_data.csv").write_text("id,type\n1,2\n")
    with pytest.raises(Rejected, match="has no column created_at"):
        list(forwards(tmp_path, AT, KEYS))
