"""The gates: what makes a person marketing qualified for a product line, and what they lack."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from chalicelib.domain.grading import at_least
from chalicelib.domain.instant import Instant
from chalicelib.domain.model import Gate, Grade
from chalicelib.domain.person import HandRaise, InterestSummary
from chalicelib.domain.scoring import EPSILON, Score

ANY_LINE = ""
"""The product line of a hand-raise that told none."""


@dataclass(frozen=True, slots=True)
class Standing:
    """All that gates look at, of one person at one time."""

    at: Instant
    score: Score
    grade: Grade
    hand_raises: Mapping[tuple[str, str], HandRaise]
    interests: Mapping[str, InterestSummary]
    lines: tuple[str, ...]
    """All product lines, in the playbook's order."""

    def strongest(self) -> str | None:
        """The product line with the highest category score above 0; of equal ones the playbook's first."""
        of = self.score.by_category
        line = max(self.lines, key=lambda each: of.get(each, 0.0), default=None)
        return line if line is not None and of.get(line, 0.0) > 0 else None

    def passes(self, gate: Gate, line: str) -> bool:
        """Whether everything that the gate sets holds for the product line."""
        return next(self.lacking(gate, line), None) is None

    def lacking(self, gate: Gate, line: str) -> Iterator[str]:
        """Say what the person lacks to pass the gate for the product line; nothing where they pass.

        A gate that names neither a least category score nor a hand-raiser has no line of its own: it is
        passed for the strongest product line only.
        """
        if gate.min_score is not None and not _reaches(self.score.total, gate.min_score):
            yield f"score {self.score.total:.1f} of {gate.min_score:g}"
        category = self.score.by_category.get(line, 0.0)
        if gate.min_category is not None and not _reaches(category, gate.min_category):
            yield f"category {category:.1f} of {gate.min_category:g}"
        if gate.min_grade is not None and not at_least(self.grade, gate.min_grade):
            yield f"grade {self.grade}, needs {gate.min_grade}"
        if gate.hand_raiser_kinds and not self._raised_hand(gate, line):
            yield f"none of {', '.join(gate.hand_raiser_kinds)}"
        if gate.min_category is None and not gate.hand_raiser_kinds and line != self.strongest():
            yield "not the strongest product line"

    def _raised_hand(self, gate: Gate, line: str) -> bool:
        """Whether a hand is up that nobody has answered yet: an interest that changed since is the answer."""
        raised = self.hand_raises.get((gate.name, line))
        answer = self.interests.get(line)
        if raised is not None and self._is_up(raised, gate, [answer] if answer is not None else []):
            return True
        if line != (self.strongest() or self.lines[0]):
            return False
        raised = self.hand_raises.get((gate.name, ANY_LINE))
        return raised is not None and self._is_up(raised, gate, list(self.interests.values()))

    def _is_up(self, raised: HandRaise, gate: Gate, answers: list[InterestSummary]) -> bool:
        in_time = gate.within is None or self.at - raised.at <= gate.within
        return in_time and all(answer.changed_at < raised.at for answer in answers)


def _reaches(points: float, threshold: float) -> bool:
    return points >= threshold - EPSILON
