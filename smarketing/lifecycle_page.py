"""The page about the lifecycle, `docs/lifecycle.md`, with a state diagram made from the playbook."""

from collections.abc import Iterator

from chalicelib.playbook.forms import write_span
from chalicelib.playbook.source import PlaybookSource, StageSource

_HEAD = """\
# Lifecycle of an interest

<!-- Written by `smarketing playbook lifecycle`; a test fails where it is stale. -->

An interest is an expression of interest of one person in one product line: what is commonly called a \
lead. It may belong to a Lead or to a Contact of a customer. A person has at most one open interest in a \
product line; what they do meanwhile enriches it. A closed interest is never opened again: a new one \
opens, so that each \
keeps its own history.

```sh
smarketing interest show anna.berger@pressteile-berger.example --target sandbox
smarketing playbook lifecycle --to docs/lifecycle.md
```

"""

_TAIL = """
## Who takes a step

| who | how |
|---|---|
| people in Salesforce | they change the stage of the interest; the playbook's steps are checked there by a \
validation rule, and again when Smarketing learns of it |
| an Opportunity | when it is opened, won or lost, its interest goes along; steps between are taken with \
it, but never past the check of Sales Support |
| Smarketing | opens interests, closes the younger of two that turn out to be one person's, counts silence \
as acceptance where [routing.yaml](playbook.md#routingyaml) says so, and closes what sales has not \
accepted when the last permission to be contacted is withdrawn |

Each step is a row of the person's history, with what caused it (an engagement, a merger, the passing of \
time) and who took it. A step that the playbook does not allow is refused; the row says why, and the \
interest stays where it is.

Salesforce sends a record as it is at the time of sending, so that two quick steps, or those of an hour in \
which our callback was out of reach, may come as one. They are taken as one where allowed steps lead there; \
past the check of Sales Support only with the checklist complete and the person contactable.

## After a rejection

Whether the interest was rejected or goes back to nurturing, the reason decides when the product line may \
open another one, what is reset, and what must happen first ([lifecycle.yaml](playbook.md#lifecycleyaml)). A \
day that people gave (*Recycle until*) holds whatever the reason says. History itself is never reset: the \
points stay, and so does what they are made of.

"""

_OUTCOMES = """
## What marketing learns

What sales made of an interest goes back to the marketing automations with the next push, whether or not the \
person's record changed: `outcome` (the stage), `outcome_line`, `outcome_reason`, `outcome_amount` (what the \
Opportunity is worth, in the org's currency, as was told when it was opened, won or lost) and `outcome_at` \
(the day, UTC), see [sync](sync.md#what-sales-made-of-it). Segments and journeys can leave out whom a \
mailing would only annoy, and revenue can be reported on by campaign.
"""


def lifecycle_page(playbook: PlaybookSource) -> str:
    """Write the page as Markdown."""
    diagram, reasons = "\n".join(_diagram(playbook)), "\n".join(_reasons(playbook))
    return f"{_HEAD}{diagram}\n{_TAIL}{reasons}\n{_OUTCOMES}"


def _diagram(playbook: PlaybookSource) -> Iterator[str]:
    lifecycle = playbook.lifecycle
    first = lifecycle.stages[0].name
    yield "```mermaid"
    yield "stateDiagram-v2"
    for stage in lifecycle.stages:
        yield f"    {stage.name}: {_told(stage)}"
    yield f"    [*] --> {lifecycle.opens_in}: a gate is passed"
    steps = [
        (stage.name, follower) for stage in lifecycle.stages if stage.name != first for follower in stage.next
    ]
    for source, target in steps:
        yield f"    {source} --> {target}{_by(playbook, source, target)}"
    for stage in lifecycle.stages:
        if stage.closed:
            yield f"    {stage.name} --> [*]"
    yield "```"


def _reasons(playbook: PlaybookSource) -> Iterator[str]:
    """Write the table of reasons: when, what is reset, what must happen first."""
    lifecycle = playbook.lifecycle
    usual = ", ".join(
        f"{write_span(stage.cool_off)} after `{stage.name}`"
        for stage in lifecycle.stages
        if stage.closed and stage.cool_off is not None
    )
    yield "| reason | when | what is reset | what must happen first |"
    yield "|---|---|---|---|"
    for each in lifecycle.reasons:
        when = write_span(each.after) if each.after is not None else f"as the stage says: {usual}"
        reset = "only what is new counts for the gates" if each.afresh else "nothing"
        first = " or ".join(f"`{kind}`" for kind in each.needs) or "nothing"
        yield f"| {each.label.en} (`{each.name}`) | {when} | {reset} | {first} |"


def _told(stage: StageSource) -> str:
    return stage.label.en + (" (checked)" if stage.checked else "")


def _by(playbook: PlaybookSource, source: str, target: str) -> str:
    """Name the engagements that make a step: an end of an Opportunity follows on the stage of an open one."""
    outcomes = playbook.lifecycle.outcomes
    closed = {stage.name for stage in playbook.lifecycle.stages if stage.closed}
    if target in closed and source not in {each.stage for each in outcomes}:
        return ""
    kinds = [each.kind.replace("_", " ") for each in outcomes if each.stage == target]
    return f": {', '.join(kinds)}" if kinds else ""
