"""The mail of a double opt-in: it asks for the confirmation and advertises nothing (UWG section 7)."""

import html
from collections.abc import Mapping
from dataclasses import dataclass

from chalicelib.domain.double_opt_in import Language, OptInRequest
from chalicelib.domain.instant import DAY, HOUR, Instant
from chalicelib.domain.model import Model


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail, as plain text and as HTML."""

    to: str
    subject: str
    text: str
    html: str
    language: Language


_TEXTS: Mapping[Language, Mapping[str, str]] = {
    "en": {
        "subject": "Please confirm: {company}",
        "greeting": "Hello,",
        "asked": "with this address somebody asked {company} for:",
        "confirm": "If that was you, please confirm it here:",
        "button": "Confirm",
        "until": "The link holds for {span}. If it was not you, do nothing: you will hear nothing from us.",
        "notice": "How we handle data: {notice}",
        "days": "{number} days",
        "hours": "{number} hours",
    },
    "de": {
        "subject": "Bitte bestätigen: {company}",
        "greeting": "Guten Tag,",
        "asked": "mit dieser Adresse hat jemand bei {company} angefragt:",
        "confirm": "Wenn Sie das waren, bestätigen Sie es bitte hier:",
        "button": "Bestätigen",
        "until": "Der Link gilt {span}. Wenn Sie es nicht waren, tun Sie nichts: Sie hören nichts von uns.",
        "notice": "Wie wir mit Daten umgehen: {notice}",
        "days": "{number} Tage",
        "hours": "{number} Stunden",
    },
}


def confirmation_mail(model: Model, request: OptInRequest, to: str, link: str, now: Instant) -> Mail:
    """Write the mail: the very words that are agreed to, one link, and how long it holds."""
    texts, terms = _TEXTS[request.language], model.consent
    left = request.expires_at - now
    span = (
        texts["days"].format(number=left // DAY)
        if left >= 2 * DAY
        else texts["hours"].format(number=max(1, left // HOUR))
    )
    words = [
        terms.wordings[subject.purpose].texts[request.language]
        for subject in request.subjects
        if subject.purpose in terms.wordings
    ]
    filled = {
        name: text.format(company=terms.company, span=span, notice=terms.notice_url, number="")
        for name, text in texts.items()
    }
    return Mail(
        to=to,
        subject=filled["subject"],
        text=_plain(filled, words, link),
        html=_html(filled, words, link, request.language),
        language=request.language,
    )


def _plain(texts: Mapping[str, str], words: list[str], link: str) -> str:
    listed = "\n".join(f"- {each}" for each in words)
    return (
        f"{texts['greeting']}\n\n{texts['asked']}\n\n{listed}\n\n{texts['confirm']}\n{link}\n\n"
        f"{texts['until']}\n\n{texts['notice']}\n"
    )


def _html(texts: Mapping[str, str], words: list[str], link: str, language: str) -> str:
    safe = {name: html.escape(text) for name, text in texts.items()}
    listed = "".join(f"<li>{html.escape(each)}</li>" for each in words)
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8"><title>{safe["subject"]}</title>'
        f"</head><body><p>{safe['greeting']}</p><p>{safe['asked']}</p><ul>{listed}</ul>"
        f'<p>{safe["confirm"]}</p><p><a href="{html.escape(link)}">{safe["button"]}</a></p>'
        f"<p>{safe['until']}</p><p>{safe['notice']}</p></body></html>"
    )
