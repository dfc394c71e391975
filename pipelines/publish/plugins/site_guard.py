"""What a public site must not let happen: costly SQL, foreign routes, framing, scripts from elsewhere."""

from __future__ import annotations

import re
import sqlite3
from collections import Counter
from typing import Any
from urllib.parse import parse_qs

from datasette.app import Datasette

from pipelines.publish.plugins import hookimpl
from pipelines.publish.plugins.pages import ROUTES

HEADERS = {
    "content-security-policy": "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline';"
    " img-src 'self' data:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}
# What Datasette answers here; its debugging pages show paths and settings, and are not among them.
_DATASETTE_ROUTES = (r"/archive(?:[/.].*)?", r"/static/[\w.-]+", r"/-/static/[\w.-]+", r"/favicon\.ico")
_ALLOWED = [
    *(re.compile(route) for route, _ in ROUTES),
    *(re.compile(f"{route}$") for route in _DATASETTE_ROUTES),
]
_COSTLY = ("sql", "_where", "_facet", "_stream")  # arguments that make a request somebody's own query
_PER_CLIENT, _IN_ALL = 2, 4  # such requests under way; other pages keep the remaining SQL threads

_LIMITS = {
    sqlite3.SQLITE_LIMIT_LENGTH: 8_000_000,
    sqlite3.SQLITE_LIMIT_SQL_LENGTH: 100_000,
    sqlite3.SQLITE_LIMIT_EXPR_DEPTH: 200,
    sqlite3.SQLITE_LIMIT_COMPOUND_SELECT: 50,
    sqlite3.SQLITE_LIMIT_LIKE_PATTERN_LENGTH: 1_000,
    sqlite3.SQLITE_LIMIT_ATTACHED: 0,
}
_FORBIDDEN_FUNCTIONS = {"randomblob", "zeroblob", "printf", "format", "load_extension", "fts3_tokenizer"}


@hookimpl
def prepare_connection(conn: sqlite3.Connection, database: str | None) -> None:
    """Limit what one query on the archive can cost or reach."""
    if database in (None, "_internal"):
        return
    conn.execute("PRAGMA query_only = ON")
    conn.execute("PRAGMA trusted_schema = OFF")
    for limit, value in _LIMITS.items():
        conn.setlimit(limit, value)
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


@hookimpl
def asgi_wrapper(datasette: Datasette) -> Any:
    """Allowed routes only, a cap on costly requests, and headers on everything."""
    return Guard


class Guard:
    """ASGI middleware; one for each site."""

    def __init__(self, app: Any) -> None:
        self.app = app
        self.under_way: Counter[str] = Counter()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer what must not pass; pass on the rest with the headers of this site."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        sender = _with_headers(send)
        status, message = _refusal(scope)
        if status:
            await _answer(sender, status, message)
        elif _is_costly(scope):
            await self._capped(scope, receive, sender)
        else:
            await self.app(scope, receive, sender)

    async def _capped(self, scope: Any, receive: Any, send: Any) -> None:
        client = (scope.get("client") or ("",))[0]
        if self.under_way[client] >= _PER_CLIENT or self.under_way.total() >= _IN_ALL:
            await _answer(
                send,
                429,
                "请稍候再查询。 Too many queries are under way; please wait a moment.",
                {"retry-after": "2"},
            )
            return
        self.under_way[client] += 1
        try:
            await self.app(scope, receive, send)
        finally:
            self.under_way[client] -= 1
            if not self.under_way[client]:
                del self.under_way[client]


def _refusal(scope: Any) -> tuple[int, str]:
    path = (scope.get("raw_path") or scope["path"].encode()).partition(b"?")[0].decode("latin1")
    if "\\" in path or path.startswith("//") or "%5c" in path.lower():
        return 400, "地址有误。 Bad address."
    if scope["method"] not in ("GET", "HEAD"):
        return 405, "本站只读。 This site is read-only."
    if not any(route.match(path.rstrip("/") or "/") for route in _ALLOWED):
        return 404, "没有此页。 No such page."
    return 0, ""


def _is_costly(scope: Any) -> bool:
    arguments = parse_qs(scope.get("query_string", b"").decode("latin1"), keep_blank_values=True)
    return any(name in arguments for name in _COSTLY)


def _with_headers(send: Any) -> Any:
    async def sender(message: Any) -> None:
        if message["type"] == "http.response.start":
            kept = [
                (k, v) for k, v in message.get("headers", []) if k.decode("latin1").lower() not in HEADERS
            ]
            ours = [(name.encode(), value.encode()) for name, value in HEADERS.items()]
            message = {**message, "headers": [*kept, *ours]}
        await send(message)

    return sender


async def _answer(send: Any, status: int, message: str, headers: dict[str, str] | None = None) -> None:
    pairs = {"content-type": "text/plain; charset=utf-8", **(headers or {})}
    raw = [(name.encode(), value.encode()) for name, value in pairs.items()]
    await send({"type": "http.response.start", "status": status, "headers": raw})
    await send({"type": "http.response.body", "body": message.encode()})
