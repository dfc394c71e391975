"""Visitors' own queries, answered in processes of their own beside the one that answers pages.

SQLite counts memory by the process, and Python runs one thread of a process at a time: a query made to hurt
would take both from whoever reads a page. Here it has neither: each process answers one request at a time, at
a low priority, with little memory, and one that does not answer in time is ended and another started.
"""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

import httpx

PROCESSES: Final = 2
ANSWERED: Final = 1.2  # seconds until an answer begins; its queries end before (see ``deadline``)
_HOP_BY_HOP = {b"connection", b"keep-alive", b"transfer-encoding", b"date"}
_TOO_SLOW = "查询太久，请缩小范围。 The query takes too long; ask for less."
_STARTING = "查询服务正在启动，请稍候再试。 Queries can be answered in a moment; please try again."
_ENDED = "查询没能答完，请缩小范围。 The query could not be answered; ask for less."


class Apart:
    """An ASGI application that hands each request to a process that has none. Close it in the end."""

    def __init__(self, data: Path, processes: int = PROCESSES) -> None:
        self._data = data
        self._all = {_Process(data) for _ in range(processes)}
        self._idle: asyncio.Queue[_Process] | None = None
        self._starting: set[asyncio.Task[None]] = set()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Pass the request on and the answer back; a process whose answer was not had whole is replaced."""
        if self._idle is None:
            self._idle = asyncio.Queue()
            for process in self._all:
                self._await_start(process)
        try:
            async with asyncio.timeout(ANSWERED):
                process = await self._idle.get()
        except TimeoutError:  # all were ended, or the site has only begun
            await _refuse(send, 503, _STARTING)
            return
        whole = False
        try:
            whole = await process.answer(scope, send)
        finally:
            if whole:
                self._idle.put_nowait(process)
            else:
                self._replace(process)

    def close(self) -> None:
        """End the processes."""
        for process in self._all:
            process.end()

    def _replace(self, process: _Process) -> None:
        self._all.remove(process)
        process.end()
        fresh = _Process(self._data)
        self._all.add(fresh)
        self._await_start(fresh)

    def _await_start(self, process: _Process) -> None:
        async def go() -> None:
            await asyncio.to_thread(process.await_start)
            if self._idle:
                self._idle.put_nowait(process)

        task = asyncio.create_task(go())
        self._starting.add(task)
        task.add_done_callback(self._starting.discard)


class _Process:
    """One process (``python -m pipelines.publish.apart``) and the way to it: a socket on loopback."""

    def __init__(self, data: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as listening:
            self._port = listening.getsockname()[1]
            handle = listening.fileno()
            self._child = subprocess.Popen(  # noqa: S603 - our own interpreter and module
                [sys.executable, "-m", "pipelines.publish.apart", str(data), str(handle)],
                pass_fds=[handle],
                stdin=subprocess.PIPE,  # never written to: its end tells the child that we are gone
                stdout=subprocess.PIPE,
                start_new_session=True,  # Ctrl-C is for the site, which ends its processes itself
            )
        self._client = httpx.AsyncClient(timeout=None, trust_env=False)  # noqa: S113 - limited below

    def await_start(self) -> None:
        """Return when it answers; one that can't start is replaced by the request that finds that out."""
        if self._child.stdout:
            self._child.stdout.read(1)

    async def answer(self, scope: Any, send: Any) -> bool:
        """Whether the answer was passed back whole; where none begins in time, the visitor is told so."""
        try:
            async with asyncio.timeout(ANSWERED):
                answer = await self._client.send(self._request(scope), stream=True)
        except TimeoutError:
            await _refuse(send, 400, _TOO_SLOW)
            return False
        except httpx.HTTPError:
            await _refuse(send, 400, _ENDED)
            return False
        try:
            return await _pass_back(answer, send)
        finally:
            await answer.aclose()

    def end(self) -> None:
        """End it at once, whatever it does."""
        self._child.kill()
        self._child.wait()
        for stream in (self._child.stdin, self._child.stdout):
            if stream:
                stream.close()

    def _request(self, scope: Any) -> httpx.Request:
        path = scope["raw_path"].partition(b"?")[0] + b"?" + scope["query_string"]
        url = httpx.URL(scheme="http", host="127.0.0.1", port=self._port, raw_path=path)
        sent = [
            (name, value)
            for name, value in scope["headers"]
            if name not in _HOP_BY_HOP and not name.startswith((b"x-forwarded", b"content-"))
        ]
        return httpx.Request(
            scope["method"], url, headers=[*sent, (b"x-forwarded-proto", scope["scheme"].encode())]
        )


async def _pass_back(answer: httpx.Response, send: Any) -> bool:
    headers = [(name.lower(), value) for name, value in answer.headers.raw]
    kept = [(name, value) for name, value in headers if name not in _HOP_BY_HOP]
    await send({"type": "http.response.start", "status": answer.status_code, "headers": kept})
    try:
        async for piece in answer.aiter_raw():
            await send({"type": "http.response.body", "body": piece, "more_body": True})
    except httpx.HTTPError:
        return False  # what was begun stays without its end, which the visitor's program notices
    await send({"type": "http.response.body", "body": b""})
    return True


async def _refuse(send: Any, status: int, message: str) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": message.encode()})
