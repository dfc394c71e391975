"""Reports prepared for the archive ahead of their being written: where there are many, by other processes.

A process is asked by pickled lists of packed reports, and answers by the reports, prepared, or by what is
wrong with them (``__main__.py``).
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, suppress
from queue import SimpleQueue
from types import TracebackType
from typing import Any, Final

from pipelines.errors import Damaged, StoreError
from pipelines.publish.said import Packed, Said, prepared

_FEW: Final = 2000  # reports that are prepared sooner than processes are started
_PIECE: Final = 100  # reports that a process is handed at once
_AHEAD: Final = 2  # batches that wait, ready or under way, while one is written


def prepare(batches: Iterable[list[Packed]], count: int) -> Iterator[list[Said]]:
    """Each batch, prepared, in their order. ``count`` is how many reports all of them have.

    Raises Damaged where a report is not what the store wrote, StoreError where a process died.
    """
    processes = os.cpu_count() or 1
    if count < _FEW or processes == 1:
        yield from map(prepared, batches)
        return
    with _Processes(processes) as pool:
        waiting: deque[list[Future[list[Said]]]] = deque()
        for batch in batches:
            pieces = (batch[start : start + _PIECE] for start in range(0, len(batch), _PIECE))
            waiting.append([pool.submit(piece) for piece in pieces])
            if len(waiting) > _AHEAD:
                yield _whole(waiting.popleft())
        while waiting:
            yield _whole(waiting.popleft())


def _whole(pieces: list[Future[list[Said]]]) -> list[Said]:
    return [report for piece in pieces for report in piece.result()]


class _Processes:
    """Processes that prepare reports, and a thread for each that hands it work."""

    def __init__(self, count: int) -> None:
        self._free: SimpleQueue[subprocess.Popen[bytes]] = SimpleQueue()
        self._all: list[subprocess.Popen[bytes]] = []
        self._count = count

    def __enter__(self) -> _Processes:
        with ExitStack() as stack:
            stack.callback(self._end)
            for _ in range(self._count):
                process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
                    [sys.executable, "-m", __name__],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    start_new_session=True,  # Ctrl-C is for this process, which ends them itself
                )
                self._all.append(process)
                self._free.put(process)
            self._threads = ThreadPoolExecutor(self._count)
            stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error:
            self._end()
        self._threads.shutdown(cancel_futures=True)
        self._end()

    def submit(self, reports: list[Packed]) -> Future[list[Said]]:
        return self._threads.submit(self._ask, reports)

    def _ask(self, reports: list[Packed]) -> list[Said]:
        process = self._free.get()
        try:
            pickle.dump(reports, process.stdin)  # type: ignore[arg-type]
            process.stdin.flush()  # type: ignore[union-attr]
            answer: Any = pickle.load(process.stdout)  # type: ignore[arg-type]  # noqa: S301 - our own process
        except (OSError, EOFError, pickle.UnpicklingError) as error:
            raise StoreError(f"准备报告的进程中止 a process that prepared reports died ({error})") from error
        finally:
            self._free.put(process)
        if isinstance(answer, str):
            raise Damaged(answer)
        found: list[Said] = answer
        return found

    def _end(self) -> None:
        for process in self._all:
            process.kill()
        for process in self._all:
            process.wait()
            for pipe in (process.stdin, process.stdout):
                if pipe:
                    with suppress(OSError):  # what was still to be flushed to it
                        pipe.close()
