"""All rules of `cleanse plan` beside the libraries alone: how much is mended, and how long it takes.

    uv run --group bench python benchmarks/cleansing.py [--json] [--rounds 7] [--records 3000]

The records are made up, then damaged in known ways (benchmarks/cleansing_records.py): so it is known what
each value should be. *The libraries alone* is what a script makes of the same values that hands each to the
library for it: email-validator, phonenumbers with the region of the country that pycountry finds, `str.strip`
and `str.title` for names. Both run in turns, in one process on one core; the times are medians of the rounds,
the ratio that of the ratios within a round.

`mended` is the share of damaged values that are as they should be afterwards, `spoiled` the number of values
that were as they should be and are not any more. Only what a plan applies without being told counts for ours.
"""

import argparse
import gc
import json
import statistics
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from cleansing_records import Damaged, damaged
from email_validator import EmailNotValidError, validate_email
from phonenumbers import NumberParseException, PhoneNumberFormat, format_number, parse
from pycountry import countries

from smarketing.cleansing.proposal import Record
from smarketing.cleansing.rules import Rules, propose

OURS, PEER = "cleanse plan", "libraries alone"

Cleanse = Callable[[Record], Mapping[str, str]]
"""Takes a record and gives its values as they should be."""


@dataclass(frozen=True, slots=True)
class Quality:
    """What became of values, by field."""

    mended: Mapping[str, float]
    of_all: float
    spoiled: int


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--json", action="store_true", help="print one object instead of the table")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--records", type=int, default=3_000)
    options = parser.parse_args()
    records = list(damaged(options.records))
    rules = Rules(region="DE", now=0)
    contestants: dict[str, Cleanse] = {
        OURS: lambda record: by_the_plan(record, rules),
        PEER: by_the_libraries,
    }
    qualities = {name: quality(cleanse, records) for name, cleanse in contestants.items()}
    rates, ratio = measure(contestants, records, options.rounds)
    if options.json:
        print(json.dumps(as_json(qualities, rates, ratio)))
    else:
        print(as_table(qualities, rates, ratio))


def by_the_plan(record: Record, rules: Rules) -> dict[str, str]:
    """Apply what a plan proposes to apply."""
    applied = {each.field: each.after for each in propose(record, rules) if each.decision == "apply"}
    return {**record.values, **applied}


def by_the_libraries(record: Record) -> dict[str, str]:
    """Hand each value to its library."""
    country = _country(record.get("Country").strip())
    return {
        "FirstName": record.get("FirstName").strip().title(),
        "LastName": record.get("LastName").strip().title(),
        "Company": record.get("Company").strip(),
        "Email": _email(record.get("Email")),
        "Phone": _phone(record.get("Phone"), country.alpha_2 if country else "DE"),
        "Country": getattr(country, "common_name", country.name) if country else record.get("Country"),
    }


def quality(cleanse: Cleanse, records: list[Damaged]) -> Quality:
    """Compare what becomes of each value with what it should be."""
    damage: dict[str, list[bool]] = {}
    spoiled = 0
    for each in records:
        made = cleanse(each.record)
        for name, wanted in each.clean.values.items():
            right = made[name] == wanted
            if each.record.get(name) == wanted:
                spoiled += not right
            else:
                damage.setdefault(name, []).append(right)
    every = [right for some in damage.values() for right in some]
    return Quality(
        {name: statistics.mean(some) for name, some in damage.items()}, statistics.mean(every), spoiled
    )


def measure(
    contestants: Mapping[str, Cleanse], records: list[Damaged], rounds: int
) -> tuple[dict[str, float], float]:
    """Give records a second for each, and how many times as long ours takes."""
    gc.collect()
    gc.freeze()  # what was made to measure with is nobody's garbage
    seconds: dict[str, list[float]] = {name: [] for name in contestants}
    for _ in range(rounds):
        for name, cleanse in contestants.items():
            start = time.process_time()
            for each in records:
                cleanse(each.record)
            seconds[name].append(time.process_time() - start)
    ratio = statistics.median(
        ours / theirs for ours, theirs in zip(seconds[OURS], seconds[PEER], strict=True)
    )
    return {name: len(records) / statistics.median(some) for name, some in seconds.items()}, ratio


def as_json(qualities: Mapping[str, Quality], rates: Mapping[str, float], ratio: float) -> dict[str, object]:
    """Give the figures under stable keys."""
    ours, theirs = qualities[OURS], qualities[PEER]
    return {
        "time_to_libraries_alone": round(ratio, 2),
        "mended_to_libraries_alone": round(ours.of_all / theirs.of_all, 2),
        "records_per_second": {name: round(rate) for name, rate in rates.items()},
        "mended": {name: round(each.of_all, 4) for name, each in qualities.items()},
        "mended_by_field": {
            name: {field: round(share, 4) for field, share in each.mended.items()}
            for name, each in qualities.items()
        },
        "spoiled": {name: each.spoiled for name, each in qualities.items()},
    }


def as_table(qualities: Mapping[str, Quality], rates: Mapping[str, float], ratio: float) -> str:
    """Write the figures for people."""
    return "\n".join(_lines(qualities, rates, ratio))


def _lines(qualities: Mapping[str, Quality], rates: Mapping[str, float], ratio: float) -> Iterator[str]:
    yield f"{'':<16} {'mended':>8} {'spoiled':>8} {'records/s':>10}"
    for name, each in qualities.items():
        yield f"{name:<16} {each.of_all:>8.1%} {each.spoiled:>8} {rates[name]:>10,.0f}"
    yield ""
    yield f"{'mended by field':<16} {OURS:>16} {PEER:>16}"
    for field in qualities[OURS].mended:
        yield f"{field:<16} {qualities[OURS].mended[field]:>16.1%} {qualities[PEER].mended[field]:>16.1%}"
    yield ""
    yield f"takes {ratio:.2f} times as long as the libraries alone"


def _country(text: str) -> object:
    try:
        return countries.lookup(text)
    except LookupError:
        return None


def _email(text: str) -> str:
    try:
        return validate_email(text.strip(), check_deliverability=False).normalized.lower()
    except EmailNotValidError:
        return text


def _phone(text: str, region: str) -> str:
    try:
        return format_number(parse(text, region), PhoneNumberFormat.E164)
    except NumberParseException:
        return text


if __name__ == "__main__":
    main()
