"""A person's history as a decision reads it: with the engagement at hand, and only where it is needed."""

from collections.abc import Sequence

from chalicelib.domain.change import Past
from chalicelib.domain.engagement import Engagement
from chalicelib.domain.person import Person
from chalicelib.domain.scoring import in_order


class Told:
    """The history with the engagement at hand, read at most once."""

    def __init__(self, past: Past, engagement: Engagement | None) -> None:
        """Read nothing yet."""
        self.engagement = engagement
        self._past = past
        self._all: list[Engagement] | None = None

    def __call__(self, person: Person) -> Sequence[Engagement]:
        """Give the history, in its order."""
        if self._all is None:
            new = () if self.engagement is None else (self.engagement,)
            self._all = in_order([*self._past.history(person), *new])
        return self._all
