"""Full text for people: where the words stand, marked in their sentence; what is called so; facets."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from datasette.database import QueryInterrupted

from pipelines.publish import words
from pipelines.publish.pages.reader import Reader, Row
from pipelines.publish.places import (
    NUMBER_OF_SECTION,
    NUMBERS,
    REGION_OF_SECTION,
    REGIONS,
    REPORT_OF_SECTION,
    YEAR_OF_SECTION,
    region_number,
)

_SHOWN = 50
_AROUND = 40  # characters shown on each side of a word
_LISTED = 15  # values of a facet, the most frequent ones
_NAMED = 12  # regions and agencies that are called what was typed


@dataclass(frozen=True, slots=True)
class Sought:
    """What was asked for; an empty filter is none."""

    typed: str
    year: str = ""
    region: str = ""
    agency: str = ""
    section: str = ""

    def address(self, **other: str) -> dict[str, str]:
        """The arguments of the page with some of them changed, without empty ones."""
        asked = replace(self, **other)
        pairs = (asked.typed, asked.year, asked.region, asked.agency, asked.section)
        names = ("q", "year", "region", "agency", "section")
        return {name: value for name, value in zip(names, pairs, strict=True) if value}

    @property
    def place(self) -> int | None:
        """The region as row numbers have it."""
        return region_number(self.region) if self.region else None

    @property
    def number(self) -> int | None:
        """The section as row numbers have it."""
        return int(self.section) if self.section.isdecimal() and len(self.section) == 1 else None


@dataclass(frozen=True, slots=True)
class Facet:
    """How many of the passages found have each value: (value, name, count).

    ``left_out`` is how many more values there are.
    """

    name: str
    chosen: str
    values: tuple[tuple[str, str, int], ...]
    left_out: int = 0


async def context(
    reader: Reader, typed: str, year: str, region: str, agency: str, section: str
) -> dict[str, Any]:
    """Sections that hold every word typed, latest first, perhaps of one year, region, agency or section."""
    sought = Sought(typed, year if year.isdecimal() else "", region, agency, section)
    try:
        tallies, counted = await _tallies(reader, sought), True
    except (
        QueryInterrupted
    ):  # a word of nearly every report, on a busy machine: the latest are shown all the same
        tallies, counted = {}, False
    found = await reader.rows(
        _FOUND, words.query(typed), agency or None, sought.place, _number(year), sought.number
    )
    for passage in found:
        passage["pieces"] = in_context(passage["text"], words.terms(typed))
        passage["heading_pieces"] = marked(passage["heading"], words.terms(typed))
    return {
        "sought": sought,
        "typed": typed,
        "found": found,
        "counted": counted,
        "facets": await _facets(reader, sought, tallies) if counted else [],
        "total": sum(_matching(tallies, sought).values()),
        "shown": _SHOWN,
        **await _named(reader, typed),
    }


Tallies = dict[tuple[int, int, int], int]  # (year, region, section) → passages


async def _tallies(reader: Reader, sought: Sought) -> Tallies:
    rows = await reader.rows(_TALLIES, words.query(sought.typed), sought.agency or None)
    return {(row["place"] // REGIONS, row["place"] % REGIONS, row["number"]): row["n"] for row in rows}


def _matching(tallies: Tallies, sought: Sought) -> Tallies:
    """The tallies that the filters let through."""
    wanted = (_number(sought.year), sought.place, sought.number)
    return {
        key: n
        for key, n in tallies.items()
        if all(want is None or want == value for want, value in zip(wanted, key, strict=True))
    }


async def _facets(reader: Reader, sought: Sought, tallies: Tallies) -> list[Facet]:
    """Each facet counts what the other filters let through."""

    def counted(part: int, **without: str) -> Counter[int]:
        counts: Counter[int] = Counter()
        for key, n in _matching(tallies, replace(sought, **without)).items():
            counts[key[part]] += n
        return counts

    years = sorted(counted(0, year="").items(), reverse=True)
    sections = sorted(counted(2, section="").items())
    return [
        Facet("year", sought.year, tuple((str(year), str(year), n) for year, n in years)),
        Facet("section", sought.section, tuple((str(number), "", n) for number, n in sections)),
        await _regions(reader, sought, counted(1, region="", agency="")),
        *([await _agencies(reader, sought)] if sought.region or sought.agency else []),
    ]


async def _regions(reader: Reader, sought: Sought, counts: Counter[int]) -> Facet:
    listed = [(f"{number:06}", n) for number, n in counts.most_common(_LISTED) if number]
    marks = ", ".join("?" * len(listed))
    rows = await reader.rows(
        f"SELECT code, name FROM regions WHERE code IN ({marks})",  # noqa: S608
        *(code for code, _ in listed),
    )
    names = {row["code"]: row["name"] for row in rows}
    values = tuple((code, names.get(code, code), n) for code, n in listed)
    return Facet("region", sought.region, values, max(0, len(counts) - len(listed)))


async def _agencies(reader: Reader, sought: Sought) -> Facet:
    rows = await reader.rows(
        _AGENCIES, words.query(sought.typed), None, sought.place, _number(sought.year), sought.number
    )
    values = tuple((row["agency_id"], row["agency"], row["n"]) for row in rows)
    if sought.agency:
        chosen = tuple(value for value in values if value[0] == sought.agency)
        return Facet("agency", sought.agency, chosen)
    return Facet("agency", "", values[:_LISTED], len(values[_LISTED:]))


async def _named(reader: Reader, typed: str) -> dict[str, list[Row]]:
    """Regions and agencies whose name, today's or an earlier one, holds all words typed."""
    terms = [f"%{_plainly(term)}%" for term in words.terms(typed)][:5]
    if not terms:
        return {"regions": [], "agencies": []}
    return {
        "regions": await reader.rows(_like(_REGIONS_NAMED, "r.name", terms), *terms),
        "agencies": await reader.rows(_like(_AGENCIES_NAMED, "n.name", terms), *terms),
    }


def _like(sql: str, column: str, terms: Sequence[str]) -> str:
    condition = " AND ".join([f"{column} LIKE ? ESCAPE '\\'"] * len(terms))
    return sql.format(condition=condition)


def _plainly(term: str) -> str:
    """A term as a pattern of LIKE that means itself; the site allows patterns of a hundred bytes."""
    return re.sub(r"([\\%_])", r"\\\1", words.unified(term)[:20])


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 5 else None


Pieces = list[tuple[bool, str]]  # (is it a term, text)


def in_context(text: str, terms: list[str]) -> Pieces:
    """Pieces of ``text`` around the first place of a term."""
    spans = _spans(text, terms)
    start = max(0, spans[0][0] - _AROUND) if spans else 0
    end = (spans[0][1] if spans else 0) + 2 * _AROUND
    return [(False, "…" if start else ""), *_pieces(text, spans, start, end)]


def marked(text: str, terms: list[str]) -> Pieces:
    """The whole of ``text`` in pieces."""
    return _pieces(text, _spans(text, terms), 0, len(text))


def _pieces(text: str, spans: Sequence[tuple[int, int]], start: int, end: int) -> Pieces:
    pieces, done = [], start
    for first, last in spans:
        if start <= first and last <= end:
            pieces += [(False, text[done:first]), (True, text[first:last])]
            done = last
    return [*pieces, (False, text[done:end])]


def _spans(text: str, terms: list[str]) -> list[tuple[int, int]]:
    """Where terms stand in ``text``, whatever their case and width."""
    if not terms:
        return []
    plain = [_plain(char) for char in text]
    origin = [index for index, chars in enumerate(plain) for _ in chars]
    pattern = re.compile("|".join(_loosely(words.unified(term).lower()) for term in terms))
    matches = pattern.finditer("".join(plain))
    return [(origin[m.start()], origin[m.end() - 1] + 1) for m in matches if m.end() > m.start()]


@cache
def _plain(char: str) -> str:
    return words.unified(char).lower()


def _loosely(term: str) -> str:
    """A pattern for a term that lets typesetting spaces stand between its characters."""
    return "[ \\u3000]*".join(re.escape(char) for char in term if not char.isspace())


# A section's rowid tells its year, region and official number (places.py): what is found is counted and cut
# before any text is read. ?1 words, ?2 agency, ?3 region, ?4 year, ?5 section.
_HITS = f"""
    SELECT rowid FROM sections_fts WHERE sections_fts MATCH ?1
        AND (?2 IS NULL OR rowid >> {REPORT_OF_SECTION} IN (SELECT rowid FROM reports WHERE agency_id = ?2))
"""  # noqa: S608
_FILTERED = f"""
    {_HITS} AND (?3 IS NULL OR (rowid >> {REGION_OF_SECTION}) % {REGIONS} = ?3)
        AND (?4 IS NULL OR rowid >> {YEAR_OF_SECTION} = ?4)
        AND (?5 IS NULL OR (rowid >> {NUMBER_OF_SECTION}) % {NUMBERS} = ?5)
"""
_FOUND = f"""
    SELECT s.report_id, s.ordinal, s.heading, s.text, r.agency, r.year, r.title
    FROM (SELECT rowid AS place FROM ({_FILTERED} ORDER BY rowid DESC LIMIT {_SHOWN})) h
    CROSS JOIN sections s ON s.rowid = h.place
    JOIN reports r ON r.report_id = s.report_id
    ORDER BY r.year DESC, s.report_id, s.ordinal
"""  # noqa: S608
_TALLIES = f"""
    SELECT
        rowid >> {REGION_OF_SECTION} AS place, (rowid >> {NUMBER_OF_SECTION}) % {NUMBERS} AS number,
        count(*) AS n
    FROM ({_HITS}) GROUP BY 1, 2
"""  # noqa: S608
_AGENCIES = f"""
    SELECT r.agency_id, max(r.agency) AS agency, count(*) AS n
    FROM ({_FILTERED}) h JOIN reports r ON r.rowid = h.rowid >> {REPORT_OF_SECTION}
    GROUP BY r.agency_id ORDER BY n DESC, r.agency_id
"""  # noqa: S608
_REGIONS_NAMED = f"""
    SELECT r.code, r.name, r.province FROM regions r WHERE {{condition}}
        AND r.code IN (SELECT region_code FROM agencies UNION SELECT region_code FROM sites)
    ORDER BY length(r.name), r.code LIMIT {_NAMED}
"""  # noqa: S608
_AGENCIES_NAMED = f"""
    SELECT a.agency_id, a.name FROM agency_names n JOIN agencies a ON a.agency_id = n.agency_id
    WHERE {{condition}} GROUP BY a.agency_id ORDER BY length(a.name), a.name, a.agency_id LIMIT {_NAMED}
"""  # noqa: S608
