"""What the handlers of app.py do, wired."""

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from chalicelib.bootstrap import aws, enrichment, platforms, store, sync, twins
from chalicelib.bootstrap.clock import now
from chalicelib.bootstrap.polls import telling

if TYPE_CHECKING:
    from chalicelib.domain.interest import PersonId
    from chalicelib.services.destinations import Destinations
    from chalicelib.services.hand_off import Handoffs
    from chalicelib.services.send_confirmations import Confirmations


def message_worker() -> Callable[[str], None]:
    """Works off a message of the engagement queue."""
    from chalicelib.services.record_engagements import Recording, record_engagements
    from chalicelib.services.reread_records import reread_records
    from chalicelib.services.review_persons import review_persons
    from chalicelib.services.take_message import UseCases, take_message

    erased = store.erasure_marks().find
    recording = Recording(store.persons(), store.playbook(), now, _new_person, erased)
    use_cases = UseCases(
        record_engagements=lambda engagements: record_engagements(engagements, recording),
        review_persons=lambda ids: review_persons(ids, store.persons(), store.playbook()(), now),
        reread_records=lambda reread: reread_records(
            reread,
            crm=platforms.salesforce(),
            told=telling(),
            engagements=aws.engagement_queue(),
            clock=now,
        ),
        verify_callback=lambda callback: platforms.marketing_cloud().verify_callback(
            callback.callback_id, callback.verification_key
        ),
    )
    return lambda body: take_message(body, use_cases)


def outbox_relay() -> Callable[[Iterable[Mapping[str, Any]]], None]:
    """Passes the stream's records on to the delivery queue."""
    from chalicelib.services.relay_outbox import relay_outbox

    return lambda records: relay_outbox(records, aws.delivery_queue())


def delivery() -> Callable[[Mapping[str, str]], Mapping[str, str]]:
    """Delivers what the messages of the delivery queue refer to; gives the ids of those that come again."""
    from chalicelib.services.deliver import deliver
    from chalicelib.services.take_deliveries import take_deliveries

    return lambda bodies: take_deliveries(
        bodies,
        lambda references: deliver(
            references,
            outbox=store.outbox(),
            crm=destinations(),
            persons=store.persons(),
            engagements=aws.engagement_queue(),
        ),
    )


def destinations() -> "Destinations":
    """The outside systems that commands go to, each made when it is needed."""
    from chalicelib.services.destinations import Destinations

    return Destinations(
        {
            "person": twins.salesforce,
            "interest": twins.salesforce,
            "touchpoint": twins.salesforce,
            "twins": twins.review_list,
            "move": handoffs,
            "handoff": handoffs,
            "confirmation": confirmations,
            "suppression": sync.suppressions,
            "promotion": sync.promotions,
            "enrichment": enrichment.enrichments,
            "row": sync.row_marks,
        }
    )


def handoffs() -> "Handoffs":
    """Hands interests over to sales."""
    from chalicelib.gateways.holiday_calendar import calendar_of
    from chalicelib.gateways.salesforce.handed_over import HandedOverInterests
    from chalicelib.services.hand_off import Handoffs

    return Handoffs(
        compiled=store.playbook(),
        crm=HandedOverInterests(platforms.salesforce_rest()),
        assignments=store.assignments(),
        persons=store.persons(),
        engagements=aws.engagement_queue(),
        calendar_of=calendar_of,
        clock=now,
    )


def confirmations() -> "Confirmations":
    """Sends the mails of double opt-ins."""
    from chalicelib.services.send_confirmations import Confirmations

    return Confirmations(
        compiled=store.playbook(),
        tokens=store.opt_in_tokens(),
        persons=store.persons(),
        mailer=aws.mailer(),
        link_key=aws.link_keys()[0],
        base_url=aws.settings().public_url,
        clock=now,
    )


def change_event_intake() -> Callable[[Mapping[str, Any]], object]:
    """Reads a change event and puts it on the engagement queue."""
    from chalicelib.gateways.salesforce.change_event import read_change_event
    from chalicelib.gateways.salesforce.records import SOURCE
    from chalicelib.services.hand_on import hand_on

    return lambda event: hand_on(read_change_event(event, now()), SOURCE, aws.engagement_queue())


def due_review() -> Callable[[], None]:
    """Puts everybody who is due on the engagement queue."""
    from chalicelib.services.review_persons import review_due

    return lambda: review_due(store.due(), aws.engagement_queue(), now)


def lock_check() -> Callable[[], None]:
    """Looks after the lock of the marketing-owned fields."""
    from functools import partial

    from chalicelib.gateways.salesforce.field_permissions import show_health, survey
    from chalicelib.services.check_lock import check_lock

    org = platforms.salesforce_rest()
    return lambda: check_lock(store.locks(), partial(survey, org), partial(show_health, org), now)


def _new_person() -> "PersonId":
    import secrets

    from chalicelib.domain.interest import PersonId
    from chalicelib.domain.ulid import RANDOM_BYTES, ulid

    return PersonId(ulid(now(), secrets.token_bytes(RANDOM_BYTES)))
