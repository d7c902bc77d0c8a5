"""What becomes of a value when all that is certain about it is applied."""

from collections.abc import Iterable

from hypothesis import strategies as st

from smarketing.cleansing.proposal import Finding

TEXTS = st.text(max_size=30) | st.lists(
    st.sampled_from(
        [
            "Anna",
            "ÖZGÜR",
            "İ",
            "ß",
            "&amp;",
            "&#38;",
            "&nbsp;",
            "\u200b",
            "\u00ad",
            "\t",
            " ",
            "  ",
            "\n",
            ",",
            ".",
        ]
    ),
    max_size=8,
).map("".join)
"""Anything, and what people and programs leave in fields."""


def cleansed(text: str, found: Iterable[Finding]) -> str:
    """Apply what is no mere suggestion."""
    for each in found:
        if each.after is not None and each.confidence != "low":
            text = each.after
    return text


def rules(found: Iterable[Finding]) -> list[str]:
    """Name the rules that found something."""
    return [each.rule for each in found]
