"""Brings what people typed of persons into the form in which it is compared, as SQL of DuckDB over a table.

Columns in: `id`, `first_name`, `last_name`, `company`, `email`, `phone`, `postal_code`. Nothing of it is
written back: the records stay as they are.
"""

from typing import TYPE_CHECKING

from chalicelib.domain.likeness import SHARED_MAILBOXES
from smarketing.duplicates.plain_columns import EXTENSION, FREE_PROVIDERS, company, listed, make_macros

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


def prepare(connection: "DuckDBPyConnection", source: str, target: str, calling_code: str = "49") -> None:
    """Make the table of persons to compare out of the one that holds what was typed.

    Args:
        source: table with the columns in.
        target: name of the table to make.
        calling_code: of numbers without a country, its digits.
    """
    make_macros(connection, calling_code)
    free, shared = listed(FREE_PROVIDERS), listed(SHARED_MAILBOXES)
    connection.execute(
        f"""CREATE OR REPLACE TABLE {target} AS
        WITH typed AS (
            SELECT id, plain(first_name) AS first, plain(last_name) AS last, {company("company")} AS company,
                nullif(lower(trim(email)), '') AS address, digits(phone) AS phone,
                nullif(upper(replace(postal_code, ' ', '')), '') AS postcode
            FROM {source}
        ), parted AS (
            SELECT *, split_part(address, '@', 1) AS before, nullif(split_part(address, '@', 2), '') AS host
            FROM typed
        )
        SELECT id, first, last, nullif(company, '') AS company, split_part(company, ' ', 1) AS head,
            least(first, last) || ' ' || greatest(first, last) AS names,
            least(first[1], last[1]) || greatest(first[1], last[1]) AS initials,
            CASE WHEN before NOT IN {shared} THEN address END AS email,
            CASE WHEN before NOT IN {shared} THEN before END AS local,
            host, CASE WHEN host NOT IN {free} THEN host END AS domain,
            phone, left(phone, length(phone) - {EXTENSION}) AS trunk, postcode
        FROM parted"""  # noqa: S608 - table names of ours and constants
    )
