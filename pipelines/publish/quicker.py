"""Datasette's own questions to the full text, put so that a frequent word is answered as soon as another."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import Any

from datasette.database import QueryInterrupted

_COMMON = 20_000  # hits from which it is quicker to look whether a row is one than to list them all
_IN_FTS = re.compile(
    r'"?rowid"? in \((?P<hits>select rowid from \[?(?P<fts>\w+_fts)\]? where \[?\w+_fts\]?'
    r" match escape_fts\(:search\))\s*\)"
)
# every row of these tables is in its full text, so what is found there is what is found
_COUNT_ALL = re.compile(r"select count\(\*\) from \[?\w+\]? where <hits>")
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
    """So much is found that its facets are not counted."""


async def put(execute: Execute, sql: str, *arguments: Any) -> str:
    """``sql``, or what gives the same rows sooner where it lists or counts what a search finds.

    ``arguments`` are the query's parameters, if it has any; ``execute`` answers queries as Datasette does.
    Raises Uncounted, which Datasette takes for a facet that ran out of time.
    """
    found = _IN_FTS.search(sql)
    if found is None:
        return sql
    hits, fts = found.group("hits", "fts")
    shape = " ".join(sql.replace(found[0], "<hits>").split())
    if _COUNT_ALL.fullmatch(shape):
        return f"select count(*) from ({hits})"  # noqa: S608
    if ordered := _IN_ORDER.fullmatch(shape):  # the order in which they are found: no more than are shown
        later, limit = ordered.group("later", "limit")
        return sql.replace(hits, f"{hits}{later or ''} order by rowid limit {limit}")
    facet, sorted_ = _FACET.fullmatch(shape), _SORTED.fullmatch(shape)
    if not facet and not sorted_:
        return sql
    probe = hits.replace("rowid", "1", 1)
    if not (await execute(f"{probe} limit 1 offset {_COMMON}", *arguments)).rows:
        return sql
    if sorted_:  # most rows are hits, so the first that are shown are soon found
        return sql.replace(found[0], f"exists ({probe} and [{fts}].rowid = [{sorted_['table']}].rowid)")
    raise Uncounted(None, sql, {})
