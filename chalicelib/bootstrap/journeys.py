"""The question of a journey, wired."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from chalicelib.bootstrap import store
from chalicelib.bootstrap.clock import now

if TYPE_CHECKING:
    from chalicelib.domain.mailing_question import MailingQuestion
    from chalicelib.domain.may_send import Answer


def mailing_permission() -> "Callable[[MailingQuestion], Answer]":
    """Answers a journey that asks whether it may write."""
    from chalicelib.services.permit_mailing import Permitting, permit_mailing

    permitting = Permitting(store.persons(), store.playbook(), now)
    return partial(permit_mailing, permitting=permitting)
