"""Packages as clients send them: a zip with a manifest, files in metadata format, and lists of deletions.

Layout: Metadata API Developer Guide, "Working with the Zip File" and "Deleting Components from an
Organization". What is wrong with a package is a result of the deploy, so nothing is raised here.
"""

import io
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from lxml import etree

from chalicelib.errors import Rejected
from smarketing.metadata.inner import inside
from smarketing.metadata.package import Member
from smarketing.metadata.types import TYPES, MetadataType
from smarketing.metadata.xml import NAMESPACE, children, line_of, local, parse, text_of
from smarketing.sandbox.org.metadata_api.choosing import MANIFEST, Item, choose
from smarketing.sandbox.org.metadata_api.results import Problem

_BEFORE = ("destructiveChangesPre.xml", "destructiveChanges.xml")
_AFTER = ("destructiveChangesPost.xml",)
_MOST_BYTES = 400 * 1024 * 1024
"""A package unzipped (Metadata API Developer Guide, Metadata Limits)."""
_MOST_FILES = 10_000
_BY_FOLDER: Mapping[str, MetadataType] = {each.folder: each for each in TYPES.values()}


@dataclass(frozen=True, slots=True)
class Deletion:
    """A component that is to go, and the manifest that says so."""

    type: str
    full_name: str
    file_name: str


@dataclass(frozen=True, slots=True)
class Sent:
    """A package that was read.

    Attributes:
        first: what to delete before anything is added; `last`: after it.
        problems: what is wrong with the package itself.
    """

    items: tuple[Item, ...] = ()
    first: tuple[Deletion, ...] = ()
    last: tuple[Deletion, ...] = ()
    problems: tuple[Problem, ...] = ()


def read_package(content: bytes, *, allow_missing_files: bool = False) -> Sent:
    """Read a zipped package; one folder around everything, as a retrieve makes it, is looked through."""
    try:
        files = _unzipped(content)
        members = list(_members(files.pop(MANIFEST), MANIFEST))
        first, last = list(_deletions(files, _BEFORE)), list(_deletions(files, _AFTER))
    except Rejected as rejected:
        return Sent(problems=(Problem("", MANIFEST, MANIFEST, str(rejected)),))
    items: list[Item] = []
    unreadable: list[Problem] = []
    for name, body in files.items():
        try:
            items += _items(name, body)
        except Rejected as rejected:
            unreadable.append(_unreadable(name, str(rejected)))
    wanted, problems = choose(members, items, allow_missing_files=allow_missing_files or bool(unreadable))
    return Sent(tuple(wanted), tuple(first), tuple(last), (*unreadable, *problems))


def _items(file_name: str, content: bytes) -> Iterator[Item]:
    folder, _, rest = file_name.partition("/")
    kind = _BY_FOLDER.get(folder)
    if kind is None or not rest:
        raise Rejected(f"Unknown directory '{folder}'")
    plain = rest.removesuffix("-meta.xml")
    if kind.in_folders and plain != rest:
        yield Item(kind.name, plain.removesuffix(f".{kind.folder_suffix}"), file_name, content)
    elif kind.name == "CustomObject":
        yield from _split(plain.removesuffix(f".{kind.suffix}"), file_name, content)
    else:
        root, name = parse(content, file_name), plain.removesuffix(f".{kind.suffix}")
        yield Item(kind.name, name, file_name, content, inner=tuple(inside(kind.name, name, root)))


@lru_cache(maxsize=512)
def _split(name: str, file_name: str, content: bytes) -> tuple[Item, ...]:
    """Take an object's parts out of its file, so that each can come, change and go on its own."""
    root = parse(content, file_name)
    by_element = {part.element: part for part in TYPES["CustomObject"].parts}
    own = etree.Element(root.tag, nsmap={None: NAMESPACE})  # type: ignore[dict-item]
    parts: list[Item] = []
    for node in list(children(root)):
        part = by_element.get(local(node))
        if part is None:
            own.append(node)
            continue
        # The document below begins with its declaration.
        before = line_of(node) - 2
        node.tag = f"{{{NAMESPACE}}}{part.type}"
        full_name = f"{name}.{text_of(node, part.key) or ''}"
        parts.append(Item(part.type, full_name, file_name, _document(node), before))
    return (Item("CustomObject", name, file_name, _document(own)), *parts)


def _document(node: etree._Element) -> bytes:
    return etree.tostring(node, encoding="UTF-8", xml_declaration=True, with_tail=False)


def _unzipped(content: bytes) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = [each for each in archive.infolist() if not each.is_dir()]
            if len(entries) > _MOST_FILES or sum(each.file_size for each in entries) > _MOST_BYTES:
                raise Rejected("LIMIT_EXCEEDED: the package is too large")
            files = {each.filename: archive.read(each) for each in entries}
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
        raise Rejected(f"The package zip file could not be read: {error}") from None
    folders = {name.partition("/")[0] for name in files}
    if MANIFEST not in files and len(folders) == 1:
        files = {name.partition("/")[2]: body for name, body in files.items()}
    if MANIFEST not in files:
        raise Rejected("No package.xml found")
    return files


def _deletions(files: dict[str, bytes], manifests: Sequence[str]) -> Iterator[Deletion]:
    for name in manifests:
        if name in files:
            for kind, full_name in _members(files.pop(name), name):
                yield Deletion(kind, full_name, name)


def _members(content: bytes, name: str) -> Iterator[Member]:
    for each in children(parse(content, name), "types"):
        kind = text_of(each, "name") or ""
        for member in children(each, "members"):
            # The sf command line marks folders so.
            yield kind, (member.text or "").strip().removesuffix("/")


def _unreadable(file_name: str, text: str) -> Problem:
    kind = _BY_FOLDER.get(file_name.partition("/")[0])
    name = file_name.rpartition("/")[2].partition(".")[0]
    place, _, problem = text.partition(": no XML: ")
    if not problem:
        return Problem(kind.name if kind else "", name, file_name, text)
    line = place.rpartition(":")[2]
    return Problem(
        kind.name if kind else "",
        name,
        file_name,
        f"Error parsing file: {problem}",
        int(line) if line.isdigit() else 1,
    )
