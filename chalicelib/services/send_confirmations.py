"""Sends the mails of double opt-ins."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from chalicelib.domain.command import Command
from chalicelib.domain.confirmation_mail import Mail, confirmation_mail
from chalicelib.domain.consent import standing
from chalicelib.domain.double_opt_in import OptInRequest, hash_of, request_of, token_of
from chalicelib.domain.engagement import EngagementId
from chalicelib.domain.instant import Instant, iso
from chalicelib.domain.interest import PersonId
from chalicelib.domain.outcome import Deferred, Outcome, Refused, Written
from chalicelib.domain.person import Person
from chalicelib.domain.qualification import Compiled
from chalicelib.errors import Rejected, Retryable
from chalicelib.log import log_line


class Tokens(Protocol):
    """Open double opt-ins."""

    def begin(self, token_hash: str, request: OptInRequest, now: Instant) -> bool:
        """Keep a request; False where the person got another mail within the last hour."""

    def mailed(self, token_hash: str, request: OptInRequest) -> None:
        """Keep a request with the evidence of its mail."""


class Persons(Protocol):
    """The persons of the store."""

    def load(self, persons: Iterable[PersonId]) -> Mapping[PersonId, Person]:
        """Load persons by the ids that were asked for, each as who they are by now."""


class Mailer(Protocol):
    """Sends mails."""

    def send(self, mail: Mail) -> str:
        """Send a mail; gives its message id."""


@dataclass(frozen=True, slots=True)
class Confirmations:
    """A destination of commands: each is a mail that asks for a confirmation.

    A repeated delivery sends the same link again; whoever clicks on either confirms once.
    """

    compiled: Callable[[], Compiled]
    tokens: Tokens
    persons: Persons
    mailer: Mailer
    link_key: str
    base_url: str
    clock: Callable[[], Instant]

    def write(self, commands: Sequence[Command]) -> Sequence[Outcome]:
        """Send the mails; one outcome each, in their order.

        Raises:
            Misconfigured: the sender may not send.
        """
        persons = self.persons.load({each.person for each in commands})
        return [self._send(each, persons.get(each.person)) for each in commands]

    def _send(self, command: Command, person: Person | None) -> Outcome:
        now, compiled = self.clock(), self.compiled()
        request = _still_open(request_of(compiled, command), person)
        if request is None or request.expires_at <= now:
            return Written("")
        token = token_of(self.link_key, EngagementId(command.external_id))
        if not self.tokens.begin(hash_of(token), request, now):
            log_line("confirmation not sent", reason="another one was within the hour")
            return Written("")
        link = f"{self.base_url}/consent/confirm?token={token}&lang={request.language}"
        mail = confirmation_mail(compiled.model, request, str(command.fields["email"]), link, now)
        try:
            mail_id = self.mailer.send(mail)
        except Retryable as error:
            return Deferred(str(error))
        except Rejected as error:
            return Refused(str(error))
        evidence = {**request.evidence, "mail_id": mail_id, "mail_sent_at": iso(now)}
        self.tokens.mailed(hash_of(token), replace(request, evidence=evidence))
        return Written(mail_id)


def _still_open(request: OptInRequest, person: Person | None) -> OptInRequest | None:
    """Leave out what was confirmed or withdrawn meanwhile."""
    if person is None:
        return None
    subjects = tuple(
        each for each in request.subjects if standing(person.consents, each).state == "requested"
    )
    return replace(request, person=person.id, subjects=subjects) if subjects else None
