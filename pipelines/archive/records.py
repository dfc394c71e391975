"""Building WARC 1.1 records: an exchange -> gzip members."""

from __future__ import annotations

import base64
import hashlib
import json
import uuid
from collections.abc import Mapping
from dataclasses import asdict
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from pipelines.archive.exchange import NOT_MODIFIED, Digest, Exchange
from pipelines.archive.headers import clean_headers, clean_line, clean_name, clean_uri, clean_value

SERVER_NOT_MODIFIED = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
SECRET = ("authorization", "proxy-authorization")


def new_record_id() -> str:
    """A WARC-Record-ID without its angle brackets."""
    return f"urn:uuid:{uuid.uuid4()}"


def payload_digest(payload: bytes) -> str:
    """As WARC tools write it: SHA-1 in base 32."""
    digest = hashlib.sha1(payload, usedforsecurity=False).digest()
    return "sha1:" + base64.b32encode(digest).decode("ascii")


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
        if exchange.status == NOT_MODIFIED:
            record.rec_headers.replace_header("WARC-Profile", SERVER_NOT_MODIFIED)
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


def _resource(writer: WARCWriter, exchange: Exchange, digest: Digest, named: dict[str, str]) -> None:
    uri = clean_uri(exchange.url or f"urn:sha256:{digest.sha256}")
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


def _first(exchange: Exchange, digest: Digest, record_id: str) -> bytes:
    buffer = BytesIO()
    writer = WARCWriter(buffer, gzip=True, warc_version="1.1")
    named = {"WARC-Record-ID": f"<{record_id}>", "WARC-Date": exchange.fetched_at}
    if exchange.truncated:
        named["WARC-Truncated"] = clean_value(exchange.truncated)
    if exchange.ip:
        named["WARC-IP-Address"] = clean_value(exchange.ip)
    if exchange.kind == "resource":
        _resource(writer, exchange, digest, named)
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
    exchange: Exchange, digest: Digest, content: tuple[str | None, int | None]
) -> tuple[str, list[bytes]]:
    """An exchange -> the id of its first record, and its members in the order of the file.

    ``content`` is the digest and size that the capture is known by.
    """
    record_id = new_record_id()
    fields = _fields(exchange, *content, digest.problem)
    uri = exchange.url or ""
    if exchange.kind == "outcome":
        return record_id, [note(record_id, exchange.fetched_at, fields, uri)]
    if exchange.kind == "resource" and exchange.earlier:
        return record_id, [note(record_id, exchange.fetched_at, fields, uri)]
    members = [_first(exchange, digest, record_id)]
    if exchange.kind == "response":
        members.append(_request(exchange, record_id))
    members.append(note(new_record_id(), exchange.fetched_at, fields, uri, to=record_id))
    return record_id, members
