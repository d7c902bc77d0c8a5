"""Makes a plan: reads the org, applies the rules, writes the files to review. Changes nothing in the org."""

import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from chalicelib.domain.instant import Instant
from chalicelib.domain.model import Model
from smarketing.cleansing import manifest as files
from smarketing.cleansing import survey as surveys
from smarketing.cleansing.countries import Form
from smarketing.cleansing.email_addresses import Marks
from smarketing.cleansing.manifest import Delimiter, Manifest
from smarketing.cleansing.mapping import STANDARD, Mapped, read_mapping, with_standard
from smarketing.cleansing.mapping_suggestion import Candidate, candidates, write_suggestion
from smarketing.cleansing.org_fields import COUNTRIES, NAMES, OrgField, OrgObject, describe, fields_to_read
from smarketing.cleansing.org_records import Rest, read_all
from smarketing.cleansing.plan_file import PlanWriter, opened
from smarketing.cleansing.proposal import OBJECTS
from smarketing.cleansing.rules import COMPANY, Rules, propose
from smarketing.cleansing.spool import Spool
from smarketing.cleansing.summary import Tally, summary
from smarketing.cleansing.survey import Survey

_LOOK = 500
"""Records between two words about the progress."""

Progress = Callable[[str, int, int], None]
"""Takes what is done, how much of it, and of how many."""


@dataclass(frozen=True, slots=True)
class Options:
    """What an operator may choose.

    Attributes:
        region: alpha-2 code of the country whose rules a number follows where its record names none.
        countries: how countries are written; None: as most records of the org have it.
        title_field: API name of a field for academic titles.
        match_key_field: API name of a field of Lead and Account for the match key of companies.
        marks: what is looked for in e-mail addresses beyond their syntax.
    """

    region: str = "DE"
    countries: Form | None = None
    delimiter: Delimiter = "comma"
    mapping: Path | None = None
    title_field: str = ""
    match_key_field: str = ""
    marks: Marks = field(default_factory=Marks)


@dataclass(frozen=True, slots=True)
class _Reading:
    """What is read of an org, and what is known of it before."""

    described: Mapping[str, OrgObject]
    mapped: Mapped
    suggested: Sequence[Candidate]
    fields: Mapping[str, Sequence[str]]


def make_plan(
    rest: Rest,
    org: str,
    folder: Path,
    options: Options,
    model: Model,
    now: Instant,
    progress: Progress = lambda *_: None,
) -> Manifest:
    """Make a plan for an org, in a folder of its own.

    Raises:
        Rejected: the mapping is none, or an option names a field that the org does not have.
        Misconfigured, Retryable: the org can't be read.
    """
    reading = _prepare(rest, options, model)
    with Spool() as spool:
        survey = _read(rest, reading, spool, progress)
        rules = _rules(reading, survey, options, now)
        folder.mkdir(parents=True, exist_ok=True)
        # What is in it is personal data.
        folder.chmod(0o700)
        tally, rows = _write(folder, spool, rules, options, sum(survey.records.values()), progress)
    made = Manifest(
        org=org,
        at=now,
        delimiter=options.delimiter,
        options=_plain(options),
        records={name: survey.records[name] for name in OBJECTS},
        rows=rows,
        counts={rule: dict(count) for rule, count in sorted(tally.counts.items())},
        types=_types(reading),
        hash=files.hash_of(folder / files.PLAN),
        versions=files.versions(),
    )
    notes = _write_mapping(folder, options, reading, survey, model)
    (folder / files.SUMMARY).write_text(summary(made, tally, notes), encoding="utf-8", errors="replace")
    # Last: a folder that has one holds a whole plan.
    made.write(folder)
    return made


def _prepare(rest: Rest, options: Options, model: Model) -> _Reading:
    mapped = read_mapping(options.mapping, model) if options.mapping else with_standard((), ())
    described = describe(rest)
    # An org may hide Salesforce's own boxes from us.
    mapped = tuple(
        each for each in mapped if each not in STANDARD or each.field in described[each.object].fields
    )
    suggested = [] if options.mapping else [each for name in NAMES for each in candidates(described[name])]
    fields = {}
    for name, each in described.items():
        more = [*_of_options(each, options), *(one.field.name for one in suggested if one.object == name)]
        meanings = [meaning for meaning in mapped if meaning.object == name]
        fields[name] = fields_to_read(each, meanings, more)
    return _Reading(described, mapped, suggested, fields)


def _of_options(described: OrgObject, options: Options) -> Iterator[str]:
    if options.title_field and described.name in NAMES:
        yield options.title_field
    if options.match_key_field and described.name in COMPANY:
        yield options.match_key_field


def _read(rest: Rest, reading: _Reading, spool: Spool, progress: Progress) -> Survey:
    survey = Survey(
        {
            name: (
                *(("Salutation",) if name in NAMES else ()),
                COUNTRIES[name],
                *(each.field.name for each in reading.suggested if each.object == name),
            )
            for name in OBJECTS
        }
    )
    for name in OBJECTS:
        total, records = read_all(rest, name, reading.described[name].types, reading.fields[name])
        for done, record in enumerate(records, start=1):
            spool.add(record)
            survey.add(record)
            if done % _LOOK == 0:
                progress(f"Reading {name}s", done, total)
    return survey


def _rules(reading: _Reading, survey: Survey, options: Options, now: Instant) -> Rules:
    return Rules(
        region=options.region,
        now=now,
        countries=surveys.spellings(survey, reading.described, options.countries),
        words=surveys.names(survey, reading.described, options.title_field),
        marks=options.marks,
        match_key_field=options.match_key_field,
        meanings={name: [each for each in reading.mapped if each.object == name] for name in OBJECTS},
        types={name: each.types for name, each in reading.described.items()},
        writable=_named(reading, lambda each: each.updateable),
        required=_named(reading, lambda each: each.required),
    )


def _named(reading: _Reading, condition: Callable[[OrgField], bool]) -> dict[str, frozenset[str]]:
    return {
        name: frozenset(each.name for each in described.fields.values() if condition(each))
        for name, described in reading.described.items()
    }


def _write(
    folder: Path, records: Spool, rules: Rules, options: Options, total: int, progress: Progress
) -> tuple[Tally, int]:
    tally = Tally()
    with opened(folder / files.PLAN) as file:
        writer = PlanWriter(file, options.delimiter)
        for done, record in enumerate(records, start=1):
            for each in propose(record, rules):
                writer.write(each)
                tally.add(each)
            if done % _LOOK == 0:
                progress("Applying the rules", done, total)
    return tally, writer.written


def _types(reading: _Reading) -> dict[str, str]:
    return {
        f"{name}.{field_name}": reading.described[name].fields[field_name].type
        for name, fields in reading.fields.items()
        for field_name in fields
    }


def _write_mapping(
    folder: Path, options: Options, reading: _Reading, survey: Survey, model: Model
) -> list[str]:
    path = folder / files.MAPPING
    if options.mapping is not None:
        shutil.copyfile(options.mapping, path)
        return []
    path.write_text(write_suggestion(reading.suggested, survey, model), encoding="utf-8", errors="replace")
    found = len(reading.suggested)
    if not found:
        return []
    unread = f"**{found} fields look like opt-ins and were not taken into account.**"
    return [f"{unread} Read and correct `{files.MAPPING}`, then plan again with `--mapping`."]


def _plain(options: Options) -> dict[str, object]:
    return {
        "region": options.region,
        "countries": options.countries,
        "mapping": files.hash_of(options.mapping) if options.mapping else None,
        "title_field": options.title_field,
        "match_key_field": options.match_key_field,
        "free_mail": options.marks.free_mail,
        "check_dns": options.marks.deliverable is not None,
    }
