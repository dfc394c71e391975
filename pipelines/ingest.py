"""Local files into the archive: each becomes a WARC resource record, then a capture, then is read.

A file that can't be read never ends the run; it is an issue, and the rest goes on.
"""

from __future__ import annotations

import mimetypes
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from pipelines.address import address
from pipelines.archive import Archive, Exchange, Provenance
from pipelines.archive.foreign import Unread, is_archive
from pipelines.clock import now
from pipelines.gathered import exchanges_of, is_zip
from pipelines.ingest_archive import Gathers, take_archive
from pipelines.known import Known, said
from pipelines.parse.read.sniff import TEXT, UNKNOWN, sniff
from pipelines.process import Processor
from pipelines.reading import gathers_in_worker
from pipelines.recovery import recover
from pipelines.store import Capture, Store
from pipelines.workers import Pool

# Kinds of file that may hold a report; one of another kind is foreign, and said to be.
SUFFIXES = frozenset(
    (
        *(
            ".html",
            ".htm",
            ".shtml",
            ".mht",
            ".mhtml",
            ".xml",
            ".txt",
            ".md",
            ".pdf",
            ".doc",
            ".docx",
            ".wps",
        ),
        *(".rtf", ".odt", ".fodt", ".xls", ".xlsx", ".et", ".ods", ".ofd"),
        *(".jpg", ".jpeg", ".png", ".bmp", ".tif", ".tiff", ".zip"),
    )
)
LARGEST = 64 << 20  # bytes; the limit of the crawl


@dataclass(slots=True)
class Ingested:
    """What became of a run of ``ingest``; ``not_taken``: files and why."""

    crawl_id: int
    files: int = 0
    reports: list[str] = field(default_factory=list)
    not_taken: dict[str, str] = field(default_factory=dict)


def ingest(
    store: Store,
    data: Path,
    paths: Iterable[Path],
    *,
    known: dict[Path, Known] | None = None,
    manifest: Path | None = None,
    workers: int | None = None,
    progress: Callable[[str, int], None] = lambda verb, done: None,
) -> Ingested:
    """Archives and reads files and folders. ``known`` is keyed by resolved path; ``manifest`` is no report.

    Returns the run; what could not be read stands in ``issues`` of the store.
    """
    recover(store)
    crawl_id = store.begin_crawl("ingest", "ingest")
    result = Ingested(crawl_id)
    roots: list[str] = []
    archive = store.archive(crawl_id)
    with Pool(workers) as pool:
        processor = Processor(store, data, pool, crawl_id)

        def gathers(content: bytes) -> bool:
            return gathers_in_worker(pool, content).result()

        for path in files_below(paths):
            if manifest is not None and path.resolve() == manifest.resolve():
                continue
            store.check_space()
            if is_archive(path):
                roots += _take_archive(store, archive, result, path, processor, gathers)
            else:
                stated = (known or {}).get(path.resolve(), Known())
                roots += _take(store, archive, result, path, stated, gathers)
            progress("存档 archived", result.files)
        todo = dict.fromkeys((*roots, *processor.unread()))
        processor.run(todo, lambda done: progress("读取 read", done))
    result.reports = sorted({report for root in roots if (report := _report_of(store, root))})
    store.end_crawl(crawl_id, "complete")
    return result


def files_below(paths: Iterable[Path]) -> Iterator[Path]:
    """Files named outright, and those below the folders named, in a stable order; hidden ones are left."""
    for path in paths:
        if path.is_dir():
            for found in sorted(path.rglob("*")):
                relative = found.relative_to(path)
                if found.is_file() and not any(part.startswith(".") for part in relative.parts):
                    yield found
        else:
            yield path


def _take_archive(
    store: Store, archive: Archive, result: Ingested, path: Path, processor: Processor, gathers: Gathers
) -> list[str]:
    """Archives what a web archive holds; returns the addresses to read."""
    result.files += 1
    roots: dict[str, None] = {}

    def read(now: Iterable[str]) -> None:
        processor.run(now, lambda done: None)

    for item in take_archive(store, archive, result.crawl_id, path, read, gathers):
        store.check_space()
        if isinstance(item, Unread):
            detail = f"{said(path)} {item.place}: {item.why}"
            store.add_issue(
                "unreadable_record", "error", detail, subject=said(path), crawl_id=result.crawl_id
            )
        else:
            roots[item] = None
    if not roots:
        _refuse(store, result, path, "empty_archive", "其中没有可读取的文件 it holds no document", "warning")
    return list(roots)


def _take(
    store: Store, archive: Archive, result: Ingested, path: Path, known: Known, gathers: Gathers
) -> list[str]:
    """Archives one file, the reports that a ZIP gathers each on its own; returns the addresses to read."""
    result.files += 1
    try:
        content = _content(path)
    except OSError as error:
        _refuse(store, result, path, "unreadable_file", str(error.strerror or error))
        return []
    if not content:
        _refuse(store, result, path, "empty_file", "文件为空 the file is empty")
        return []
    if path.suffix.lower() not in SUFFIXES and not _may_be_read(content):
        why = "不是可读取的文件类型 not a kind of file that can hold a report"
        _refuse(store, result, path, "foreign_file", why, "warning")
        return []
    if len(content) > LARGEST:
        _refuse(store, result, path, "too_large", f"{len(content)} bytes; 上限 limit {LARGEST}")
        return []
    if not is_zip(content) or not gathers(content):
        return [_keep(store, archive, _exchange(store, result.crawl_id, path, content, known))]
    # the file itself is kept, but only its members are read
    zipped = _exchange(store, result.crawl_id, path, content, known, role=None)
    members = [
        _keep(store, archive, member) for member in exchanges_of(store, zipped, content, result.crawl_id)
    ]
    _keep(store, archive, zipped)
    return members


def _report_of(store: Store, root: str) -> str | None:
    reading = store.reading(root)
    return reading["report_id"] if reading else None


def _may_be_read(content: bytes) -> bool:
    return sniff(content) not in (UNKNOWN, TEXT)


def _content(path: Path) -> bytes:
    with path.open("rb") as stream:
        return stream.read(LARGEST + 1)


def _exchange(
    store: Store, crawl_id: int, path: Path, content: bytes, known: Known, role: str | None = "file"
) -> Exchange:
    """A file as it is archived. Without a ``role`` it is kept and never read."""
    digest = sha256(content).hexdigest()
    key = address(known.url) if known.url else f"file:{digest}"
    outcome = store.outcome_of(key, digest)
    name = said(path.name)
    media_type = mimetypes.guess_type(name)[0] or ""
    hints = {
        "name": name,
        "path": said(path),
        "agency": known.agency,
        "published_on": known.published_on,
    }
    return Exchange(
        url=known.url,
        fetched_at=known.fetched_at or now(),
        kind="resource",
        body=content,
        earlier=store.location_of(digest) if outcome == "unchanged" else None,
        about=Provenance(
            crawl_id=crawl_id,
            outcome=outcome,
            role=role,
            media_type=media_type,
            address=key,
            root=key,
            hints={k: v for k, v in hints.items() if v},
        ),
    )


def _keep(store: Store, archive: Archive, exchange: Exchange) -> str:
    """Archives an exchange; returns its address."""
    stored = archive.write(exchange)
    with store.transaction():
        store.add_capture(Capture.of(exchange, stored))
    assert exchange.about.address is not None
    return exchange.about.address


def _refuse(store: Store, result: Ingested, path: Path, code: str, why: str, severity: str = "error") -> None:
    """A file that was not taken in, as an issue."""
    name = said(path)
    result.not_taken[name] = why
    store.add_issue(code, severity, f"{name}: {why}", subject=name, crawl_id=result.crawl_id)
