"""Reading the archive again on several machines: Dask hands out the work, answers come back into a memo.

Every machine has the data directory at the same place (a network file system, or a copy) and the same
version of gongkai. Only who asked writes there: what was read is filed by the very same steps as on one
machine, which find the answers in the memo instead of reading.
"""

from __future__ import annotations

import importlib
import threading
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final

from pipelines.errors import StoreError
from pipelines.memo import Answer, Keeper, MemoPool
from pipelines.parse.version import PARSER_VERSION
from pipelines.process import NO_RUN, Processor
from pipelines.store import Store

_AT_A_TIME: Final = 25  # articles or files in a task: about a second of work
_TRIES: Final = 5  # a task's, when machines go away
_ANSWERS: Final = 5  # seconds until a scheduler that says nothing counts as absent
_one_at_a_time = threading.Lock()


class SpreadFailed(StoreError):
    """The machines can't do the work; the message says why."""

    exit_code = 2


class _Collected:
    """Answers on their way back."""

    def __init__(self) -> None:
        self.answers: list[Answer] = []

    def put(self, answers: Iterable[Answer]) -> None:
        self.answers.extend(answers)


def read_on(
    engine: str, data: Path, roots: Sequence[str], memo: Keeper, progress: Callable[[int, int], None]
) -> None:
    """Have ``roots`` (articles and files) read by the workers of the Dask scheduler at ``engine``, into
    ``memo``. A machine that goes away is made up for by others. Raises SpreadFailed.
    """
    try:
        distributed: Any = importlib.import_module("distributed")  # hardly typed
    except ImportError:
        raise SpreadFailed(
            "需要 Dask the client is missing: .venv/bin/pip install -e '.[distributed]'"
        ) from None
    try:
        client = distributed.Client(engine, timeout=_ANSWERS)
    except (OSError, ValueError) as error:
        raise SpreadFailed(f"无法连接 Dask 调度器 no scheduler at {engine}: {error}") from error
    tasks = [(str(data.absolute()), roots[at : at + _AT_A_TIME]) for at in range(0, len(roots), _AT_A_TIME)]
    with client:
        running = client.map(_read_some, tasks, pure=False, retries=_TRIES)
        done = 0
        for future in distributed.as_completed(running):
            version, count, answers = _result(future)
            future.release()  # the machine that read them holds them no longer
            if version != PARSER_VERSION:
                raise SpreadFailed(f"工作机版本不同 a worker reads as {version}, not {PARSER_VERSION}")
            memo.put(answers)
            done += count
            progress(done, len(roots))


def _result(future: Any) -> tuple[str, int, list[Answer]]:
    try:
        answer: tuple[str, int, list[Answer]] = future.result()
        return answer
    except Exception as error:
        raise SpreadFailed(f"重读任务失败 a task failed: {type(error).__name__}: {error}") from error


def _read_some(task: tuple[str, Sequence[str]]) -> tuple[str, int, list[Answer]]:
    """A task, on one of the machines: the version of its parser, how many it read, the answers."""
    data, roots = Path(task[0]), task[1]
    with _one_at_a_time, Store.open(data) as store:
        pool, collected = _readers()
        processor = Processor(store, data, pool, NO_RUN)
        jobs = [processor.start(root, again=True) for root in roots]
        for job in jobs:
            if job is not None:
                job.result()
        answers, collected.answers = collected.answers, []
    return PARSER_VERSION, len(roots), answers


@cache
def _readers() -> tuple[MemoPool, _Collected]:
    """One limited reader for the life of a Dask worker process, which counts for one core."""
    collected = _Collected()
    return MemoPool((), 1, keep=collected), collected
