"""Children that end when their parent ends, however it ends.

Each child's standard input is a pipe whose other end only the parent holds. The parent closes it to ask the
child to end; the system closes it when the parent is killed.
"""

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence

_GRACE_SECONDS = 5.0


def when_parent_ends(end: Callable[[], None]) -> None:
    """Call `end` once the parent lets go; it has a few seconds to bring the process to its end."""

    def wait() -> None:
        while os.read(0, 4096):
            pass
        deadline = threading.Timer(_GRACE_SECONDS * 2, os._exit, (1,))
        deadline.daemon = True
        deadline.start()
        end()

    threading.Thread(target=wait, name="lifeline", daemon=True).start()


def run_while_parent_lives(command: Sequence[str]) -> int:
    """Run a foreign program that knows nothing of the pipe; end it with the parent. Gives its exit code."""
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL)  # noqa: S603 - the sandbox's own start lines

    def end() -> None:
        process.terminate()
        try:
            process.wait(_GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()

    when_parent_ends(end)
    return process.wait()


if __name__ == "__main__":
    sys.exit(run_while_parent_lives(sys.argv[1:]))
