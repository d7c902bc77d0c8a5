"""Writes the pages. Everything that is put in is escaped."""

from collections.abc import Collection, Iterable, Sequence
from html import escape
from pathlib import Path
from urllib.parse import quote

from chalicelib.domain.consent import Standing, Subject
from chalicelib.domain.double_opt_in import Language
from chalicelib.domain.model import Model
from chalicelib.routes.consent_pages.texts import TEXTS

STYLE = "style.css"
TRAP = "website"
"""A field that people don't see and programs fill in."""


class Pages:
    """The pages in one language."""

    def __init__(self, model: Model, language: Language) -> None:
        """Write in the words of the playbook in force."""
        self._model = model
        self._language = language
        self._texts = TEXTS[language]

    def subscribe(self, offered: Sequence[Subject], address: str = "", wrong: str = "") -> str:
        """The form by which somebody asks for mails; `wrong` names the text that says what to mend."""
        boxes = self._boxes(((each, None) for each in offered), ticked=())
        problem = f'<p class="problem" id="problem" role="alert">{self._text(wrong)}</p>' if wrong else ""
        described = ' aria-describedby="problem" aria-invalid="true"' if wrong == "address_wrong" else ""
        return self._page(
            "subscribe",
            f"<p>{self._text('subscribe_lead')}</p>{problem}"
            f'<form method="post" action="requests?lang={self._language}">'
            f'<label class="field" for="email">{self._text("address")}</label>'
            f'<input type="email" id="email" name="email" autocomplete="email" required maxlength="254"'
            f' value="{escape(address)}"{described}>'
            f"<fieldset><legend>{self._text('about')}</legend>{boxes}</fieldset>"
            f'<div class="trap" aria-hidden="true"><label for="{TRAP}">{self._text("website")}</label>'
            f'<input type="text" id="{TRAP}" name="{TRAP}" tabindex="-1" autocomplete="off"></div>'
            f"<button>{self._text('send')}</button></form>",
            title="problem" if wrong else None,
        )

    def confirm(self, subjects: Iterable[Subject], token: str) -> str:
        """What a link would confirm, and the button that does."""
        return self._page(
            "confirm",
            f"<p>{self._text('confirm_lead')}</p><ul class='words'>{self._words(subjects)}</ul>"
            f'<form method="post" action="confirm?lang={self._language}">'
            f'<input type="hidden" name="token" value="{escape(token)}">'
            f"<button>{self._text('confirm_button')}</button></form>",
        )

    def unsubscribe(self, person: str, purpose: str, preferences: str) -> str:
        """The button that unsubscribes from a purpose, or from everything.

        Args:
            person: as the link signs them.
            purpose: of the link; "" is every one.
            preferences: the person, signed for the page of their choice.
        """
        label = next(
            (each.labels[self._language] for each in self._model.purposes if each.name == purpose), ""
        )
        name = "unsubscribe_one" if label else "unsubscribe_all"
        about = f"&amp;purpose={escape(quote(purpose))}" if purpose else ""
        address = f"unsubscribe?person={escape(person)}{about}&amp;lang={self._language}"
        return self._page(
            "unsubscribe",
            f"<p>{self._text(name, purpose=label)}</p>"
            f'<form method="post" action="{address}">'
            f"<button>{self._text('unsubscribe_button')}</button></form>"
            f'<p><a href="preferences?person={escape(preferences)}&amp;lang={self._language}">'
            f"{self._text('to_preferences')}</a></p>",
        )

    def preferences(self, person: str, offered: Sequence[tuple[Subject, Standing]]) -> str:
        """What a person gets, to be changed."""
        ticked = [subject for subject, each in offered if each.granted]
        address = f"preferences?person={escape(person)}&amp;lang={self._language}"
        return self._page(
            "preferences",
            f"<p>{self._text('preferences_lead')}</p>"
            f'<form method="post" action="{address}">'
            f"<fieldset><legend>{self._text('about')}</legend>{self._boxes(offered, ticked)}</fieldset>"
            f'<div class="buttons"><button>{self._text("save")}</button>'
            f'<button class="second" name="all_off" value="1">{self._text("all_off")}</button></div></form>',
        )

    def message(self, name: str, *more: str, link: tuple[str, str] | None = None) -> str:
        """A page that only says something: heading, paragraphs, perhaps a link by text and address."""
        paragraphs = "".join(f"<p>{self._text(each)}</p>" for each in more or (f"{name}_lead",))
        further = ""
        if link is not None:
            text, address = link
            further = f'<p><a href="{escape(address)}">{self._text(text)}</a></p>'
        return self._page(name, paragraphs + further)

    def _boxes(self, offered: Iterable[tuple[Subject, Standing | None]], ticked: Collection[Subject]) -> str:
        return "".join(self._box(subject, each, subject in ticked) for subject, each in offered)

    def _box(self, subject: Subject, standing: Standing | None, ticked: bool) -> str:
        name = f"{subject.purpose}/{subject.brand}"
        label = next(
            each.labels[self._language] for each in self._model.purposes if each.name == subject.purpose
        )
        if len(self._model.consent.brands) > 1:
            label += (
                f", {next(each.label for each in self._model.consent.brands if each.name == subject.brand)}"
            )
        state = "" if standing is None else f" ({self._text(_state(standing))})"
        return (
            f'<div class="choice"><input type="checkbox" id="{escape(name)}" name="about" '
            f'value="{escape(name)}" aria-describedby="{escape(name)}-words"{" checked" if ticked else ""}>'
            f'<label for="{escape(name)}">{escape(label)}{state}</label>'
            f'<p id="{escape(name)}-words">{escape(self._wording(subject))}</p></div>'
        )

    def _words(self, subjects: Iterable[Subject]) -> str:
        return "".join(f"<li>{escape(self._wording(each))}</li>" for each in subjects)

    def _wording(self, subject: Subject) -> str:
        wording = self._model.consent.wordings.get(subject.purpose)
        return wording.texts[self._language] if wording is not None else subject.purpose

    def _text(self, name: str, purpose: str = "") -> str:
        return escape(self._texts[name].format(company=self._model.consent.company, purpose=purpose))

    def _page(self, heading: str, content: str, title: str | None = None) -> str:
        terms = self._model.consent
        mark = f"{self._text(title)}: " if title else ""
        footer = (
            f"<footer><span>{escape(terms.company)}</span>"
            f'<a href="{escape(terms.notice_url)}" rel="noreferrer">{self._text("notice")}</a></footer>\n'
        )
        name = f"{mark}{self._text(heading)} - {escape(terms.company)}"
        return _document(self._language, name, self._text(heading), content, footer)


def apology(language: Language, name: str) -> str:
    """A page that says why nothing came of it; it needs no playbook, which may be what is out of reach."""
    texts = TEXTS[language]
    heading, lead = escape(texts[name]), escape(texts[f"{name}_lead"])
    return _document(language, heading, heading, f"<p>{lead}</p>", "")


def _document(language: Language, title: str, heading: str, content: str, footer: str) -> str:
    return (
        f'<!doctype html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="robots" content="noindex">\n'
        f'<title>{title}</title>\n<link rel="stylesheet" href="{STYLE}">\n</head>\n<body>\n'
        f"<main>\n<h1>{heading}</h1>\n{content}\n</main>\n{footer}</body>\n</html>\n"
    )


def style() -> str:
    """Read the style sheet."""
    return (Path(__file__).parent / STYLE).read_text(encoding="utf-8")


def _state(standing: Standing) -> str:
    return f"state_{standing.state}" if standing.state in ("granted", "requested") else "state_other"
