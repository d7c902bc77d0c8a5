"""The double opt-in: a request, a mail with a link that only the owner of the address gets, a click on it.

Source of what has to be kept: GDPR article 7(1); the German regulators' guidance on direct advertising (DSK,
"Orientierungshilfe Direktwerbung", 2022, section 3.3) asks for request and confirmation with their times and
addresses, and the text that was agreed to.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from chalicelib.domain.command import Command, FieldValue
from chalicelib.domain.consent import Consent, Subject, standing, wording_hash
from chalicelib.domain.engagement import Engagement, EngagementId
from chalicelib.domain.instant import Instant, iso
from chalicelib.domain.interest import PersonId
from chalicelib.domain.model import ConsentTerms
from chalicelib.domain.person import Person
from chalicelib.domain.qualification import Compiled

Language = Literal["en", "de"]


@dataclass(frozen=True, slots=True)
class OptInRequest:
    """What somebody asked for and has not confirmed yet; it holds no address: the person's keys do.

    Attributes:
        evidence: of the request and, once it is sent, of the mail.
        words: what proves the very words that the mail has, by purpose.
    """

    person: PersonId
    subjects: tuple[Subject, ...]
    language: Language
    requested_at: Instant
    expires_at: Instant
    evidence: Mapping[str, str]
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


def proof_of_words(terms: ConsentTerms, purpose: str, language: Language) -> dict[str, str]:
    """Prove by which words a purpose is asked for; nothing where the playbook has none for it."""
    wording = terms.wordings.get(purpose)
    if wording is None:
        return {}
    return {
        "wording": wording_hash(wording.texts[language]),
        "wording_version": wording.version,
        "notice_version": terms.notice_version,
    }


def subjects_to_confirm(compiled: Compiled, person: Person, engagement: Engagement) -> tuple[Subject, ...]:
    """Find what an engagement asks for that a mail of ours has to confirm.

    Not what the person has already, has withdrawn since, or a source confirms by a mail of its own.
    """
    known = {purpose.name for purpose in compiled.model.purposes}
    return tuple(
        consent.subject
        for consent in engagement.consents
        if consent.kind == "requested"
        and consent.subject.channel == "email"
        and consent.subject.purpose in known
        and "mail_id" not in consent.evidence
        and standing(person.consents, consent.subject).state == "requested"
    )


def confirmation_command(compiled: Compiled, person: Person, engagement: Engagement) -> Command | None:
    """Have the mail sent by which a request is confirmed; None where there is nothing to confirm."""
    subjects = subjects_to_confirm(compiled, person, engagement)
    address = next((key.value for key in engagement.keys if key.kind == "email"), None)
    if not subjects or address is None:
        return None
    evidence = next(each.evidence for each in engagement.consents if each.subject == subjects[0])
    fields: dict[str, FieldValue] = {
        "email": address,
        "subjects": json.dumps([[each.channel, each.purpose, each.brand] for each in subjects]),
        "requested_at": engagement.occurred_at,
        "evidence": json.dumps(dict(evidence), ensure_ascii=False),
    }
    return Command("confirmation", engagement.id, person.id, person.version, fields)


def request_of(compiled: Compiled, command: Command) -> OptInRequest:
    """Read the request that a command wants confirmed, by the words that the playbook has now."""
    evidence: dict[str, str] = json.loads(str(command.fields["evidence"]))
    requested_at = Instant(int(command.fields["requested_at"] or 0))
    subjects = tuple(Subject(*each) for each in json.loads(str(command.fields["subjects"])))
    language: Language = "de" if evidence.get("language", "").startswith("de") else "en"
    terms = compiled.model.consent
    return OptInRequest(
        person=command.person,
        subjects=subjects,
        language=language,
        requested_at=requested_at,
        expires_at=Instant(requested_at + terms.confirm_within),
        evidence={"requested_at": iso(requested_at), **evidence, "language": language},
        words={each.purpose: proof_of_words(terms, each.purpose, language) for each in subjects},
    )


def token_of(key: str, request: EngagementId) -> str:
    """Make the token of a request: nobody can guess it without the key, and a repeated mail has the same."""
    made = hmac.new(key.encode(), f"double opt-in {request}".encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(made).rstrip(b"=").decode()


def hash_of(token: str) -> str:
    """Hash a token: what is stored lets nobody confirm. SHA-256, 64 hex digits."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def confirmed(request: OptInRequest, token_hash: str, clicked_at: Instant, ip: str) -> tuple[Consent, ...]:
    """Say that the owner of the address confirmed a request, with everything that proves it.

    What was agreed to are the mail's words, each purpose's own, whatever a form may have said before.
    """
    click = {
        "token_hash": token_hash,
        "clicked_at": iso(clicked_at),
        **({"confirm_ip": ip} if ip else {}),
    }
    return tuple(
        Consent(
            subject,
            "confirmed",
            "double_opt_in",
            {**request.evidence, **request.words.get(subject.purpose, {}), **click},
        )
        for subject in request.subjects
    )
