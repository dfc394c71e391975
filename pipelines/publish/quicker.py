"""Datasette's own questions to the full text, put so that a frequent word is answered as soon as another."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import Any

from datasette.database import QueryInterrupted

#: rows that are counted at most; hits from which it is quicker to look whether a row is one than to list all
COMMON = 20_000
_IN_FTS = re.compile(
    r'"?rowid"? in \((?P<hits>select rowid from \[?(?P<fts>\w+_fts)\]? where \[?\w+_fts\]?'
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
_SORTED = re.compile(r"select .+ from \[?(?P<table>\w+)\]? where <hits> order by [^()]+ limit \d+", re.DOTALL)

Execute = Callable[..., Awaitable[Any]]


class Uncounted(QueryInterrupted):  # type: ignore[misc]
    """So much is found that it is not counted."""


async def put(execute: Execute, sql: str, *arguments: Any) -> str:
    """``sql``, or what gives the same rows sooner where it lists or counts what a search finds.

    ``arguments`` are the query's parameters, if it has any; ``execute`` answers queries as Datasette does.
    Raises Uncounted where more than ``COMMON`` rows are to be counted, which Datasette takes for a count or
    a facet that ran out of time.
    """
    found = _IN_FTS.search(sql)
    if found is None:
        return sql
    hits, fts = found.group("hits", "fts")
    shape = " ".join(sql.replace(found[0], "<hits>").split())
    if _COUNT_ALL.fullmatch(shape):
        return await _counted(execute, hits, *arguments)
    if _COUNT.fullmatch(shape):
        return await _counted(execute, sql.replace("count(*)", "1", 1), *arguments)
    if ordered := _IN_ORDER.fullmatch(shape):  # the order in which they are found: no more than are shown
        later, limit = ordered.group("later", "limit")
        return sql.replace(hits, f"{hits}{later or ''} order by rowid limit {limit}")
    facet, sorted_ = _FACET.fullmatch(shape), _SORTED.fullmatch(shape)
    if not (facet or sorted_) or not await _is_frequent(execute, hits, *arguments):
        return sql
    if sorted_:  # most rows are hits, so the first that are shown are soon found
        probe = hits.replace("rowid", "1", 1)
        return sql.replace(found[0], f"exists ({probe} and [{fts}].rowid = [{sorted_['table']}].rowid)")
    raise Uncounted(None, sql, {})


async def _is_frequent(execute: Execute, hits: str, *arguments: Any) -> bool:
    return bool((await execute(f"{hits} limit 1 offset {COMMON}", *arguments)).rows)


async def _counted(execute: Execute, rows: str, *arguments: Any) -> str:
    """A query that gives the number of ``rows``, a query without a limit. Raises Uncounted."""
    counted = await execute(f"select count(*) from ({rows} limit {COMMON + 1})", *arguments)  # noqa: S608
    number = int(counted.rows[0][0])
    if number > COMMON:
        raise Uncounted(None, rows, {})
    return f"select {number}"
