"""Datasette's questions for reports that have words, in their title or in any section.

There is no index of whole reports, which would say again what the index of sections says: titles have one of
their own (``reports_fts``), and the row number of a section tells its report (places.py).
"""

from __future__ import annotations

import asyncio
import re
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from datasette.database import QueryInterrupted

from pipelines.publish import words
from pipelines.publish.row_numbers import REPORT_OF_SECTION, YEAR_OF_SECTION

_OF_A_YEAR: Final = (
    30_000  # passages and titles; reports that have a word of more are found by looking for them
)
_LOOKED_FOR: Final = 1_000  # reports counted by looking, at most
_WORDS: Final = 16  # words that may stand in different sections; the rest stand in one
_REMEMBERED: Final = 200

_COUNT_ALL: Final = re.compile(r"select count\(\*\) from \[?reports\]? where <hits>")
_COUNT: Final = re.compile(r"select count\(\*\) from \[?reports\]? where .*<hits>.*", re.DOTALL)
_LIST: Final = re.compile(r"select (?!count\(\*\)).+ from \[?reports\]? where .*<hits>.*", re.DOTALL)
_FACET: Final = re.compile(r"select \S+ as value, count\(\*\) as count from \( .+", re.DOTALL)
_IN_ORDER: Final = re.compile(
    r".* order by \[?(?:year|report_id)\]?(?: desc)?(?:, \[?report_id\]?)? limit \d+"
)
_NARROWED: Final = re.compile(r".* and \S+ = :p\d+.*", re.DOTALL)

Execute = Callable[..., Awaitable[Any]]


class Uncounted(QueryInterrupted):  # type: ignore[misc]
    """So much is found that it is not counted."""


@dataclass(frozen=True, slots=True)
class _Words:
    """What was typed: how many words, the one that stands in fewest places, and whether those are few, or so
    many that any few reports looked at have some.
    """

    count: int
    rarest: int
    few: bool
    everywhere: bool


class WholeReports:
    """Puts the queries of one edition; ``common`` tells how many places are few."""

    def __init__(self, execute: Execute, common: Callable[[], int]) -> None:
        self._execute = execute
        self._common = common
        self._known: OrderedDict[tuple[str, int], asyncio.Future[_Words]] = OrderedDict()

    async def put(self, sql: str, hits: str, shape: str, parameters: Mapping[str, Any]) -> str:
        """``sql`` with the reports that have every word in the place of its ``hits``.

        ``shape`` is the query with ``<hits>`` there. Raises Uncounted where it counts what takes long.
        """
        counting, facet = _COUNT.fullmatch(shape), _FACET.fullmatch(shape)
        typed = str(parameters["search"])
        if not (counting or facet or _LIST.fullmatch(shape)) or not words.phrases(typed):
            return sql
        sought = await self._sought(typed, parameters)
        if sought.few:
            return sql.replace(hits, _found(sought))
        if facet or _COUNT_ALL.fullmatch(shape):
            raise Uncounted(None, sql, {})
        looked_for = sql.replace(hits, _looked_for(sought))
        if counting:
            return await self._counted(looked_for, parameters)
        if sought.everywhere and (_IN_ORDER.fullmatch(shape) or _NARROWED.fullmatch(shape)):
            return looked_for
        return sql.replace(hits, f"+{_found(sought)}")

    async def _counted(self, counting: str, parameters: Mapping[str, Any]) -> str:
        rows = counting.replace("count(*)", "1", 1)
        number = await self._number(rows, parameters, _LOOKED_FOR)
        if number > _LOOKED_FOR:
            raise Uncounted(None, counting, {})
        return f"select {number}"

    async def _sought(self, typed: str, parameters: Mapping[str, Any]) -> _Words:
        """Found out once for all that a page asks about the words."""
        key = typed, self._common()
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = asyncio.ensure_future(self._look(typed, parameters))
            if len(self._known) > _REMEMBERED:
                self._known.popitem(last=False)
        try:
            return await asyncio.shield(known)
        except BaseException:  # out of time, this time
            self._known.pop(key, None)
            raise

    async def _look(self, typed: str, parameters: Mapping[str, Any]) -> _Words:
        count, few = min(len(words.phrases(typed)), _WORDS), self._common()
        numbers = [await self._number(_places(at), parameters, few) for at in range(count)]
        rarest = min(range(count), key=numbers.__getitem__)
        if numbers[rarest] <= few:
            return _Words(count, rarest, few=True, everywhere=False)
        of_a_year = await self._number(_places(rarest, _LATEST), parameters, _OF_A_YEAR)
        return _Words(count, rarest, few=False, everywhere=of_a_year > _OF_A_YEAR)

    async def _number(self, rows: str, parameters: Mapping[str, Any], most: int) -> int:
        """How many rows there are, counted just beyond ``most``."""
        counted = await self._execute(f"select count(*) from ({rows} limit {most + 1})", parameters)  # noqa: S608
        return int(counted.rows[0][0])


def word(typed: str, at: int) -> str:
    """One of the words typed as an FTS5 query; the last is all that are left."""
    found = words.phrases(typed)
    return " ".join(found[at:] if at == _WORDS - 1 else found[at : at + 1]) or '""'


def _word(at: int) -> str:
    """A word as the index has it, put once for the whole query."""
    return f"(select escape_fts(:search, {at}))"


def _places(at: int, year: str = "0") -> str:
    """The row numbers of passages and titles with a word, from a year on."""
    return (
        f"select rowid from sections_fts where sections_fts match {_word(at)}"  # noqa: S608
        f" and rowid >= {year} << {YEAR_OF_SECTION}"
        f" union all select rowid from reports_fts where reports_fts match {_word(at)}"
        f" and rowid >= {year} << {YEAR_OF_SECTION - REPORT_OF_SECTION}"
    )


_LATEST: Final = "(select max(year) from reports)"


def _found(sought: _Words) -> str:
    """The reports with the rarest word, looked at for the others."""
    others = [_has(at) for at in range(sought.count) if at != sought.rarest]
    return " and ".join(
        [
            f"reports.rowid in (select rowid >> {REPORT_OF_SECTION} from sections_fts"  # noqa: S608
            f" where sections_fts match {_word(sought.rarest)}"
            f" union select rowid from reports_fts where reports_fts match {_word(sought.rarest)})",
            *others,
        ]
    )


def _looked_for(sought: _Words) -> str:
    """Every report is looked at, as the query comes to it."""
    return " and ".join(_has(at) for at in range(sought.count))


def _has(at: int) -> str:
    """Whether a report has a word."""
    return (
        f"(exists (select 1 from sections_fts where sections_fts match {_word(at)}"  # noqa: S608
        f" and rowid between reports.rowid << {REPORT_OF_SECTION}"
        f" and ((reports.rowid + 1) << {REPORT_OF_SECTION}) - 1)"
        f" or exists (select 1 from reports_fts where reports_fts match {_word(at)}"
        " and rowid = reports.rowid))"
    )
