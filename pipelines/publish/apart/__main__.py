"""The other side of ``apart``: the same site, limited, in processes forked from this one.

Started as ``python -m pipelines.publish.apart DATA HANDLE``. Each message on the socket of that handle is how
nice a process is to be, and comes with the socket that it answers on and its line. A process whose line is
let go of is ended; all are when the site that asks is gone.
"""

from __future__ import annotations

import ctypes
import gc
import os
import resource
import selectors
import signal
import socket
import sqlite3
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any, NoReturn

import httpx
import uvicorn

from pipelines.publish import serve

_ADDRESS_SPACE = 1 << 30  # bytes, with the libraries
_HEAP = 40 << 20  # bytes that SQLite may hold
_WARMING = "/archive.json?sql=select+1"
_END_WITH_PARENT = 1  # of prctl(2)


class _Server(uvicorn.Server):
    """Has opened the archive before it says that it is ready."""

    def __init__(self, config: uvicorn.Config, line: socket.socket, niceness: int) -> None:
        super().__init__(config)
        self._line = line
        self._niceness = niceness

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        transport = httpx.ASGITransport(app=self.config.app, client=("127.0.0.1", 0))  # type: ignore[arg-type]
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            await client.get(_WARMING)
        os.nice(self._niceness)
        self._line.send(b".")


def main() -> None:
    """Fork processes as they are asked for, and end them."""
    data, control = Path(sys.argv[1]), socket.socket(fileno=int(sys.argv[2]))
    serve.load()
    gc.collect()
    gc.freeze()  # the collector writes to what it looks at, which would be shared no more
    with selectors.DefaultSelector() as awaited:
        awaited.register(control, selectors.EVENT_READ)
        while True:
            for key, _ in awaited.select():
                if key.data:
                    awaited.unregister(key.fileobj)
                    _end(key)
                elif (asked := _asked(control)) is None:
                    return  # nobody is there any more: those forked from here end with it
                else:
                    niceness, listening, line = asked
                    process = os.fork()
                    if not process:
                        awaited.close()
                        control.close()
                        _answer(data, niceness, listening, line)
                    awaited.register(line, selectors.EVENT_READ, process)
                    listening.close()


def _asked(control: socket.socket) -> tuple[int, socket.socket, socket.socket] | None:
    """How nice a process is to be, what it answers on and its line; None where nobody asks any more."""
    try:
        message, handles, _, _ = socket.recv_fds(control, 1, 2)
    except OSError:
        return None
    if not message:
        return None
    listening, line = (socket.socket(fileno=handle) for handle in handles)
    return message[0], listening, line


def _end(let_go: selectors.SelectorKey) -> None:
    """End the process whose line was let go of."""
    with suppress(ProcessLookupError):
        os.kill(let_go.data, signal.SIGKILL)
    os.waitpid(let_go.data, 0)
    # as a socket: closed by its number alone, it would close again what has that number by then
    let_go.fileobj.close()  # type: ignore[union-attr]


def _answer(data: Path, niceness: int, listening: socket.socket, line: socket.socket) -> NoReturn:
    """Answer until the line is let go of."""
    _limit()
    threading.Thread(target=_end_with_line, args=(line,), daemon=True).start()
    config = uvicorn.Config(
        serve.app(data),
        log_level="warning",
        lifespan="off",
        server_header=False,
        date_header=False,
        forwarded_allow_ips="127.0.0.1",
    )
    _Server(config, line, niceness).run(sockets=[listening])
    os._exit(0)


def _limit() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_END_WITH_PARENT, signal.SIGKILL)
    resource.setrlimit(resource.RLIMIT_AS, (_ADDRESS_SPACE, _ADDRESS_SPACE))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # SQLite keeps the lower of two limits, so the site's own does not raise it again
    connection: Any = sqlite3.connect(":memory:")
    connection.execute(f"PRAGMA hard_heap_limit = {_HEAP}")
    connection.close()


def _end_with_line(line: socket.socket) -> None:
    with suppress(OSError):
        line.recv(1)
    os._exit(0)


main()
