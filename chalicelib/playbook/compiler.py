"""From the playbook's source to the model that the rules of the numbers run on, and to JSON and back."""

import hashlib
import json
from collections.abc import Iterator, Sequence

from pydantic import ValidationError

from chalicelib.domain.instant import Duration
from chalicelib.domain.model import (
    Brand,
    Category,
    ConsentTerms,
    Criterion,
    EngagementKind,
    Exclusion,
    Gate,
    Lifecycle,
    Model,
    OutcomeStep,
    ProductLine,
    Purpose,
    Recycling,
    ScoringRule,
    Transition,
    Wording,
)
from chalicelib.errors import Rejected
from chalicelib.playbook.activities_source import activity_terms
from chalicelib.playbook.checklist_items import checklist_items
from chalicelib.playbook.condition_source import conditions_of
from chalicelib.playbook.consent_source import ConsentSource
from chalicelib.playbook.duplicates_source import duplicate_terms
from chalicelib.playbook.enrichment_plan import enrichment_plan
from chalicelib.playbook.forms import span
from chalicelib.playbook.journey_rules import journey_rules
from chalicelib.playbook.malformed import malformed
from chalicelib.playbook.routing_plan import routing_plan
from chalicelib.playbook.salesforce_fields import marketing_owned
from chalicelib.playbook.source import (
    GateSource,
    LifecycleSource,
    PlaybookSource,
    ProductLineSource,
    ScoringRuleSource,
)
from chalicelib.playbook.sync_fields import sync_fields
from chalicelib.playbook.working_order import working_order


def compile_playbook(source: PlaybookSource) -> Model:
    """Compile a playbook that `checks.problems` found nothing wrong with; labels are the English ones."""
    return Model(
        version=version_of(source),
        product_lines=tuple(
            ProductLine(line.name, line.label.en, conditions_of(line.recognised_by))
            for line in source.product_lines
        ),
        kinds=tuple(EngagementKind(each.name, each.label.en, each.touchpoint) for each in source.engagements),
        purposes=tuple(
            Purpose(
                each.name,
                each.label.en,
                each.contactable,
                tuple(each.channels),
                {"en": each.label.en, "de": each.label.de},
                each.marketing,
            )
            for each in source.purposes
        ),
        consent=_consent(source.consent),
        categories=tuple(
            Category(each.name, span(each.half_life), each.cap) for each in source.scoring.categories
        ),
        rules=tuple(each for rule in source.scoring.rules for each in expand(rule, source.product_lines)),
        criteria=tuple(
            Criterion(each.name, each.label.en, conditions_of(each.where), each.up, each.down)
            for each in source.grading
        ),
        exclusions=tuple(
            Exclusion(each.name, each.label.en, conditions_of(each.where)) for each in source.exclusions
        ),
        gates=tuple(_gate(each) for each in source.gates),
        lifecycle=_lifecycle(source.lifecycle),
        touchpoint_backfill=source.touchpoints.backfill,
        owned_fields=marketing_owned(source),
        sync=sync_fields(source),
        checklist=checklist_items(source),
        working_order=working_order(source.working_order),
        enrichment=enrichment_plan(source.enrichment),
        journeys=journey_rules(source.journeys),
        routing=routing_plan(source.routing),
        activities=activity_terms(source.activities),
        duplicates=duplicate_terms(source.duplicates),
    )


def expand(rule: ScoringRuleSource, lines: Sequence[ProductLineSource]) -> Iterator[ScoringRule]:
    """Make the rule, or with `for_each` one per product line, named `rule.line`."""
    if rule.for_each is None:
        yield _rule(rule, rule.name, rule.label.en, rule.category or "", None)
        return
    for line in lines:
        label = f"{rule.label.en}: {line.label.en}"
        yield _rule(rule, f"{rule.name}.{line.name}", label, line.name, line.name)


def version_of(source: PlaybookSource) -> str:
    """Name a playbook by its content: the first 12 hex digits of a hash of its canonical JSON."""
    return hashlib.sha256(to_json(source).encode()).hexdigest()[:12]


def to_json(source: PlaybookSource) -> str:
    """Write a playbook as canonical JSON, the form in which it is published."""
    return json.dumps(
        source.model_dump(mode="json"), sort_keys=True, separators=(",", ":"), ensure_ascii=False
    )


def from_json(text: str) -> PlaybookSource:
    """Read a published playbook.

    Raises:
        Rejected: it is none of this version of Smarketing.
    """
    try:
        return PlaybookSource.model_validate_json(text)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        if first["type"] == "json_invalid":
            raise Rejected("playbook: is no JSON; publish it again") from None
        problem = next(malformed(error))
        place = ["playbook", *([".".join(str(part) for part in problem.path)] if problem.path else [])]
        raise Rejected(f"{': '.join(place)}: {problem.message}; publish it again") from None


def _rule(rule: ScoringRuleSource, name: str, label: str, category: str, line: str | None) -> ScoringRule:
    return ScoringRule(
        name=name,
        label=label,
        kinds=tuple(rule.kinds),
        points=rule.points,
        category=category,
        where=conditions_of(rule.where),
        product_line=line,
        limit=rule.limit,
        once_per=span(rule.once_per),
    )


def _consent(source: ConsentSource) -> ConsentTerms:
    return ConsentTerms(
        company=source.company,
        brands=tuple(Brand(each.name, each.label.en) for each in source.brands),
        notice_version=source.privacy_notice.version,
        notice_url=str(source.privacy_notice.url),
        wordings={
            each.purpose: Wording(
                each.version,
                {
                    "en": each.text.en.replace("{company}", source.company),
                    "de": each.text.de.replace("{company}", source.company),
                },
            )
            for each in source.wordings
        },
        confirm_within=Duration(source.confirm_within),
        existing_customer=frozenset(source.existing_customer),
    )


def _gate(gate: GateSource) -> Gate:
    return Gate(
        name=gate.name,
        label=gate.label.en,
        min_score=gate.min_score,
        min_category=gate.min_category,
        min_grade=gate.min_grade,
        hand_raiser_kinds=tuple(gate.hand_raiser or ()),
        where=conditions_of(gate.where),
        within=span(gate.within),
    )


def _lifecycle(source: LifecycleSource) -> Lifecycle:
    cool_offs = ((stage.name, span(stage.cool_off)) for stage in source.stages)
    return Lifecycle(
        stages=tuple(stage.name for stage in source.stages),
        closed=frozenset(stage.name for stage in source.stages if stage.closed),
        transitions=frozenset(Transition(stage.name, each) for stage in source.stages for each in stage.next),
        handoff_stage=source.opens_in,
        cool_off={name: cool_off for name, cool_off in cool_offs if cool_off is not None},
        checked=frozenset(stage.name for stage in source.stages if stage.checked),
        recycling={
            each.name: Recycling(span(each.after), frozenset(each.needs), each.afresh)
            for each in source.reasons
            if each.after or each.needs or each.afresh
        },
        outcomes={each.kind: OutcomeStep(each.stage, each.reason) for each in source.outcomes},
    )
