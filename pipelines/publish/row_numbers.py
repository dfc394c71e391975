"""Row numbers that tell year, region and section: what a search finds is counted and ordered unopened.

A report's rowid is its year, the six digits of its region, and a number of its own; a section's is that of
its report, its official number, and its ordinal. So rowids, descending, are the latest years first.
"""

from __future__ import annotations

import sqlite3

_OWN, _REGION, _NUMBER, _ORDINAL = 14, 20, 3, 12  # bits
UNNUMBERED = 7  # what stands for a section that has no official number

NUMBER_OF_SECTION = _ORDINAL  # bits to shift a section's rowid by
REPORT_OF_SECTION = _ORDINAL + _NUMBER
REGION_OF_SECTION = REPORT_OF_SECTION + _OWN
YEAR_OF_SECTION = REGION_OF_SECTION + _REGION
YEAR_OF_REPORT = YEAR_OF_SECTION - REPORT_OF_SECTION
NUMBERS, REGIONS = 1 << _NUMBER, 1 << _REGION

# The years that have reports, latest first: a step for each of them, however many reports it has.
YEARS = """
    WITH RECURSIVE years (year) AS (
        SELECT max(year) FROM reports
        UNION ALL
        SELECT (SELECT max(r.year) FROM reports r WHERE r.year < years.year) FROM years WHERE year IS NOT NULL
    )
    SELECT year FROM years WHERE year IS NOT NULL
"""


def of_section(report: int, ordinal: int, number: int | None) -> int:
    """The row number of a section of the report with the row number ``report``."""
    number = number if number is not None and 0 <= number < UNNUMBERED else UNNUMBERED
    return (report << REPORT_OF_SECTION) + (number << NUMBER_OF_SECTION) + ordinal


def region_number(code: str | None) -> int:
    """The first six digits of a division code; 0 where there are none."""
    digits = (code or "")[:6]
    return int(digits) if digits.isascii() and digits.isdigit() else 0


def number_reports(connection: sqlite3.Connection) -> None:
    """Give the chosen reports, just copied, their row numbers."""
    chosen = "report_id IN (SELECT report_id FROM chosen)"
    connection.execute(f"UPDATE reports SET rowid = -rowid WHERE {chosen}")  # noqa: S608 - out of the way
    fresh = connection.execute(
        f"SELECT report_id, year, region_code FROM reports WHERE {chosen} ORDER BY report_id"  # noqa: S608
    ).fetchall()
    latest: dict[int, int] = {}
    for report_id, year, code in fresh:
        block = (year << _REGION | region_number(code)) << _OWN
        latest[block] = (latest.get(block) or _latest(connection, block)) + 1
        connection.execute("UPDATE reports SET rowid = ? WHERE report_id = ?", (latest[block], report_id))


def _latest(connection: sqlite3.Connection, block: int) -> int:
    """The highest row number given so far in a year and region."""
    given = connection.execute(
        "SELECT max(rowid) FROM reports WHERE rowid BETWEEN ? AND ?", (block, block + (1 << _OWN) - 1)
    ).fetchone()[0]
    return int(given or block)
