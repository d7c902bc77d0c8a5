"""Full fold of this engine beside the matching alone of zen-engine and of the Rust CEL package.

    uv run --group bench python benchmarks/scoring.py [--json] [--rounds 15] [--persons 400]

All take the same rule table and the same engagements, in turns, in one process on one core. This engine does
everything: sorts and deduplicates each person's history, recognises the product line, matches, fades, limits
and freezes the state. The others only match, also by product line. Before the clock runs, all must agree on
the number of rules that each engagement meets. Every figure is the median of the rounds, a ratio that of the
ratios within a round.

`ratio_to_fastest_peer` is over the packages' own matching: a decision table, or a program for every rule. The
table also shows them with help of ours, outside that ratio: all rules fused into one expression by our
compiler, and that behind our index by kind.
"""

import argparse
import gc
import json
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain

import scoring_peers as peers
from scoring_rules import histories, playbook

from chalicelib.domain.engagement import Engagement
from chalicelib.domain.model import Model
from chalicelib.domain.scoring import Addition, Folding, Scoring, compile_scoring, refold

OURS = "smarketing"


@dataclass(frozen=True, slots=True)
class Contestant:
    """One way of running the rules; `engagements` is how many one run takes."""

    package: str
    form: str
    run: Callable[[], object]
    engagements: int
    in_ratio: bool


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--json", action="store_true", help="print one object instead of the table")
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--persons", type=int, default=400, help="with 25 engagements each")
    options = parser.parse_args()
    model = playbook()
    people = histories(options.persons)
    contestants, matches = line_up(model, people)
    results = measure(contestants, options.rounds)
    fastest = min((each for each in results if each.contestant.in_ratio), key=lambda each: each.ratio)
    if options.json:
        print(json.dumps(as_json(results, fastest)))
    else:
        print(f"{len(model.rules)} rules, {matches:.2f} matches an engagement, {options.rounds} rounds\n")
        print(as_table(results, fastest))


def line_up(model: Model, people: list[list[Engagement]]) -> tuple[list[Contestant], float]:
    """Make everybody ready to run, after all have agreed on the number of matches."""
    scoring = compile_scoring(model)
    engagements = list(chain.from_iterable(people))
    whole, part = len(engagements), min(2_000, len(engagements))
    forms = [
        ("zen-engine", "decision table", peers.zen_decision(model), part, True),
        ("zen-engine", "expression per rule", peers.zen_each(model), part, True),
        ("zen-engine", "fused", peers.zen_list(model), whole, False),
        ("zen-engine", "fused and indexed", peers.zen_indexed(model), whole, False),
        ("CEL (Rust)", "program per rule", peers.cel_each(model), whole, True),
        ("CEL (Rust)", "fused", peers.cel_list(model), whole, False),
        ("CEL (Rust)", "fused and indexed", peers.cel_indexed(model), whole, False),
    ]
    expected = matches_of(model, engagements)
    contestants = [Contestant(OURS, "full fold", partial(fold_all, scoring, people), whole, in_ratio=False)]
    for package, form, matcher, size, in_ratio in forms:
        found = [matcher(each) for each in engagements[:size]]
        if found != expected[:size]:
            raise SystemExit(f"{package}, {form}: matches other rules than this engine")
        contestants.append(
            Contestant(package, form, partial(match_all, matcher, engagements[:size]), size, in_ratio)
        )
    return contestants, sum(expected) / whole


def matches_of(model: Model, engagements: list[Engagement]) -> list[int]:
    """Count each engagement's matches as the others do: apart from its history, so without `once_per`."""
    always = compile_scoring(
        replace(model, rules=tuple(replace(rule, once_per=None) for rule in model.rules))
    )
    counts = []
    for engagement in engagements:
        additions: list[Addition] = []
        Folding(always).take((engagement,), additions)
        counts.append(len(additions))
    return counts


def fold_all(scoring: Scoring, people: list[list[Engagement]]) -> None:
    """Refold everybody's history."""
    for history in people:
        refold(scoring, history)


def match_all(matcher: peers.Matcher, engagements: list[Engagement]) -> None:
    """Match every engagement."""
    for each in engagements:
        matcher(each)


@dataclass(frozen=True, slots=True)
class Result:
    """Engagements a second of processor time, and how many times as many the full fold takes."""

    contestant: Contestant
    rate: float
    ratio: float

    @property
    def name(self) -> str:
        """Package and form."""
        return f"{self.contestant.package}, {self.contestant.form}"


def measure(contestants: list[Contestant], rounds: int) -> list[Result]:
    """Run everybody in turns; the first contestant is the one that the others are compared with."""
    gc.collect()
    gc.freeze()  # what was made to measure with is nobody's garbage
    rates: list[list[float]] = [[] for _ in contestants]
    for _ in range(rounds):
        for contestant, of_one in zip(contestants, rates, strict=True):
            start = time.process_time()
            contestant.run()
            of_one.append(contestant.engagements / (time.process_time() - start))
    return [
        Result(
            contestant,
            statistics.median(of_one),
            statistics.median(ours / theirs for ours, theirs in zip(rates[0], of_one, strict=True)),
        )
        for contestant, of_one in zip(contestants, rates, strict=True)
    ]


def as_json(results: list[Result], fastest: Result) -> dict[str, object]:
    """Give the figures under stable keys."""
    return {
        "ratio_to_fastest_peer": round(fastest.ratio, 2),
        "fastest_peer": fastest.name,
        "engagements_per_second": {each.name: round(each.rate) for each in results},
        "ratios": {each.name: round(each.ratio, 2) for each in results},
    }


def as_table(results: list[Result], fastest: Result) -> str:
    """Write the figures for people."""
    lines = [f"{'package':<12} {'form':<20} {'engagements/s':>14} {'full fold is':>13}"]
    for each in results:
        contestant = each.contestant
        mark = "" if contestant.in_ratio or contestant.package == OURS else "  with our help"
        lines.append(
            f"{contestant.package:<12} {contestant.form:<20} {each.rate:>14,.0f} {each.ratio:>11.1f} x{mark}"
        )
    return "\n".join([*lines, "", f"ratio to the fastest peer ({fastest.name}): {fastest.ratio:.2f}"])


if __name__ == "__main__":
    main()
