"""The glossary as records: what people read in Salesforce is what the playbook says."""

import csv
import io
import re
from collections.abc import Mapping
from pathlib import Path

from chalicelib.playbook.source import PlaybookSource
from smarketing.metadata.generated.places import Files

OBJECT, KEY = "Glossary_Term__c", "Term_Key__c"


def glossary_records(playbook: PlaybookSource) -> list[Mapping[str, str]]:
    """Make a record for each word, by API name; `Term_Key__c` is its external id."""
    return [
        {
            KEY: re.sub(r"[^a-z0-9]+", "_", each.term.en.casefold()).strip("_"),
            "Name": each.term.en,
            "Term_De__c": each.term.de,
            "Definition_En__c": each.definition.en,
            "Definition_De__c": each.definition.de,
        }
        for each in playbook.glossary
    ]


def glossary_files(playbook: PlaybookSource, root: Path) -> Files:
    """Make the file that `sf data upsert bulk` or the Data Loader takes."""
    records = glossary_records(playbook)
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=list(records[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(records)
    return {root / "data" / f"{OBJECT}.csv": text.getvalue().encode()}
