"""Takes components out of the file of another one, such as an outbound message out of its workflow."""

from smarketing.metadata.inner import INNER
from smarketing.metadata.xml import children, parse, text_of, write


def without(content: bytes, kind: str, full_name: str) -> bytes | None:
    """Take a component out of the file that it is in; None if it is not there."""
    root = parse(content, full_name)
    name = full_name.partition(".")[2].lower()
    for node in children(root, INNER[kind].element):
        if (text_of(node, "fullName") or "").lower() == name:
            root.remove(node)
            return write(root)
    return None
