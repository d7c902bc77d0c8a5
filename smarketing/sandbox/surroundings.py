"""What the sandbox needs of the machine that it runs on: the checkout, a folder, no proxy in between."""

import fcntl
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import chalicelib
from chalicelib.errors import Misconfigured

CACHE = ".smarketing"
"""Folder in the checkout for what is fetched once; git ignores it."""


def project_folder() -> Path:
    """Give the checkout that this runs from: `app.py` and the metadata are no part of the installed wheel.

    Raises:
        Misconfigured: it runs from an installed wheel.
    """
    root = Path(chalicelib.__file__).parent.parent
    if not (root / "app.py").exists():
        raise Misconfigured(f"sandbox: no app.py in {root}; run it from a checkout of the project")
    return root


@contextmanager
def run_folder(data: Path | None) -> Iterator[Path]:
    """Give the folder of this run, within `data` or for this run only; one sandbox at a time uses `data`."""
    if data is None:
        with tempfile.TemporaryDirectory(prefix="smarketing-") as folder:
            yield Path(folder)
        return
    run = data / "run"
    try:
        run.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Misconfigured(f"--data {data}: {error.strerror}; name a folder that can be written") from None
    with (data / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Misconfigured(f"--data {data}: another sandbox uses it; end that one first") from None
        yield run


@contextmanager
def loopback_without_proxy() -> Iterator[None]:
    """Keep a company's proxy out of what goes to this machine itself."""
    before = os.environ.get("NO_PROXY")
    os.environ["NO_PROXY"] = f"{before},127.0.0.1,localhost" if before else "127.0.0.1,localhost"
    try:
        yield
    finally:
        if before is None:
            del os.environ["NO_PROXY"]
        else:
            os.environ["NO_PROXY"] = before
