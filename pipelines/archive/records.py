"""Building WARC 1.1 records: an exchange -> gzip members.

Each record is one line of fields after another and its block; that is written here, since a general writer,
which reads and digests what it is given, takes several times as long for each of a crawl's three.
"""

from __future__ import annotations

import base64
import hashlib
import json
import uuid
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlsplit

from pipelines.archive.exchange import NOT_MODIFIED, Digest, Exchange, Headers
from pipelines.archive.headers import clean_headers, clean_line, clean_name, clean_uri, clean_value
from pipelines.clock import now
from pipelines.deflated import compressor

_REVISIT: Final = "http://netpreserve.org/warc/1.1/revisit/"
SAME_PAYLOAD: Final = f"{_REVISIT}identical-payload-digest"
SERVER_NOT_MODIFIED: Final = f"{_REVISIT}server-not-modified"
OF_ANSWERS: Final = ("response", "revisit", "resource")  # types of records
SECRET = ("authorization", "proxy-authorization")
Fields = Mapping[str, str]  # of a record, in their order; those without a value are left out


def new_record_id() -> str:
    """A WARC-Record-ID without its angle brackets."""
    return f"urn:uuid:{uuid.uuid4()}"


def payload_digest(payload: bytes) -> str:
    """As WARC tools write it: SHA-1 in base 32."""
    digest = hashlib.sha1(payload, usedforsecurity=False).digest()
    return "sha1:" + base64.b32encode(digest).decode("ascii")


def _member(kind: str, named: Fields, media_type: str, block: bytes) -> bytes:
    """A record, packed."""
    stated = {
        "WARC-Type": kind,
        **named,
        "WARC-Block-Digest": payload_digest(block),
        "Content-Type": media_type,
        "Content-Length": str(len(block)),
    }
    lines = "".join(f"{name}: {value}\r\n" for name, value in stated.items() if value)
    head = f"WARC/1.1\r\n{lines}\r\n".encode()
    packer = compressor(len(head) + len(block), gzip=True)
    return packer.compress(head) + packer.compress(block) + packer.compress(b"\r\n\r\n") + packer.flush()


def _http(first_line: str, headers: Headers) -> bytes:
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers)
    return f"{first_line}\r\n{lines}\r\n".encode("ascii")


def warcinfo(filename: str, info: Mapping[str, str]) -> bytes:
    """The first member of a segment."""
    named = {
        "WARC-Record-ID": f"<{new_record_id()}>",
        "WARC-Filename": clean_line(filename),
        "WARC-Date": now(),
    }
    lines = "".join(f"{clean_name(name)}: {clean_line(value)}\r\n" for name, value in info.items() if value)
    return _member("warcinfo", named, "application/warc-fields", lines.encode())


def note(record_id: str, date: str, stated: Mapping[str, Any], uri: str = "", to: str = "") -> bytes:
    """A metadata member in JSON, on its own or closing the group of record ``to``."""
    named = {
        "WARC-Record-ID": f"<{record_id}>",
        "WARC-Date": date,
        "WARC-Concurrent-To": f"<{to}>" if to else "",
        "WARC-Target-URI": clean_uri(uri),
    }
    content = json.dumps({"gongkai": 1, **stated}, sort_keys=True).encode("ascii")
    return _member("metadata", named, "application/json", content)


def _first(exchange: Exchange, digest: Digest, record_id: str) -> bytes:
    named = {
        "WARC-Record-ID": f"<{record_id}>",
        "WARC-Date": exchange.fetched_at,
        "WARC-Truncated": clean_value(exchange.truncated or ""),
        "WARC-IP-Address": clean_value(exchange.ip or ""),
    }
    if exchange.kind == "resource":
        return _resource(exchange, digest, named)
    return _revisit(exchange, named) if exchange.earlier else _response(exchange, named)


def _answer(exchange: Exchange) -> bytes:
    status = f"{exchange.status:03d} {clean_value(exchange.reason)}".strip()
    return _http(f"HTTP/1.1 {status}", clean_headers(exchange.headers))


_ANSWER: Final = "application/http; msgtype=response"


def _response(exchange: Exchange, named: Fields) -> bytes:
    digest = {
        "WARC-Target-URI": clean_uri(exchange.url or ""), "WARC-Payload-Digest": payload_digest(exchange.body)
    }  # fmt: skip
    return _member("response", {**named, **digest}, _ANSWER, _answer(exchange) + exchange.body)


def _revisit(exchange: Exchange, named: Fields) -> bytes:
    earlier, unmodified = exchange.earlier, exchange.status == NOT_MODIFIED
    assert earlier is not None
    refers = {
        "WARC-Refers-To": f"<{earlier.record_id}>",
        "WARC-Target-URI": clean_uri(exchange.url or ""),
        "WARC-Profile": SERVER_NOT_MODIFIED if unmodified else SAME_PAYLOAD,
        "WARC-Refers-To-Target-URI": clean_uri(earlier.url or f"urn:sha256:{earlier.sha256}"),
        "WARC-Refers-To-Date": earlier.fetched_at,
        "WARC-Payload-Digest": "" if unmodified else payload_digest(exchange.body),
    }
    return _member("revisit", {**named, **refers}, _ANSWER, _answer(exchange))


def _resource(exchange: Exchange, digest: Digest, named: Fields) -> bytes:
    media_type = clean_value(exchange.about.media_type or "") or "application/octet-stream"
    held = {
        "WARC-Target-URI": clean_uri(exchange.url or f"urn:sha256:{digest.sha256}"),
        "WARC-Payload-Digest": payload_digest(exchange.body),
    }
    return _member("resource", {**named, **held}, media_type, exchange.body)


def _request(exchange: Exchange, record_id: str) -> bytes:
    uri = clean_uri(exchange.url or "")
    parts = urlsplit(uri)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    sent = [pair for pair in exchange.request_headers if pair[0].lower() not in SECRET]
    method = clean_name(exchange.method).upper() or "GET"
    named = {
        "WARC-Record-ID": f"<{new_record_id()}>",
        "WARC-Date": exchange.fetched_at,
        "WARC-Concurrent-To": f"<{record_id}>",
        "WARC-Target-URI": uri,
        "WARC-Payload-Digest": payload_digest(exchange.request_body),
    }
    block = _http(f"{method} {target} HTTP/1.1", clean_headers(sent)) + exchange.request_body
    return _member("request", named, "application/http; msgtype=request", block)


def _fields(exchange: Exchange, sha256: str | None, size: int | None, problem: str | None) -> dict[str, Any]:
    return {
        "kind": exchange.kind,
        "url": exchange.url,
        "fetched_at": exchange.fetched_at,
        "method": exchange.method,
        "truncated": exchange.truncated,
        "about": _members_of(exchange.about),
        "sha256": sha256,
        "bytes": size,
        "problem": problem,
        "earlier": _members_of(exchange.earlier) if exchange.earlier else None,
    }


def _members_of(record: Any) -> dict[str, Any]:
    """A record's own members, not copied."""
    return {name: getattr(record, name) for name in record.__dataclass_fields__}


def build_group(
    exchange: Exchange, digest: Digest, content: tuple[str | None, int | None]
) -> tuple[str, list[bytes]]:
    """An exchange -> the id of its first record, and its members in the order of the file.

    ``content`` is the digest and size that the capture is known by.
    """
    record_id = new_record_id()
    stated = _fields(exchange, *content, digest.problem)
    uri = exchange.url or ""
    if exchange.kind == "outcome":
        return record_id, [note(record_id, exchange.fetched_at, stated, uri)]
    if exchange.kind == "resource" and exchange.earlier:
        return record_id, [note(record_id, exchange.fetched_at, stated, uri)]
    members = [_first(exchange, digest, record_id)]
    if exchange.kind == "response":
        members.append(_request(exchange, record_id))
    members.append(note(new_record_id(), exchange.fetched_at, stated, uri, to=record_id))
    return record_id, members
