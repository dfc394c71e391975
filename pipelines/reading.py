"""The reading core behind a worker's pipe: a document goes out, what was read comes back laid out."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import replace
from typing import Any

from pipelines.codec import from_plain, to_plain
from pipelines.parse.records import READER_FAILED, Document, Issue, Kind
from pipelines.parse.regions import Region, Regions
from pipelines.readout import Readout, Rows, read_out, tie
from pipelines.workers import Pool, WorkerFailed

# Why a worker gave no answer, as issue codes. An error is the reader's own fault, the others the document's.
_FAULTS = {
    "error": READER_FAILED,
    "killed": "reader_killed",
    "timeout": "reader_timeout",
    "memory": "reader_memory",
}
_regions: dict[tuple[Region, ...], Regions] = {}


def read_in_worker(pool: Pool, document: Document, extra_regions: tuple[Region, ...] = ()) -> Future[Readout]:
    """Parses a document in a worker. The future never raises for what the document did to its reader.

    ``extra_regions`` are divisions that the built-in list lacks.
    """
    blobs = list(_contents(document))
    answer = pool.submit(
        "pipelines.reading:answer", [to_plain(_hollow(document)), to_plain(extra_regions)], blobs
    )
    read: Future[Readout] = Future()
    answer.add_done_callback(lambda done: _settle(done, read, document))
    return read


def answer(arguments: Any, blobs: list[bytes]) -> Any:
    """The worker's side: fills the contents in again and reads."""
    from pipelines.parse.report import parse

    plain, extra_regions = arguments
    document = _filled(from_plain(Document, plain), iter(blobs))
    extra = tuple(from_plain(Region, row) for row in extra_regions)
    return to_plain(read_out(parse(document, _known_regions(extra))))


def _settle(done: Future[Any], read: Future[Readout], document: Document) -> None:
    try:
        read.set_result(from_plain(Readout, done.result()))
    except WorkerFailed as failed:
        detail = f"{document.name or document.url}: {failed.detail}"
        issue = Issue(_FAULTS[failed.reason], "error", detail)
        read.set_result(Readout(Kind.UNREADABLE, issues=(issue,)))


def tie_in_worker(pool: Pool, years: list[int], bodies: list[bytes]) -> Future[list[Rows]]:
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


def _known_regions(extra: tuple[Region, ...]) -> Regions:
    """The divisions known, kept from call to call while the extra ones stay the same."""
    if extra not in _regions:
        _regions.clear()
        _regions[extra] = Regions.builtin().with_extra(extra) if extra else Regions.builtin()
    return _regions[extra]
