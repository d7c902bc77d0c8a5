"""Tables that outlive their process."""

from pathlib import Path

from chalicelib.gateways.store.table import create_table_request
from smarketing.sandbox.dynamodb.journal import JournalFile
from smarketing.sandbox.dynamodb.operations import Database
from smarketing.sandbox.dynamodb.streams import Streams

KEY = {"pk": {"S": "a"}, "sk": {"S": "1"}}


def opened(path: Path) -> Database:
    journal = JournalFile(path)
    database = Database(journal)
    journal.load(database)
    return database


def test_what_was_written_is_there_after_a_restart(tmp_path: Path) -> None:
    before = opened(tmp_path / "journal")
    before.create_table(create_table_request("table"))
    before.put_item({"TableName": "table", "Item": KEY | {"n": {"N": "1"}}})
    before.put_item({"TableName": "table", "Item": KEY | {"n": {"N": "2"}}})
    before.put_item({"TableName": "table", "Item": KEY | {"sk": {"S": "2"}}})
    before.delete_item({"TableName": "table", "Key": KEY | {"sk": {"S": "2"}}})

    after = opened(tmp_path / "journal")

    assert list(after.tables["table"].items.values()) == [KEY | {"n": {"N": "2"}}]
    assert len((tmp_path / "journal").read_text().splitlines()) == 2


def test_a_line_cut_off_by_a_kill_is_left_out(tmp_path: Path) -> None:
    before = opened(tmp_path / "journal")
    before.create_table(create_table_request("table"))
    before.put_item({"TableName": "table", "Item": KEY})
    with (tmp_path / "journal").open("a") as file:
        file.write('["table", ["a", "3"], {"pk"')

    after = opened(tmp_path / "journal")

    assert list(after.tables["table"].items.values()) == [KEY]


def test_an_empty_table_is_kept(tmp_path: Path) -> None:
    opened(tmp_path / "journal").create_table(create_table_request("table"))

    assert opened(tmp_path / "journal").list_tables({}) == {"TableNames": ["table"]}


def test_the_stream_tells_everything_anew(tmp_path: Path) -> None:
    before = opened(tmp_path / "journal")
    before.create_table(create_table_request("table"))
    before.put_item({"TableName": "table", "Item": KEY})

    database = opened(tmp_path / "journal")
    streams = Streams(database)
    arn = database.describe_table({"TableName": "table"})["Table"]["LatestStreamArn"]
    (shard,) = streams.describe_stream({"StreamArn": arn})["StreamDescription"]["Shards"]
    iterator = streams.get_shard_iterator(
        {"StreamArn": arn, "ShardId": shard["ShardId"], "ShardIteratorType": "TRIM_HORIZON"}
    )

    records = streams.get_records({"ShardIterator": iterator["ShardIterator"]})["Records"]

    assert [(each["eventName"], each["dynamodb"]["Keys"]) for each in records] == [("INSERT", KEY)]
