"""The demo's closing figures, as an object for programs and as tables for people."""

from dataclasses import asdict, dataclass, field
from typing import Any

from rich.console import Console
from rich.panel import Panel
from rich.table import Table

from smarketing.demo.chapter import Chapter


@dataclass(frozen=True, slots=True)
class Figures:
    """What came of the demo. Counts are of engagements unless they say otherwise."""

    received: int
    """Accepted by the front door."""
    refused: dict[str, int]
    """Requests answered with an error, by status."""
    duplicates: int
    """Accepted, and found to be recorded already."""
    recorded: int
    persons: int
    mqls: dict[str, int]
    """Interests opened, by product line."""
    sales_support_queue: int
    """Interests that wait in Salesforce in the Sales Support queue."""
    dead_letters: int
    parked: int
    salesforce_calls: int
    least_calls: int
    """What a perfect sender needs for the same deliveries: look for people, write, look again, enrich."""
    salesforce_records: int
    seconds: float
    explained: dict[str, Any] = field(default_factory=dict)

    @property
    def calls_to_least(self) -> float:
        """Calls used as a multiple of the least possible."""
        return round(self.salesforce_calls / self.least_calls, 3) if self.least_calls else 1.0

    def to_json(self) -> dict[str, Any]:
        """Give all figures as plain values."""
        return asdict(self) | {"calls_to_least": self.calls_to_least}


def show(figures: Figures, console: Console) -> None:
    """Print the closing table, the explained interest and what to open next."""
    table = Table(title="A year in the life of a machine builder", show_header=False, title_justify="left")
    table.add_column(style="bold")
    table.add_column(justify="right")
    for name, value in _rows(figures):
        table.add_row(name, value)
    console.print(table)
    if figures.explained:
        console.print(_explained(figures.explained))
    console.print(
        "[bold]Next[/bold]  smarketing sandbox            keep it running and send a click by hand\n"
        "      smarketing playbook show      the rules behind these numbers\n"
        "      docs/getting-started.md       the same, step by step"
    )


def _rows(figures: Figures) -> list[tuple[str, str]]:
    refused = ", ".join(f"{count:,} x {status}" for status, count in sorted(figures.refused.items()))
    rows = [
        ("Engagements received", f"{figures.received:,}"),
        ("Requests refused", refused or "none"),
        ("Duplicates recognised", f"{figures.duplicates:,}"),
        ("Engagements recorded", f"{figures.recorded:,}"),
        ("Persons", f"{figures.persons:,}"),
    ]
    rows += [(f"Interests opened: {line}", f"{count:,}") for line, count in sorted(figures.mqls.items())]
    return [
        *rows,
        ("Waiting in the Sales Support queue", f"{figures.sales_support_queue:,}"),
        ("Dead letters / parked commands", f"{figures.dead_letters:,} / {figures.parked:,}"),
        ("Salesforce records written", f"{figures.salesforce_records:,}"),
        (
            "Salesforce calls used / least possible",
            f"{figures.salesforce_calls:,} / {figures.least_calls:,}  ({figures.calls_to_least:.2f} x)",
        ),
        ("Seconds", f"{figures.seconds:.0f}"),
    ]


def _explained(interest: dict[str, Any]) -> Panel:
    lines = Table.grid(padding=(0, 2))
    lines.add_column(justify="right")
    lines.add_column()
    lines.add_column(style="dim")
    for line in interest["lines"]:
        lines.add_row(f"{line['points']:+.1f}", line["label"], line.get("at", ""))
    lines.add_row(f"[bold]{interest['score']:.1f}[/bold]", "[bold]score[/bold]", "")
    title = f"{interest['interest']}: gate {interest['gate']}, grade {interest['grade']}"
    return Panel(lines, title=title, title_align="left")


def show_chapter(number: int, chapter: Chapter, console: Console) -> None:
    """Print a chapter of a story and what the systems then hold."""
    console.print(f"[bold]{number}. {chapter.title}[/bold]", highlight=False)
    for name, value in chapter.facts.items():
        said = value if isinstance(value, list) and all(isinstance(each, str) for each in value) else [value]
        for place, line in enumerate(said):
            console.print(f"   {name.replace('_', ' ') if not place else '':22} {line}", highlight=False)
