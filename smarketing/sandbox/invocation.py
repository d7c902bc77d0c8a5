"""What Lambda hands a function beside its event."""

import importlib
import sys
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import chalicelib
from chalicelib import bootstrap
from chalicelib.domain.instant import Instant


class LambdaContext:
    """The context object of one invocation, as far as handlers and Powertools read it.

    https://docs.aws.amazon.com/lambda/latest/dg/python-context.html
    """

    function_version = "$LATEST"
    memory_limit_in_mb = "512"

    def __init__(self, function_name: str, timeout: float = 60.0) -> None:
        """Begin an invocation that may take `timeout` seconds."""
        self.function_name = function_name
        self.aws_request_id = str(uuid.uuid4())
        self.invoked_function_arn = f"arn:aws:lambda:eu-central-1:123456789012:function:{function_name}"
        self.log_group_name = f"/aws/lambda/{function_name}"
        self.log_stream_name = "sandbox"
        self._until = time.monotonic() + timeout

    def get_remaining_time_in_millis(self) -> int:
        """Tell how long the invocation may still run."""
        return max(0, int((self._until - time.monotonic()) * 1000))


def load_app(clock: Callable[[], Instant]) -> Any:
    """Import `app.py`, which stands beside the `chalicelib` folder, and let it go by a clock.

    The import finds it in the checkout, which an editable installation alone doesn't put on the path.
    """
    root = Path(chalicelib.__file__).parent.parent
    if str(root) not in sys.path:
        sys.path.insert(0, str(root))
    bootstrap.use_clock(clock)
    return importlib.import_module("app")
