"""The fields in Salesforce one by one: those per purpose and the checklist's boxes spelt out."""

from collections.abc import Iterator
from dataclasses import dataclass

from chalicelib.playbook.api_names import checkbox_of, evidence_of, titled
from chalicelib.playbook.fields_source import PURPOSE, Owner, SalesforceFieldSource
from chalicelib.playbook.section import Label
from chalicelib.playbook.source import PlaybookSource, PurposeSource

INTEREST = "Interest__c"


@dataclass(frozen=True, slots=True)
class Words:
    """A text in both languages."""

    en: str
    de: str


@dataclass(frozen=True, slots=True)
class SalesforceField:
    """A field of one object: what people read, and who alone writes it.

    Attributes:
        purpose: name of the purpose whose state it holds, if it is one of those.
        item: name of the item of the checklist whose box or evidence it is, if it is one of those.
    """

    object: str
    name: str
    owner: Owner
    label: Words
    help: Words
    purpose: str | None = None
    item: str | None = None

    @property
    def full_name(self) -> str:
        """Its name as manifests and permissions give it: `Lead.Smarketing_Score__c`."""
        return f"{self.object}.{self.name}"


def salesforce_fields(playbook: PlaybookSource) -> tuple[SalesforceField, ...]:
    """Spell out all fields of a playbook that was found in order, in its order."""
    return (*_added(playbook), *_checklist(playbook))


def marketing_owned(playbook: PlaybookSource) -> tuple[str, ...]:
    """Name the fields that Smarketing alone writes, as `Lead.Smarketing_Score__c`, sorted."""
    return tuple(sorted(each.full_name for each in _added(playbook) if each.owner == "marketing"))


def named_for(text: str, purpose: PurposeSource) -> str:
    """Put a purpose's name into the API name of a field that each purpose has."""
    return text.replace(PURPOSE, titled(purpose.name))


def _added(playbook: PlaybookSource) -> Iterator[SalesforceField]:
    definitions = {each.term.en: each.definition for each in playbook.glossary}
    for source in playbook.fields:
        help_text = source.help or definitions[source.term or ""]
        for name in source.objects:
            if PURPOSE not in source.field:
                yield _field(source, name, source.field, _words(source.label), _words(help_text))
                continue
            for purpose in playbook.purposes:
                yield _field(
                    source,
                    name,
                    named_for(source.field, purpose),
                    _about(source.label, purpose),
                    _about(help_text, purpose),
                    purpose.name,
                )


def _field(
    source: SalesforceFieldSource,
    name: str,
    field: str,
    label: Words,
    help_text: Words,
    purpose: str | None = None,
) -> SalesforceField:
    return SalesforceField(name, field, source.owner, label, help_text, purpose)


def _checklist(playbook: PlaybookSource) -> Iterator[SalesforceField]:
    for each in playbook.qualification:
        yield SalesforceField(
            INTEREST,
            checkbox_of(each.name),
            "sales",
            _words(each.label),
            _words(each.help),
            item=each.name,
        )
        if each.evidence:
            yield SalesforceField(
                INTEREST,
                evidence_of(each.name),
                "sales",
                Words(f"Evidence: {each.label.en}", f"Beleg: {each.label.de}"),
                _EVIDENCE,
                item=each.name,
            )


_EVIDENCE = Words(
    "What the tick rests on: who said it and when, or where it stands.",
    "Worauf der Haken beruht: wer es wann sagte, oder wo es steht.",
)


def _words(label: Label) -> Words:
    return Words(label.en, label.de)


def _about(text: Label, purpose: PurposeSource) -> Words:
    """Put a purpose's labels into a text of both languages."""
    return Words(
        text.en.replace(PURPOSE, purpose.label.en),
        text.de.replace(PURPOSE, purpose.label.de),
    )
