"""Datasette's own questions to the full text, put so that a frequent word is answered as soon as another."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import Any

_COMMON = 20_000  # hits from which it is quicker to look whether a row is one than to list them all
_IN_FTS = (
    r'"?rowid"? in \((select rowid from \[?(?P<fts>\w+_fts)\]? where \[?\w+_fts\]?'
    r" match escape_fts\(:search\))\s*\)"
)
# every row of these tables is in its full text, so what is found there is what is found
_COUNT = re.compile(rf"\Aselect count\(\*\) from \[?\w+\]? where {_IN_FTS}\s*\Z")
_LIST = re.compile(
    rf"\A(?P<select>select .+ from \[?(?P<table>\w+)\]? where ){_IN_FTS}"  # noqa: S608
    r"(?P<later> and rowid > :\w+)?(?P<order>\s+order by (?P<by>[^()]+) limit (?P<limit>\d+))\s*\Z",
    re.DOTALL,
)

Execute = Callable[..., Awaitable[Any]]


async def put(execute: Execute, sql: str, *arguments: Any) -> str:
    """``sql``, or what gives the same rows sooner where it lists or counts what a search finds.

    ``arguments`` begin with the parameters of the query; ``execute`` answers queries as Datasette does.
    """
    if _COUNT.match(sql):
        return _COUNT.sub(r"select count(*) from (\1)", sql)
    found = _LIST.match(sql)
    if found is None:
        return sql
    fts, later, order, limit = found.group("fts", "later", "order", "limit")
    hits = f"from [{fts}] where [{fts}] match escape_fts(:search)"
    if found["by"] == "rowid":  # the order in which they are found: no more of them than are shown
        first = f"select rowid {hits}{later or ''} order by rowid limit {limit}"
        return f"{found['select']}rowid in ({first}){order}"
    if later or not (await execute(f"select 1 {hits} limit 1 offset {_COMMON}", *arguments)).rows:
        return sql
    this = f"[{fts}].rowid = [{found['table']}].rowid"
    return f"{found['select']}exists (select 1 {hits} and {this}){order}"
