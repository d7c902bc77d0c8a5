"""The pages on which our activities are configured, on Journey Builder's canvas.

English and German; product lines and purposes are those of the playbook in force.
"""

import html
from collections.abc import Mapping, Sequence
from pathlib import Path
from string import Template

from chalicelib.domain.double_opt_in import Language

FILES: Mapping[str, str] = {
    "activity.js": "text/javascript; charset=utf-8",
    "activity.css": "text/css; charset=utf-8",
    "icon.svg": "image/svg+xml",
}
"""What the page and the canvas load besides it, and of which type it is."""

_FOLDER = Path(__file__).parent

_TEXTS: Mapping[Language, Mapping[str, str]] = {
    "en": {
        "title": "Score and hand off",
        "introduction": "Every contact who reaches this step is told to Smarketing, once.",
        "needs_script": "This page needs JavaScript.",
        "action": "What happens?",
        "score": "The step counts towards the score, as the playbook says",
        "hand_off": "It counts, and the contact is handed over to Sales Support",
        "product_line": "Product line",
        "no_product_line": "None in particular",
        "product_line_hint": "Whoever is handed over needs one: the interest is opened in it.",
        "address": "E-mail address",
        "address_hint": "An attribute of the contact. It names the person where the contact key is no id of a"
        " Lead or Contact.",
        "incomplete": "Choose a product line for the handover, and name the e-mail address.",
    },
    "de": {
        "title": "Bewerten und übergeben",
        "introduction": "Jeder Kontakt, der diesen Schritt erreicht, wird Smarketing einmal gemeldet.",
        "needs_script": "Diese Seite braucht JavaScript.",
        "action": "Was geschieht?",
        "score": "Der Schritt zählt für den Score, wie es das Playbook sagt",
        "hand_off": "Er zählt, und der Kontakt wird an Sales Support übergeben",
        "product_line": "Produktlinie",
        "no_product_line": "Keine bestimmte",
        "product_line_hint": "Zur Übergabe gehört eine: In ihr wird das Interesse eröffnet.",
        "address": "E-Mail-Adresse",
        "address_hint": "Ein Attribut des Kontakts. Es benennt die Person, wenn der Contact Key keine Id"
        " eines Leads oder Kontakts ist.",
        "incomplete": "Für die Übergabe eine Produktlinie wählen, und die E-Mail-Adresse nennen.",
    },
}


_PERMISSION_TEXTS: Mapping[Language, Mapping[str, str]] = {
    "en": {
        "title": "May we write?",
        "introduction": "Stands before a mailing and asks Smarketing about each contact: consent, what they"
        " bought, what pauses mailings, and how many they got from all platforms.",
        "needs_script": "This page needs JavaScript.",
        "purpose": "What is the mailing about?",
        "no_purpose": "Please choose",
        "purpose_hint": "Whoever has not permitted this gets nothing.",
        "product_line": "Product line that it promotes",
        "no_product_line": "None",
        "product_line_hint": "Whoever bought it gets no promotion of it.",
        "address": "E-mail address",
        "address_hint": "An attribute of the contact. It names the person where the contact key is no id of a"
        " Lead or Contact.",
        "incomplete": "Choose what the mailing is about, and name the e-mail address.",
    },
    "de": {
        "title": "Dürfen wir schreiben?",
        "introduction": "Steht vor einem Mailing und fragt Smarketing zu jedem Kontakt: Einwilligung, was"
        " gekauft wurde, was Mailings pausieren lässt, und wie viele es von allen Plattformen schon gab.",
        "needs_script": "Diese Seite braucht JavaScript.",
        "purpose": "Worum geht es im Mailing?",
        "no_purpose": "Bitte wählen",
        "purpose_hint": "Wer dazu nicht eingewilligt hat, bekommt nichts.",
        "product_line": "Produktlinie, für die es wirbt",
        "no_product_line": "Keine",
        "product_line_hint": "Wer sie gekauft hat, bekommt dafür keine Werbung.",
        "address": "E-Mail-Adresse",
        "address_hint": "Ein Attribut des Kontakts. Es benennt die Person, wenn der Contact Key keine Id"
        " eines Leads oder Kontakts ist.",
        "incomplete": "Wählen, worum es geht, und die E-Mail-Adresse nennen.",
    },
}

Options = Sequence[tuple[str, str]]
"""Name and label of each, in the order in which they are offered."""


def configuration_page(language: Language, product_lines: Options) -> str:
    """Write the page of "Score and hand off"."""
    return _page("index.html", language, _TEXTS[language], product_lines=product_lines)


def permission_page(language: Language, purposes: Options, product_lines: Options) -> str:
    """Write the page of "May we write?"."""
    texts = _PERMISSION_TEXTS[language]
    return _page("permission.html", language, texts, purposes=purposes, product_lines=product_lines)


def file_of_page(name: str) -> str:
    """Read one of the files in this folder."""
    return (_FOLDER / name).read_text(encoding="utf-8")


def _page(name: str, language: Language, texts: Mapping[str, str], **offered: Options) -> str:
    template = Template(file_of_page(name))
    escaped = {word: html.escape(text) for word, text in texts.items()}
    options = {word: _options(each) for word, each in offered.items()}
    return template.substitute(escaped, language=language, **options)


def _options(offered: Options) -> str:
    return "\n".join(
        f'<option value="{html.escape(name)}">{html.escape(label)}</option>' for name, label in offered
    )
