"""Who may be written to, about what, over which channel: what was said, and how that adds up.

Sources: GDPR articles 4(11), 6(1), 7(1) and 7(3) (consent, its proof and its withdrawal); UWG section 7(2)
and 7(3) (e-mail advertising needs express consent, or the four conditions of an existing customer).

A standing is the same in whatever order, and however often, its consents were told: each fold keeps latest
times alone, and the later of two times does not depend on which came first.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, get_args

from chalicelib.domain.instant import Instant, parse_instant, start_of_day
from chalicelib.errors import Rejected

Channel = Literal["email", "phone", "post", "sms"]
ConsentKind = Literal["requested", "confirmed", "withdrawn", "objected", "imported"]
Basis = Literal["double_opt_in", "existing_customer", "contract"]
State = Literal["unknown", "requested", "granted", "withdrawn", "unproven"]

CHANNELS: tuple[Channel, ...] = get_args(Channel)
KINDS: tuple[ConsentKind, ...] = get_args(ConsentKind)
BASES: tuple[Basis, ...] = get_args(Basis)
RESTRICTING: frozenset[ConsentKind] = frozenset({"withdrawn", "objected"})

EVERY = "*"
"""As the purpose or brand of a withdrawal: all of them, those of a later playbook included."""

PROOF: Mapping[Basis, tuple[tuple[str, ...], ...]] = {
    "double_opt_in": (("wording", "wording_version"), ("token_hash", "mail_id", "document"), ("clicked_at",)),
    "existing_customer": (
        ("sale",),
        ("collected_at",),
        ("similar_to",),
        ("told_at_collection",),
        ("told_at_each_use",),
    ),
    "contract": (("document",),),
}
"""What a basis has to be shown by: of each group of evidence at least one.

UWG 7(3): the address came from the customer with the sale of goods or services (`sale`, `collected_at`); it
is used for one's own similar goods or services (`similar_to`); the customer has not objected (the ledger
itself); and they were told at collection and with each use that they may object (`told_at_collection`,
`told_at_each_use`).
"""

EVIDENCE: frozenset[str] = frozenset(
    {
        *(name for groups in PROOF.values() for group in groups for name in group),
        *"form_url notice_version language mail_sent_at requested_at request_ip confirm_ip".split(),
        *"actor record".split(),
    }
)
"""All that may be told as evidence."""


@dataclass(frozen=True, slots=True, order=True)
class Subject:
    """What a consent is about."""

    channel: Channel
    purpose: str
    brand: str


@dataclass(frozen=True, slots=True)
class Consent:
    """A word about a consent, as an engagement tells it; the engagement says who, when and by which source.

    Attributes:
        basis: why the person may be written to; None where the word asks for or takes away a permission.
        evidence: by the names of `EVIDENCE`; times in ISO 8601.
    """

    subject: Subject
    kind: ConsentKind
    basis: Basis | None = None
    evidence: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Fold:
    """What was said about one subject: of each thing the latest time.

    Attributes:
        withdrawn: by the person, or on their behalf.
        confirmed: by a double opt-in that is proven; it alone can undo a withdrawal.
        claimed: by basis, what is proven but can't undo a withdrawal: imports, customers, contracts.
        unproven: a permission that was claimed without enough evidence; it permits nothing.
    """

    withdrawn: Instant | None = None
    confirmed: Instant | None = None
    claimed: Mapping[Basis, Instant] = field(default_factory=dict)
    requested: Instant | None = None
    unproven: Instant | None = None


Folds = Mapping[Subject, Fold]


@dataclass(frozen=True, slots=True)
class Standing:
    """How a consent stands: whether the person may be written to, on which basis and since when."""

    state: State
    basis: Basis | None = None
    since: Instant | None = None

    @property
    def granted(self) -> bool:
        """Whether the person may be written to."""
        return self.state == "granted"


def withdrawal(
    channel: Channel = "email",
    purpose: str = EVERY,
    brand: str = EVERY,
    *,
    kind: Literal["withdrawn", "objected"] = "withdrawn",
    evidence: Mapping[str, str] | None = None,
) -> Consent:
    """Say that a person wants nothing more of it: without a purpose, of anything over the channel."""
    return Consent(Subject(channel, purpose, brand), kind, None, evidence or {})


def wording_hash(text: str) -> str:
    """Name the very words that a person agreed to: SHA-256 of the text in UTF-8, 64 hex digits."""
    return hashlib.sha256(text.encode()).hexdigest()


def missing_evidence(consent: Consent) -> tuple[str, ...]:
    """Name what a proof of the consent's basis lacks; nothing where it proves, or claims nothing."""
    if consent.basis is None:
        return ()
    told = {name for name, value in consent.evidence.items() if value.strip()}
    return tuple(" or ".join(group) for group in PROOF[consent.basis] if told.isdisjoint(group))


def confirmed_at(consent: Consent, told_at: Instant) -> Instant | None:
    """Tell when a proven double opt-in was confirmed: by its click, however late a source tells of it.

    None where the consent is no such thing, or its click has no time that can be read. A click is not later
    than the word about it.
    """
    if consent.kind != "confirmed" or consent.basis != "double_opt_in" or missing_evidence(consent):
        return None
    text = consent.evidence["clicked_at"]
    try:
        return min(told_at, parse_instant(text))
    except Rejected:
        day = start_of_day(text)
        return None if day is None else min(told_at, day)


def fold(folds: Folds, consent: Consent, at: Instant) -> Folds:
    """Add a consent, captured at a time, to what is known; the order of adding changes nothing."""
    known = folds.get(consent.subject, Fold())
    return {**folds, consent.subject: _with(known, consent, at)}


def join(folds: Folds, others: Folds) -> Folds:
    """Put together what is known of two persons that are one."""
    joined = dict(folds)
    for subject, other in others.items():
        ours = joined.get(subject, Fold())
        claims = {basis: _later(ours.claimed.get(basis), at) for basis, at in other.claimed.items()}
        joined[subject] = Fold(
            withdrawn=_latest(ours.withdrawn, other.withdrawn),
            confirmed=_latest(ours.confirmed, other.confirmed),
            claimed={**ours.claimed, **claims},
            requested=_latest(ours.requested, other.requested),
            unproven=_latest(ours.unproven, other.unproven),
        )
    return joined


def standing(folds: Folds, subject: Subject) -> Standing:
    """Tell how a consent stands.

    A withdrawal beats everything that is not newer, and a tie goes to the withdrawal. Only a proven double
    opt-in that is newer grants again; an import, a sale or a contract grants where nothing was ever
    withdrawn.
    """
    known = folds.get(subject, Fold())
    withdrawn = max((at for at in _withdrawals(folds, subject)), default=None)
    if known.confirmed is not None and (withdrawn is None or known.confirmed > withdrawn):
        return Standing("granted", "double_opt_in", known.confirmed)
    if withdrawn is not None:
        if known.requested is not None and known.requested > withdrawn:
            return Standing("requested", None, known.requested)
        return Standing("withdrawn", None, withdrawn)
    for basis in BASES:
        if (at := known.claimed.get(basis)) is not None:
            return Standing("granted", basis, at)
    if known.requested is not None:
        return Standing("requested", None, known.requested)
    if known.unproven is not None:
        return Standing("unproven", None, known.unproven)
    return Standing("unknown")


def _with(known: Fold, consent: Consent, at: Instant) -> Fold:
    if consent.kind in RESTRICTING:
        return replace(known, withdrawn=_later(known.withdrawn, at))
    if consent.kind == "requested":
        return replace(known, requested=_later(known.requested, at))
    basis = consent.basis
    if basis is None or missing_evidence(consent):
        return replace(known, unproven=_later(known.unproven, at))
    if (clicked := confirmed_at(consent, at)) is not None:
        return replace(known, confirmed=_later(known.confirmed, clicked))
    return replace(known, claimed={**known.claimed, basis: _later(known.claimed.get(basis), at)})


def _withdrawals(folds: Folds, subject: Subject) -> Iterator[Instant]:
    for purpose in (subject.purpose, EVERY):
        for brand in (subject.brand, EVERY):
            known = folds.get(Subject(subject.channel, purpose, brand))
            if known is not None and known.withdrawn is not None:
                yield known.withdrawn


def _latest(one: Instant | None, other: Instant | None) -> Instant | None:
    return one if other is None else _later(one, other)


def _later(known: Instant | None, at: Instant) -> Instant:
    return at if known is None or known < at else known
