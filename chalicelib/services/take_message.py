"""Take a message off the engagement queue and give it to the use case that it is for."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from chalicelib.domain.engagement import Engagement
from chalicelib.domain.interest import PersonId
from chalicelib.domain.message import Engagements, Reread, Review, VerifyCallback, decode


@dataclass(frozen=True, slots=True)
class UseCases:
    """What a message may ask for; each is safe to repeat."""

    record_engagements: Callable[[Sequence[Engagement]], object]
    review_persons: Callable[[Sequence[PersonId]], object]
    reread_records: Callable[[Reread], object]
    verify_callback: Callable[[VerifyCallback], object]


def take_message(body: str, use_cases: UseCases) -> None:
    """Work a message off.

    Raises:
        Rejected, Retryable, Misconfigured: the message, or a part of it, can't be worked off (now).
    """
    match decode(body):
        case Engagements(engagements):
            use_cases.record_engagements(engagements)
        case Review(persons):
            use_cases.review_persons(persons)
        case Reread() as reread:
            use_cases.reread_records(reread)
        case VerifyCallback() as callback:
            use_cases.verify_callback(callback)
