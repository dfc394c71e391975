"""What a public site must not let happen: floods of costly queries, foreign routes, frames, scripts."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from contextlib import suppress
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
# An archived document is shown in a frame of ours, and may do nothing there.
FRAMED = HEADERS | {
    "content-security-policy": "sandbox; default-src 'none'; img-src data:; style-src 'unsafe-inline';"
    " frame-ancestors 'self'",
    "x-frame-options": "SAMEORIGIN",
}
_FRAMED = re.compile(r"/evidence/[^/]+/document$")
# What Datasette answers here; its debugging pages show paths and settings, and are not among them.
_DATASETTE_ROUTES = (r"/archive(?:[/.].*)?", r"/static/[\w.-]+", r"/-/static/[\w.-]+", r"/favicon\.ico")
_ALLOWED = [
    *(re.compile(route) for route, _ in ROUTES),
    *(re.compile(f"{route}$") for route in _DATASETTE_ROUTES),
]
# Arguments that make a request somebody's own query; a filter is one unless an index answers it.
_OWN_QUERY = re.compile(r"sql|_where|_facet.*|_stream|_sort(_desc)?|_size|.+__(?!exact|in|isnull).+")
# Tables, queries and the search: some of them read millions of rows. All other pages are quick.
_HEAVY = re.compile(r"/(?:archive|search)(?:[/.]|$)")
_HOST = re.compile(r"[\w.:\[\]-]{1,255}")
_NOWHERE = "/no-such-page"
# Requests that may work at a time; the quick pages keep the remaining SQL threads.
_AT_WORK = 4
_SEARCHING = 2  # of those, searches of the full text: a common word keeps a processor busy for its whole time
_COSTLY, _COSTLY_PER_CLIENT = 3, 2  # more are refused
_IN_LINE, _IN_LINE_PER_CLIENT = 32, 4  # heavy ones wait; more are refused
_LONGEST = 120  # seconds: a reader who takes an export slower than that is cut off
_BUSY = "请稍候再查询。 Too many queries are under way; please wait a moment."


@hookimpl
def asgi_wrapper(datasette: Datasette) -> Any:
    """Allowed routes only, a cap on costly requests, and headers on everything."""
    return Guard


class Guard:
    """ASGI middleware; one for each site."""

    def __init__(self, app: Any) -> None:
        self.app = app
        self.costly: Counter[str] = Counter()
        self.heavy: Counter[str] = Counter()
        self.at_work = asyncio.Semaphore(_AT_WORK)
        self.searching = asyncio.Semaphore(_SEARCHING)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer what must not pass; pass on the rest with the headers of this site."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        sender = _with_headers(send, FRAMED if _FRAMED.match(scope["path"]) else HEADERS)
        status, message = _refusal(scope)
        if status == 404:  # Datasette says so, in the reader's language
            await self.app({**scope, "path": _NOWHERE, "raw_path": _NOWHERE.encode()}, receive, sender)
        elif status:
            await _answer(sender, status, message)
        elif _is_costly(scope):
            await self._capped(scope, receive, sender, self.costly, _COSTLY, _COSTLY_PER_CLIENT)
        elif _HEAVY.match(scope["path"]):
            await self._capped(scope, receive, sender, self.heavy, _IN_LINE, _IN_LINE_PER_CLIENT)
        else:
            await self.app(scope, receive, sender)

    async def _capped(
        self, scope: Any, receive: Any, send: Any, under_way: Counter[str], most: int, most_per_client: int
    ) -> None:
        """Pass a request on when there is room, or refuse it."""
        client = (scope.get("client") or ("",))[0]
        if under_way[client] >= most_per_client or under_way.total() >= most:
            await _answer(send, 429, _BUSY, {"retry-after": "2"})
            return
        under_way[client] += 1
        try:
            await self._work(scope, receive, send)
        finally:
            under_way[client] -= 1
            if not under_way[client]:
                del under_way[client]

    async def _work(self, scope: Any, receive: Any, send: Any) -> None:
        """Hold a place while there is work: an answer that is whole is sent however slow its reader is."""
        places = [self.searching, self.at_work] if _is_search(scope) else [self.at_work]
        held: list[asyncio.Semaphore] = []

        def done() -> None:
            while held:
                held.pop().release()

        async def sender(message: Any) -> None:
            if message["type"] == "http.response.body" and not message.get("more_body"):
                done()
            await send(message)

        try:
            for place in places:
                await place.acquire()
                held.append(place)
            with suppress(TimeoutError):
                async with asyncio.timeout(_LONGEST):
                    await self.app(scope, receive, sender)
        finally:
            done()


def _refusal(scope: Any) -> tuple[int, str]:
    path = (scope.get("raw_path") or scope["path"].encode()).partition(b"?")[0].decode("latin1")
    if "\\" in path or path.startswith("//") or "%5c" in path.lower():
        return 400, "地址有误。 Bad address."
    hosts = [value.decode("latin1") for name, value in scope.get("headers", ()) if name == b"host"]
    if not all(map(_HOST.fullmatch, hosts)):
        return 400, "地址有误。 Bad address."
    if scope["method"] not in ("GET", "HEAD"):
        return 405, "本站只读。 This site is read-only."
    if not any(route.match(path.rstrip("/") or "/") for route in _ALLOWED):
        return 404, ""
    return 0, ""


def _is_costly(scope: Any) -> bool:
    arguments = parse_qs(scope.get("query_string", b"").decode("latin1"), keep_blank_values=True)
    return any(_OWN_QUERY.fullmatch(name) for name in arguments)


def _is_search(scope: Any) -> bool:
    return scope["path"].startswith("/search") or b"_search" in scope.get("query_string", b"")


def _with_headers(send: Any, headers: dict[str, str]) -> Any:
    async def sender(message: Any) -> None:
        if message["type"] == "http.response.start":
            kept = [
                (k, v) for k, v in message.get("headers", []) if k.decode("latin1").lower() not in headers
            ]
            ours = [(name.encode(), value.encode()) for name, value in headers.items()]
            message = {**message, "headers": [*kept, *ours]}
        await send(message)

    return sender


async def _answer(send: Any, status: int, message: str, headers: dict[str, str] | None = None) -> None:
    pairs = {"content-type": "text/plain; charset=utf-8", **(headers or {})}
    raw = [(name.encode(), value.encode()) for name, value in pairs.items()]
    await send({"type": "http.response.start", "status": status, "headers": raw})
    await send({"type": "http.response.body", "body": message.encode()})
