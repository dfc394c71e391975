"""The processes that answer apart, and the one that they are forked from.

That one (``__main__.py``) has loaded all that they need, so that they share it: each holds half of what a
process does that loads Datasette itself. A line joins each to the site: the process says on it that it is
ready, and is ended where the site lets go of it.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Final

import httpx

_STARTED_IN = 60.0  # seconds; where little else runs, the origin takes two and a fork less
_HANDED_OVER_IN: Final = 1.0
_SETTINGS: Final = {
    "MALLOC_ARENA_MAX": "1",  # threads share what was freed
    "OPENBLAS_NUM_THREADS": "1",  # a process is forked that has no other threads
}

Request = tuple[str, bytes, list[tuple[bytes, bytes]]]  # method, target, headers


class Origin:
    """The process that others are forked from, and the way to it; another is started where it is gone.

    Close it in the end, after them.
    """

    def __init__(self, data: Path) -> None:
        self._data = data
        self._start()

    def fork(self, niceness: int, listening: socket.socket, line: socket.socket) -> subprocess.Popen[bytes]:
        """Have a process answer on a socket, with a line to end it by. Returns the one it is forked from."""
        message, handles = bytes([niceness]), [listening.fileno(), line.fileno()]
        try:
            socket.send_fds(self._control, [message], handles)
        except OSError:
            self.close()
            self._start()
            socket.send_fds(self._control, [message], handles)
        return self._child

    def close(self) -> None:
        """End it at once, and with it all that were forked from it."""
        self._control.close()
        self._child.kill()
        self._child.wait()

    def _start(self) -> None:
        self._control, handle = socket.socketpair()
        self._control.settimeout(_HANDED_OVER_IN)
        with handle:
            self._child = subprocess.Popen(  # noqa: S603 - our own interpreter and module
                [sys.executable, "-m", __package__, str(self._data), str(handle.fileno())],
                env=os.environ | _SETTINGS,
                pass_fds=[handle.fileno()],
                stdin=subprocess.DEVNULL,
                start_new_session=True,  # Ctrl-C is for the site, which ends its processes itself
            )


class Process:
    """One process that answers, a request at a time, and the way to it: a socket on loopback."""

    def __init__(self, origin: Origin, niceness: int) -> None:
        self._line, line = socket.socketpair()
        self._line.settimeout(_STARTED_IN)
        with socket.create_server(("127.0.0.1", 0)) as listening, line:
            self.port = listening.getsockname()[1]
            self.origin = origin.fork(niceness, listening, line)
        self._client = httpx.AsyncClient(timeout=None, trust_env=False)  # noqa: S113 - limited by who asks

    def await_start(self) -> None:
        """Return when it answers; one that can't start is replaced by the request that finds that out."""
        try:
            self._line.recv(1)
        except TimeoutError:
            self.origin.kill()  # it hangs; the next process is forked from another
            self.origin.wait()
        except OSError:
            pass  # ended meanwhile

    async def ask(self, request: Request) -> httpx.Response:
        """Its answer, begun. Raises httpx.HTTPError where it has ended."""
        method, target, headers = request
        url = httpx.URL(scheme="http", host="127.0.0.1", port=self.port, raw_path=target)
        return await self._client.send(httpx.Request(method, url, headers=headers), stream=True)

    def end(self) -> None:
        """Have it ended at once, whatever it does."""
        self._line.close()
