"""What the handlers of app.py do, wired."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from chalicelib.bootstrap import aws, enrichment, platforms, store, sync, twins
from chalicelib.bootstrap.clock import now

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
            reread, crm=platforms.salesforce(), engagements=aws.engagement_queue(), clock=now
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


def account_engagement_poll() -> Callable[[], None]:
    """Puts what is new in Account Engagement on the engagement queue; nothing where it isn't used."""
    from chalicelib.domain.sync_fields import columns
    from chalicelib.gateways.account_engagement import polled_rows
    from chalicelib.services.poll_account_engagement import Source, poll_account_engagement

    if not aws.settings().account_engagement_secret_id:
        return lambda: None
    client = platforms.account_engagement()
    names = columns(store.playbook()().model.sync, "account_engagement")
    prospects = Source(
        name="account-engagement-prospects",
        rows=lambda since: client.rows("prospects", polled_rows.prospect_fields(names), changed_since=since),
        changed_at=polled_rows.changed_at,
        compare=_without_our_own(names),
        read=lambda rows: polled_rows.of_prospects(rows, now()),
    )
    activities = Source(
        name="account-engagement-activities",
        rows=lambda since: client.rows(
            "visitor-activities", polled_rows.ACTIVITY_FIELDS, changed_since=since
        ),
        changed_at=polled_rows.changed_at,
        read=lambda rows: polled_rows.of_activities(rows, now()),
    )
    return lambda: poll_account_engagement(
        (prospects, activities), store.watermarks(), aws.engagement_queue(), now
    )


def _without_our_own(
    names: Mapping[str, str],
) -> Callable[[Sequence[Mapping[str, Any]]], list[Mapping[str, Any]]]:
    """Holds polled prospects against what we wrote, and leaves out of them what is no news."""
    from chalicelib.gateways.account_engagement import polled_rows
    from chalicelib.services.note_conflicts import ConflictWatch

    watch = ConflictWatch(
        "account_engagement",
        store.playbook()().model.sync,
        store.persons(),
        store.sync_states(),
        store.sync_conflicts(),
    )

    def compare(rows: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
        own = watch.look([polled_rows.held_of(row, names, now()) for row in rows])
        return [
            polled_rows.without(row, {names[word] for word in each.words if word in names}, each.silenced)
            for row, each in zip(rows, own, strict=True)
        ]

    return compare


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
