"""The summary of a plan: counts by rule, with examples, for whoever decides about it."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from chalicelib.domain.instant import iso
from smarketing.cleansing.manifest import MAPPING, PLAN, Manifest
from smarketing.cleansing.proposal import Proposal

_EXAMPLES = 5
_LONGEST = 60
_UNSEEN = re.compile(r"^ +| +$| {2,}")
"""Blanks that Markdown swallows."""

RULES: Mapping[str, str] = {
    "blanks": "Blanks at the ends, doubled, or others than the usual one",
    "invisible": "Invisible characters",
    "html_entity": "HTML entities",
    "required_empty": "Nothing to read in a field that may not be empty",
    "email_spelling": "E-mail addresses in one spelling",
    "email_shape": "E-mail addresses with a name or punctuation around them",
    "email_invalid": "No e-mail address",
    "email_several": "Several e-mail addresses in one field",
    "email_typo": "E-mail domains that look misspelled",
    "email_role": "Addresses of functions (info@, sales@ ...)",
    "email_bounced": "Addresses that mail came back from",
    "email_undeliverable": "Domains that take no mail",
    "email_disposable": "Throw-away addresses",
    "email_free": "Addresses of private mail providers",
    "phone": "Telephone numbers in E.164",
    "phone_invalid": "No telephone number",
    "phone_several": "Several telephone numbers in one field",
    "phone_mobile": "Mobile numbers in Phone while MobilePhone is empty",
    "country": "Countries as this org writes them",
    "country_unknown": "No country",
    "salutation": "Salutations",
    "name_order": "Last name, comma, first name",
    "name_capitals": "Names in capitals or small letters",
    "name_title": "Academic titles within a name",
    "company_key": "Keys under which companies match",
    "consent_proven": "Consents with a proof",
    "consent_unproven": "Consents without a proof: re-permission needed",
    "consent_withdrawn": "Consents that were refused or taken back",
}
"""Meaning of each rule."""


@dataclass(slots=True)
class Tally:
    """Counts proposals, and keeps a few of each rule."""

    counts: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    examples: dict[str, list[Proposal]] = field(default_factory=lambda: defaultdict(list))
    unproven: Counter[str] = field(default_factory=Counter)

    def add(self, proposal: Proposal) -> None:
        """Count a proposal."""
        self.counts[proposal.rule][proposal.decision] += 1
        if len(self.examples[proposal.rule]) < _EXAMPLES:
            self.examples[proposal.rule].append(proposal)
        if proposal.rule == "consent_unproven":
            self.unproven[proposal.field.partition(" ")[2]] += 1


def summary(manifest: Manifest, tally: Tally, notes: list[str]) -> str:
    """Write the summary as Markdown."""
    return "\n".join(_lines(manifest, tally, notes)) + "\n"


def _lines(manifest: Manifest, tally: Tally, notes: list[str]) -> Iterator[str]:
    yield f"# Cleansing of org {manifest.org}"
    yield ""
    read = ", ".join(f"{number} {name}s" for name, number in manifest.records.items())
    yield f"Made {iso(manifest.at)} from {read}: {manifest.rows} proposals in `{PLAN}`."
    yield "Read the plan, put `apply` or `skip` into its column `decision`, then `smarketing cleanse apply`."
    for note in notes:
        yield f"\n{note}"
    yield "\n| rule | what | apply | skip | note |\n|---|---|---:|---:|---:|"
    for rule in sorted(tally.counts, key=list(RULES).index):
        count = tally.counts[rule]
        yield f"| {rule} | {RULES[rule]} | {count['apply']} | {count['skip']} | {count['note']} |"
    if tally.unproven:
        yield "\n## Re-permission needed\n\nA yes that nobody can prove; nobody is written to because of it."
        yield "\n| channel/purpose/brand | people |\n|---|---:|"
        for subject, number in tally.unproven.most_common():
            yield f"| {subject} | {number} |"
    yield "\n## Examples"
    for rule in sorted(tally.examples, key=list(RULES).index):
        yield f"\n### {RULES[rule]}\n\n| record | field | before | after | why |\n|---|---|---|---|---|"
        for each in tally.examples[rule]:
            cells = (f"{each.object} {each.record}", each.field, each.before, each.after, each.why)
            yield f"| {' | '.join(shown(cell) for cell in cells)} |"
    yield f"\nWhat the org's opt-in fields mean stands in `{MAPPING}`."


def shown(text: str) -> str:
    """Write a value so that Markdown shows it as it is, with its blanks: no link, no tag, no table."""
    short = text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."
    seen = _UNSEEN.sub(lambda match: "\N{OPEN BOX}" * len(match[0]), short)
    plain = "".join(each if each.isprintable() else f"<U+{ord(each):04X}>" for each in seen)
    return re.sub(r"([\\`*_{}\[\]<>()#+!|~&])", r"\\\1", plain)
