"""Reading WARC records: inflated members -> records whose lengths and digests are true -> exchanges."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Any, BinaryIO

from pipelines.archive.exchange import Exchange, Headers, Location, Provenance, Stored
from pipelines.archive.members import Gap, Member, walk
from pipelines.archive.records import payload_digest
from pipelines.errors import Damaged

if TYPE_CHECKING:
    from warcio.statusandheaders import StatusAndHeaders

ANSWERS = ("response", "revisit")


class BadRecord(Damaged):
    """Inflated bytes that are no valid WARC record."""


@dataclass(frozen=True, slots=True)
class Record:
    """A valid WARC record: its member, its named fields, its block."""

    member: Member
    fields: StatusAndHeaders
    block: bytes

    def field(self, name: str) -> str:
        """A named field without angle brackets, or the empty string."""
        value = self.fields.get_header(name) or ""
        return str(value).removeprefix("<").removesuffix(">")

    @property
    def type(self) -> str:
        """response, revisit, resource, request, metadata, warcinfo."""
        return self.field("WARC-Type")

    @property
    def id(self) -> str:
        """WARC-Record-ID without its angle brackets."""
        return self.field("WARC-Record-ID")

    def http(self) -> tuple[StatusAndHeaders, bytes]:
        """The HTTP head and the body in the block."""
        stream = BytesIO(self.block)
        return _head(stream), stream.read()


def _head(stream: BytesIO) -> StatusAndHeaders:
    """What stands before the block, or the body; warcio is loaded by whoever comes to here."""
    from warcio.statusandheaders import StatusAndHeadersParser

    return StatusAndHeadersParser([], verify=False).parse(stream)


def _matches(digest: str, content: bytes) -> bool:
    return not digest or digest == payload_digest(content)


def parse_record(member: Member) -> Record:
    """Inflated bytes -> a record whose lengths and digests are true, or BadRecord."""
    head, found, rest = member.content.partition(b"\r\n\r\n")
    if not found or not head.startswith(b"WARC/1."):
        raise BadRecord(f"此处不是 WARC 记录 no WARC record at {member.offset}")
    fields = _head(BytesIO(head + found))
    length = fields.get_header("Content-Length") or ""
    if not length.isdigit() or len(rest) != int(length) + 4 or not rest.endswith(b"\r\n\r\n"):
        raise BadRecord(f"记录长度不符 wrong length of the record at {member.offset}")
    record = Record(member, fields, rest[:-4])
    if not _matches(record.field("WARC-Block-Digest"), record.block):
        raise BadRecord(f"记录摘要不符 wrong block digest of the record at {member.offset}")
    if record.type in ("response", "resource"):
        payload = record.http()[1] if record.type == "response" else record.block
        if not _matches(record.field("WARC-Payload-Digest"), payload):
            raise BadRecord(f"内容摘要不符 wrong payload digest of the record at {member.offset}")
    return record


@dataclass(frozen=True, slots=True)
class Group:
    """The records of an exchange; or one record alone: warcinfo, or a note on the run."""

    records: tuple[Record, ...]

    @property
    def offset(self) -> int:
        """Where the group begins."""
        return self.records[0].member.offset

    @property
    def end(self) -> int:
        """Where it ends."""
        last = self.records[-1].member
        return last.offset + last.length

    def note(self) -> dict[str, Any] | None:
        """The JSON that closes the group; None for warcinfo and foreign records."""
        last = self.records[-1]
        if last.type != "metadata" or last.field("Content-Type") != "application/json":
            return None
        fields: dict[str, Any] = json.loads(last.block)
        return fields if fields.get("gongkai") == 1 else None


class _Grouper:
    """Puts records together; what belongs to no whole group comes out as a gap."""

    def __init__(self) -> None:
        self.open: list[Record] = []

    def drop(self) -> Iterator[Gap]:
        """Give up the group that was begun."""
        yield from (_gap(record.member) for record in self.open)
        self.open = []

    def add(self, record: Record) -> Iterator[Group | Gap]:
        to = record.field("WARC-Concurrent-To")
        if not to:
            yield from self.drop()
        elif not self.open or self.open[0].id != to:
            yield from self.drop()
            yield _gap(record.member)
            return
        self.open.append(record)
        if record.type in ("metadata", "warcinfo"):
            yield Group(tuple(self.open))
            self.open = []


def _gap(member: Member) -> Gap:
    return Gap(member.offset, member.offset + member.length, torn=False)


def _pieces(source: BinaryIO) -> Iterator[Group | Gap]:
    grouper = _Grouper()
    for item in walk(source):
        record = item if isinstance(item, Gap) else _record_or_gap(item)
        if isinstance(record, Record):
            yield from grouper.add(record)
        else:
            yield from grouper.drop()
            yield record
    yield from grouper.drop()


def groups(source: BinaryIO) -> Iterator[Group | Gap]:
    """Every byte of one of our WARC files, in order, as whole groups and the gaps between them.

    A gap that ends the file is ``torn``.
    """
    size = source.seek(0, os.SEEK_END)
    gap: Gap | None = None
    for item in _pieces(source):
        if isinstance(item, Gap):
            gap = Gap(gap.offset if gap else item.offset, item.end, torn=item.end == size)
            continue
        if gap:
            yield gap
            gap = None
        yield item
    if gap:
        yield gap


def _record_or_gap(member: Member) -> Record | Gap:
    try:
        return parse_record(member)
    except BadRecord:
        return _gap(member)


def headers_of(head: StatusAndHeaders) -> Headers:
    """The headers of a request or answer, in their order."""
    return tuple((str(name), str(value)) for name, value in head.headers)


def _asked(records: tuple[Record, ...]) -> dict[str, Any]:
    """The request's part of an exchange."""
    request = next((record for record in records if record.type == "request"), None)
    if request is None:
        return {}
    head, body = request.http()
    return {"request_headers": headers_of(head), "request_body": body}


def _answered(first: Record) -> dict[str, Any]:
    """The response's part of an exchange."""
    if first.type == "resource":
        return {"body": first.block}
    if first.type not in ANSWERS:
        return {}
    head, body = first.http()
    code, _, reason = head.statusline.partition(" ")
    return {
        "status": int(code),
        "reason": reason,
        "headers": headers_of(head),
        "body": body,
        "ip": first.field("WARC-IP-Address") or None,
    }


def exchange_of(group: Group, warc_file: str) -> tuple[Exchange, Stored]:
    """A group of an exchange -> the exchange and where it stands; Damaged if the group is none."""
    fields = group.note()
    if fields is None or "about" not in fields:
        raise Damaged(f"{warc_file}: 此处不是一次请求与应答 no exchange at {group.offset}")
    first = group.records[0]
    exchange = Exchange(
        url=fields["url"],
        fetched_at=fields["fetched_at"],
        about=Provenance(**fields["about"]),
        kind=fields["kind"],
        method=fields["method"],
        truncated=fields["truncated"],
        earlier=Location(**fields["earlier"]) if fields["earlier"] else None,
        **_asked(group.records),
        **_answered(first),
    )
    member = first.member
    stored = Stored(
        warc_file,
        member.offset,
        member.length,
        first.id,
        fields["sha256"],
        fields["bytes"],
        fields["problem"],
    )
    return exchange, stored
