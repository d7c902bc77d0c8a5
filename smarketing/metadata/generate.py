"""Carries what the playbook says into `metadata/`: exactly those parts, and nothing else."""

from pathlib import Path

from chalicelib.playbook.source import PlaybookSource
from smarketing.metadata.generated.assignment import assignment_files
from smarketing.metadata.generated.fields import field_files
from smarketing.metadata.generated.formulas import formula_files
from smarketing.metadata.generated.glossary import glossary_files
from smarketing.metadata.generated.permissions import permission_files
from smarketing.metadata.generated.places import Files
from smarketing.metadata.generated.record_types import record_type_files
from smarketing.metadata.generated.rules import rule_files
from smarketing.metadata.generated.support import support_files
from smarketing.metadata.generated.translations import translation_files
from smarketing.metadata.generated.value_sets import value_set_files
from smarketing.playbook_files import read_playbook

_PARTS = (
    field_files,
    formula_files,
    assignment_files,
    glossary_files,
    permission_files,
    record_type_files,
    rule_files,
    support_files,
    translation_files,
    value_set_files,
)


def generate(playbook: Path | None, root: Path, *, write: bool) -> list[Path]:
    """Bring the project in step with the playbook in a folder (the default one).

    Args:
        root: the project, `metadata/`.
        write: False only says what would change.

    Returns:
        Files that differed, sorted; one that the playbook no longer names is removed.

    Raises:
        Rejected: the playbook has mistakes, or a file that it needs is missing.
    """
    files = generated_files(read_playbook(playbook), root)
    changed = sorted(path for path, content in files.items() if _differs(path, content))
    if write:
        for path in changed:
            _put(path, files[path])
    return changed


def generated_files(playbook: PlaybookSource, root: Path) -> Files:
    """Say what the generated files should hold, those in which only parts are generated whole as well.

    Raises:
        Rejected: a file that the playbook needs is missing.
    """
    return {path: content for part in _PARTS for path, content in part(playbook, root).items()}


def _differs(path: Path, content: bytes | None) -> bool:
    return (path.read_bytes() if path.exists() else None) != content


def _put(path: Path, content: bytes | None) -> None:
    if content is None:
        path.unlink(missing_ok=True)
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
