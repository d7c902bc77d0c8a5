"""The page on which the activity "Score and hand off" is configured, on Journey Builder's canvas.

English and German; the product lines are those of the playbook in force.
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


def configuration_page(language: Language, product_lines: Sequence[tuple[str, str]]) -> str:
    """Write the page.

    Args:
        language: of its texts.
        product_lines: name and label of each, in the order in which they are offered.
    """
    options = "\n".join(
        f'<option value="{html.escape(name)}">{html.escape(label)}</option>' for name, label in product_lines
    )
    texts = {name: html.escape(text) for name, text in _TEXTS[language].items()}
    template = Template((_FOLDER / "index.html").read_text(encoding="utf-8"))
    return template.substitute(texts, language=language, product_lines=options)


def file_of_page(name: str) -> str:
    """Read one of FILES."""
    return (_FOLDER / name).read_text(encoding="utf-8")
