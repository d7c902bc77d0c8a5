"""The playbook's rules for journeys as the domain's."""

from chalicelib.domain.instant import Duration
from chalicelib.domain.journey_rules import Cap, JourneyRules, Pause, Promotion
from chalicelib.playbook.forms import span
from chalicelib.playbook.journeys_source import CapSource, JourneysSource


def journey_rules(source: JourneysSource) -> JourneyRules:
    """Compile the section."""
    return JourneyRules(
        bought=frozenset(source.bought),
        bought_stages=frozenset(source.bought_stages),
        promotions={
            each.product_line: Promotion(
                span(each.barred_for), tuple(each.journeys), tuple(each.lists), each.suppression_list or ""
            )
            for each in source.promotions
        },
        pauses=tuple(
            Pause(
                each.name,
                frozenset(each.begins),
                frozenset(each.ends),
                each.named_by,
                frozenset(each.purposes),
                Duration(each.longest),
            )
            for each in source.pauses
        ),
        cap=None if source.cap is None else _cap(source.cap),
    )


def _cap(source: CapSource) -> Cap:
    return Cap(
        source.most,
        Duration(source.within),
        Duration(source.kept_for),
        frozenset(source.kinds),
        frozenset(source.exempt),
    )
