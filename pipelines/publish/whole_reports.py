"""Datasette's questions for reports that have words, in their title or in any section.

There is no index of whole reports, which would say again what the index of sections says: titles have one of
their own (``reports_fts``), and the row number of a section tells its report (row_numbers.py).
"""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from datasette.database import QueryInterrupted

from pipelines.publish import words
from pipelines.publish.once import Once
from pipelines.publish.row_numbers import REPORT_OF_SECTION, YEAR_OF_REPORT, YEARS

# passages and titles of a year; reports that have a word of more are found by looking for them
_OF_A_YEAR: Final = 30_000
_LOOKED_FOR: Final = 1_000  # reports that are looked at for a count, at most
_STRETCHES: Final = 1_000, 4_000, 16_000  # reports that follow each other in a list, gone through at once
_WORDS: Final = 16  # words that may stand in different sections; the rest stand in one

_COUNT_ALL: Final = re.compile(r"select count\(\*\) from \[?reports\]? where <hits>")
_COUNT: Final = re.compile(r"select count\(\*\) from \[?reports\]? where .*<hits>.*", re.DOTALL)
_LIST: Final = re.compile(r"select (?!count\(\*\)).+ from \[?reports\]? where .*<hits>.*", re.DOTALL)
_FACET: Final = re.compile(r"select \S+ as value, count\(\*\) as count from \( .+", re.DOTALL)
_IN_ORDER: Final = re.compile(
    r".* order by \[?(?:year|report_id)\]?(?: desc)?(?:, \[?report_id\]?)? limit \d+"
)
_NARROWED: Final = re.compile(r".* and \S+ = :p\d+.*", re.DOTALL)
# a page begins after a year and a report; Datasette puts the year in order only
_BY_YEAR: Final = re.compile(r"(order by \[?year\]?(?: desc)?)(?=\s+limit \d+\s*$)")
_NEWEST: Final = re.compile(
    r"select .+? (from \[?reports\]? where .+ order by \[?year\]? desc, report_id)\s+limit (\d+)\s*",
    re.DOTALL,
)
_FIRST_PAGE: Final = re.compile(
    r"select (?!count\(\*\)).+ from \[?reports\]? where <hits> order by \[?year\]? desc limit (\d+)"
)
_AMONG: Final = "reports.rowid in (select value from json_each(:found))"

Execute = Callable[..., Awaitable[Any]]
Put = tuple[str, Mapping[str, Any]]  # a query and its parameters


class Uncounted(QueryInterrupted):  # type: ignore[misc]
    """So much is found that it is not counted."""


@dataclass(frozen=True, slots=True)
class _Words:
    """What was typed: how many words, the one that stands in fewest places, and whether those are few."""

    count: int
    rarest: int
    few: bool


class WholeReports:
    """Puts the queries of one edition; ``common`` tells how many places are few."""

    def __init__(self, execute: Execute, common: Callable[[], int]) -> None:
        self._execute = execute
        self._common = common
        self._known: Once[tuple[str, int], _Words] = Once()
        self._frequent: Once[tuple[str, int], bool] = Once()
        self._found: Once[tuple[str, int], str] = Once()

    async def put(self, sql: str, hits: str, shape: str, parameters: Mapping[str, Any]) -> Put:
        """``sql`` with the reports that have every word in the place of its ``hits``, and its parameters.

        ``shape`` is the query with ``<hits>`` there. Raises Uncounted where it counts what takes long.
        """
        counting, facet = _COUNT.fullmatch(shape), _FACET.fullmatch(shape)
        typed = str(parameters["search"])
        if not (counting or facet or _LIST.fullmatch(shape)) or not words.phrases(typed):
            return sql, parameters
        key = typed, self._common()
        sought = await self._known.get(key, lambda: self._look(typed, parameters))
        sql = _BY_YEAR.sub(r"\1, report_id", sql)
        if sought.few:  # looked for once, for all that a page asks
            found = await self._found.get(key, lambda: self._rows(_having(sought), parameters))
            if _COUNT_ALL.fullmatch(shape):
                return "select json_array_length(:found)", {**parameters, "found": found}
            if page := _FIRST_PAGE.fullmatch(shape):
                found = _newest(found, int(page[1]))
            return sql.replace(hits, _AMONG), {**parameters, "found": found}
        if facet or _COUNT_ALL.fullmatch(shape):
            raise Uncounted(None, sql, {})
        if counting:
            return await self._counted(sql, hits, sought, parameters), parameters
        newest = _NEWEST.fullmatch(sql)
        if newest and not _NARROWED.fullmatch(shape):
            first = await self._first(sql.replace(hits, "1"), sought, parameters)
            if first is not None:
                return sql.replace(hits, _AMONG), {**parameters, "found": first}
        if (_IN_ORDER.fullmatch(shape) or _NARROWED.fullmatch(shape)) and await self._frequent.get(
            key, lambda: self._is_frequent(sought, parameters)
        ):
            return sql.replace(hits, _looked_for(sought)), parameters
        if newest:
            return await self._newest(sql, hits, sought, parameters)
        return sql.replace(hits, f"+{_found(sought)}"), parameters

    async def _counted(self, sql: str, hits: str, sought: _Words, parameters: Mapping[str, Any]) -> str:
        """Counts among the few reports that the other filters leave."""
        left = sql.replace(hits, "1").replace("count(*)", "1", 1)
        if await self._number(left, parameters, _LOOKED_FOR) > _LOOKED_FOR:
            raise Uncounted(None, sql, {})
        return sql.replace(hits, _looked_for(sought))

    async def _first(self, every: str, sought: _Words, parameters: Mapping[str, Any]) -> str | None:
        """The row numbers of all reports with the words in the beginning of the list ``every``, which begins
        with the latest year: as many at least as it is to show, if there are. None where that is far to go.

        Reports that follow each other in such a list have row numbers close by, and so have their passages:
        what a stretch of it has of a word is found at once.
        """
        listed = _NEWEST.fullmatch(every)
        assert listed
        rest, limit = listed.groups()
        found: list[int] = []
        done = 0
        for length in _STRETCHES:
            stretch = f"select year, reports.rowid as place {rest} limit {length} offset {done}"
            years = (await self._execute(_BY_YEARS.format(stretch=stretch), parameters)).rows
            for places, first, last, _ in years:
                having = _having_among(sought, (int(first), int(last)))
                found += json.loads(await self._rows(having, {**parameters, "places": places}))
            done += length
            if len(found) >= int(limit) or sum(row[3] for row in years) < length:
                return json.dumps(found)
        return None

    async def _newest(self, sql: str, hits: str, sought: _Words, parameters: Mapping[str, Any]) -> Put:
        """A list that begins with the latest year: sought a year at a time, until there are enough rows."""
        found: list[int] = []
        for (year,) in (await self._execute(YEARS)).rows:
            of_year = _NEWEST.fullmatch(sql.replace(hits, f"year = {year} and +{_found(sought, year)}"))
            assert of_year
            rest, limit = of_year.groups()
            rows = f"select reports.rowid as place {rest} limit {int(limit) - len(found)}"
            found += json.loads(await self._rows(rows, parameters))
            if len(found) == int(limit):
                break
        return sql.replace(hits, _AMONG), {**parameters, "found": json.dumps(found)}

    async def _rows(self, places: str, parameters: Mapping[str, Any]) -> str:
        """The row numbers that a query finds, as JSON: Datasette hands over no more than a thousand rows."""
        found = await self._execute(f"select json_group_array(place) from ({places})", parameters)  # noqa: S608
        return str(found.rows[0][0])

    async def _look(self, typed: str, parameters: Mapping[str, Any]) -> _Words:
        count, few = min(len(words.phrases(typed)), _WORDS), self._common()
        numbers = [await self._number(_places(at), parameters, few) for at in range(count)]
        rarest = min(range(count), key=numbers.__getitem__)
        return _Words(count, rarest, few=numbers[rarest] <= few)

    async def _is_frequent(self, sought: _Words, parameters: Mapping[str, Any]) -> bool:
        """Whether any few reports that are looked at have the words."""
        return await self._number(_places(sought.rarest, _LATEST), parameters, _OF_A_YEAR) > _OF_A_YEAR

    async def _number(self, rows: str, parameters: Mapping[str, Any], most: int) -> int:
        """How many rows there are, counted just beyond ``most``."""
        counted = await self._execute(f"select count(*) from ({rows} limit {most + 1})", parameters)  # noqa: S608
        return int(counted.rows[0][0])


def _newest(found: str, most: int) -> str:
    """Of row numbers of reports those of the latest years, as many years as have ``most`` reports."""
    rows = sorted(json.loads(found), reverse=True)
    least = rows[:most][-1] >> YEAR_OF_REPORT << YEAR_OF_REPORT if rows else 0
    return json.dumps([row for row in rows if row >= least])


def word(typed: str, at: int) -> str:
    """One of the words typed as an FTS5 query; the last is all that are left."""
    found = words.phrases(typed)
    return " ".join(found[at:] if at == _WORDS - 1 else found[at : at + 1]) or '""'


def _word(at: int) -> str:
    """A word as the index has it, put once for the whole query."""
    return f"(select escape_fts(:search, {at}))"


_Among = tuple[str | int, str | int]  # row numbers of reports: the first and the last


def _of_year(year: int | str) -> _Among:
    return f"({year} << {YEAR_OF_REPORT})", f"(({year} + 1 << {YEAR_OF_REPORT}) - 1)"


_LATEST: Final = _of_year("(select max(year) from reports)")


def _places(at: int, among: _Among | None = None, passage: str = "rowid") -> str:
    """The row numbers of passages and titles with a word, perhaps of some reports only."""
    return f"{_passages(at, among, passage)} union all {_titles(at, among)}"


def _passages(at: int, among: _Among | None, place: str) -> str:
    sql = f"select {place} from sections_fts where sections_fts match {_word(at)}"  # noqa: S608
    if among is None:
        return sql
    first, last = among
    return (
        f"{sql} and rowid between {first} << {REPORT_OF_SECTION} and ({last} + 1 << {REPORT_OF_SECTION}) - 1"
    )


def _titles(at: int, among: _Among | None) -> str:
    sql = f"select rowid from reports_fts where reports_fts match {_word(at)}"  # noqa: S608
    return sql if among is None else f"{sql} and rowid between {among[0]} and {among[1]}"


def _rarest(sought: _Words, among: _Among | None) -> str:
    """The row numbers of reports with the rarest word, each once."""
    passages = _passages(sought.rarest, among, f"rowid >> {REPORT_OF_SECTION} as place")
    return f"{passages} union {_titles(sought.rarest, among)}"


def _having(sought: _Words) -> str:
    """The row numbers of the reports that have every word, as ``place``."""
    others = "".join(f" and {_has(at, 'place')}" for at in _others(sought))
    return f"select place from ({_rarest(sought, None)}) where 1{others}"  # noqa: S608


_BY_YEARS: Final = """
    select json_group_array(place), min(place), max(place), count(*) from ({stretch}) group by year
"""


def _having_among(sought: _Words, among: _Among) -> str:
    """The row numbers in ``:places``, which lie among some, whose reports have every word, as ``place``."""
    words_of = (_places(at, among, f"rowid >> {REPORT_OF_SECTION}") for at in range(sought.count))
    having = "".join(f" and value in ({places})" for places in words_of)
    return f"select value as place from json_each(:places) where 1{having}"  # noqa: S608


def _found(sought: _Words, year: int | None = None) -> str:
    """The reports, perhaps of one year, with the rarest word, looked at for the others."""
    others = "".join(f" and {_has(at)}" for at in _others(sought))
    among = None if year is None else _of_year(year)
    return f"reports.rowid in ({_rarest(sought, among)}){others}"


def _looked_for(sought: _Words) -> str:
    """Every report is looked at, as the query comes to it."""
    return " and ".join(map(_has, range(sought.count)))


def _others(sought: _Words) -> list[int]:
    return [at for at in range(sought.count) if at != sought.rarest]


def _has(at: int, report: str = "reports.rowid") -> str:
    """Whether a report has a word."""
    return (
        f"(exists (select 1 from sections_fts where sections_fts match {_word(at)}"  # noqa: S608
        f" and rowid between {report} << {REPORT_OF_SECTION}"
        f" and (({report} + 1) << {REPORT_OF_SECTION}) - 1)"
        f" or exists (select 1 from reports_fts where reports_fts match {_word(at)}"
        f" and rowid = {report}))"
    )
