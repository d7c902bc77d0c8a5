"""What an org's records look like together, before rules are applied to each of them."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from smarketing.cleansing.countries import Form, Spelling, picklist_values, usual_form
from smarketing.cleansing.org_fields import COUNTRIES, OrgObject
from smarketing.cleansing.person_names import Words
from smarketing.cleansing.proposal import Record

_MOST_VALUES = 1_000
"""Different values of a field that are counted: enough to see what it is used for."""


@dataclass(slots=True)
class Survey:
    """Values of the fields that were asked for, each with its number of records, by object and field."""

    fields: Mapping[str, Iterable[str]]
    records: Counter[str] = field(default_factory=Counter)
    values: dict[tuple[str, str], Counter[str]] = field(default_factory=lambda: defaultdict(Counter))

    def add(self, record: Record) -> None:
        """Look at a record."""
        self.records[record.object] += 1
        for name in self.fields.get(record.object, ()):
            counted, value = self.values[record.object, name], record.get(name)
            if value in counted or len(counted) < _MOST_VALUES:
                counted[value] += 1


def spellings(survey: Survey, described: Mapping[str, OrgObject], wanted: Form | None) -> dict[str, Spelling]:
    """Find how the org writes countries, by object: a picklist's values, else as most records have it."""
    found = {}
    everywhere: Counter[str] = Counter()
    for name, field_name in COUNTRIES.items():
        everywhere.update(survey.values.get((name, field_name), Counter()))
    form = wanted or usual_form(everywhere)
    for name, each in described.items():
        values = _country_values(each)
        found[name] = Spelling(form, picklist_values(values) if values else None)
    return found


def names(survey: Survey, described: Mapping[str, OrgObject], title_field: str) -> dict[str, Words]:
    """Find how the org writes names, by object."""
    found = {}
    for name, each in described.items():
        salutation = each.fields.get("Salutation")
        if salutation is None:
            continue
        used = survey.values.get((name, "Salutation"), Counter())
        active = [value for value, _ in salutation.values]
        words = sorted(active, key=lambda value: (-used[value], active.index(value)))
        has_title = title_field in each.fields
        found[name] = Words(tuple(words), title_field if has_title else "")
    return found


def _country_values(described: OrgObject) -> tuple[tuple[str, str], ...]:
    """Give the picklist's values: those of the country's code where the org has switched picklists on.

    The field itself then takes the label (Salesforce Help, "State and Country/Territory Picklists").
    """
    name = COUNTRIES[described.name]
    code = described.fields.get(f"{name}Code")
    if code is not None and code.values:
        return tuple((label, value) for value, label in code.values)
    country = described.fields.get(name)
    return country.values if country is not None else ()
