"""Articles on their way through the reading core, a few at a time, beside the crawl."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from crawler.grouping import Grouping
from pipelines.process import HEAVIEST, Job, Processor
from pipelines.readout import Readout
from pipelines.store import Store, StoreError
from pipelines.workers import WorkerFailed

log = logging.getLogger(__name__)

_HELD: Final = 4  # times as many may have been read and wait behind a slow one to be saved


@dataclass(slots=True, eq=False)
class _Turn:
    """An article's place among those that are read. ``over``: it is read, or won't be; ``write`` saves it, if
    there is anything to save, and ``joined`` then gives the commit that it is part of.
    """

    joined: asyncio.Future[asyncio.Future[Any]]
    write: Callable[[], Any] | None = None
    over: bool = False


class Reader:
    """Reads completed articles: at most ``at_once``, or those of so many bytes, are with the workers, so that
    none of these is idle while the run writes; further ones wait, by their names only. What was read is saved
    in the order in which the articles came, which the archive tells too: so a rebuild files them alike.
    """

    def __init__(self, processor: Processor, grouping: Grouping, store: Store, at_once: int) -> None:
        self._processor = processor
        self._grouping = grouping
        self._store = store
        self._at_once = at_once
        self._waiting: deque[str] = deque()
        self._reading = self._weight = 0
        self._tasks: set[asyncio.Task[None]] = set()
        self._turns: deque[_Turn] = deque()  # in the order in which the articles came
        self._failure: BaseException | None = None
        self.done = 0

    def came(self, sha256: str, content: bytes) -> None:
        """A content that an article will soon be read from."""
        self._processor.recent.put(sha256, content)

    def read(self, root: str) -> None:
        """Have an article (its resource address) read, and what its ZIPs gather. Raises the StoreError that
        an earlier one met.
        """
        if self._failure:
            raise self._failure
        self._waiting += (root, *self._store.members_of(root))
        self._start_some()

    def _start_some(self) -> None:
        while self._waiting and self._has_room() and not self._failure:
            loop = asyncio.get_running_loop()
            turn = _Turn(loop.create_future())
            self._turns.append(turn)
            task = loop.create_task(self._take_in(self._waiting.popleft(), turn))
            self._reading += 1
            self._tasks.add(task)
            task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        self._start_some()

    def _has_room(self) -> bool:
        held = len(self._tasks) < _HELD * self._at_once
        return held and self._reading < self._at_once and self._weight < HEAVIEST

    async def _take_in(self, root: str, turn: _Turn) -> None:
        try:
            read = await self._read(root)
            if read is not None:
                turn.write = partial(self._processor.finish, *read)
                self._end(turn)
                await (await turn.joined)
                self._waiting += self._processor.set_apart()
            self.done += 1
        except StoreError as error:
            self._failure = error
        except Exception:  # a document must never end a run
            log.exception("reading %s", root)
            self._store.add_issue(
                "reading_failed",
                "error",
                f"{root}: 读取失败，见日志 the reading core failed; see the log",
                subject=root,
                crawl_id=self._processor.crawl_id,
            )
        finally:
            self._end(turn)

    def _end(self, turn: _Turn) -> None:
        """This one is read; it and all that have waited for it alone join a commit at once: one a turn of the
        event loop would leave the workers idle where the loop has much to do.
        """
        turn.over = True
        while self._turns and self._turns[0].over:
            first = self._turns.popleft()
            if first.write:
                first.joined.set_result(self._grouping.join(first.write, patient=True))

    async def _read(self, root: str) -> tuple[Job, Readout] | None:
        """Whatever comes of it, the worker is free for the next one while this one is saved."""
        weight = 0
        try:
            job = self._processor.start(root)
            if job is None:
                return None
            weight = job.weight
            self._weight += weight
            with suppress(WorkerFailed):  # which is a result, too
                await asyncio.wrap_future(job.answer)
            read = self._processor.read_of(job)
            return None if read is None else (job, read)
        finally:
            self._reading -= 1
            self._weight -= weight
            self._start_some()

    async def finish(self, *, waiting: bool = True) -> None:
        """Wait for what is being read; what is ``waiting`` to be read is else left to the next run."""
        if not waiting:
            self._waiting.clear()
        while self._tasks:
            await asyncio.gather(*self._tasks)
            await asyncio.sleep(0)  # lets ended tasks start further ones
        if self._failure:
            raise self._failure

    def left_over(self) -> Iterator[str]:
        """Articles that came, completely, after they were last read: what a killed run left."""
        rows = self._store.rows(
            """SELECT DISTINCT w.root FROM (
                   SELECT root, address FROM parts
                   UNION SELECT address, address FROM resources WHERE role = 'article') w
               JOIN resources r USING (address)
               JOIN captures c ON c.capture_id = r.capture_id
               LEFT JOIN readings d ON d.root = w.root
               WHERE r.role IN ('article', 'page', 'attachment', 'file')
                 AND (d.root IS NULL OR c.fetched_at >= d.read_at)
                 AND NOT EXISTS (SELECT 1 FROM requests q WHERE q.root = w.root AND q.state <> 'done')"""
        )
        return iter(dict.fromkeys((*(row["root"] for row in rows), *self._processor.unread(("file",)))))
