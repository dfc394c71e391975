"""Full text for people: where the words stand, marked in their sentence."""

from __future__ import annotations

import re
from typing import Any

from pipelines.publish import words
from pipelines.publish.pages.reader import Reader

_SHOWN = 50
_AROUND = 40  # characters shown on each side of a word


async def context(reader: Reader, typed: str, year: str, region: str) -> dict[str, Any]:
    """Sections that hold every word typed, latest reports first, perhaps of one year or region only."""
    sought = words.query(typed)
    found = await reader.rows(_FOUND, sought, year or None, region or None)
    for section in found:
        section["pieces"] = in_context(section["text"], words.terms(typed))
    years = await reader.rows(_YEARS, sought, region or None)
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


_FOUND = f"""
    SELECT s.report_id, s.ordinal, s.heading, s.text, r.agency, r.year, r.title
    FROM sections s JOIN reports r ON r.report_id = s.report_id
    WHERE s.rowid IN (SELECT rowid FROM sections_fts WHERE sections_fts MATCH ?1)
        AND (?2 IS NULL OR r.year = CAST(?2 AS INTEGER)) AND (?3 IS NULL OR r.region_code = ?3)
    ORDER BY r.year DESC, s.report_id, s.ordinal LIMIT {_SHOWN}
"""  # noqa: S608
_YEARS = """
    SELECT r.year, count(*) AS n
    FROM sections s JOIN reports r ON r.report_id = s.report_id
    WHERE s.rowid IN (SELECT rowid FROM sections_fts WHERE sections_fts MATCH ?1)
        AND (?2 IS NULL OR r.region_code = ?2)
    GROUP BY r.year ORDER BY r.year DESC
"""
