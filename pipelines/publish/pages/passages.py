"""Where words stand: passages counted and listed by their row numbers, which tell year, region and section.

A filter is spans of row numbers (row_numbers.py), so that the full text is read no further than it must be.
"""

from __future__ import annotations

import json
from collections import Counter
from typing import Final

from datasette.database import QueryInterrupted

from pipelines.publish.pages.reader import Reader, Row
from pipelines.publish.row_numbers import (
    NUMBER_OF_SECTION,
    NUMBERS,
    REGION_OF_SECTION,
    REGIONS,
    REPORT_OF_SECTION,
    YEAR_OF_SECTION,
    YEARS,
)

MOST: Final = 10_000  # passages that are counted; of a more frequent word it is only said that there are more

_EVERYWHERE: Final = (0, (1 << 63) - 1)

Span = tuple[int, int]  # the first and the last row number
Place = int  # year, region and section in one number


def place_of(rowid: int) -> Place:
    """The place of a passage with a row number."""
    return (rowid >> REGION_OF_SECTION) * NUMBERS + (rowid >> NUMBER_OF_SECTION) % NUMBERS


def year_of(place: Place) -> int:
    """The year of a passage."""
    return place // (REGIONS * NUMBERS)


def region_of(place: Place) -> int:
    """The region, by its number in row numbers."""
    return place // NUMBERS % REGIONS


def section_of(place: Place) -> int:
    """The section, by its number in row numbers."""
    return place % NUMBERS


async def spans(reader: Reader, year: int | None, region: int | None, agency: str) -> list[Span]:
    """The row numbers of sections that the filters let through, latest first."""
    if agency:
        reports = await reader.rows(
            "SELECT rowid AS report, year FROM reports WHERE agency_id = ? ORDER BY rowid DESC", agency
        )
        return [
            _span(row["report"], REPORT_OF_SECTION) for row in reports if year is None or row["year"] == year
        ]
    if region is None:
        return [_EVERYWHERE if year is None else _span(year, YEAR_OF_SECTION)]
    known = [year] if year is not None else await years(reader)
    return [_span(each * REGIONS + region, REGION_OF_SECTION) for each in known]


async def years(reader: Reader) -> list[int]:
    """The years that have reports, latest first."""
    return [row["year"] for row in await reader.rows(YEARS)]


def _span(number: int, bits: int) -> Span:
    return number << bits, ((number + 1) << bits) - 1


async def tally(reader: Reader, query: str, within: list[Span]) -> list[Place] | None:
    """The places of the passages of an FTS5 query; None where they are more than MOST."""
    found: list[Place] = []
    for span in within:
        found += json.loads((await reader.one(_TALLY, query, *span, MOST + 1 - len(found)))["places"])
        if len(found) > MOST:
            return None
    return found


async def latest(
    reader: Reader, query: str, within: list[Span], number: int | None, before: int, shown: int
) -> tuple[list[Row], int | None]:
    """The latest passages, of a section where ``number`` says which, with row numbers below ``before``; and
    the row number below which more are to be looked for, if that is so: as many as are ``shown`` were found,
    or there was no time for earlier years.

    Raises QueryInterrupted where there was no time for a single year.
    """
    found: list[Row] = []
    if within == [_EVERYWHERE]:
        within = [_span(year, YEAR_OF_SECTION) for year in await years(reader)]
    within = [(first, min(last, before - 1)) for first, last in within if first < before]
    for first, last in within:
        wanted = shown - len(found)
        try:
            found += await reader.rows(_LATEST, query, first, last, number, wanted)
        except QueryInterrupted:
            if last == within[0][1]:
                raise
            return _in_order(found), last + 1
        if len(found) == shown:
            return _in_order(found), min(row["place"] for row in found)
    return _in_order(found), None


def _in_order(found: list[Row]) -> list[Row]:
    return sorted(found, key=lambda row: (-row["year"], row["report_id"], row["ordinal"]))


async def agencies(reader: Reader, query: str, within: list[Span], number: int | None) -> list[Row]:
    """Agencies by their passages, most first."""
    counts: Counter[tuple[str, str]] = Counter()
    for span in within:
        for row in await reader.rows(_AGENCIES, query, *span, number):
            counts[row["agency_id"], row["agency"]] += row["n"]
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return [{"agency_id": key[0], "agency": key[1], "n": n} for key, n in ordered]


# ?1 words, ?2 and ?3 a span
_HITS = "SELECT rowid FROM sections_fts WHERE sections_fts MATCH ?1 AND rowid BETWEEN ?2 AND ?3"
_OF_SECTION = f"(?4 IS NULL OR (rowid >> {NUMBER_OF_SECTION}) % {NUMBERS} = ?4)"
# in one value: thousands of rows take longer to hand over than to find
_TALLY = f"""
    SELECT json_group_array(
        (rowid >> {REGION_OF_SECTION}) * {NUMBERS} + (rowid >> {NUMBER_OF_SECTION}) % {NUMBERS}
    ) AS places
    FROM ({_HITS} ORDER BY rowid DESC LIMIT ?4)
"""  # noqa: S608
_LATEST = f"""
    SELECT h.rowid AS place, s.report_id, s.ordinal, s.heading, s.text, r.agency, r.year, r.title
    FROM ({_HITS} AND {_OF_SECTION} ORDER BY rowid DESC LIMIT ?5) h
    CROSS JOIN sections s ON s.rowid = h.rowid
    JOIN reports r ON r.report_id = s.report_id
"""  # noqa: S608
_AGENCIES = f"""
    SELECT r.agency_id, max(r.agency) AS agency, count(*) AS n
    FROM ({_HITS} AND {_OF_SECTION}) h JOIN reports r ON r.rowid = h.rowid >> {REPORT_OF_SECTION}
    GROUP BY r.agency_id
"""  # noqa: S608
