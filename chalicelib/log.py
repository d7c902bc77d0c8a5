"""Log lines for machines: one JSON object each on standard output, never with personal data or secrets."""

import json
import logging
import sys
import time
from typing import TextIO

LOGGER = "smarketing"
"""Also the app's name: Chalice logs under it."""

NAMESPACE = "Smarketing"


def configure(level: int = logging.INFO) -> None:
    """Send this logger's lines to standard output as they are; done once, however often it is called."""
    logger = logging.getLogger(LOGGER)
    logger.setLevel(level)
    if not logger.handlers:
        handler = _StandardOutput()
        handler.setFormatter(logging.Formatter("%(message)s"))
        logger.addHandler(handler)
    # Lambda's own handler at the root would write every line a second time.
    logger.propagate = False


def log_line(what: str, *, level: int = logging.INFO, **facts: str | float | None) -> None:
    """Log one happening; `facts` are our ids, counts and names of settings: nothing that a person gave."""
    logging.getLogger(LOGGER).log(level, json.dumps({"what": what, **facts}, separators=(",", ":")))


def count(metric: str, value: int, source: str) -> None:
    """Count something as a CloudWatch metric with the dimension `source`.

    Written as a log line in CloudWatch's embedded metric format, so that it costs no call.
    """
    definition = {
        "Namespace": NAMESPACE,
        "Dimensions": [["source"]],
        "Metrics": [{"Name": metric, "Unit": "Count"}],
    }
    aws = {"Timestamp": time.time_ns() // 1_000_000, "CloudWatchMetrics": [definition]}
    line = {"_aws": aws, "source": source, metric: value}
    logging.getLogger(LOGGER).info(json.dumps(line, separators=(",", ":")))


class _StandardOutput(logging.StreamHandler[TextIO]):
    """Looks standard output up at each line, as a test or a host may have replaced it."""

    def __init__(self) -> None:
        super().__init__(sys.stdout)

    def emit(self, record: logging.LogRecord) -> None:
        self.stream = sys.stdout
        super().emit(record)
