"""Checks the whole project, in each of its two phases."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from chalicelib.errors import Rejected
from smarketing.metadata.checks.document import Document, read_document
from smarketing.metadata.checks.finding import Finding
from smarketing.metadata.checks.index import build_index
from smarketing.metadata.checks.inspection import Inspection
from smarketing.metadata.checks.kinds import CHECKS
from smarketing.metadata.checks.places import check_place
from smarketing.metadata.checks.repeated import check_repeated, twice
from smarketing.metadata.deployment import LEAVES_OUT
from smarketing.metadata.project import SourceFile, read_project
from smarketing.metadata.schema import misfits
from smarketing.metadata.xml import line_of


def check_project(root: Path) -> list[Finding]:
    """Find what an org would refuse, and what would not do what it says, without an org.

    Each phase is checked by itself: what is left out of one cannot be referred to in it.

    Args:
        root: the project, `metadata/`.

    Returns:
        Findings, sorted by file and line.

    Raises:
        Misconfigured, Rejected: as `read_project` does.
    """
    found: set[Finding] = set()
    documents: list[Document] = []
    unread: list[SourceFile] = []
    for file in read_project(root).files:
        try:
            documents.append(read_document(file))
        except Rejected as rejected:
            found.add(_no_xml(file, rejected))
            unread.append(file)
    for each in documents:
        found.update(_misfits(each))
    found.update(twice(documents))
    return sorted(found | _in_phases(documents, unread))


def _in_phases(documents: Sequence[Document], unread: Sequence[SourceFile]) -> set[Finding]:
    """Check what is there in each phase; a mistake of one phase alone says so."""
    found = {
        phase: set(
            _check(
                [each for each in documents if each.file.package != without],
                [each for each in unread if each.package != without],
            )
        )
        for phase, without in LEAVES_OUT.items()
    }
    everywhere = set.intersection(*found.values())
    folders = {each.file.path: each.file.package for each in documents}
    for phase, findings in found.items():
        for each in findings - everywhere:
            alone = folders[each.path] in LEAVES_OUT.values()
            message = each.message if alone else f"in the phase {phase}, {each.message}"
            everywhere.add(replace(each, message=message))
    return everywhere


def _no_xml(file: SourceFile, rejected: Rejected) -> Finding:
    """Take the line out of the parser's message: `path:line: message`."""
    line, _, message = str(rejected).removeprefix(f"{file.path}:").partition(": ")
    return Finding(file.path, int(line), message, "xml")


def _misfits(document: Document) -> Iterator[Finding]:
    for each in misfits(document.root, document.type):
        yield Finding(document.file.path, each.line, each.message, "schema")


def _check(documents: Sequence[Document], unread: Sequence[SourceFile]) -> Iterator[Finding]:
    index = build_index(documents, unread)
    for each in documents:
        it = Inspection(each, index)
        yield from check_place(it)
        yield from check_repeated(it)
        if each.type not in CHECKS:
            message = f"{each.type} is a type that nothing here checks; leave it out"
            yield Finding(each.file.path, line_of(each.root), message, "unchecked")
        for check in CHECKS.get(each.type, ()):
            yield from check(it)
