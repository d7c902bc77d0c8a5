"""What the playbook says of mailings: what a purchase ends, what pauses them, how many there may be."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from chalicelib.domain.instant import Duration


@dataclass(frozen=True, slots=True)
class Promotion:
    """The promotion of a product line.

    Attributes:
        barred_for: how long nobody who bought gets it; None: for good.
        journeys: definition keys of journeys in Marketing Cloud that a purchase ends.
        lists: ids of lists in Account Engagement that a purchase takes off.
        suppression_list: id of the list in Account Engagement that a purchase puts on; empty: there is none.
    """

    barred_for: Duration | None = None
    journeys: tuple[str, ...] = ()
    lists: tuple[str, ...] = ()
    suppression_list: str = ""


@dataclass(frozen=True, slots=True)
class Pause:
    """Something that is going on with a person, while which some mailings wait.

    Attributes:
        begins, ends: kinds of engagement; they belong together by the attribute `named_by`.
        named_by: the attribute, as `opportunity` or `case`.
        purposes: whose mailings wait; empty: all of them.
        longest: after which it is over though nobody said so.
    """

    name: str
    begins: frozenset[str]
    ends: frozenset[str]
    named_by: str
    purposes: frozenset[str]
    longest: Duration


@dataclass(frozen=True, slots=True)
class Cap:
    """How many mailings a person may get.

    Attributes:
        most: of them, across all platforms.
        within: in this time.
        kept_for: how long a permission counts that no mailing has used up.
        kinds: of engagement by which platforms tell that a mailing went out.
        exempt: purposes whose mailings go out all the same, and count.
    """

    most: int
    within: Duration
    kept_for: Duration
    kinds: frozenset[str]
    exempt: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class JourneyRules:
    """All of it.

    Attributes:
        bought: kinds of engagement that are purchases.
        bought_stages: stages of the lifecycle in which an interest's product line is bought.
        promotions: by product line.
        cap: None where there is none.
    """

    bought: frozenset[str] = frozenset()
    bought_stages: frozenset[str] = frozenset()
    promotions: Mapping[str, Promotion] = field(default_factory=dict)
    pauses: tuple[Pause, ...] = ()
    cap: Cap | None = None
