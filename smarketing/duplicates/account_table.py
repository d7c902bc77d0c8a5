"""Brings what people typed of companies into the form in which it is compared, as SQL of DuckDB.

Columns in: `id`, `company`, `website`, `phone`, `postal_code`, `city`.
"""

from typing import TYPE_CHECKING

from smarketing.duplicates.plain_columns import EXTENSION, FREE_PROVIDERS, company, listed, make_macros

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


def prepare(connection: "DuckDBPyConnection", source: str, target: str, calling_code: str = "49") -> None:
    """Make the table of Accounts to compare out of the one that holds what was typed.

    Args:
        source: table with the columns in.
        target: name of the table to make.
        calling_code: of numbers without a country, its digits.
    """
    make_macros(connection, calling_code)
    host = "regexp_extract(lower(website), '^(?:https?://)?(?:www\\.)?([^/:?#\\s]+\\.[a-z]+)', 1)"
    connection.execute(
        f"""CREATE OR REPLACE TABLE {target} AS
        WITH typed AS (
            SELECT id, nullif({company("company")}, '') AS company, nullif({host}, '') AS host,
                digits(phone) AS phone, nullif(upper(replace(postal_code, ' ', '')), '') AS postcode,
                plain(city) AS city
            FROM {source}
        )
        SELECT id, company, split_part(company, ' ', 1) AS head, phone, postcode, city,
            CASE WHEN host NOT IN {listed(FREE_PROVIDERS)} THEN host END AS domain,
            left(phone, length(phone) - {EXTENSION}) AS trunk
        FROM typed"""  # noqa: S608 - table names of ours and constants
    )
