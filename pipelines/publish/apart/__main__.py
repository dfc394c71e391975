"""The other side of ``apart``: the same site, limited, on a socket that is handed over.

Started as ``python -m pipelines.publish.apart DATA HANDLE NICENESS``; says when it is ready, and ends with
its stdin.
"""

from __future__ import annotations

import os
import resource
import socket
import sqlite3
import sys
import threading
from pathlib import Path
from typing import Any

import httpx
import uvicorn

from pipelines.publish import serve

_ADDRESS_SPACE = 1 << 30  # bytes, with the libraries
_HEAP = 40 << 20  # bytes that SQLite may hold
_WARMING = "/archive.json?sql=select+1"


class _Server(uvicorn.Server):
    """Has opened the archive before it says that it is ready."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        transport = httpx.ASGITransport(app=self.config.app, client=("127.0.0.1", 0))  # type: ignore[arg-type]
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            await client.get(_WARMING)
        os.nice(int(sys.argv[3]))
        os.write(sys.stdout.fileno(), b".")


def main() -> None:
    """Answer until the site that asks is gone."""
    data, handle = Path(sys.argv[1]), int(sys.argv[2])
    _limit()
    threading.Thread(target=_end_with_parent, daemon=True).start()
    config = uvicorn.Config(
        serve.app(data),
        log_level="warning",
        lifespan="off",
        server_header=False,
        date_header=False,
        forwarded_allow_ips="127.0.0.1",
    )
    _Server(config).run(sockets=[socket.socket(fileno=handle)])


def _limit() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (_ADDRESS_SPACE, _ADDRESS_SPACE))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # SQLite keeps the lower of two limits, so the site's own does not raise it again
    connection: Any = sqlite3.connect(":memory:")
    connection.execute(f"PRAGMA hard_heap_limit = {_HEAP}")
    connection.close()


def _end_with_parent() -> None:
    sys.stdin.buffer.read()
    os._exit(0)


main()
