"""Where the generated parts lie in the project."""

from collections.abc import Mapping
from pathlib import Path

from chalicelib.errors import Rejected

Files = Mapping[Path, bytes | None]
"""What files should hold; None: they should not be there."""

LANGUAGE = "de"


def foundation(root: Path) -> Path:
    """Give the folder of objects, fields, value sets and translations."""
    return root / "foundation" / "main" / "default"


def field_file(root: Path, sobject: str, name: str) -> Path:
    """Give the file of a field."""
    return foundation(root) / "objects" / sobject / "fields" / f"{name}.field-meta.xml"


def rule_file(root: Path, package: str, sobject: str, name: str) -> Path:
    """Give the file of a validation rule in a package directory."""
    folder = root / package / "main" / "default" / "objects" / sobject / "validationRules"
    return folder / f"{name}.validationRule-meta.xml"


def flow_file(root: Path, name: str) -> Path:
    """Give the file of a flow."""
    return root / "process" / "main" / "default" / "flows" / f"{name}.flow-meta.xml"


def read(path: Path, named_in: str) -> bytes:
    """Read a file of which a part is generated.

    Raises:
        Rejected: it is not there; `named_in` says which file of the playbook wants it.
    """
    try:
        return path.read_bytes()
    except OSError:
        raise Rejected(f"{path}: is missing, though {named_in} names it; add it") from None


def stale(folder: Path, pattern: str, wanted: Mapping[Path, bytes | None]) -> dict[Path, None]:
    """Find files of a pattern that the playbook no longer names."""
    return {path: None for path in sorted(folder.glob(pattern)) if path not in wanted}
