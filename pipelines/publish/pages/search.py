"""Full text for people: where the words stand, marked in their sentence."""

from __future__ import annotations

import re
from typing import Any

from pipelines.publish import words
from pipelines.publish.pages.reader import Reader
from pipelines.publish.places import REGION_OF_SECTION, REGIONS, YEAR_OF_SECTION, region_number

_SHOWN = 50
_AROUND = 40  # characters shown on each side of a word


async def context(reader: Reader, typed: str, year: str, region: str) -> dict[str, Any]:
    """Sections that hold every word typed, latest reports first, perhaps of one year or region only."""
    sought = words.query(typed)
    place = region_number(region) if region else None
    wanted = int(year) if year.isdecimal() else None
    found = await reader.rows(_FOUND, sought, place, wanted)
    for section in found:
        section["pieces"] = in_context(section["text"], words.terms(typed))
    years = await reader.rows(_YEARS, sought, place)
    return {
        "typed": typed,
        "year": year,
        "region": region,
        "found": found,
        "years": years,
        "total": sum(row["n"] for row in years if not year or str(row["year"]) == year),
        "shown": _SHOWN,
    }


def in_context(text: str, terms: list[str]) -> list[tuple[bool, str]]:
    """Pieces of ``text`` around the first place of a term: (is it a term, text)."""
    if not terms:
        return [(False, text[: 2 * _AROUND])]
    pattern = re.compile("|".join(_loosely(term) for term in terms), re.IGNORECASE)
    first = pattern.search(text)
    start = max(0, first.start() - _AROUND) if first else 0
    cut = text[start : (first.end() if first else 0) + 2 * _AROUND]
    pieces, done = [(False, "…" if start else "")], 0
    for match in pattern.finditer(cut):
        pieces += [(False, cut[done : match.start()]), (True, match.group())]
        done = match.end()
    return [*pieces, (False, cut[done:])]


def _loosely(term: str) -> str:
    """A pattern for a term that lets typesetting spaces stand between its characters."""
    return "[ \\u3000]*".join(re.escape(char) for char in term if not char.isspace())


# A section's rowid tells its year and region (places.py): what is found is counted and cut before any text is
# read.
_HITS = f"""
    SELECT rowid, rowid >> {YEAR_OF_SECTION} AS year FROM sections_fts WHERE sections_fts MATCH ?1
        AND (?2 IS NULL OR (rowid >> {REGION_OF_SECTION}) % {REGIONS} = ?2)
"""  # noqa: S608
_FOUND = f"""
    SELECT s.report_id, s.ordinal, s.heading, s.text, r.agency, r.year, r.title
    FROM (
        SELECT rowid AS place FROM ({_HITS}) WHERE ?3 IS NULL OR year = ?3 ORDER BY rowid DESC LIMIT {_SHOWN}
    ) h
    CROSS JOIN sections s ON s.rowid = h.place
    JOIN reports r ON r.report_id = s.report_id
    ORDER BY r.year DESC, s.report_id, s.ordinal
"""  # noqa: S608
_YEARS = f"SELECT year, count(*) AS n FROM ({_HITS}) GROUP BY year ORDER BY year DESC"  # noqa: S608
