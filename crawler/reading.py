"""Articles on their way through the reading core, a few at a time, beside the crawl."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterator

from pipelines.process import Processor
from pipelines.store import Store, StoreError

log = logging.getLogger(__name__)


class Reader:
    """Reads completed articles; ``ahead`` of them are queued before :meth:`read` waits.

    ``hooks`` are called with each article's root when it is complete, before it is read.
    """

    def __init__(self, store: Store, processor: Processor, ahead: int) -> None:
        self._store = store
        self._processor = processor
        self._slots = asyncio.Semaphore(ahead)
        self._tasks: set[asyncio.Task[None]] = set()
        self._failure: BaseException | None = None
        self.hooks: list[Callable[[str], None]] = []
        self.done = 0

    async def read(self, root: str) -> None:
        """Begin to read an article (its resource address). Raises the StoreError that an earlier one met."""
        if self._failure:
            raise self._failure
        await self._slots.acquire()
        for hook in self.hooks:
            hook(root)
        task = asyncio.get_running_loop().create_task(self._read(root))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _read(self, root: str) -> None:
        try:
            job = self._processor.start(root)
            if job is not None:
                self._processor.finish(job, await asyncio.wrap_future(job.parsed))
            self.done += 1
        except StoreError as error:
            self._failure = error
        except Exception:  # a document must never end a run
            log.exception("reading %s", root)
            self._store.add_issue(
                "reading_failed", "error", "the reading core failed; see the log", subject=root
            )
        finally:
            self._slots.release()

    async def finish(self) -> None:
        """Wait for what is being read."""
        while self._tasks:
            await asyncio.gather(*self._tasks)

    def left_over(self) -> Iterator[str]:
        """Articles that came, completely, after they were last read: what a killed run left."""
        rows = self._store.rows(
            """SELECT DISTINCT r.root FROM resources r
               JOIN captures c ON c.capture_id = r.capture_id
               LEFT JOIN readings d ON d.root = r.root
               WHERE r.role IN ('article', 'page', 'attachment') AND r.root IS NOT NULL
                 AND (d.root IS NULL OR c.fetched_at >= d.read_at)
                 AND NOT EXISTS (SELECT 1 FROM requests q WHERE q.root = r.root AND q.state <> 'done')"""
        )
        return iter([row["root"] for row in rows])
