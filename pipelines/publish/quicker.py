"""Datasette's own questions to the full text, put so that a frequent word is answered as soon as another."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from pipelines.publish.once import Once
from pipelines.publish.whole_reports import Uncounted, WholeReports

#: rows that are counted at most; hits from which a list is sought in the order asked for and not sorted
COMMON = 10_000
_IN_FTS = re.compile(
    r'(?<![\w.])"?rowid"? in \((?P<hits>select rowid from \[?(?P<table>\w+_fts)\]? where \[?\w+_fts\]?'
    r" match escape_fts\(:search\))\s*\)"
)
# every row of these tables is in its full text, so what is found there is what is found
_COUNT_ALL = re.compile(r"select count\(\*\) from \[?\w+\]? where <hits>")
_COUNT = re.compile(r"select count\(\*\) from \[?\w+\]? where .*<hits>.*", re.DOTALL)
_IN_ORDER = re.compile(
    r"select (?!count\(\*\)).+ from \[?\w+\]? where <hits>(?P<later> and rowid > :\w+)?"
    r" order by rowid limit (?P<limit>\d+)",
    re.DOTALL,
)
_FACET = re.compile(
    r"select \S+ as value, count\(\*\) as count from \( .+ \) where .+ group by .+", re.DOTALL
)
_SORTED = re.compile(r"select .+ from \[?\w+\]? where <hits> order by [^()]+ limit \d+", re.DOTALL)

Execute = Callable[..., Awaitable[Any]]


class Quicker:
    """Puts the queries of one edition of the archive; ``execute`` answers them as Datasette does."""

    def __init__(self, execute: Execute) -> None:
        self._execute = execute
        self._reports = WholeReports(execute, lambda: COMMON)
        self._numbers: Once[tuple[str, str, int], int] = Once()

    async def put(self, sql: str, parameters: Any) -> tuple[str, Any]:
        """``sql``, or what gives the same rows sooner where it lists or counts what a search finds, and its
        parameters.

        ``parameters`` are those that it came with, if any. Raises Uncounted where more than ``COMMON``
        rows are to be counted, which Datasette takes for a count or a facet that ran out of time.
        """
        found = _IN_FTS.search(sql)
        if found is None or not isinstance(parameters, Mapping) or "search" not in parameters:
            return sql, parameters
        shape = " ".join(sql.replace(found[0], "<hits>").split())
        if found["table"] == "reports_fts":
            return await self._reports.put(sql, found[0], shape, parameters)
        return await self._put(sql, found, shape, parameters), parameters

    async def _put(self, sql: str, found: re.Match[str], shape: str, parameters: Mapping[str, Any]) -> str:
        hits = found["hits"]
        if _COUNT_ALL.fullmatch(shape):
            return _told(await self._number(hits, parameters), sql)
        if _COUNT.fullmatch(shape):
            return _told(await self._count(sql.replace("count(*)", "1", 1), parameters), sql)
        if ordered := _IN_ORDER.fullmatch(shape):  # the order in which they are found: no more than are shown
            later, limit = ordered.group("later", "limit")
            return sql.replace(hits, f"{hits}{later or ''} order by rowid limit {limit}")
        facet, sorted_ = _FACET.fullmatch(shape), _SORTED.fullmatch(shape)
        if not (facet or sorted_) or await self._number(hits, parameters) <= COMMON:
            return sql
        if sorted_:  # most rows are hits, so the first that are shown are soon found in the order asked for
            return sql.replace(found[0], f"+{found[0]}")
        raise Uncounted(None, sql, {})

    async def _number(self, hits: str, parameters: Mapping[str, Any]) -> int:
        """How many ``hits`` there are, found out once for all that a page asks about a word."""
        key = hits, str(parameters["search"]), COMMON  # as far as it is counted
        return await self._numbers.get(key, lambda: self._count(hits, parameters))

    async def _count(self, rows: str, parameters: Mapping[str, Any]) -> int:
        """The number of ``rows``, a query without a limit; no further than just beyond ``COMMON``."""
        counting = f"select count(*) from ({rows} limit {COMMON + 1})"  # noqa: S608
        counted = await self._execute(counting, parameters)
        return int(counted.rows[0][0])


def _told(number: int, sql: str) -> str:
    """A query that gives ``number``. Raises Uncounted where it is as far as was counted."""
    if number > COMMON:
        raise Uncounted(None, sql, {})
    return f"select {number}"
