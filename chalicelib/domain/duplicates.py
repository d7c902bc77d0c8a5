"""What the teams agreed on about duplicates: what is one, and whose value stays when records are merged."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from chalicelib.domain.likeness import Bounds

Survival = Literal["main", "newest", "oldest", "longest", "stricter", "joined"]
"""Whose value stays: `main` the main record's, else the newest one's of the others; `newest` and `oldest` by
the time of the last change and of creation; `longest` the longest text; `stricter` true if any is true;
`joined` all texts in turn."""

MainRecord = Literal["most_complete", "oldest", "newest"]


@dataclass(frozen=True, slots=True)
class DuplicateTerms:
    """The terms.

    Attributes:
        bounds: of likeness, before a record is made.
        doubtful: least probability of a pair that the offline search shows, 0 to 1.
        certain: least probability from which it proposes that two are one.
        main_record: which record of a group stays.
        survival: by field; of others `main`.
    """

    bounds: Bounds = field(default_factory=Bounds)
    doubtful: float = 0.5
    certain: float = 0.95
    main_record: MainRecord = "most_complete"
    survival: Mapping[str, Survival] = field(default_factory=dict)
