"""Reading an exchange back from where it was stored."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from dataclasses import dataclass, replace
from io import BufferedReader
from pathlib import Path

from pipelines.archive.coding import decode_body
from pipelines.archive.exchange import Archived, Exchange, Location, Stored
from pipelines.archive.members import read_member
from pipelines.archive.parsing import Group, Record, exchange_of, parse_record
from pipelines.errors import Damaged
from pipelines.folder import WARC

OPEN = ".open"
GROUP_MOST = 3


@dataclass(frozen=True, slots=True)
class Kept:
    """A document's bytes, by where they are archived: whoever needs them takes them from there.

    ``data`` is the data directory; ``sha256`` that of the content.
    """

    data: str
    warc_file: str
    warc_offset: int
    sha256: str

    def content(self) -> bytes:
        """The bytes, true to their digest. Raises Damaged."""
        return document_at(Path(self.data), self.warc_file, self.warc_offset, self.sha256)


def segment_path(data: Path, warc_file: str) -> Path:
    """The file of a segment, whether closed or still being written."""
    closed = data / WARC / warc_file
    return closed if closed.exists() else closed.with_name(closed.name + OPEN)


def open_segment(data: Path, warc_file: str) -> BufferedReader:
    """A segment's file for reading, also where its run renames it meanwhile; FileNotFoundError if missing."""
    closed = data / WARC / warc_file
    for path in (closed, closed.with_name(closed.name + OPEN)):
        with suppress(FileNotFoundError):
            return path.open("rb")
    return closed.open("rb")


def first_record(data: Path, warc_file: str, warc_offset: int) -> Record:
    """The one record that begins at ``warc_offset``; Damaged if none does."""
    return _records(data, warc_file, warc_offset, 1)[0]


def _records(data: Path, warc_file: str, offset: int, most: int) -> list[Record]:
    records: list[Record] = []
    try:
        with open_segment(data, warc_file) as source:
            while len(records) < most:
                member = read_member(source, offset)
                if member is None:
                    raise Damaged(f"{warc_file}: 此处没有完整的记录 no whole record at {offset}")
                records.append(parse_record(member))
                offset += member.length
                if records[-1].type == "metadata":
                    break
    except FileNotFoundError as error:
        raise Damaged(f"{warc_file}: 文件缺失 the file is missing") from error
    return records


def read_group(data: Path, warc_file: str, warc_offset: int) -> Group:
    """The records of the exchange that begins at ``warc_offset``; Damaged if they are not whole."""
    return Group(tuple(_records(data, warc_file, warc_offset, GROUP_MOST)))


def read(data: Path, warc_file: str, warc_offset: int) -> Archived:
    """An exchange and its content, true to its digests. Raises Damaged where anything is not."""
    exchange, stored = restored(data, read_group(data, warc_file, warc_offset), warc_file)
    return Archived(exchange, stored, content_of(data, exchange, stored))


def document_at(data: Path, warc_file: str, warc_offset: int, sha256: str) -> bytes:
    """The content of the exchange that begins at ``warc_offset``, true to its digest: without what else was
    written of the exchange, where its first record holds the content. Raises Damaged as :func:`read`.
    """
    content = _first_content(data, warc_file, warc_offset)
    if content is not None and hashlib.sha256(content).hexdigest() == sha256:
        return content
    return read(data, warc_file, warc_offset).content


def _first_content(data: Path, warc_file: str, warc_offset: int) -> bytes | None:
    """What the record at ``warc_offset`` seems to hold, by a first look: only its digest proves it."""
    try:
        with open_segment(data, warc_file) as source:
            member = read_member(source, warc_offset)
    except FileNotFoundError:
        return None
    head, _, block = member.content.removesuffix(b"\r\n\r\n").partition(b"\r\n\r\n") if member else (b"",) * 3
    if b"\r\nWARC-Type: response\r\n" not in head:
        return block
    http, _, body = block.partition(b"\r\n\r\n")
    return decode_body(tuple(map(_named, http.decode("latin-1").splitlines())), body).content


def _named(line: str) -> tuple[str, str]:
    name, _, value = line.partition(":")
    return name, value


def restored(data: Path, group: Group, warc_file: str) -> tuple[Exchange, Stored]:
    """The exchange of a group as it was written: a body that is held elsewhere is brought back."""
    exchange, stored = exchange_of(group, warc_file)
    if exchange.earlier and not exchange.confirms:
        exchange = replace(exchange, body=_referred_to(data, exchange.earlier)[0].body)
    return exchange, stored


def content_of(data: Path, exchange: Exchange, stored: Stored) -> bytes:
    """The decoded content, that of the earlier record where this one only confirms it; Damaged if it is not
    what was stored.
    """
    if exchange.earlier and exchange.confirms:
        content = content_of(data, *_referred_to(data, exchange.earlier))
    else:
        content = decode_body(exchange.headers, exchange.body).content
    if stored.sha256 and hashlib.sha256(content).hexdigest() != stored.sha256:
        raise Damaged(f"{stored.warc_file}: 内容与摘要不符 not what its digest says, at {stored.warc_offset}")
    return content


def _referred_to(data: Path, earlier: Location) -> tuple[Exchange, Stored]:
    group = read_group(data, earlier.warc_file, earlier.warc_offset)
    exchange, stored = exchange_of(group, earlier.warc_file)
    if exchange.earlier or stored.record_id != earlier.record_id:
        raise Damaged(
            f"{earlier.warc_file}: 不是所指的记录 not the record referred to, at {earlier.warc_offset}"
        )
    return exchange, stored
