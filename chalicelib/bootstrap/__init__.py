"""The one place that wires: gateways, made when they are first needed and kept for the life of the function.

Imports stand inside the functions, so that a function of Lambda loads only what it uses.
"""

from chalicelib.bootstrap import aws, enrichment, platforms, store
from chalicelib.bootstrap.aws import (
    callback_secret,
    delivery_queue,
    dynamodb,
    engagement_queue,
    erasure_key,
    link_keys,
    privacy_secret,
    settings,
)
from chalicelib.bootstrap.clock import Clock, now, system_clock, use_clock
from chalicelib.bootstrap.handlers import (
    change_event_intake,
    delivery,
    due_review,
    lock_check,
    message_worker,
    outbox_relay,
)
from chalicelib.bootstrap.journeys import mailing_permission
from chalicelib.bootstrap.platforms import (
    account_engagement,
    marketing_cloud,
    marketing_cloud_rows,
    salesforce,
    salesforce_rest,
)
from chalicelib.bootstrap.polls import account_engagement_poll, salesforce_activities_poll
from chalicelib.bootstrap.store import (
    assignments,
    due,
    erasure_marks,
    locks,
    opt_in_tokens,
    outbox,
    persons,
    playbook,
    playbooks,
    sync_conflicts,
    sync_states,
    verifications,
    watermarks,
)
from chalicelib.bootstrap.sync import automations, planner, platform_pushes, record_push

__all__ = [
    "Clock",
    "account_engagement",
    "account_engagement_poll",
    "assignments",
    "automations",
    "callback_secret",
    "change_event_intake",
    "delivery",
    "delivery_queue",
    "due",
    "due_review",
    "dynamodb",
    "engagement_queue",
    "erasure_key",
    "erasure_marks",
    "forget",
    "link_keys",
    "lock_check",
    "locks",
    "mailing_permission",
    "marketing_cloud",
    "marketing_cloud_rows",
    "message_worker",
    "now",
    "opt_in_tokens",
    "outbox",
    "outbox_relay",
    "persons",
    "planner",
    "platform_pushes",
    "playbook",
    "playbooks",
    "privacy_secret",
    "record_push",
    "salesforce",
    "salesforce_activities_poll",
    "salesforce_rest",
    "settings",
    "sync_conflicts",
    "sync_states",
    "system_clock",
    "use_clock",
    "verifications",
    "watermarks",
]


def forget() -> None:
    """Make everything anew when it is next needed, as a test does that changed what lies behind."""
    for module in (aws, store, platforms, enrichment):
        for made in vars(module).values():
            if hasattr(made, "cache_clear"):
                made.cache_clear()
