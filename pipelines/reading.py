"""The reading core behind a worker's pipe: a document goes out, what was read comes back laid out."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import replace
from functools import lru_cache
from typing import Any

from pipelines.codec import from_plain
from pipelines.packing import pack, unpack
from pipelines.parse.records import READER_FAILED, Document, Issue, Kind
from pipelines.parse.regions import Region, Regions
from pipelines.readout import Readout, read_out, tie
from pipelines.workers import Pool, WorkerFailed

# Why a worker gave no answer, as issue codes. An error is the reader's own fault, the others the document's.
_FAULTS = {
    "error": READER_FAILED,
    "killed": "reader_killed",
    "timeout": "reader_timeout",
    "memory": "reader_memory",
}


def read_in_worker(pool: Pool, document: Document, extra_regions: bytes = b"") -> Future[Readout]:
    """Parses a document in a worker. The future never raises for what the document did to its reader.

    ``extra_regions``: see :func:`packed_regions`.
    """
    blobs = [extra_regions, *_contents(document)]
    answer = pool.submit("pipelines.reading:answer", _hollow(document), blobs)
    read: Future[Readout] = Future()
    answer.add_done_callback(lambda done: _settle(done, read, document))
    return read


def answer(arguments: Any, blobs: list[bytes]) -> Readout:
    """The worker's side: fills the contents in again and reads."""
    from pipelines.parse.report import parse

    regions, *contents = blobs
    document = _filled(from_plain(Document, arguments), iter(contents))
    return read_out(parse(document, _known_regions(regions)))


def _settle(done: Future[Any], read: Future[Readout], document: Document) -> None:
    try:
        read.set_result(from_plain(Readout, done.result()))
    except WorkerFailed as failed:
        detail = f"{document.name or document.url}: {failed.detail}"
        issue = Issue(_FAULTS[failed.reason], "error", detail)
        read.set_result(Readout(Kind.UNREADABLE, issues=(issue,)))


def tie_in_worker(pool: Pool, years: list[int], bodies: list[bytes]) -> Future[list[str]]:
    """What :func:`pipelines.readout.tie` gives of an agency's reports. Raises WorkerFailed."""
    return pool.submit("pipelines.reading:tied", years, bodies)


def tied(years: Any, bodies: list[bytes]) -> Any:
    """The worker's side."""
    return tie(years, bodies)


def _contents(document: Document) -> Iterator[bytes]:
    yield document.content
    for part in document.parts:
        yield from _contents(part)


def _hollow(document: Document) -> Document:
    """The document without its bytes, which travel beside the JSON."""
    return replace(document, content=b"", parts=tuple(_hollow(part) for part in document.parts))


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
