"""Reading archives that others made: WARC files of any tool, and WACZ as browsers write it."""

from __future__ import annotations

import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO

from warcio.archiveiterator import ArchiveIterator
from warcio.bufferedreaders import ChunkedDataReader
from warcio.exceptions import ArchiveLoadFailed

from pipelines.archive.exchange import Headers
from pipelines.archive.headers import clean_headers
from pipelines.archive.members import Gap, walk
from pipelines.archive.records import OF_ANSWERS

LARGEST_BODY = 64 * 1024**2
_LARGEST_MEMBER = 4 * 1024**3  # of a WACZ, unpacked
_GZIP = b"\x1f\x8b"


@dataclass(frozen=True, slots=True)
class Copy:
    """An answer that somebody else archived. ``status`` is None for a resource record.

    ``body`` is without transfer coding. ``digest`` is WARC-Payload-Digest as written; a revisit has no body
    of its own but that of the earlier record with this digest. Times are UTC, ISO 8601.
    """

    url: str
    fetched_at: str
    status: int | None
    reason: str
    headers: Headers
    body: bytes
    media_type: str
    digest: str
    revisit: bool


@dataclass(frozen=True, slots=True)
class Unread:
    """A part of an archive that could not be read: where, and why."""

    place: str
    why: str


def is_archive(path: Path) -> bool:
    """Whether a file is named as a web archive."""
    return path.name.lower().endswith((".warc", ".warc.gz", ".wacz"))


def copies(path: Path) -> Iterator[Copy | Unread]:
    """Every answer of an archive, in the order of the file, and what could not be read."""
    if path.suffix.lower() != ".wacz":
        yield from _copies_of_warc(path, path.name)
        return
    try:
        with zipfile.ZipFile(path) as package:
            for member in sorted(package.infolist(), key=lambda info: info.filename):
                if member.filename.startswith("archive/") and not member.is_dir():
                    yield from _copies_of_member(package, member)
    except (OSError, ValueError, RuntimeError, NotImplementedError, zipfile.BadZipFile, zlib.error) as error:
        yield Unread(path.name, str(error))


def _copies_of_member(package: zipfile.ZipFile, member: zipfile.ZipInfo) -> Iterator[Copy | Unread]:
    if member.file_size > _LARGEST_MEMBER:
        yield Unread(member.filename, f"{member.file_size} bytes")
        return
    with tempfile.TemporaryDirectory() as folder:
        unpacked = Path(folder) / "member.warc.gz"
        with package.open(member) as source, unpacked.open("wb") as target:
            shutil.copyfileobj(source, target)
        yield from _copies_of_warc(unpacked, member.filename)


def _copies_of_warc(path: Path, name: str) -> Iterator[Copy | Unread]:
    with path.open("rb") as source:
        packed = source.read(2) == _GZIP
        source.seek(0)
        if not packed:
            yield from _copies_in(source, name)
            return
        for item in walk(source):
            if isinstance(item, Gap):
                yield Unread(f"{name} {item.offset}–{item.end}", "不完整或已损坏 torn or damaged")
            else:
                yield from _copies_in(BytesIO(item.content), f"{name} {item.offset}")


def _copies_in(source: BinaryIO, place: str) -> Iterator[Copy | Unread]:
    records = iter(ArchiveIterator(source))
    while True:
        try:
            record = next(records, None)
            if record is None:
                return
            found = _copy(record)
        except (ArchiveLoadFailed, OSError, ValueError, EOFError, AttributeError) as error:
            yield Unread(place, f"{type(error).__name__}: {error}"[:300])
            return
        if found is not None:
            yield found


def _copy(record: Any) -> Copy | None:
    """The answer of a record, None for a record of another kind. ValueError where it makes no sense."""
    fields, http = record.rec_headers, record.http_headers
    url = fields.get_header("WARC-Target-URI") or ""
    if record.rec_type not in OF_ANSWERS or not url.startswith(("http://", "https://")):
        return None
    headers: Headers = ()
    status, reason, stream = None, "", record.raw_stream
    if record.rec_type != "resource":
        if http is None:
            raise ValueError(f"no HTTP head: {url}")
        code, _, reason = http.statusline.partition(" ")
        status = int(code)
        chunked = "chunked" in (http.get_header("Transfer-Encoding") or "").lower()
        stream = ChunkedDataReader(stream) if chunked else stream
        headers = clean_headers((name, value) for name, value in http.headers if not name.startswith(":"))
    body = stream.read(LARGEST_BODY + 1)
    if len(body) > LARGEST_BODY:
        raise ValueError(f"more than {LARGEST_BODY} bytes: {url}")
    said = http.get_header("Content-Type") if http else fields.get_header("Content-Type")
    return Copy(
        url=url,
        fetched_at=_time(fields.get_header("WARC-Date")),
        status=status,
        reason=reason,
        headers=headers,
        body=body,
        media_type=(said or "").partition(";")[0].strip().lower(),
        digest=fields.get_header("WARC-Payload-Digest") or "",
        revisit=record.rec_type == "revisit",
    )


def _time(text: str | None) -> str:
    moment = datetime.fromisoformat(text or "")
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
