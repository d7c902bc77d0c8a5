"""Where records are compared: a DuckDB database on the disk that is gone when the work is done."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from chalicelib.errors import Misconfigured

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

MEMORY = "1200MB"
"""What DuckDB keeps in memory; the rest of the process needs 0.6 GB with a million records."""


@contextmanager
def workspace(memory: str = MEMORY) -> Iterator["DuckDBPyConnection"]:
    """Give a database of one's own; what does not fit into memory goes to the disk, and nothing stays.

    Raises:
        Misconfigured: the optional extra `duplicates` is not installed.
    """
    try:
        import duckdb
        import splink  # noqa: F401 - as early as the database: nothing is read in vain
    except ModuleNotFoundError as error:
        raise Misconfigured(
            f"{error.name}: not installed; run pip install 'smarketing[duplicates]'"
        ) from None

    with tempfile.TemporaryDirectory(prefix="smarketing-duplicates-") as folder:
        settings: dict[str, str | bool | int | float | list[str]] = {
            "memory_limit": memory,
            "temp_directory": str(Path(folder) / "spilled"),
        }
        with duckdb.connect(Path(folder) / "records.duckdb", config=settings) as connection:
            # The order of rows means nothing here, and to keep it takes memory.
            connection.execute("SET preserve_insertion_order = false")
            connection.execute("SET enable_progress_bar = false")
            yield connection
