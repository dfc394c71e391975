"""Group commit: what several answers and readings write, in one transaction of the store.

A commit waits for the disk several times over. Whatever became ready in one turn of the
event loop shares one; nobody waits longer for it than for a commit of their own, and
nobody is told of success before it is durable.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, TypeVar

from pipelines.store import Store

T = TypeVar("T")
_Waiting = tuple[Callable[[], Any], "asyncio.Future[Any]"]


class Grouping:
    """Runs writers together. One per run, used from the event loop's thread only."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._waiting: list[_Waiting] = []

    async def write(self, writer: Callable[[], T]) -> T:
        """What ``writer`` returns, once it is durable.

        Raises what it raised, its own changes taken back; or what the common commit raised.
        """
        loop = asyncio.get_running_loop()
        done: asyncio.Future[T] = loop.create_future()
        self._waiting.append((writer, done))
        if len(self._waiting) == 1:
            loop.call_soon(self._write_all)
        return await done

    def _write_all(self) -> None:
        group, self._waiting = self._waiting, []
        try:
            with self._store.transaction():
                results = [self._run(writer) for writer, _ in group]
        except Exception as error:  # noqa: BLE001 - passed on to all who wait
            results = [(None, error)] * len(group)
        for (_, done), (value, failure) in zip(group, results, strict=True):
            if done.cancelled():
                continue
            if failure is None:
                done.set_result(value)
            else:
                done.set_exception(failure)

    def _run(self, writer: Callable[[], Any]) -> tuple[Any, Exception | None]:
        try:
            with self._store.transaction():
                return writer(), None
        except Exception as error:  # noqa: BLE001 - passed on to the one who waits
            return None, error
