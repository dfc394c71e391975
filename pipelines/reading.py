"""The reading core behind a worker's pipe: a document goes out, what was read comes back laid out."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from pipelines.codec import from_plain
from pipelines.errors import Damaged
from pipelines.packing import pack, unpack
from pipelines.parse.records import READER_FAILED, Document, Issue, Kind
from pipelines.parse.regions import Region, Regions
from pipelines.readout import Readout, read_out, tie
from pipelines.workers import Blob, Pool, WorkerFailed

# Why a worker gave no answer, as issue codes, and what to do. An error is the reader's own fault, the others
# the document's, or of who ended the worker.
_AGAIN = "可运行 gongkai reparse --accept 重读 / read it again with gongkai reparse --accept"
_SMALLER = "请拆分文件 / split the file"
_FAULTS = {
    "error": (READER_FAILED, f"读取程序出错，{_AGAIN}"),
    "killed": ("reader_killed", f"读取进程两次被终止，{_AGAIN}"),
    "timeout": ("reader_timeout", f"读取超时，{_AGAIN}；{_SMALLER}"),
    "memory": ("reader_memory", f"内存不足，{_SMALLER}"),
}


@dataclass(frozen=True, slots=True)
class BeingRead:
    """A document (without its bytes) that is read in a worker; ``answer`` comes when it is."""

    document: Document
    answer: Future[bytes]

    def result(self) -> Readout:
        """What was read, decoded at each call; waits for it. Never raises for what the document did to its
        reader, but Damaged where the archive no longer holds its bytes.
        """
        try:
            return from_plain(Readout, json.loads(self.answer.result()))
        except WorkerFailed as failed:
            if failed.reason == "archive":
                raise Damaged(failed.detail) from failed
            code, mend = _FAULTS[failed.reason]
            detail = f"{self.document.name or self.document.url}: {mend} ({failed.detail})"
            return Readout(Kind.UNREADABLE, issues=(Issue(code, "error", detail),))


def read_in_worker(
    pool: Pool, document: Document, contents: Sequence[Blob], extra_regions: bytes = b""
) -> BeingRead:
    """Parses a document in a worker.

    ``document`` is without its bytes; ``contents`` are these and those of its parts, in order.
    ``extra_regions``: see :func:`packed_regions`.
    """
    return BeingRead(document, pool.ask("pipelines.reading:answer", document, [extra_regions, *contents]))


def answer(arguments: Any, blobs: list[bytes]) -> Readout:
    """The worker's side: fills the contents in again and reads."""
    from pipelines.parse.report import parse

    regions, *contents = blobs
    document = _filled(from_plain(Document, arguments), iter(contents))
    return read_out(parse(document, _known_regions(regions)))


def gathers_in_worker(pool: Pool, content: bytes) -> Future[bool]:
    """Whether a ZIP holds the reports of several agencies or years (see ``parse.gathering``). The future
    never raises: one that no worker can open does not.
    """
    answer = pool.submit("pipelines.reading:gathers", None, [content])
    told: Future[bool] = Future()
    answer.add_done_callback(lambda done: told.set_result(not done.exception() and bool(done.result())))
    return told


def gathers(arguments: Any, blobs: list[bytes]) -> bool:
    """The worker's side."""
    from pipelines.parse import gathering

    return gathering.gathers(Document(blobs[0]))


def tie_in_worker(pool: Pool, years: list[int], bodies: list[bytes]) -> Future[list[str]]:
    """What :func:`pipelines.readout.tie` gives of an agency's reports. Raises WorkerFailed."""
    return pool.submit("pipelines.reading:tied", years, bodies)


def tied(years: Any, bodies: list[bytes]) -> Any:
    """The worker's side."""
    return tie(years, bodies)


def _filled(document: Document, contents: Iterator[bytes]) -> Document:
    content = next(contents)
    return replace(document, content=content, parts=tuple(_filled(part, contents) for part in document.parts))


def packed_regions(extra: tuple[Region, ...]) -> bytes:
    """Divisions that the built-in list lacks, as they go out with every document of a run."""
    return pack(extra) if extra else b""


@lru_cache(maxsize=1)
def _known_regions(packed: bytes) -> Regions:
    """The divisions known, kept from call to call while the extra ones stay the same."""
    return Regions.builtin().with_extra(unpack(tuple[Region, ...], packed)) if packed else Regions.builtin()
