"""WARC 1.1 records: an exchange -> gzip members, and the inflated members back."""

from __future__ import annotations

import base64
import hashlib
import json
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from warcio.statusandheaders import StatusAndHeaders, StatusAndHeadersParser
from warcio.warcwriter import WARCWriter

from pipelines.archive.coding import Decoded
from pipelines.archive.exchange import Exchange, Headers, Location, Provenance, Stored
from pipelines.archive.headers import clean_headers, clean_line, clean_name, clean_uri, clean_value
from pipelines.archive.members import Gap, Member, walk
from pipelines.errors import Damaged

NOT_MODIFIED = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
SECRET = ("authorization", "proxy-authorization")
FIRST = ("response", "revisit", "resource")


class BadRecord(Damaged):
    """Inflated bytes that are no valid WARC record."""


def new_record_id() -> str:
    """A WARC-Record-ID without its angle brackets."""
    return f"urn:uuid:{uuid.uuid4()}"


def payload_digest(payload: bytes) -> str:
    """As WARC tools write it: SHA-1 in base 32."""
    digest = hashlib.sha1(payload, usedforsecurity=False).digest()
    return "sha1:" + base64.b32encode(digest).decode("ascii")


# --- writing -----------------------------------------------------------------


def warcinfo(filename: str, info: Mapping[str, str]) -> bytes:
    """The first member of a segment."""
    buffer = BytesIO()
    writer = WARCWriter(buffer, gzip=True, warc_version="1.1")
    cleaned = {clean_name(name): clean_line(value) for name, value in info.items()}
    writer.write_record(writer.create_warcinfo_record(filename, cleaned))
    return buffer.getvalue()


def note(record_id: str, date: str, fields: Mapping[str, Any], uri: str = "", to: str = "") -> bytes:
    """A metadata member in JSON, on its own or closing the group of record ``to``."""
    buffer = BytesIO()
    writer = WARCWriter(buffer, gzip=True, warc_version="1.1")
    headers = {"WARC-Record-ID": f"<{record_id}>", "WARC-Date": date}
    if to:
        headers["WARC-Concurrent-To"] = f"<{to}>"
    content = json.dumps({"gongkai": 1, **fields}, sort_keys=True).encode("ascii")
    writer.write_record(
        writer.create_warc_record(
            clean_uri(uri),
            "metadata",
            payload=BytesIO(content),
            length=len(content),
            warc_content_type="application/json",
            warc_headers_dict=headers,
        )
    )
    return buffer.getvalue()


def _status_line(exchange: Exchange) -> str:
    return f"{exchange.status:03d} {clean_value(exchange.reason)}".strip()


def _response(writer: WARCWriter, exchange: Exchange, named: dict[str, str]) -> None:
    http = StatusAndHeaders(_status_line(exchange), clean_headers(exchange.headers), protocol="HTTP/1.1")
    uri = clean_uri(exchange.url or "")
    if exchange.earlier:
        earlier = exchange.earlier
        record = writer.create_revisit_record(
            uri,
            payload_digest(exchange.body),
            clean_uri(earlier.url or f"urn:sha256:{earlier.sha256}"),
            earlier.fetched_at,
            http_headers=http,
            warc_headers_dict={**named, "WARC-Refers-To": f"<{earlier.record_id}>"},
        )
        if exchange.status == 304:
            record.rec_headers.replace_header("WARC-Profile", NOT_MODIFIED)
            record.rec_headers.remove_header("WARC-Payload-Digest")
    else:
        record = writer.create_warc_record(
            uri,
            "response",
            payload=BytesIO(exchange.body),
            length=len(exchange.body),
            http_headers=http,
            warc_headers_dict=named,
        )
    writer.write_record(record)


def _resource(writer: WARCWriter, exchange: Exchange, decoded: Decoded, named: dict[str, str]) -> None:
    uri = clean_uri(exchange.url or f"urn:sha256:{decoded.sha256}")
    media_type = clean_value(exchange.about.media_type or "") or "application/octet-stream"
    writer.write_record(
        writer.create_warc_record(
            uri,
            "resource",
            payload=BytesIO(exchange.body),
            length=len(exchange.body),
            warc_content_type=media_type,
            warc_headers_dict=named,
        )
    )


def _request(exchange: Exchange, record_id: str) -> bytes:
    buffer = BytesIO()
    writer = WARCWriter(buffer, gzip=True, warc_version="1.1")
    uri = clean_uri(exchange.url or "")
    parts = urlsplit(uri)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    sent = [pair for pair in exchange.request_headers if pair[0].lower() not in SECRET]
    http = StatusAndHeaders(
        f"{target} HTTP/1.1", clean_headers(sent), protocol=clean_name(exchange.method).upper() or "GET"
    )
    writer.write_record(
        writer.create_warc_record(
            uri,
            "request",
            payload=BytesIO(exchange.request_body),
            length=len(exchange.request_body),
            http_headers=http,
            warc_headers_dict={
                "WARC-Record-ID": f"<{new_record_id()}>",
                "WARC-Date": exchange.fetched_at,
                "WARC-Concurrent-To": f"<{record_id}>",
            },
        )
    )
    return buffer.getvalue()


def _first(exchange: Exchange, decoded: Decoded, record_id: str) -> bytes:
    buffer = BytesIO()
    writer = WARCWriter(buffer, gzip=True, warc_version="1.1")
    named = {"WARC-Record-ID": f"<{record_id}>", "WARC-Date": exchange.fetched_at}
    if exchange.truncated:
        named["WARC-Truncated"] = clean_value(exchange.truncated)
    if exchange.ip:
        named["WARC-IP-Address"] = clean_value(exchange.ip)
    if exchange.kind == "resource":
        _resource(writer, exchange, decoded, named)
    else:
        _response(writer, exchange, named)
    return buffer.getvalue()


def _fields(exchange: Exchange, sha256: str | None, size: int | None, problem: str | None) -> dict[str, Any]:
    return {
        "kind": exchange.kind,
        "url": exchange.url,
        "fetched_at": exchange.fetched_at,
        "method": exchange.method,
        "truncated": exchange.truncated,
        "about": asdict(exchange.about),
        "sha256": sha256,
        "bytes": size,
        "problem": problem,
        "earlier": asdict(exchange.earlier) if exchange.earlier else None,
    }


def build_group(
    exchange: Exchange, decoded: Decoded, content: tuple[str | None, int | None]
) -> tuple[str, list[bytes]]:
    """An exchange -> the id of its first record, and its members in the order of the file.

    ``content`` is the digest and size that the capture is known by.
    """
    record_id = new_record_id()
    fields = _fields(exchange, *content, decoded.problem)
    uri = exchange.url or ""
    if exchange.kind == "outcome":
        return record_id, [note(record_id, exchange.fetched_at, fields, uri)]
    members = [_first(exchange, decoded, record_id)]
    if exchange.kind == "response":
        members.append(_request(exchange, record_id))
    members.append(note(new_record_id(), exchange.fetched_at, fields, uri, to=record_id))
    return record_id, members


# --- reading -----------------------------------------------------------------


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
        head = StatusAndHeadersParser([], verify=False).parse(stream)
        return head, stream.read()


def _matches(digest: str, content: bytes) -> bool:
    return not digest or digest == payload_digest(content)


def parse_record(member: Member) -> Record:
    """Inflated bytes -> a record whose lengths and digests are true, or BadRecord."""
    head, found, rest = member.content.partition(b"\r\n\r\n")
    if not found or not head.startswith(b"WARC/1."):
        raise BadRecord(f"no WARC record at {member.offset}")
    fields = StatusAndHeadersParser([], verify=False).parse(BytesIO(head + found))
    length = fields.get_header("Content-Length") or ""
    if not length.isdigit() or len(rest) != int(length) + 4 or not rest.endswith(b"\r\n\r\n"):
        raise BadRecord(f"wrong length of the record at {member.offset}")
    record = Record(member, fields, rest[:-4])
    if not _matches(record.field("WARC-Block-Digest"), record.block):
        raise BadRecord(f"wrong block digest of the record at {member.offset}")
    if record.type in ("response", "resource"):
        payload = record.http()[1] if record.type == "response" else record.block
        if not _matches(record.field("WARC-Payload-Digest"), payload):
            raise BadRecord(f"wrong payload digest of the record at {member.offset}")
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

    def drop(self, end: int) -> Iterator[Gap]:
        if self.open:
            yield Gap(self.open[0].member.offset, end, torn=False)
        self.open = []

    def add(self, record: Record) -> Iterator[Group | Gap]:
        if record.type in (*FIRST, "warcinfo"):
            yield from self.drop(record.member.offset)
        self.open.append(record)
        if record.type in ("metadata", "warcinfo"):
            yield Group(tuple(self.open))
            self.open = []


def groups(path: Path) -> Iterator[Group | Gap]:
    """Every byte of one of our WARC files as whole groups and gaps; a gap that ends it is ``torn``."""
    grouper = _Grouper()
    size = path.stat().st_size
    for item in walk(path):
        record: Record | Gap = item if isinstance(item, Gap) else _record_or_gap(item, size)
        if isinstance(record, Record):
            yield from grouper.add(record)
        elif grouper.open:
            yield Gap(grouper.open[0].member.offset, record.end, torn=record.end == size)
            grouper.open = []
        else:
            yield record
    yield from (Gap(gap.offset, gap.end, torn=True) for gap in grouper.drop(size))


def _record_or_gap(member: Member, size: int) -> Record | Gap:
    end = member.offset + member.length
    try:
        return parse_record(member)
    except BadRecord:
        return Gap(member.offset, end, torn=end == size)


def _headers(head: StatusAndHeaders) -> Headers:
    return tuple((str(name), str(value)) for name, value in head.headers)


def _asked(records: tuple[Record, ...]) -> dict[str, Any]:
    """The request's part of an exchange."""
    request = next((record for record in records if record.type == "request"), None)
    if request is None:
        return {}
    head, body = request.http()
    return {"request_headers": _headers(head), "request_body": body}


def _answered(first: Record) -> dict[str, Any]:
    """The response's part of an exchange."""
    if first.type == "resource":
        return {"body": first.block}
    if first.type not in FIRST:
        return {}
    head, body = first.http()
    code, _, reason = head.statusline.partition(" ")
    return {
        "status": int(code),
        "reason": reason,
        "headers": _headers(head),
        "body": body,
        "ip": first.field("WARC-IP-Address") or None,
    }


def exchange_of(group: Group, warc_file: str) -> tuple[Exchange, Stored]:
    """A group of an exchange -> the exchange and where it stands; Damaged if the group is none."""
    fields = group.note()
    if fields is None or "about" not in fields:
        raise Damaged(f"{warc_file}: no exchange at {group.offset}")
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
