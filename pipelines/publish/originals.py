"""The archived documents behind published reports, with the place of a cell marked.

The bytes come from the WARC files beside the archive, read-only, and only by a digest that archive.db
publishes. They are worked on in a limited worker process; what comes out is kept for a while.
"""

from __future__ import annotations

import asyncio
import json
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path

from pipelines.archive import read
from pipelines.archive.reader import segment_path
from pipelines.errors import Damaged
from pipelines.workers import Pool, WorkerFailed

_CPU_SECONDS = 20
_MOST_WAITING = 8
_LARGEST = 32 << 20  # bytes of a document
_KEPT = 64 << 20  # characters of pages kept


class NotShown(Exception):
    """A document that can't be shown; the message says why, in both languages."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where the bytes of a document lie: a capture of it."""

    sha256: str
    warc_file: str
    warc_offset: int
    name: str


class Originals:
    """Marks cells in the documents of the archive in the directory ``data``."""

    def __init__(self, data: Path) -> None:
        self._data = data
        self._pool = Pool(1, _CPU_SECONDS)
        self._waiting = 0
        self._kept: OrderedDict[tuple[str, str], str] = OrderedDict()
        self._size = 0

    def close(self) -> None:
        """End the worker."""
        self._pool.close()

    def has(self, source: Source) -> bool:
        """Whether the file that holds the document is here; a copy of archive.db alone has none."""
        return segment_path(self._data, source.warc_file).is_file()

    async def marked(self, source: Source, location: str, keep: list[str], *, masked: bool = True) -> str:
        """``source`` as a page of HTML, ``location`` (as in cells.location) marked.

        ``keep`` are statistics of the report (figures.py); ``masked``: something else in it was masked.
        Raises NotShown.
        """
        key = source.sha256, location
        if key in self._kept:
            self._kept.move_to_end(key)
            return self._kept[key]
        if self._waiting >= _MOST_WAITING:
            raise NotShown("请稍候再试。 Too many pages are being drawn; please try again in a moment.")
        self._waiting += 1
        try:
            page = await self._work(source, location, keep, masked=masked)
        finally:
            self._waiting -= 1
        self._keep(key, page)
        return page

    async def _work(self, source: Source, location: str, keep: list[str], *, masked: bool) -> str:
        content = await asyncio.to_thread(self._content, source)
        arguments = {"location": location, "keep": keep, "masked": masked, "name": source.name}
        call = self._pool.submit("pipelines.publish.marking:answer", arguments, [content])
        try:
            answer = await asyncio.wrap_future(call)
        except WorkerFailed as failed:
            raise NotShown(f"这份原件无法显示。 The document can't be shown. ({failed.detail})") from failed
        return str(answer["content"])

    def _content(self, source: Source) -> bytes:
        try:
            archived = read(self._data, source.warc_file, source.warc_offset)
        except (Damaged, OSError) as error:
            raise NotShown("存档文件不在这里或已损坏。 The archived file is not here, or damaged.") from error
        if archived.stored.sha256 != source.sha256 or len(archived.content) > _LARGEST:
            raise NotShown("存档文件不符或太大。 The archived file is another one, or too large.")
        return archived.content

    def _keep(self, key: tuple[str, str], page: str) -> None:
        self._kept[key] = page
        self._size += len(page)
        while self._size > _KEPT:
            _, dropped = self._kept.popitem(last=False)
            self._size -= len(dropped)


def is_drawn(location: str | None) -> bool:
    """Whether a place stands on a page that is drawn; else it is written."""
    return bool(location) and "page" in json.loads(location or "{}")
