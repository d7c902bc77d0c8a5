"""An explanation as Salesforce rich text: figures that add up to the one shown as the score.

Only `p`, `b`, `ul` and `li`, which rich text fields show (Salesforce's component reference,
lightning-formatted-rich-text, "Supported HTML Tags"). The field's length counts the markup as well
(Salesforce Help, "Rich Text Area Field Considerations").
"""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from math import floor

from chalicelib.domain.explanation import Adjustment, Explanation, Share
from chalicelib.domain.instant import iso

MOST_CHARACTERS = 32_000
"""The field holds 32,768; the rest is left for what Salesforce makes of it when it cleans the markup."""

_LONGEST_LABEL = 120


def rich_text(explanation: Explanation, most: int = 20) -> str:
    """Write an explanation as HTML for sales to read, at most `MOST_CHARACTERS` long.

    The `most` biggest shares (gains and losses alike) have lines of their own, the rest is one line, then
    come caps and floors. Figures have one decimal and are rounded so that they add up to the score as shown,
    `round(score, 1)`; no figure is off by 0.1 or more.
    """
    text = _render(explanation, most)
    while len(text) > MOST_CHARACTERS:
        most //= 2
        text = _render(explanation, most)
    return text


@dataclass(frozen=True, slots=True)
class _Line:
    points: float
    text: str


def _render(explanation: Explanation, most: int) -> str:
    ordered = sorted(
        explanation.shares, key=lambda share: (-abs(share.points), -share.occurred_at, share.rule)
    )
    own = [share for share in ordered[:most] if abs(share.points) >= 0.05]
    lines = [_Line(share.points, _words(explanation, share)) for share in own]
    if rest := ordered[len(own) :]:
        lines.append(_Line(sum(share.points for share in rest), f"and {len(rest)} more"))
    lines += [_Line(each.points, _adjusted(explanation, each)) for each in explanation.adjustments]
    total = round(explanation.score.total, 1)
    figures = tenths_adding_up([line.points for line in lines], round(total * 10))
    items = "".join(
        f"<li><b>{figure / 10:+.1f}</b> {escape(line.text)}</li>"
        for line, figure in zip(lines, figures, strict=True)
    )
    head = f"<p><b>Score {total:.1f}</b> on {iso(explanation.at)[:10]}</p>"
    return f"{head}<ul>{items}</ul>" if items else head


def tenths_adding_up(points: Sequence[float], total: int) -> list[int]:
    """Round points to whole tenths whose sum is `total`, by the largest remainder.

    `total` is the rounded sum of the points in tenths, so that a figure moves to a neighbouring tenth only.
    """
    tenths = [value * 10 for value in points]
    figures = [floor(value) for value in tenths]
    missing = total - sum(figures)
    by_remainder = sorted(range(len(tenths)), key=lambda each: figures[each] - tenths[each])
    for each in by_remainder[:missing]:
        figures[each] += 1
    return figures


def _words(explanation: Explanation, share: Share) -> str:
    day = iso(share.occurred_at)[:10]
    when = day if share.engagement is not None else f"latest {day}"
    return f"{_short(share.label)} ({when}), {_short(explanation.labels[share.category])}"


def _adjusted(explanation: Explanation, adjustment: Adjustment) -> str:
    category = _short(explanation.labels[adjustment.category])
    return f"most that {category} holds" if adjustment.bound == "cap" else f"{category} never falls below 0"


def _short(label: str) -> str:
    return label if len(label) <= _LONGEST_LABEL else label[: _LONGEST_LABEL - 1] + "…"
