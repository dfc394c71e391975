"""What a public site must not let happen: floods of costly queries, foreign routes, frames, scripts."""

from __future__ import annotations

import asyncio
import ipaddress
import re
from collections import Counter
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager, suppress
from typing import Any
from urllib.parse import parse_qs

from datasette.app import Datasette

from pipelines.publish import deadline
from pipelines.publish.apart import BAD_ADDRESS, LISTS, OWN_QUERIES
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
# As many tables and searches work at a time as there are processes for them.
_AT_WORK = LISTS.processes
_IN_LINE, _IN_LINE_PER_CLIENT = 32, 4  # heavy ones wait; more are refused
# more than these wait a moment, and are refused if there is no room then
_COSTLY, _COSTLY_PER_CLIENT = OWN_QUERIES.processes, 1
_MOMENT, _LOOK = 0.2, 0.05  # seconds; who asks without pause is slowed down by it as well
# Seconds: who takes an export, or the long answer to a query, slower than that is cut off.
_EXPORT, _TAKEN = 120, 20
# for all queries of one request; an export has as long as it is read
_HEAVY_SECONDS, _COSTLY_SECONDS = 1.0, 0.8
_IPV6_NETWORK = 64  # bits: one visitor has all addresses of such a network
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
        elif (arguments := _arguments(scope)) and any(map(_OWN_QUERY.fullmatch, arguments)):
            await self._answer_costly(scope, receive, sender, is_export="_stream" in arguments)
        elif _HEAVY.match(scope["path"]):
            await self._answer_heavy(scope, receive, sender)
        else:
            await self.app(scope, receive, sender)

    async def _answer_costly(self, scope: Any, receive: Any, send: Any, *, is_export: bool) -> None:
        """Have a visitor's own query answered apart, where there are processes for that."""
        limits = _COSTLY, _COSTLY_PER_CLIENT
        for _ in range(round(_MOMENT / _LOOK)):
            if _has_room(self.costly, _client(scope), *limits):
                break
            await asyncio.sleep(_LOOK)
        with _place(self.costly, _client(scope), *limits) as taken:
            if not taken:
                await _answer(send, 429, _BUSY, {"retry-after": "2"})
            elif apart := scope.get("state", {}).get("own_queries"):
                await _while_wanted(apart(scope, receive, send), receive, _EXPORT if is_export else _TAKEN)
            else:
                await self._work(self.app, scope, receive, send, None if is_export else _COSTLY_SECONDS)

    async def _answer_heavy(self, scope: Any, receive: Any, send: Any) -> None:
        """Pass a request on when its turn comes, or refuse it where the line is long."""
        with _place(self.heavy, _client(scope), _IN_LINE, _IN_LINE_PER_CLIENT) as taken:
            if taken:
                app = scope.get("state", {}).get("lists", self.app)
                await self._work(app, scope, receive, send, _HEAVY_SECONDS)
            else:
                await asyncio.sleep(_MOMENT)
                await _answer(send, 429, _BUSY, {"retry-after": "2"})

    async def _work(self, app: Any, scope: Any, receive: Any, send: Any, seconds: float | None) -> None:
        """Hold a place while there is work: an answer that is whole is sent however slow its reader is."""
        held = False

        def done() -> None:
            nonlocal held
            if held:
                held = False
                self.at_work.release()

        async def sender(message: Any) -> None:
            if message["type"] == "http.response.body" and not message.get("more_body"):
                done()
            await send(message)

        try:
            await self.at_work.acquire()
            held = True
            with suppress(TimeoutError), deadline.within(seconds):
                async with asyncio.timeout(_EXPORT):
                    await app(scope, receive, sender)
        finally:
            done()


def _has_room(under_way: Counter[str], client: str, most: int, most_per_client: int) -> bool:
    return under_way[client] < most_per_client and under_way.total() < most


@contextmanager
def _place(under_way: Counter[str], client: str, most: int, most_per_client: int) -> Iterator[bool]:
    """A place among the requests under way, for the block; False where there is none."""
    if not _has_room(under_way, client, most, most_per_client):
        yield False
        return
    under_way[client] += 1
    try:
        yield True
    finally:
        under_way[client] -= 1
        if not under_way[client]:
            del under_way[client]


async def _while_wanted(work: Coroutine[Any, Any, None], receive: Any, seconds: float) -> None:
    """Do ``work`` until it is done, its reader has gone, or ``seconds`` have passed."""

    async def gone() -> None:
        while (await receive())["type"] != "http.disconnect":
            pass

    tasks = asyncio.create_task(work), asyncio.create_task(gone())
    try:
        await asyncio.wait(tasks, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        results = await asyncio.gather(*tasks, return_exceptions=True)
    if isinstance(results[0], Exception):
        raise results[0]


def _client(scope: Any) -> str:
    """Whom a request is counted for: an address, or the network that one visitor has of version 6."""
    host = str((scope.get("client") or ("",))[0])
    try:
        address = ipaddress.ip_address(host)
    except ValueError:  # a proxy's "unknown"
        return host
    if isinstance(address, ipaddress.IPv4Address):
        return host
    mapped = address.ipv4_mapped
    return str(mapped or ipaddress.IPv6Network((int(address), _IPV6_NETWORK), strict=False))


def _refusal(scope: Any) -> tuple[int, str]:
    path = (scope.get("raw_path") or scope["path"].encode()).partition(b"?")[0].decode("latin1")
    if "\\" in path or path.startswith("//") or "%5c" in path.lower():
        return 400, BAD_ADDRESS
    hosts = [value.decode("latin1") for name, value in scope.get("headers", ()) if name == b"host"]
    if not all(map(_HOST.fullmatch, hosts)):
        return 400, BAD_ADDRESS
    if scope["method"] not in ("GET", "HEAD"):
        return 405, "本站只读。 This site is read-only."
    if not any(route.match(path.rstrip("/") or "/") for route in _ALLOWED):
        return 404, ""
    return 0, ""


def _arguments(scope: Any) -> dict[str, list[str]]:
    return parse_qs(scope.get("query_string", b"").decode("latin1"), keep_blank_values=True)


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
