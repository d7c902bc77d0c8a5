"""The undo file: what a lock changed, on the disk before it is changed."""

import json
from pathlib import Path

import pytest

from chalicelib.domain.instant import HOUR, Instant
from chalicelib.errors import Rejected
from chalicelib.gateways.salesforce.field_permissions import Holder, Permission
from smarketing.lock import undo_file
from smarketing.lock.undo_file import UndoFile, begin, newest, read

ORG = "00D000000000001AAA"
AT = Instant(1_800_000_000_000)


def row(number: int, name: str = "Vertrieb Süd") -> Permission:
    holder = Holder("0PS000000000001AAA", "profile", name)
    return Permission(f"01k{number:015d}", holder, "Lead", f"Lead.Field_{number}__c", True, True)


def start(folder: Path, at: Instant = AT, rows: tuple[Permission, ...] = (row(1),)) -> UndoFile:
    return begin(folder, ORG, at, "operator", "", rows)


def test_a_file_is_read_as_it_was_written(tmp_path: Path) -> None:
    written = start(tmp_path, rows=(row(1), row(2)))

    assert read(written.path) == written
    assert [file.name for file in tmp_path.iterdir()] == [f"{ORG}-2027-01-15T080000000Z.json"]


def test_an_interrupted_lock_goes_on_with_its_file(tmp_path: Path) -> None:
    first = start(tmp_path, rows=(row(1), row(2)))

    # The second run finds only what the first one left, and a right that was given since.
    second = start(tmp_path, Instant(AT + HOUR), (row(2), row(3)))

    assert second.path == first.path
    assert [each.field for each in read(first.path).rows] == [row(n).field for n in (1, 2, 3)]


def test_a_lock_after_a_finished_one_has_a_file_of_its_own(tmp_path: Path) -> None:
    first = start(tmp_path).becomes("applied")
    second = start(tmp_path, Instant(AT + HOUR), (row(2),))

    assert second.path != first.path
    assert newest(tmp_path, ORG) == second


def test_the_newest_file_is_one_of_the_org_that_was_not_undone(tmp_path: Path) -> None:
    first = start(tmp_path).becomes("applied")
    start(tmp_path, Instant(AT + HOUR)).becomes("undone")
    begin(tmp_path, "00D000000000002AAA", Instant(AT + 2 * HOUR), "operator", "", [row(1)])

    assert newest(tmp_path, ORG) == first


def test_there_is_none_before_the_first_lock(tmp_path: Path) -> None:
    assert newest(tmp_path / "not there", ORG) is None


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"format": 1}', '{"format": 2}'])
def test_what_is_no_undo_file_is_refused_by_name(tmp_path: Path, content: str) -> None:
    file = tmp_path / f"{ORG}-x.json"
    file.write_text(content)

    with pytest.raises(Rejected, match=str(file)):
        undo_file.read(file)


def test_a_file_that_is_not_there_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(Rejected, match="name an undo file"):
        undo_file.read(tmp_path / "nothing.json")


def test_it_names_whose_rights_they_were(tmp_path: Path) -> None:
    plain = json.loads(start(tmp_path).path.read_text(encoding="utf-8"))

    assert plain["org"] == ORG
    assert plain["at"] == "2027-01-15T08:00:00.000Z"
    assert (plain["rows"][0]["kind"], plain["rows"][0]["name"]) == ("profile", "Vertrieb Süd")
