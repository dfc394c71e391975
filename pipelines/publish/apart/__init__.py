"""What visitors may shape at will, answered in processes of its own beside the one that answers pages.

SQLite counts memory by the process, and Python runs one thread of a process at a time: a query, or an
address, that is made to hurt would take both from whoever reads a page. Here it has neither: each process
answers one request at a time, at a low priority, with little memory, and one that does not answer in time is
ended and another started.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any, Final

import httpx
from datasette.utils.asgi import Request

from pipelines.publish.apart.processes import Origin, Process
from pipelines.publish.apart.processes import Request as _Request
from pipelines.publish.pages.language import wanted

_KEPT = 2 << 20  # bytes: an answer up to that waits here for a slow reader, not in the process
_HOP_BY_HOP = {b"connection", b"keep-alive", b"transfer-encoding", b"date"}
_TOO_SLOW = "查询太久，请缩小范围。 The query takes too long; ask for less."
_STARTING = "查询服务正在启动，请稍候再试。 Queries can be answered in a moment; please try again."
BAD_ADDRESS = "地址有误。 Bad address."


@dataclass(frozen=True)
class Kind:
    """How requests of a kind are answered: in how many processes, how nice, within how many seconds."""

    processes: int
    niceness: int
    seconds: float


# An answer begins within these times: its queries end before (see site_guard), the rest is to write it down.
OWN_QUERIES: Final = Kind(2, niceness=10, seconds=1.2)
LISTS: Final = Kind(2, niceness=5, seconds=1.35)


class Apart:
    """An ASGI application that hands each request to a process that has none. Close it in the end."""

    def __init__(self, origin: Origin, kind: Kind) -> None:
        self._origin = origin
        self._kind = kind
        self._all = {Process(origin, kind.niceness) for _ in range(kind.processes)}
        self._idle: asyncio.Queue[Process] | None = None
        self._starting: set[asyncio.Task[None]] = set()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Pass the request on and the answer back; a process whose answer was not had whole is replaced."""
        try:
            request = _passed_on(scope)
        except (httpx.InvalidURL, UnicodeError):
            await _refuse(send, 400, BAD_ADDRESS)
            return
        try:
            async with asyncio.timeout(self._kind.seconds):
                process = await self._idle_ones().get()
        except TimeoutError:  # all were ended, or the site has only begun
            await _refuse(send, 503, _STARTING)
            return
        kept, whole = None, False
        try:
            async with asyncio.timeout(self._kind.seconds):
                answer = await process.ask(request)
                kept = await _kept(answer)
            whole = kept is not None or await _streamed(answer, send)
        except (TimeoutError, httpx.HTTPError):
            await _refuse(send, 400, _TOO_SLOW)
        finally:
            if whole:
                self._idle_ones().put_nowait(process)
            else:
                self._replace(process)
        if kept is not None:
            await send(_start(answer))
            await send({"type": "http.response.body", "body": kept})

    def close(self) -> None:
        """End the processes."""
        for process in self._all:
            process.end()

    def _idle_ones(self) -> asyncio.Queue[Process]:
        if self._idle is None:  # only now is there an event loop
            self._idle = asyncio.Queue()
            for process in self._all:
                self._await_start(process)
        return self._idle

    def _replace(self, process: Process) -> None:
        self._all.remove(process)
        process.end()
        fresh = Process(self._origin, self._kind.niceness)
        self._all.add(fresh)
        self._await_start(fresh)

    def _await_start(self, process: Process) -> None:
        async def go() -> None:
            await asyncio.to_thread(process.await_start)
            self._idle_ones().put_nowait(process)

        task = asyncio.create_task(go())
        self._starting.add(task)
        task.add_done_callback(self._starting.discard)


def _passed_on(scope: Any) -> _Request:
    """Method, target and headers. Raises httpx.InvalidURL or UnicodeError for a target that is none."""
    target = scope["raw_path"].partition(b"?")[0] + b"?" + scope["query_string"]
    httpx.URL(raw_path=target)
    sent = [
        (name, value)
        for name, value in scope["headers"]
        if name not in _HOP_BY_HOP and not name.startswith((b"x-forwarded", b"content-", b"cookie"))
    ]
    language = f"lang={wanted(Request(scope, None))}"  # of cookies and address, all that answers differ by
    told = [(b"x-forwarded-proto", scope["scheme"].encode()), (b"cookie", language.encode())]
    return scope["method"], target, [*sent, *told]


async def _kept(answer: httpx.Response) -> bytes | None:
    """The body of a short answer, or None."""
    if int(answer.headers.get("content-length", _KEPT + 1)) > _KEPT:
        return None
    return b"".join([piece async for piece in answer.aiter_raw()])


async def _streamed(answer: httpx.Response, send: Any) -> bool:
    """Whether a long answer was passed back to its end; else the visitor's program sees that it lacks."""
    await send(_start(answer))
    try:
        async for piece in answer.aiter_raw():
            await send({"type": "http.response.body", "body": piece, "more_body": True})
    except httpx.HTTPError:
        return False
    finally:
        await answer.aclose()
    await send({"type": "http.response.body", "body": b""})
    return True


def _start(answer: httpx.Response) -> dict[str, Any]:
    headers = [(name.lower(), value) for name, value in answer.headers.raw]
    passed = [(name, value) for name, value in headers if name not in _HOP_BY_HOP]
    return {"type": "http.response.start", "status": answer.status_code, "headers": passed}


async def _refuse(send: Any, status: int, message: str) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": message.encode()})
