"""Group commit: what several answers and readings write, in one wait for the archive and one transaction.

The disk is waited for several times at each commit. Whatever became ready meanwhile shares
the next one, and where many come, a commit waits for more to join it; what nobody waits for
(a reading) joins the commit of others, if one comes soon. Nobody is told of success before
what is theirs is durable. The order is that of every answer: records of the
archive, synced; then one transaction; then the acknowledgement.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from pipelines.archive import Archive, Exchange, Stored
from pipelines.store import Store

T = TypeVar("T")

CROWD: Final = 8  # so many in one commit: it is worth waiting for more
MOST: Final = 128  # in one commit
HEAVIEST: Final = 16 * 1024 * 1024  # bytes of bodies in one commit
SHORTEST, LONGEST = 0.01, 0.3  # seconds that a commit waits for others to join it


@dataclass(frozen=True, slots=True)
class _Entry:
    """Someone who waits. ``exchange`` is to be archived first; ``patient``: see :meth:`Grouping.write`."""

    write: Callable[[Stored | None], Any]
    exchange: Exchange | None
    patient: bool
    done: asyncio.Future[Any]


class Grouping:
    """Commits writers together. One per run, used from the event loop's thread only."""

    def __init__(self, store: Store, archive: Archive) -> None:
        self._store = store
        self._archive = archive
        self._waiting: list[_Entry] = []
        self._weight = 0
        self._patience = 0.0
        self._timer: asyncio.TimerHandle | None = None

    async def keep(self, exchange: Exchange, settle: Callable[[Stored], T]) -> T:
        """What ``settle`` returns of an exchange that is in the archive, once it is durable.

        Raises what archive or commit raised; or what ``settle`` raised, its own changes taken back.
        """

        def write(stored: Stored | None) -> T:
            assert stored is not None
            return settle(stored)

        return await self._join(write, exchange)

    async def write(self, writer: Callable[[], T], *, patient: bool = False) -> T:
        """What ``writer`` returns, once it is durable; raises as :meth:`keep`. One that is ``patient`` waits
        for a commit that others need, though no longer than ``LONGEST``.
        """
        return await self.join(writer, patient=patient)

    def join(self, writer: Callable[[], T], *, patient: bool = False) -> asyncio.Future[T]:
        """:meth:`write` for who need not wait: writers stand in a commit in the order of the calls."""
        return self._join(lambda _: writer(), None, patient=patient)

    def _join(
        self, write: Callable[[Stored | None], T], exchange: Exchange | None, *, patient: bool = False
    ) -> asyncio.Future[T]:
        done: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Entry(write, exchange, patient, done))
        self._weight += len(exchange.body) if exchange else 0
        if len(self._waiting) >= MOST or self._weight >= HEAVIEST:
            self._commit()
        else:
            self._commit_within(LONGEST if patient else self._patience)
        return done

    def _commit_within(self, seconds: float) -> None:
        loop = asyncio.get_running_loop()
        if self._timer is not None:
            if self._timer.when() <= loop.time() + seconds:
                return
            self._timer.cancel()
        self._timer = loop.call_later(seconds, self._commit)

    def _commit(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        group, self._waiting, self._weight = self._waiting, [], 0
        self._learn(sum(not entry.patient for entry in group))
        try:
            stored = iter(self._archive.write_all([e.exchange for e in group if e.exchange]))
            with self._store.transaction():
                results = [self._run(entry, next(stored) if entry.exchange else None) for entry in group]
        except Exception as error:  # noqa: BLE001 - passed on to all who wait
            results = [(None, error)] * len(group)
        _tell(group, results)

    def _learn(self, joined: int) -> None:
        """Wait for others where many come, never where few do: what one waits for may wait for oneself."""
        if joined >= CROWD:
            self._patience = min(max(2 * self._patience, SHORTEST), LONGEST)
        elif joined:
            self._patience = self._patience / 2 if self._patience > SHORTEST else 0.0

    def _run(self, entry: _Entry, stored: Stored | None) -> tuple[Any, Exception | None]:
        try:
            with self._store.attempt():
                return entry.write(stored), None
        except Exception as error:
            if (
                not self._store.db.conn.in_transaction
            ):  # a full disk ends the whole: it is everybody's failure
                raise
            return None, error


def _tell(group: Sequence[_Entry], results: Sequence[tuple[Any, Exception | None]]) -> None:
    for entry, (value, failure) in zip(group, results, strict=True):
        if entry.done.cancelled():
            continue
        if failure is None:
            entry.done.set_result(value)
        else:
            entry.done.set_exception(failure)
