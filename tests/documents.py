"""The project's documents, as tests read them."""

import re
from collections.abc import Iterator
from pathlib import Path

PROJECT = Path(__file__).parents[1]


def documents() -> list[Path]:
    """Every page that is written for people."""
    return [*sorted(PROJECT.glob("*.md")), *sorted((PROJECT / "docs").rglob("*.md"))]


def links(page: Path) -> Iterator[str]:
    """Every link of a page that stays in the project, as it is written."""
    for target in re.findall(r"\]\(([^)\s]+)\)", without_code(page.read_text())):
        if not re.match(r"[a-z]+:", target):
            yield target


def headings(page: Path) -> set[str]:
    """The anchors that GitHub makes of a page's headings."""
    titles = re.findall(r"^#+ (.+)$", without_code(page.read_text()), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}


def commands(word: str) -> Iterator[tuple[Path, list[str]]]:
    """Every command line in code that begins with a word, as page and the words after it."""
    for page in documents():
        text = page.read_text()
        lines = [
            line.strip()
            for block in re.findall(r"^```sh\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
            for line in block.splitlines()
        ]
        for line in [*lines, *re.findall(r"`([^`\n]+)`", without_code(text))]:
            first, *rest = line.split("#")[0].split() or [""]
            if first == word:
                yield page, rest


def without_code(text: str) -> str:
    """Leave out the blocks of code."""
    return re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
