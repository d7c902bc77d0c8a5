"""The package that a deploy sends: metadata format, zipped, with its manifests.

Layout and manifests: Metadata API Developer Guide, "Working with the Zip File" and "Deleting Components".
"""

import io
import zipfile
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from lxml import etree

from chalicelib.errors import Rejected
from smarketing.metadata.project import Project, SourceFile
from smarketing.metadata.types import PARTS, TYPES, MetadataType, Part
from smarketing.metadata.xml import NAMESPACE, children, element, local, parse, text_of, write

Member = tuple[str, str]
"""Type and full name, such as `("CustomField", "Lead.Smarketing_Score__c")`."""

_MANIFEST = "package.xml"
_DELETIONS = ("destructiveChangesPre.xml", "destructiveChanges.xml", "destructiveChangesPost.xml")
_MOST_BYTES = 400 * 1024 * 1024
"""A package unzipped (Metadata API Developer Guide, Metadata Limits)."""
_EPOCH = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Component:
    """A file of a package.

    Attributes:
        file_name: in the package, such as `objects/Interest__c.object`.
        members: what a manifest names to send it: an object that is the org's own has no member of itself,
            only of the parts that are added to it.
    """

    type: str
    full_name: str
    file_name: str
    content: bytes
    members: tuple[Member, ...]


@dataclass(frozen=True, slots=True)
class Package:
    """A package that was opened: `members` and `deletions` are those of the manifests."""

    api_version: str
    members: tuple[Member, ...]
    components: tuple[Component, ...]
    deletions: tuple[Member, ...] = ()


def components_of(project: Project) -> tuple[Component, ...]:
    """Put a project into metadata format: parts go into their parent's file.

    Raises:
        Rejected: a file is no XML.
    """
    whole: list[Component] = []
    parted: dict[Member, list[SourceFile]] = defaultdict(list)
    for each in project.files:
        if each.type in PARTS:
            parted[PARTS[each.type][0].name, each.parent or ""].append(each)
        elif TYPES[each.type].parts:
            parted[each.type, each.full_name].append(each)
        else:
            whole.append(_whole(each))
    whole += [_composed(TYPES[kind], name, files) for (kind, name), files in parted.items()]
    return tuple(sorted(whole, key=lambda each: each.file_name))


def zip_of(components: Iterable[Component], api_version: str, deletions: Collection[Member] = ()) -> bytes:
    """Zip components with their manifests; the same components give the same bytes.

    `deletions` are removed after everything else was deployed.
    """
    chosen = list(components)
    files = {each.file_name: each.content for each in chosen}
    members = {member for each in chosen for member in each.members}
    files[_MANIFEST] = manifest(members, api_version)
    if deletions:
        files["destructiveChangesPost.xml"] = manifest(deletions, api_version)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files):
            archive.writestr(zipfile.ZipInfo(name, _EPOCH), files[name], zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def manifest(members: Iterable[Member], api_version: str) -> bytes:
    """Write a manifest that names members."""
    by_type: dict[str, list[str]] = defaultdict(list)
    for kind, name in sorted(set(members)):
        by_type[kind].append(name)
    types = [
        element(
            "types",
            *(element("members", text=name) for name in names),
            element("name", text=kind),
        )
        for kind, names in by_type.items()
    ]
    return write(element("Package", *types, element("version", text=api_version)))


def open_package(content: bytes) -> Package:
    """Read a zipped package; a single folder around everything, as a retrieve makes it, is looked through.

    Raises:
        Rejected: it is no zip, has no manifest, or holds a file that is no metadata.
    """
    files = _unzipped(content)
    if _MANIFEST not in files:
        raise Rejected("package: there is no package.xml in it")
    root = parse(files.pop(_MANIFEST), _MANIFEST)
    deletions: list[Member] = []
    for name in _DELETIONS:
        if name in files:
            deletions += _members(parse(files.pop(name), name))
    components = tuple(_opened(name, files[name]) for name in sorted(files))
    return Package(text_of(root, "version") or "", tuple(_members(root)), components, tuple(deletions))


def parts_of(component: Component) -> Iterator[tuple[Part, str, etree._Element]]:
    """Go through the parts inside a component's file: what each is, its full name, its element.

    Raises:
        Rejected: the file is no XML.
    """
    by_element = {part.element: part for part in TYPES[component.type].parts}
    if not by_element:
        return
    for node in children(parse(component.content, component.file_name)):
        part = by_element.get(local(node))
        if part is not None:
            yield part, f"{component.full_name}.{text_of(node, part.key) or ''}", node


def _whole(source: SourceFile) -> Component:
    kind = TYPES[source.type]
    is_folder = kind.in_folders and source.path.name.endswith(f".{kind.folder_suffix}-meta.xml")
    ending = "-meta.xml" if is_folder else f".{kind.suffix}"
    name = f"{kind.folder}/{source.full_name}{ending}"
    return Component(kind.name, source.full_name, name, source.content, ((kind.name, source.full_name),))


def _composed(kind: MetadataType, name: str, files: Collection[SourceFile]) -> Component:
    """Put an object's file and those of its parts together, sorted as the `sf` command line sorts them."""
    root = element(kind.name)
    members: list[Member] = []
    for each in files:
        node = parse(each.content, str(each.path))
        if each.type == kind.name:
            root.extend(list(node))
        else:
            node.tag = f"{{{NAMESPACE}}}{PARTS[each.type][1].element}"
            root.append(node)
        if each.type != "CustomFieldTranslation":
            members.append((each.type, each.full_name))
    if kind.name == "CustomObjectTranslation":
        members = [(kind.name, name)]
    root[:] = sorted(children(root), key=local)
    etree.cleanup_namespaces(root)
    file_name = f"{kind.folder}/{name}.{kind.suffix}"
    return Component(kind.name, name, file_name, write(root), tuple(members))


def _unzipped(content: bytes) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = [each for each in archive.infolist() if not each.is_dir()]
            if sum(each.file_size for each in entries) > _MOST_BYTES:
                raise Rejected("package: is larger than 400 MB unzipped")
            files = {each.filename: archive.read(each) for each in entries}
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
        raise Rejected(f"package: no zip that can be read: {error}") from None
    if _MANIFEST in files:
        return files
    folders = {name.partition("/")[0] for name in files}
    if len(folders) != 1:
        return files
    return {name.partition("/")[2]: body for name, body in files.items()}


def _members(root: etree._Element) -> Iterator[Member]:
    for each in children(root, "types"):
        kind = text_of(each, "name") or ""
        for member in children(each, "members"):
            yield kind, (member.text or "").strip()


def _opened(file_name: str, content: bytes) -> Component:
    folder, _, rest = file_name.partition("/")
    kind = _BY_FOLDER.get(folder)
    if kind is None or not rest:
        raise Rejected(f"{file_name}: no metadata of a known type")
    name = rest.removesuffix("-meta.xml" if kind.in_folders else f".{kind.suffix}").removesuffix(
        f".{kind.suffix}"
    )
    return Component(kind.name, name, file_name, content, ((kind.name, name),))


_BY_FOLDER: Mapping[str, MetadataType] = {each.folder: each for each in TYPES.values()}
