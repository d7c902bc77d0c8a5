"""Package the Lambda functions: a CloudFormation template and a reproducible zip."""

import argparse
import platform
import sys
from pathlib import Path

from chalicelib.errors import Misconfigured, Retryable
from smarketing.package.archive import MOST_UNZIPPED_BYTES
from smarketing.package.build import build_package


def main() -> int:
    """Package, and say what was built and how large it is; 0 done, 2 refused, 75 try again later."""
    parser = argparse.ArgumentParser(prog="python -m smarketing.package", description=__doc__)
    parser.add_argument("--stage", default="prod", help="a stage of .chalice/config.json (default: prod)")
    parser.add_argument("--out", type=Path, default=Path("build/package"), help="the folder to write to")
    arguments = parser.parse_args()
    try:
        package = build_package(Path.cwd(), arguments.stage, arguments.out)
    except (Misconfigured, Retryable) as error:
        sys.stderr.write(f"{error}\n")
        return 2 if isinstance(error, Misconfigured) else 75
    archive = package.archive
    size = f"{_megabytes(archive.bytes)}, {_megabytes(archive.unzipped_bytes)} unzipped"
    lines = {
        "template": package.template,
        "zip": archive.path,
        "size": f"{size} of Lambda's {_megabytes(MOST_UNZIPPED_BYTES)}, {archive.files} files",
        "sha256": f"{archive.sha256} (with Python {platform.python_version()})",
    }
    sys.stdout.writelines(f"{name:9} {value}\n" for name, value in lines.items())
    return 0


def _megabytes(size: int) -> str:
    return f"{size / 1_000_000:.1f} MB"


if __name__ == "__main__":
    sys.exit(main())
