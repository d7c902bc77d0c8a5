"""Serves the sandbox's DynamoDB over HTTP, one request at a time, in a process of its own.

A hand-made protocol instead of a web server: reading a request and writing its answer otherwise takes longer
than the operation.
"""

import argparse
import asyncio
import json
from pathlib import Path
from typing import Any

from smarketing.sandbox.dynamodb.errors import DynamoDBError
from smarketing.sandbox.dynamodb.journal import JournalFile
from smarketing.sandbox.dynamodb.operations import Database
from smarketing.sandbox.dynamodb.streams import Streams
from smarketing.sandbox.lifeline import when_parent_ends
from smarketing.sandbox.processes import announce, listen

_ERROR = "com.amazonaws.dynamodb.v20120810#"
_END = b"\r\n\r\n"
_MOST_BYTES = 16 * 1024 * 1024
JOURNAL = "dynamodb.jsonl"


class Service:
    """Finds the operation that a request names and turns what comes of it into an answer."""

    def __init__(self, database: Database) -> None:
        """Serve a database and its streams."""
        self._database = database
        self._streams = Streams(database)

    def answer(self, target: str, body: bytes) -> tuple[int, bytes]:
        """Do what the header `X-Amz-Target` names; give the status and the body."""
        service, _, name = target.partition(".")
        try:
            owner = self._streams if service.startswith("DynamoDBStreams") else self._database
            result = owner.operation(name)(_parameters(body))
        except DynamoDBError as error:
            return 400, _json({"__type": _ERROR + error.code, "Message": str(error), **error.more})
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            text = f"The request could not be read: {type(error).__name__} {error}"
            return 400, _json({"__type": _ERROR + "SerializationException", "Message": text})
        return 200, _json(result)


class Connection(asyncio.Protocol):
    """One client's connection: requests one after the other, kept open."""

    def __init__(self, service: Service) -> None:
        """Serve what comes with `service`."""
        self._service = service
        self._buffer = b""
        self._transport: Any = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep where answers go."""
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Answer every request that is there in full."""
        self._buffer += data
        while (end := self._buffer.find(_END)) >= 0:
            headers = _headers(self._buffer[:end])
            length = int(headers.get(b"content-length", b"0"))
            start = end + len(_END)
            if length > _MOST_BYTES:
                self._transport.close()
                return
            if len(self._buffer) < start + length:
                return
            body, self._buffer = self._buffer[start : start + length], self._buffer[start + length :]
            status, content = self._service.answer(headers.get(b"x-amz-target", b"").decode(), body)
            self._transport.write(_response(status, content))


def _headers(head: bytes) -> dict[bytes, bytes]:
    lines = head.split(b"\r\n")[1:]
    pairs = (line.partition(b":") for line in lines)
    return {name.lower(): value.strip() for name, _, value in pairs}


def _response(status: int, content: bytes) -> bytes:
    reason = "OK" if status == 200 else "Bad Request"
    kind = "Content-Type: application/x-amz-json-1.0"
    head = f"HTTP/1.1 {status} {reason}\r\n{kind}\r\nContent-Length: {len(content)}"
    return head.encode() + _END + content


def _parameters(body: bytes) -> dict[str, Any]:
    parameters = json.loads(body or b"{}")
    if not isinstance(parameters, dict):
        raise TypeError("no object")
    return parameters


def _json(content: Any) -> bytes:
    return json.dumps(content, separators=(",", ":")).encode()


async def serve(run: Path, data: Path | None) -> None:
    """Serve until the parent ends."""
    if data is None:
        database = Database()
    else:
        journal = JournalFile(data / JOURNAL)
        database = Database(journal)
        journal.load(database)
    service = Service(database)
    loop, ended = asyncio.get_running_loop(), asyncio.Event()
    listener = listen()
    server = await loop.create_server(lambda: Connection(service), sock=listener)

    def end() -> None:
        loop.call_soon_threadsafe(ended.set)

    when_parent_ends(end)
    announce(run, "dynamodb", port=listener.getsockname()[1])
    await ended.wait()
    server.close()


def main() -> None:
    """Serve until the parent ends."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--run", type=Path, required=True)
    parser.add_argument("--data", type=Path)
    options = parser.parse_args()
    asyncio.run(serve(options.run, options.data))


if __name__ == "__main__":
    main()
