"""The stages of an interest: which may follow which, and what lies behind the check of Sales Support."""

from chalicelib.domain.model import Lifecycle, Transition


def refusal(lifecycle: Lifecycle, source: str, target: str) -> str | None:
    """Say why an interest must not go from one stage to another; None where it may."""
    if target not in lifecycle.stages:
        return f"{target[:40]!r} is no stage of the playbook"
    if Transition(source, target) not in lifecycle.transitions:
        return f"the playbook has no step from {source} to {target}"
    return None


def leads_to(lifecycle: Lifecycle, source: str, target: str, *, past_checks: bool = False) -> bool:
    """Whether allowed steps lead to a stage: what a step that says more than one implies.

    They lead through open stages and, unless they may go past checks, never into one that asks for a complete
    checklist.
    """
    waiting, met = [source], {source}
    while waiting:
        at = waiting.pop()
        for stage in lifecycle.stages:
            if stage in met or Transition(at, stage) not in lifecycle.transitions:
                continue
            if stage in lifecycle.checked and not past_checks:
                continue
            if stage == target:
                return True
            met.add(stage)
            if stage not in lifecycle.closed:
                waiting.append(stage)
    return False


def is_with_sales(lifecycle: Lifecycle, stage: str) -> bool:
    """Whether a stage lies behind the check, in the order of the stages; all do where none is checked."""
    checked = [lifecycle.stages.index(each) for each in lifecycle.checked]
    return lifecycle.stages.index(stage) >= min(checked, default=0)


def accepted_stage(lifecycle: Lifecycle, stage: str) -> str | None:
    """Name the open stage in which sales has accepted what lies in a checked one; None: there is none."""
    behind = lifecycle.stages[lifecycle.stages.index(stage) + 1 :]
    return next(
        (
            each
            for each in behind
            if each not in lifecycle.closed and Transition(stage, each) in lifecycle.transitions
        ),
        None,
    )
