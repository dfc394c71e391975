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
        self._found: Once[tuple[str, str, int], str | None] = Once()

    async def put(self, sql: str, parameters: Any) -> tuple[str, Any]:
        """``sql``, or what gives the same rows sooner where it lists or counts what a search finds, and its
        parameters.

        ``parameters`` are those that it came with, if any. Raises Uncounted where more than ``COMMON``
        rows are to be counted, which Datasette takes for a count or a facet that ran out of time.
        """
        hits = _IN_FTS.search(sql)
        if hits is None or not isinstance(parameters, Mapping) or "search" not in parameters:
            return sql, parameters
        shape = " ".join(sql.replace(hits[0], "<hits>").split())
        if hits["table"] == "reports_fts":
            return await self._reports.put(sql, hits[0], shape, parameters)
        key = hits["hits"], str(parameters["search"]), COMMON
        found = await self._found.get(key, lambda: self._find(hits["hits"], parameters))
        if found is None:
            return await self._put_frequent(sql, hits, shape, parameters), parameters
        if _COUNT_ALL.fullmatch(shape):
            sql = "select json_array_length(:found)"
        return sql.replace(hits["hits"], "select value from json_each(:found)"), {
            **parameters,
            "found": found,
        }

    async def _put_frequent(
        self, sql: str, found: re.Match[str], shape: str, parameters: Mapping[str, Any]
    ) -> str:
        """As ``put``, for a word of more rows than ``COMMON``."""
        hits = found["hits"]
        if _COUNT_ALL.fullmatch(shape) or _FACET.fullmatch(shape):
            raise Uncounted(None, sql, {})
        if _COUNT.fullmatch(shape):
            return await self._counted(sql, parameters)
        if ordered := _IN_ORDER.fullmatch(shape):  # the order in which they are found: no more than are shown
            later, limit = ordered.group("later", "limit")
            return sql.replace(hits, f"{hits}{later or ''} order by rowid limit {limit}")
        if _SORTED.fullmatch(shape):  # most rows are hits: those that are shown are soon found in this order
            return sql.replace(found[0], f"+{found[0]}")
        return sql

    async def _find(self, hits: str, parameters: Mapping[str, Any]) -> str | None:
        """The row numbers that a query finds, as JSON; None where they are more than ``COMMON``."""
        finding = (
            f"select iif(count(*) > {COMMON}, null, json_group_array(rowid))"  # noqa: S608
            f" from ({hits} limit {COMMON + 1})"
        )
        found: str | None = (await self._execute(finding, parameters)).rows[0][0]
        return found

    async def _counted(self, counting: str, parameters: Mapping[str, Any]) -> str:
        """A query that gives what ``counting`` does. Raises Uncounted where it is more than ``COMMON``."""
        rows = counting.replace("count(*)", "1", 1)
        counted = await self._execute(f"select count(*) from ({rows} limit {COMMON + 1})", parameters)  # noqa: S608
        number = int(counted.rows[0][0])
        if number > COMMON:
            raise Uncounted(None, counting, {})
        return f"select {number}"
