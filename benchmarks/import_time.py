"""How long the API function takes to be ready, beside `import chalice, boto3`, which any such function pays.

    python benchmarks/import_time.py [--runs 15] [--json]

Each run is a process of its own, the two in turn, so that both meet the same machine. Two figures are given:
the import of `app.py`, which Lambda waits for at a cold start, and that import plus all that the first
request on every route loads besides (boto3 among it). Medians; bytecode is compiled before.
"""

import argparse
import compileall
import json
import statistics
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
GOAL = 1.5

BASE = "import chalice, boto3"
APP = "import app"
FIRST_REQUESTS = (
    "import app, boto3, botocore.config, chalicelib.gateways.queue, chalicelib.gateways.secrets, "
    "chalicelib.services.hand_on"
)
NEVER = ("simple_salesforce", "zeep", "pydantic", "moto", "aws_lambda_powertools", "requests")
"""What no request may load: workers need it, the front door does not."""


def seconds(statement: str) -> float:
    """Run an import in a fresh process and time it from inside, without the interpreter's own start."""
    code = f"import time; t = time.perf_counter(); {statement}; print(time.perf_counter() - t)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    return float(done.stdout)


def loaded_needlessly() -> list[str]:
    """Name the modules of `NEVER` that the first requests load all the same."""
    code = f"import sys; {FIRST_REQUESTS}; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    return sorted(set(NEVER) & set(done.stdout.split()))


def measure(runs: int) -> dict[str, Any]:
    """Time all three in turn; gives medians in milliseconds and the ratios to the base."""
    compileall.compile_dir(ROOT / "chalicelib", quiet=1)
    times: dict[str, list[float]] = {BASE: [], APP: [], FIRST_REQUESTS: []}
    for statement in times:
        seconds(statement)
    for _ in range(runs):
        for statement, taken in times.items():
            taken.append(seconds(statement))
    base, app, first = (statistics.median(taken) for taken in times.values())
    return {
        "base_ms": round(base * 1000, 1),
        "app_ms": round(app * 1000, 1),
        "first_requests_ms": round(first * 1000, 1),
        "ratio_app": round(app / base, 3),
        "ratio": round(first / base, 3),
        "goal": GOAL,
        "loaded_needlessly": loaded_needlessly(),
        "runs": runs,
    }


def main() -> int:
    """Print the figures; exit code 1 where the goal is missed."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=15, help="processes of each kind (default 15)")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args()
    figures = measure(options.runs)
    if options.json:
        print(json.dumps(figures))
    else:
        for name, milliseconds, ratio in (
            ("import chalice, boto3", "base_ms", None),
            ("import app", "app_ms", "ratio_app"),
            ("... and the first requests", "first_requests_ms", "ratio"),
        ):
            beside = f"{figures[ratio]:>6} x" if ratio else ""
            print(f"{name:<28}{figures[milliseconds]:>8} ms {beside}")
        print(f"goal: at most {GOAL} x; loaded needlessly: {figures['loaded_needlessly'] or 'nothing'}")
    return 0 if figures["ratio"] <= GOAL and not figures["loaded_needlessly"] else 1


if __name__ == "__main__":
    sys.exit(main())
