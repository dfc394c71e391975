"""Full text for people: where the words stand, marked in their sentence; what is called so; facets."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from datasette.database import QueryInterrupted

from pipelines.publish import words
from pipelines.publish.pages import passages
from pipelines.publish.pages.reader import Reader, Row
from pipelines.publish.row_numbers import NUMBERS, region_number

_SHOWN = 25
_END = (1 << 63) - 1
_AROUND = 40  # characters shown on each side of a word
_LISTED = 15  # values of a facet, the most frequent ones
_NAMED = 12  # regions and agencies that are called what was typed
_NAMED_AMONG = 2_000  # names of agencies that the shortest of them are chosen from


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


Values = Sequence[tuple[int, int | None]]  # (value, count)


@dataclass(frozen=True, slots=True)
class Facet:
    """How many of the passages found have each value: (value, name, count).

    ``left_out`` is how many more values there are; a count is None where there are too many passages.
    """

    name: str
    chosen: str
    values: tuple[tuple[str, str, int | None], ...]
    left_out: int = 0


async def context(
    reader: Reader, typed: str, year: str, region: str, agency: str, section: str, before: str
) -> dict[str, Any]:
    """Sections that hold every word typed, latest first, perhaps of one year, region, agency or section.

    ``before`` is the row number that the passages shown last ended with.
    """
    sought = Sought(typed, year if year.isdecimal() else "", region, agency, section)
    words_sought, within = words.query(typed), await _within(reader, sought)
    end = min(int(before), _END) if before.isdecimal() and len(before) < 20 else _END
    named = await _named(reader, typed)
    found, rest = await passages.latest(reader, words_sought, within, sought.number, end, _SHOWN)
    for passage in found:
        passage["pieces"] = in_context(passage["text"], words.terms(typed))
        passage["heading_pieces"] = marked(passage["heading"], words.terms(typed))
    narrowed = bool(sought.year or sought.region or sought.section or before)
    whole = rest is None and not narrowed
    all_of_them = [passages.place_of(row["place"]) for row in found] if whole else None
    return {
        "sought": sought,
        "typed": typed,
        "found": found,
        "shown": _SHOWN,
        "most": passages.MOST,
        "earlier": rest,
        **named,
        **await _counted(reader, sought, within, all_of_them),  # the last, since it may run out of time
    }


async def _within(reader: Reader, sought: Sought) -> list[passages.Span]:
    return await passages.spans(reader, _number(sought.year), sought.place, sought.agency)


async def _counted(
    reader: Reader, sought: Sought, within: list[passages.Span], known: list[passages.Place] | None
) -> dict[str, Any]:
    """How many passages there are: ``total``, None where they are more than are counted; and the facets.

    ``known`` are the places of all of them, where they are known. ``timely``: whatever was to be counted was
    counted in time.
    """
    query = words.query(sought.typed)
    try:
        unnarrowed = await _within(reader, replace(sought, year="", region=""))
        everywhere = known if known is not None else await passages.tally(reader, query, unnarrowed)
        narrowed = everywhere is None and (sought.year or sought.region)
        here = await passages.tally(reader, query, within) if narrowed else everywhere
        total = None if here is None else len(_let_through(here, sought))
        facets = await _facets(reader, sought, everywhere, within)
    except QueryInterrupted:  # on a busy machine; the latest are shown all the same
        return {"total": None, "facets": [], "timely": False}
    return {"total": total, "facets": facets, "timely": True}


def _let_through(places: Sequence[passages.Place], sought: Sought, other: str = "") -> list[passages.Place]:
    """What all filters let through, but for an ``other`` one."""
    filters = {
        "year": (passages.year_of, _number(sought.year)),
        "region": (passages.region_of, sought.place),
        "section": (passages.section_of, sought.number),
    }
    kept = list(places)
    for name, (of, chosen) in filters.items():
        if name != other and chosen is not None:
            kept = [place for place in kept if of(place) == chosen]
    return kept


async def _facets(
    reader: Reader, sought: Sought, places: list[passages.Place] | None, within: list[passages.Span]
) -> list[Facet]:
    """Each facet counts what the other filters let through; of a word too frequent it names the values."""
    if places is not None:
        by_year, by_region, by_section = (
            Counter(map(of, _let_through(places, sought, name)))
            for name, of in (
                ("year", passages.year_of),
                ("region", passages.region_of),
                ("section", passages.section_of),
            )
        )
        years: Values = sorted(by_year.items(), reverse=True)
        sections: Values = sorted(by_section.items())
        regions: Values = by_region.most_common()
    else:
        years = [(year, None) for year in await passages.years(reader)]
        sections = [(number, None) for number in range(NUMBERS)]
        regions = [(region_number(row["code"]), None) for row in await reader.rows(_LARGEST)]
    return [
        Facet("year", sought.year, tuple((str(year), str(year), n) for year, n in years)),
        Facet("section", sought.section, tuple((str(number), "", n) for number, n in sections)),
        await _regions(reader, sought, regions),
        *([await _agencies(reader, sought, within)] if sought.region or sought.agency else []),
    ]


async def _regions(reader: Reader, sought: Sought, counts: Values) -> Facet:
    listed = [(f"{number:06}", n) for number, n in counts[:_LISTED] if number]
    marks = ", ".join("?" * len(listed))
    rows = await reader.rows(
        f"SELECT code, name FROM regions WHERE code IN ({marks})",  # noqa: S608
        *(code for code, _ in listed),
    )
    names = {row["code"]: row["name"] for row in rows}
    values = tuple((code, names.get(code, code), n) for code, n in listed)
    return Facet("region", sought.region, values, max(0, len(counts) - len(listed)))


async def _agencies(reader: Reader, sought: Sought, within: list[passages.Span]) -> Facet:
    rows = await passages.agencies(reader, words.query(sought.typed), within, sought.number)
    values = tuple((row["agency_id"], row["agency"], row["n"]) for row in rows)
    return Facet("agency", sought.agency, values[:_LISTED], len(values[_LISTED:]))


async def _named(reader: Reader, typed: str) -> dict[str, list[Row]]:
    """Regions and agencies whose name, today's or an earlier one, holds all words typed."""
    terms = [f"%{_plainly(term)}%" for term in words.terms(typed)][:5]
    if not terms:
        return {"regions": [], "agencies": []}
    condition = " AND ".join([r"r.name LIKE ? ESCAPE '\'"] * len(terms))
    return {
        "regions": await reader.rows(_REGIONS_NAMED.format(condition=condition), *terms),
        "agencies": await reader.rows(_AGENCIES_NAMED, words.query(typed)),
    }


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
    sought = [term for term in (words.unified(words.seen(term)).lower() for term in terms) if term]
    if not sought:
        return []
    plain = text.translate(_PLAIN)
    origin: Sequence[int] = range(len(text))
    if len(plain) != len(text):  # a character stands for several, or for none
        origin = [index for index, char in enumerate(text) for _ in char.translate(_PLAIN)]
    matches = re.finditer("|".join(map(_loosely, sought)), plain)
    return [(origin[m.start()], origin[m.end() - 1] + 1) for m in matches if m.end() > m.start()]


class _Plain(dict[int, str]):
    """For ``str.translate``: a character as its plain ones, in small letters."""

    def __missing__(self, code: int) -> str:
        self[code] = words.unified(words.seen(chr(code))).lower()
        return self[code]


_PLAIN = _Plain()


def _loosely(term: str) -> str:
    """A pattern for a term that lets typesetting spaces stand between its characters."""
    return "[ \\u3000]*".join(re.escape(char) for char in term if not char.isspace())


# regions by their reports, for words that nearly every report has
_LARGEST = """
    SELECT region_code AS code FROM region_states WHERE region_code <> ''
    GROUP BY region_code ORDER BY sum(reports) DESC, region_code
"""
_REGIONS_NAMED = f"""
    SELECT r.code, r.name, r.province FROM regions r WHERE {{condition}}
        AND (EXISTS (SELECT 1 FROM agencies WHERE region_code = r.code)
            OR EXISTS (SELECT 1 FROM sites WHERE region_code = r.code))
    ORDER BY length(r.name), r.code LIMIT {_NAMED}
"""  # noqa: S608
_AGENCIES_NAMED = f"""
    SELECT a.agency_id, a.name
    FROM (SELECT rowid FROM agency_names_fts WHERE agency_names_fts MATCH ? LIMIT {_NAMED_AMONG}) h
    CROSS JOIN agency_names n ON n.rowid = h.rowid
    JOIN agencies a ON a.agency_id = n.agency_id
    GROUP BY a.agency_id ORDER BY length(a.name), a.name, a.agency_id LIMIT {_NAMED}
"""  # noqa: S608
