"""Serves a sample world on loopback: a host of its own for each site, all on one port.

uvicorn does the HTTP; which site is asked follows from the address the connection
came in on. Sites' pages are made when the site is first asked for anything.
"""

from __future__ import annotations

import gzip
import socket
import threading
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import uvicorn

from samples.counties import World
from samples.sites import FAMILIES
from samples.sites.http import Request, Response
from samples.sites.pages import SitePages
from samples.sites.site import Site
from samples.visits import Visits

_START_SECONDS = 20.0
_Scope = MutableMapping[str, Any]
_Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
_Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


class PortTaken(OSError):
    """The port can't be used on a site's address."""


class Server:
    """A running world. ``world`` is the one served, with its real port; ``requests`` counts by host."""

    def __init__(self, world: World, visits: Visits) -> None:
        self.world = world
        self.visits = visits
        self.requests: Counter[str] = Counter()
        self._sites: dict[str, Site] = {site.host: site for site in world.sites}
        self._pages: dict[str, SitePages[Any]] = {}

    @property
    def homes(self) -> tuple[str, ...]:
        """The address of each site's home."""
        return tuple(f"{site.base(self.world.port)}/" for site in self.world.sites)

    def answer(self, host: str, request: Request) -> Response:
        """The answer of the site on loopback address ``host``."""
        self.requests[host] += 1
        if host not in self._pages:
            site = self._sites[host]
            self._pages[host] = FAMILIES[site.family](site, self.visits)
        return _compressed(request, self._pages[host].respond(request))

    async def __call__(self, scope: _Scope, receive: _Receive, send: _Send) -> None:
        """The ASGI application."""
        request = await _request(scope, receive)
        response = self.answer(scope["server"][0], request)
        headers = [(name.encode(), value.encode()) for name, value in response.headers.items()]
        if response.status != 304:
            headers.append((b"content-length", str(len(response.body)).encode()))
        await send({"type": "http.response.start", "status": response.status, "headers": headers})
        body = b"" if request.method == "HEAD" else response.body
        await send({"type": "http.response.body", "body": body})


async def _request(scope: _Scope, receive: _Receive) -> Request:
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return Request(
        scope["path"],
        scope["method"],
        dict(parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)),
        dict(parse_qsl(body.decode("latin-1"), keep_blank_values=True)),
        {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]},
    )


def _compressed(request: Request, response: Response) -> Response:
    text = response.headers.get("content-type", "").startswith(("text/", "application/json"))
    if not text or len(response.body) < 500 or "gzip" not in request.headers.get("accept-encoding", ""):
        return response
    headers = response.headers | {"content-encoding": "gzip", "vary": "accept-encoding"}
    return Response(gzip.compress(response.body, 1, mtime=0), response.status, headers)


@contextmanager
def serve(world: World, port: int | None = None, state_dir: Path | None = None) -> Iterator[Server]:
    """Serve ``world`` until the block ends.

    ``port``: default the world's own; 0 takes a free one. ``state_dir``: where it is
    remembered that a report with a silent edit has been read; by default nowhere.
    Raises PortTaken where the port is in use or the system has no such loopback address.
    """
    sockets = listening_sockets([site.host for site in world.sites], world.port if port is None else port)
    taken = sockets[0].getsockname()[1] if sockets else world.port
    server = Server(world.at(taken), Visits(state_dir))
    config = uvicorn.Config(server, lifespan="off", ws="none", log_config=None, access_log=False)
    runner = uvicorn.Server(config)
    thread = threading.Thread(target=runner.run, args=(sockets,), name="sample-sites", daemon=True)
    thread.start()
    try:
        _wait_until_started(runner, thread)
        yield server
    finally:
        runner.should_exit = True
        thread.join(_START_SECONDS)
        for listener in sockets:
            listener.close()


def listening_sockets(hosts: list[str], port: int) -> list[socket.socket]:
    """A listening socket for each host; with port 0 the first one's port is taken for all."""
    listening: list[socket.socket] = []
    try:
        for host in hosts:
            listening.append(_listen(host, port))
            port = listening[-1].getsockname()[1]
    except OSError as error:
        for listener in listening:
            listener.close()
        raise PortTaken(
            f"示例网站需要 the sample sites need {hosts[0]} … {hosts[-1]}, 端口 port {port}: {error.strerror}"
        ) from error
    return listening


def _listen(host: str, port: int) -> socket.socket:
    # with the protocol named, asyncio turns Nagle's algorithm off on its connections
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(256)
    except OSError:
        listener.close()
        raise
    return listener


def _wait_until_started(runner: uvicorn.Server, thread: threading.Thread) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while not runner.started:
        if not thread.is_alive() or time.monotonic() > deadline:
            raise RuntimeError("the sample sites did not start")
        time.sleep(0.01)
