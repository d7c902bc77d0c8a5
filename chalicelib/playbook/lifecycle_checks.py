"""Finds stages that no interest can reach or leave, and steps that make no sense."""

from collections.abc import Iterator, Mapping, Sequence

from chalicelib.domain.handoff import CONSENT_WITHDRAWN
from chalicelib.domain.merging import DUPLICATE
from chalicelib.playbook.condition_checks import repeated
from chalicelib.playbook.problems import Problem, unknown
from chalicelib.playbook.scoring_checks import positive
from chalicelib.playbook.source import LifecycleSource, PlaybookSource, StageSource


def steps(playbook: PlaybookSource) -> Iterator[Problem]:
    """Find what is wrong with stages and the steps from them, each by itself."""
    stages = playbook.lifecycle.stages
    by_name = {stage.name: stage for stage in stages}
    for position, stage in enumerate(stages):
        path = ("lifecycle", "stages", position)
        for number, follower in enumerate(stage.next):
            if (wrong := _wrong_step(stage, follower, by_name)) is not None:
                yield Problem((*path, "next", number), wrong)
        yield from repeated((*path, "next"), stage.next)
        yield from positive((*path, "cool_off"), stage.cool_off, "leave it out if there is none")
        if stage.cool_off is not None and not stage.closed:
            yield Problem((*path, "cool_off"), "only a closed stage cools off; set closed or remove it")
        yield from positive((*path, "service_level"), stage.service_level, "leave it out if there is none")
        if stage.service_level is not None and stage.closed:
            yield Problem((*path, "service_level"), "a closed stage waits for nobody; remove it")


def way(playbook: PlaybookSource) -> Iterator[Problem]:
    """Find stages that no interest reaches, and open ones that none leaves."""
    lifecycle = playbook.lifecycle
    stages, following = lifecycle.stages, {stage.name: stage.next for stage in lifecycle.stages}
    closed = {stage.name for stage in stages if stage.closed}
    yield from _opening(lifecycle)
    if not closed:
        yield Problem(("lifecycle", "stages"), "none is closed, so no interest would ever end; close one")
        return
    reached = _reached(following, [lifecycle.opens_in, stages[0].name])
    if not reached <= following.keys():
        return  # A misspelt step would make the stage that was meant seem unreachable.
    for position, stage in enumerate(stages):
        place = ("lifecycle", "stages", position)
        if stage.name not in reached:
            yield Problem((*place, "name"), f"no stage leads to {stage.name!r}; add it to a next")
        if not stage.closed and not closed & _reached(following, [stage.name]):
            yield Problem((*place, "next"), f"no way leads from {stage.name!r} to a closed stage; add a next")


def reasons(playbook: PlaybookSource) -> Iterator[Problem]:
    """Find a lack of the reasons that no human gives."""
    given = [reason.name for reason in playbook.lifecycle.reasons]
    for name, cause in ((DUPLICATE, "merging two persons"), (CONSENT_WITHDRAWN, "a withdrawn consent")):
        if name not in given:
            yield Problem(
                ("lifecycle", "reasons"), f"{name!r} is missing, which {cause} gives an interest; add it"
            )


def _wrong_step(stage: StageSource, follower: str, stages: Mapping[str, StageSource]) -> str | None:
    if follower not in stages:
        return unknown("stage", follower, list(stages))
    if follower == stage.name:
        return "a stage does not follow itself; remove it"
    if stage.closed and not stages[follower].closed:
        return f"{stage.name!r} is closed, and a new interest opens instead of {follower!r}; remove it"
    return None


def _opening(lifecycle: LifecycleSource) -> Iterator[Problem]:
    place = ("lifecycle", "opens_in")
    first = lifecycle.stages[0]
    opens = next((stage for stage in lifecycle.stages if stage.name == lifecycle.opens_in), None)
    if opens is None:
        names = [stage.name for stage in lifecycle.stages]
        yield Problem(place, unknown("stage", lifecycle.opens_in, names))
    elif opens.closed:
        yield Problem(place, f"{opens.name!r} is closed; name an open stage")
    elif opens.name == first.name:
        yield Problem(place, f"{opens.name!r} is the stage of a person without an interest; name a later one")
    if first.closed:
        yield Problem(
            ("lifecycle", "stages", 0, "closed"),
            "the first stage is that of a person without an interest; remove closed",
        )


def _reached(following: Mapping[str, Sequence[str]], ahead: Sequence[str]) -> set[str]:
    reached, waiting = set[str](), list(ahead)
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            waiting += following.get(name, [])
    return reached


def recycling(playbook: PlaybookSource) -> Iterator[Problem]:
    """Find reasons that wait for engagements that nobody knows, and spans without a length."""
    kinds = [kind.name for kind in playbook.engagements]
    for position, reason in enumerate(playbook.lifecycle.reasons):
        path = ("lifecycle", "reasons", position)
        yield from positive((*path, "after"), reason.after, "leave it out if the stage's cool-off is enough")
        yield from repeated((*path, "needs"), reason.needs)
        for number, kind in enumerate(reason.needs):
            if kind not in kinds:
                yield Problem((*path, "needs", number), unknown("engagement kind", kind, kinds))


def outcomes(playbook: PlaybookSource) -> Iterator[Problem]:
    """Find outcomes of opportunities that name an engagement, a stage or a reason that nobody knows."""
    lifecycle = playbook.lifecycle
    known = {
        "kind": ("engagement kind", [kind.name for kind in playbook.engagements]),
        "stage": ("stage", [stage.name for stage in lifecycle.stages]),
        "reason": ("reason", [reason.name for reason in lifecycle.reasons]),
    }
    seen = set[str]()
    for position, outcome in enumerate(lifecycle.outcomes):
        path = ("lifecycle", "outcomes", position)
        for key, (what, names) in known.items():
            value = getattr(outcome, key)
            if value is not None and value not in names:
                yield Problem((*path, key), unknown(what, value, names))
        if outcome.kind in seen:
            yield Problem((*path, "kind"), f"{outcome.kind!r} is given twice; remove one")
        seen.add(outcome.kind)
