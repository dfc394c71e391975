"""The child side of ``workers``: reads calls from stdin, answers on stdout, holds itself to limits.

Started as ``python -m pipelines.worker CPU_SECONDS``. The document readers that run
here see bytes only: sockets are taken away, files can't grow, memory and CPU are limited.
"""

from __future__ import annotations

import importlib
import json
import os
import resource
import socket
import struct
import sys
from collections.abc import Callable
from functools import cache
from typing import IO, Any, NoReturn

MEMORY = 3 << 29  # 1.5 GB of address space (ROBUST C5, with the readers' libraries mapped)
_LENGTH = struct.Struct(">I")


def main() -> None:
    """Answers calls until stdin ends."""
    cpu_seconds = int(sys.argv[1])
    calls, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # a library that prints must not break the answers
    _limit()
    while head := calls.read(_LENGTH.size):
        function, arguments, sizes = json.loads(_exactly(calls, _LENGTH.unpack(head)[0]))
        blobs = [_exactly(calls, size) for size in sizes]
        _allow_cpu(cpu_seconds)
        answer = json.dumps(_answer(function, arguments, blobs), ensure_ascii=False).encode()
        answers.write(_LENGTH.pack(len(answer)) + answer)
        answers.flush()


def _answer(function: str, arguments: Any, blobs: list[bytes]) -> dict[str, Any]:
    try:
        return {"result": _function(function)(arguments, blobs)}
    except MemoryError:
        return {"error": "MemoryError", "detail": "more memory needed than a document may take"}
    except Exception as error:  # noqa: BLE001 - whatever a document provokes is an answer
        return {"error": type(error).__name__, "detail": f"{type(error).__name__}: {error}"[:500]}


@cache
def _function(name: str) -> Callable[[Any, list[bytes]], Any]:
    module, _, attribute = name.partition(":")
    found: Callable[[Any, list[bytes]], Any] = getattr(importlib.import_module(module), attribute)
    return found


def _exactly(stream: IO[bytes], size: int) -> bytes:
    data = stream.read(size)
    if len(data) != size:
        sys.exit(0)  # the run is gone
    return data


def _limit() -> None:
    memory = int(os.environ.get("GONGKAI_WORKER_MEMORY", MEMORY))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (64 << 20, 64 << 20))
    socket.socket.connect = _no_network  # type: ignore[method-assign]


def _allow_cpu(seconds: int) -> None:
    """Each call gets its own allowance: the limit counts from what the process has used."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    soft = int(used.ru_utime + used.ru_stime) + seconds + 1
    resource.setrlimit(resource.RLIMIT_CPU, (soft, resource.RLIM_INFINITY))


def _no_network(*_: object) -> NoReturn:
    raise PermissionError("a document reader has no network")


if __name__ == "__main__":
    main()
