"""The limits that a worker holds itself to, and what a page of a scan adds to them.

Memory counts as address space, with the readers' libraries mapped; CPU counts from the
beginning of a call. Recognising text needs more of both: how much depends on the number
of pages, so the allowance grows page by page.
"""

from __future__ import annotations

import os
import resource
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Final, NoReturn

CPU_SECONDS: Final = 60  # of one call
PAGE_CPU_SECONDS: Final = 40  # of one page that goes through OCR
MEMORY: Final = 3 << 29  # 1.5 GB
OCR_MEMORY: Final = 5 << 29  # 2.5 GB; of these the models, their runtime and OpenCV map 1 GB
RETIRE_AT: Final = 640 << 20  # bytes held after a call: what a document left behind must not grow
_FILE: Final = 64 << 20
_OPEN_FILES: Final = 64
# two that read weigh as much as the one that fetches and writes: on two processors it has one to itself
_NICENESS: Final = 3


def hold() -> None:
    """Limits this process for good: memory, open files, the size of files; no network, no core dumps; it
    gives way to the run.
    """
    os.nice(_NICENESS)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, OCR_MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (_FILE, _FILE))
    resource.setrlimit(resource.RLIMIT_NOFILE, (_OPEN_FILES, _OPEN_FILES))
    socket.socket.connect = _no_network  # type: ignore[method-assign]


def allow_cpu(seconds: int) -> None:
    """Allows so many seconds from now on: the limit counts from what the process has used."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    soft = int(used.ru_utime + used.ru_stime) + seconds + 1
    resource.setrlimit(resource.RLIMIT_CPU, (soft, resource.RLIM_INFINITY))


def is_bloated() -> bool:
    """Whether this process holds so much memory between two calls that a fresh one should take its place."""
    if resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 <= RETIRE_AT:  # it never did: soon asked
        return False
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() > RETIRE_AT


def at_each_page(still_at_work: Callable[[], None]) -> Callable[[], None]:
    """What a worker has called before each page of a scan: tells the run, and allows itself the page.

    The memory stays allowed, since the models stay loaded.
    """

    def begin_page() -> None:
        still_at_work()
        allow_cpu(PAGE_CPU_SECONDS)
        hard = resource.getrlimit(resource.RLIMIT_AS)[1]
        resource.setrlimit(resource.RLIMIT_AS, (hard, hard))

    return begin_page


def _no_network(*_: object) -> NoReturn:
    raise PermissionError("a document reader has no network")
