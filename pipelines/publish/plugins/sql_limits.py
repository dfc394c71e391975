"""What one SQL query may cost or reach: time is Datasette's limit, the rest is here.

SQLite looks at the clock between its instructions only, so no single instruction may run long: values and
patterns are short, and the functions whose work grows with the square of their input are replaced.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import Any

from pipelines.publish.plugins import hookimpl

LONGEST_VALUE = 2_000_000  # bytes; many times the longest section of a report
LARGEST_RESULT = 16_000_000  # bytes of all rows of one query, as JSON
_CELL, _CHARACTER = 60, 6  # bytes of a cell besides its text; of a character as JSON escapes it
HEAP = 72 << 20  # bytes that SQLite may hold in this process, all queries together
_LONGEST_SET = 64  # characters that trim() may be told to take off

_LIMITS = {
    sqlite3.SQLITE_LIMIT_LENGTH: LONGEST_VALUE,
    sqlite3.SQLITE_LIMIT_SQL_LENGTH: 100_000,
    sqlite3.SQLITE_LIMIT_EXPR_DEPTH: 200,
    sqlite3.SQLITE_LIMIT_COMPOUND_SELECT: 50,
    sqlite3.SQLITE_LIMIT_LIKE_PATTERN_LENGTH: 100,
    sqlite3.SQLITE_LIMIT_FUNCTION_ARG: 32,
    sqlite3.SQLITE_LIMIT_ATTACHED: 0,
}
_FORBIDDEN_FUNCTIONS = {
    "randomblob", "zeroblob", "printf", "format", "load_extension", "fts3_tokenizer", "sqlite_log",
    "json_patch",  # the square of its input
}  # fmt: skip


@hookimpl
def prepare_connection(conn: sqlite3.Connection, database: str | None) -> None:
    """Limit what one query on the archive can cost or reach."""
    if database in (None, "_internal"):
        return
    conn.execute(f"PRAGMA hard_heap_limit = {HEAP}")
    conn.execute("PRAGMA temp_store = MEMORY")  # so that the heap's limit holds for sorting too
    conn.execute("PRAGMA query_only = ON")
    conn.execute("PRAGMA trusted_schema = OFF")
    for name, arguments, function in _LINEAR:
        conn.create_function(name, arguments, function, deterministic=True)
    for limit, value in _LIMITS.items():
        conn.setlimit(limit, value)
    conn.row_factory = _Weigher()
    conn.set_authorizer(_authorize)


def _authorize(
    action: int, first: str | None, second: str | None, _database: str | None, _trigger: str | None
) -> int:
    """Refuse functions that make much of little, attaching, and the path of the file."""
    refused = (
        (action == sqlite3.SQLITE_FUNCTION and (second or "").lower() in _FORBIDDEN_FUNCTIONS)
        or action in (sqlite3.SQLITE_ATTACH, sqlite3.SQLITE_DETACH)
        or (action == sqlite3.SQLITE_READ and (first or "").lower() == "pragma_database_list")
    )
    return sqlite3.SQLITE_DENY if refused else sqlite3.SQLITE_OK


class _Weigher:
    """Makes rows, and ends a query whose rows grow too large in sum. One for each connection."""

    def __init__(self) -> None:
        self._cursor = 0
        self._weight = 0

    def __call__(self, cursor: sqlite3.Cursor, values: tuple[Any, ...]) -> sqlite3.Row:
        if id(cursor) != self._cursor:
            self._cursor, self._weight = id(cursor), 0
        self._weight += sum(map(_weight, values))
        if self._weight > LARGEST_RESULT:
            self._weight = 0
            raise sqlite3.OperationalError("结果太大，请加 LIMIT。 The result is too large; add a LIMIT.")
        return sqlite3.Row(cursor, values)


def _weight(value: Any) -> int:
    if isinstance(value, str) and not value.isascii():
        return _CELL + _CHARACTER * len(value)
    return _CELL + (len(value) if isinstance(value, (str, bytes)) else 0)


# --- SQLite's own take the square of their input ---------------------------------------


# An exception in a function is logged with a traceback; a value over the limit is an error of the query's.
_TOO_LONG = "x" * (LONGEST_VALUE + 1)


def _instr(text: Any, sought: Any) -> int | None:
    if text is None or sought is None:
        return None
    if isinstance(text, bytes) and isinstance(sought, bytes):
        return text.find(sought) + 1
    return str(text).find(str(sought)) + 1


def _replace(text: Any, old: Any, new: Any) -> Any:
    if text is None or old is None or new is None:
        return None
    if old == "":
        return text
    found = str(text).count(str(old))
    if len(str(text)) + found * (len(str(new)) - len(str(old))) > LONGEST_VALUE:
        return _TOO_LONG
    return str(text).replace(str(old), str(new))


def _trimmer(strip: Callable[[str, str], str]) -> Callable[..., str | None]:
    def trim(text: Any, characters: Any = " ") -> str | None:
        if text is None or characters is None:
            return None
        if len(str(characters)) > _LONGEST_SET:
            return _TOO_LONG
        return strip(str(text), str(characters))

    return trim


_LINEAR: list[tuple[str, int, Callable[..., Any]]] = [
    ("instr", 2, _instr),
    ("replace", 3, _replace),
    *(
        (name, arguments, _trimmer(strip))
        for name, strip in (("trim", str.strip), ("ltrim", str.lstrip), ("rtrim", str.rstrip))
        for arguments in (1, 2)
    ),
]
