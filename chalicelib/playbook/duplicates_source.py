"""The playbook's section on duplicates: what is one, and whose value stays when records are merged."""

from typing import Annotated

from pydantic import Field

from chalicelib.domain.duplicates import DuplicateTerms, MainRecord, Survival
from chalicelib.domain.likeness import Bounds
from chalicelib.playbook.section import Section

Share = Annotated[float, Field(gt=0, le=1)]
ApiName = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_]*$", max_length=80)]


class AtCreationSource(Section):
    """How alike a person has to be to a Lead or Contact before a new Lead is made."""

    certain: Share = Field(
        description="Least likeness of both names, 0 to 1, with the telephone, or company and mail domain, "
        "in common: the engagement goes to that record",
        examples=[0.97],
    )
    doubtful: Share = Field(
        description="Least likeness with company, mail domain or telephone in common: people decide",
        examples=[0.88],
    )


class SearchSource(Section):
    """What `smarketing duplicates find` shows and proposes."""

    certain: Share = Field(
        description="Least probability, 0 to 1, from which it proposes that two are one", examples=[0.95]
    )
    doubtful: Share = Field(description="Least probability of a pair that it shows", examples=[0.5])


class SurvivalSource(Section):
    """Fields of merged records, and whose value stays."""

    fields: list[ApiName] = Field(min_length=1, description="API names, on whatever object has them")
    keep: Survival = Field(
        description="`main`: the main record's, else the newest of the others; `newest`: by the last change; "
        "`oldest`: by creation; `longest`: the longest text; `stricter`: true if any is true; `joined`: all "
        "texts in turn",
        examples=["stricter"],
    )


class DuplicatesSource(Section):
    """What is one, and what stays of several."""

    at_creation: AtCreationSource = Field(description="Before a Lead is made")
    search: SearchSource = Field(description="Over all records of the org")
    main_record: MainRecord = Field(
        description="Which record stays when several are merged", examples=["most_complete"]
    )
    survival: list[SurvivalSource] = Field(
        default=[], description="Whose value stays; of fields that are not named the main record's"
    )


def duplicate_terms(source: DuplicatesSource | None) -> DuplicateTerms:
    """Turn the section into the domain's; without one the platform-wide defaults hold."""
    if source is None:
        return DuplicateTerms()
    return DuplicateTerms(
        bounds=Bounds(source.at_creation.certain, source.at_creation.doubtful),
        doubtful=source.search.doubtful,
        certain=source.search.certain,
        main_record=source.main_record,
        survival={name: each.keep for each in source.survival for name in each.fields},
    )
