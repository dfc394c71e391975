"""Writing exchanges: each is on the disk, and known to be, before anyone hears of it."""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol

from pipelines.archive.coding import Decoded, decode_body
from pipelines.archive.exchange import NOT_MODIFIED, Archived, Digest, Exchange, Location, Stored
from pipelines.archive.reader import OPEN, first_record, read
from pipelines.archive.records import build_group, new_record_id, note, payload_digest, warcinfo
from pipelines.checkpoint import armed, checkpoint
from pipelines.durable import GB, check_space, fsync_dir, move
from pipelines.errors import Damaged, from_os_error
from pipelines.folder import WARC

LARGEST_BODY = 256 * 1024**2  # what the reader will still inflate


class SegmentLog(Protocol):
    """Who keeps the list of segments: the store."""

    def segment_opened(self, warc_file: str, crawl_id: int) -> None:
        """A new file exists."""

    def segment_closed(self, warc_file: str, size: int, sha256: str) -> None:
        """A file is final."""

    def segment_damaged(self, warc_file: str, detail: str, crawl_id: int | None = None) -> None:
        """Something in a file is not as it was written, as a run found."""

    def captures_in(self, warc_file: str) -> int:
        """How many of its exchanges have their row."""

    def facts_of(self, site: str | None) -> Mapping[str, Any]:
        """What reading captures of a site rests upon besides them; for None, of any site."""


class Segment:
    """One WARC file being written. Unbuffered; what was appended is durable or taken back."""

    def __init__(self, folder: Path, warc_file: str) -> None:
        self.warc_file = warc_file
        self.path = folder / (warc_file + OPEN)
        self.size = 0
        self.exchanges = 0
        self.broken = False
        self._digest = hashlib.sha256()
        self._handle = self._create()

    def _create(self) -> int:
        try:
            handle = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o644)
            os.fsync(handle)
            fsync_dir(self.path.parent)
        except OSError as error:
            raise from_os_error(error, f"创建 {self.path} (creating)") from error
        checkpoint("segment_created")
        return handle

    def append(self, members: bytes) -> int:
        """Write, make durable, return the offset. On any failure the file is as it was before."""
        offset = self.size
        try:
            checkpoint("before_append")
            half = len(members) // 2 if armed("mid_append") else 0
            self._write(members[:half])
            checkpoint("mid_append")
            self._write(members[half:])
            checkpoint("after_append")
            os.fsync(self._handle)
        except BaseException as error:
            self._take_back(offset)
            if isinstance(error, OSError):
                raise from_os_error(error, f"写入 {self.path} (writing)") from error
            raise
        self.size += len(members)
        self._digest.update(members)
        checkpoint("after_fsync")
        return offset

    def _write(self, content: bytes) -> None:
        left = memoryview(content)
        while left:
            left = left[os.write(self._handle, left) :]

    def _take_back(self, size: int) -> None:
        try:
            os.ftruncate(self._handle, size)
            os.fsync(self._handle)
        except OSError:
            self.broken = True  # recovery will cut the tail off

    def close(self) -> None:
        """Leave the file for recovery."""
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1

    def finish(self) -> str:
        """Give the file its final name; returns the digest of the whole."""
        try:
            os.fsync(self._handle)
            self.close()
            checkpoint("before_rename")
            move(self.path, self.path.with_name(self.warc_file))
        except OSError as error:
            raise from_os_error(error, f"关闭 {self.path} (closing)") from error
        checkpoint("after_rename")
        return self._digest.hexdigest()


@dataclass(frozen=True, slots=True)
class _Group:
    """The records of an exchange, packed, and what is to be known of them."""

    members: bytes
    start: int  # of the first record: notes may come before
    length: int  # of the first record
    record_id: str
    content: tuple[str | None, int | None]
    problem: str | None

    def at(self, warc_file: str, offset: int) -> Stored:
        """Where they went."""
        return Stored(
            warc_file, offset + self.start, self.length, self.record_id, *self.content, self.problem
        )


class Archive:
    """The writer of a run, for one thread.

    A segment is opened with the first exchange, and closed at ``largest`` bytes or at the end.
    ``info`` goes into each file's warcinfo record. Get one from ``Store.archive``.
    """

    def __init__(
        self, data: Path, crawl_id: int, log: SegmentLog, info: Mapping[str, str], largest: int = GB
    ) -> None:
        self.data = data
        self.crawl_id = crawl_id
        self._log = log
        self._info = info
        self._largest = largest
        self._count = 0
        self._segment: Segment | None = None
        self._told: set[str | None] = set()

    def write(self, exchange: Exchange) -> Stored:
        """Store an exchange durably; see :meth:`write_all`."""
        return self.write_all([exchange])[0]

    def write_all(self, exchanges: Sequence[Exchange]) -> list[Stored]:
        """Store exchanges durably, all or none: side by side in one file, with one wait for the disk.

        Raises DiskLow or NotWritable with the archive as it was before. A body of more than 256 MB is a
        ValueError: the caller has a lower limit.
        """
        if not exchanges:
            return []
        told = set(self._told)
        groups = [self._group(exchange, told) for exchange in exchanges]
        data = b"".join(group.members for group in groups)
        check_space(self.data, len(data))
        segment = self._room_for(len(data))
        offset = segment.append(data)
        segment.exchanges += len(groups)
        self._told = told
        stored = []
        for group in groups:
            stored.append(group.at(segment.warc_file, offset))
            offset += len(group.members)
        return stored

    def _group(self, exchange: Exchange, told: set[str | None]) -> _Group:
        if len(exchange.body) > LARGEST_BODY:
            raise ValueError(f"a body of {len(exchange.body)} bytes")
        digest = exchange.digest or _digest(exchange)
        exchange = replace(exchange, earlier=self._revisited(exchange, digest))
        content = _known_by(exchange, digest)
        record_id, members = build_group(exchange, digest, content)
        facts = b"".join(self._facts_for(exchange, told))
        return _Group(
            facts + b"".join(members), len(facts), len(members[0]), record_id, content, digest.problem
        )

    def _facts_for(self, exchange: Exchange, told: set[str | None]) -> Iterator[bytes]:
        """Notes on what the store knew, before the first exchange of the run and of each of its sites."""
        for subject in dict.fromkeys((None, exchange.about.site)):
            if subject not in told and (facts := self._log.facts_of(subject)):
                yield note(new_record_id(), exchange.fetched_at, {"kind": "facts", **facts})
            told.add(subject)

    def read(self, warc_file: str, warc_offset: int) -> Archived:
        """Read an exchange back; see ``reader.read``."""
        return read(self.data, warc_file, warc_offset)

    def note_end(self, outcome: str, finished_at: str) -> None:
        """Note how the run ended, for recovery and rebuild. A run without captures leaves no file."""
        if self._segment and not self._segment.broken:
            fields = {"crawl_id": self.crawl_id, "outcome": outcome, "finished_at": finished_at}
            self._segment.append(note(new_record_id(), finished_at, {"kind": "run_end", **fields}))

    def close(self) -> None:
        """Close the segment; one with an exchange that has no row yet is left open for recovery."""
        segment = self._segment
        if segment is None:
            return
        if segment.broken or self._log.captures_in(segment.warc_file) != segment.exchanges:
            self.abandon()
        else:
            digest = segment.finish()
            self._segment = None
            self._log.segment_closed(segment.warc_file, segment.size, digest)

    def abandon(self) -> None:
        """Let go of the segment as it is, for recovery to take up; asks nothing of disk or store."""
        segment, self._segment = self._segment, None
        if segment:
            segment.close()

    def __enter__(self) -> Archive:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if isinstance(error, Exception):
            self.abandon()
        else:
            self.close()

    def _revisited(self, exchange: Exchange, digest: Digest) -> Location | None:
        """``earlier`` if its record really holds these bytes, as received and as decoded. Where that is
        damaged the bytes are kept once more; what brought none refers to it all the same.
        """
        earlier = exchange.earlier
        if earlier is None:
            return None
        try:
            record = first_record(self.data, earlier.warc_file, earlier.warc_offset)
        except Damaged as error:
            detail = f"{error}；请运行 run gongkai verify"
            self._log.segment_damaged(earlier.warc_file, detail, self.crawl_id)
            return earlier if exchange.confirms else None
        if record.type not in ("response", "resource") or record.id != earlier.record_id:
            return None
        if exchange.confirms:
            return earlier
        same = record.field("WARC-Payload-Digest") == payload_digest(exchange.body)
        return earlier if same and exchange.body and digest.sha256 == earlier.sha256 else None

    def _room_for(self, size: int) -> Segment:
        segment = self._segment
        if segment and (segment.broken or segment.size + size > self._largest):
            self.close()
            segment = None
        if segment is None:
            segment = self._segment = self._new_segment()
        return segment

    def _new_segment(self) -> Segment:
        self._count += 1
        name = f"gongkai-{self.crawl_id:06d}-{self._count:04d}-{secrets.token_hex(4)}.warc.gz"
        segment = Segment(self.data / WARC, name)
        try:
            self._log.segment_opened(name, self.crawl_id)
            segment.append(warcinfo(name, self._info))
        except BaseException:
            segment.close()
            raise
        return segment


def _digest(exchange: Exchange) -> Digest:
    if exchange.kind == "response":
        return decode_body(exchange.headers, exchange.body).digest
    return Decoded(exchange.body).digest


def _known_by(exchange: Exchange, digest: Digest) -> tuple[str | None, int | None]:
    """Digest and size of the content; what confirms an earlier record is known by that."""
    if exchange.status == NOT_MODIFIED or exchange.is_shared:
        return (exchange.earlier.sha256, None) if exchange.earlier else (None, None)
    if exchange.kind == "outcome" or (not digest.size and exchange.kind == "response"):
        return None, 0 if exchange.kind == "response" else None
    return digest.sha256, digest.size
