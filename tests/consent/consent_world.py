"""The consent pages with everything behind them: real app, worker and delivery, one table, a mailbox."""

import itertools
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from chalice.test import Client, HTTPResponse

import app
from chalicelib.domain.confirmation_mail import Mail
from chalicelib.domain.consent import Standing, Subject, standing
from chalicelib.domain.engagement import person_key
from chalicelib.domain.instant import Duration, Instant
from chalicelib.domain.message import Engagements, decode
from chalicelib.domain.model import Model
from chalicelib.errors import Rejected, Retryable
from chalicelib.gateways.store.opt_in_tokens import OptInTokens
from chalicelib.services.deliver import deliver
from chalicelib.services.destinations import Destinations
from chalicelib.services.send_confirmations import Confirmations
from tests.services.world import World

KEYS = ["the newest key", "an older key"]
BASE = "https://api.example.com"
ANNA = "anna@example.com"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


class MemoryQueue:
    """The engagement queue."""

    def __init__(self) -> None:
        self.bodies: list[str] = []

    def send(self, bodies: Any) -> None:
        self.bodies += bodies


@dataclass
class Mailbox:
    """Takes mails; `fails` is raised instead where it is set."""

    mails: list[Mail] = field(default_factory=list)
    fails: Exception | None = None

    def send(self, mail: Mail) -> str:
        if self.fails is not None:
            raise self.fails
        self.mails.append(mail)
        return f"mail-{len(self.mails)}"

    @property
    def link(self) -> str:
        """The link of the last mail, from `/consent` on."""
        found = re.search(rf"{BASE}(/consent/\S+)", self.mails[-1].text)
        assert found is not None
        return found[1]


@dataclass
class ConsentWorld:
    """What a person meets, and a look behind it."""

    world: World
    model: Model
    http: Any = field(default_factory=lambda: Client(app.app).http)
    queue: MemoryQueue = field(default_factory=MemoryQueue)
    mailbox: Mailbox = field(default_factory=Mailbox)

    def __post_init__(self) -> None:
        self.tokens = OptInTokens(self.world.client, self.world.table)
        self._rounds = itertools.count()

    def get(self, path: str, **headers: str) -> HTTPResponse:
        return self.http.get(path, headers=headers)

    def post(self, path: str, fields: Mapping[str, Any] | str) -> HTTPResponse:
        body = fields if isinstance(fields, str) else urlencode(fields, doseq=True)
        return self.http.post(path, body=body.encode(), headers=FORM)

    def confirmations(self) -> Confirmations:
        return Confirmations(
            compiled=lambda: self.world.compiled,
            tokens=self.tokens,
            persons=self.world.persons,
            mailer=self.mailbox,
            link_key=KEYS[0],
            base_url=BASE,
            clock=self.world.clock,
        )

    def work(self) -> dict[Any, str]:
        """Record what is on the queue, and deliver the mails that it causes; gives what has to come again."""
        bodies, self.queue.bodies = self.queue.bodies, []
        for body in bodies:
            message = decode(body)
            assert isinstance(message, Engagements)
            self.world.record(*message.engagements)
        references = self.world.keys_of_items("OUTBOX#confirmation")
        return deliver(
            references,
            outbox=self.world.outbox,
            crm=Destinations({"confirmation": self.confirmations}),
            persons=self.world.persons,
            engagements=self.queue,
        )

    def subscribe(self, *about: str, email: str = ANNA, **more: str) -> HTTPResponse:
        return self.post("/consent/requests?lang=de", {"email": email, "about": list(about), **more})

    def confirm(self) -> HTTPResponse:
        """Press the button on the page that the last mail leads to."""
        token = re.search(r"token=([\w-]+)", self.mailbox.link)
        assert token is not None
        return self.post("/consent/confirm?lang=de", {"token": token[1]})

    def opted_in(self, *about: str) -> None:
        """Somebody has been through the whole double opt-in."""
        self.subscribe(*about)
        self.work()
        self.confirm()
        self.work()

    def later(self, span: int) -> None:
        self.world.now = Instant(self.world.now + Duration(span))

    def standing(self, purpose: str = "newsletter") -> Standing:
        person = self.world.person(person_key("email", ANNA))
        return standing(person.consents, Subject("email", purpose, "main"))

    def stored(self) -> str:
        """All items of the table, as text."""
        return json.dumps(self.world.items(), ensure_ascii=False)


__all__ = ["ANNA", "BASE", "KEYS", "ConsentWorld", "Rejected", "Retryable"]
