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
    r"(?P<order>\s+order by [^()]+ limit \d+)\s*\Z",
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
    hits = f"select 1 from [{found['fts']}] where [{found['fts']}] match escape_fts(:search)"  # noqa: S608
    if not (await execute(f"{hits} limit 1 offset {_COMMON}", *arguments)).rows:
        return sql
    this = f"[{found['fts']}].rowid = [{found['table']}].rowid"
    return f"{found['select']}exists ({hits} and {this}){found['order']}"
