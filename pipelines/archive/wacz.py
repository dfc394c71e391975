"""A crawl as one WACZ file (https://specs.webrecorder.net/wacz/1.1.1/): its WARC files, an index, its pages.

Any reader of the format replays it without this project.
"""

from __future__ import annotations

import hashlib
import json
import re
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pipelines.archive.reader import first_record, segment_path
from pipelines.durable import fsync_file, move

_WWW = re.compile(r"^www\d*\.")
_IP = re.compile(r"[\d.]+")
_CHUNK = 1 << 20
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the same crawl gives the same bytes


def write_wacz(data: Path, captures: Iterable[Mapping[str, Any]], out: Path, *, title: str, at: str) -> int:
    """Writes the captures (rows with url, fetched_at, status_code, media_type, role, warc_file, warc_offset,
    warc_length) with the whole WARC files that hold them; returns how many are in the index.

    For a crawl that confirms what an earlier one holds, the captures are to include those earlier ones.
    ``at`` is the time of its making. Written beside ``out`` and renamed when whole.
    """
    held = sorted(
        (row for row in captures if row["status_code"] and row["url"] and row["warc_file"]),
        key=lambda row: (row["warc_file"], row["warc_offset"]),
    )
    draft = out.with_name(f"{out.name}.new")
    with zipfile.ZipFile(draft, "w", zipfile.ZIP_STORED) as package:
        entries = [
            _put_file(package, f"archive/{name}", segment_path(data, name))
            for name in sorted({row["warc_file"] for row in held})
        ]
        entries.append(_put(package, "indexes/index.cdx", _index(data, held)))
        entries.append(_put(package, "pages/pages.jsonl", _pages(held)))
        description = _json(
            {
                "profile": "data-package",
                "wacz_version": "1.1.1",
                "title": title,
                "created": at,
                "modified": at,
                "software": "gongkai",
                "resources": entries,
            }
        )
        _put(package, "datapackage.json", description)
        digest = {"path": "datapackage.json", "hash": _hash(description)}
        _put(package, "datapackage-digest.json", _json(digest))
    fsync_file(draft)
    move(draft, out)
    return len(held)


def sort_key(url: str) -> str:
    """The key that replay tools look an address up by: ``cn,gov,example)/path?a=1&b=2``."""
    parts = urlsplit(url.lower())
    host = _WWW.sub("", parts.hostname or "")
    name = host if _IP.fullmatch(host) else ",".join(reversed(host.split(".")))
    port = f":{parts.port}" if parts.port and (parts.scheme, parts.port) not in _USUAL else ""
    query = "&".join(sorted(parts.query.split("&"))) if parts.query else ""
    return f"{name}{port}){parts.path or '/'}" + (f"?{query}" if query else "")


_USUAL = {("http", 80), ("https", 443)}


def _index(data: Path, held: Iterable[Mapping[str, Any]]) -> bytes:
    """CDXJ: key, time, and where the record is."""
    lines = []
    for row in held:
        record = first_record(data, row["warc_file"], row["warc_offset"])
        fields = {
            "url": row["url"],
            "mime": "warc/revisit" if record.type == "revisit" else row["media_type"] or "unk",
            "status": str(row["status_code"]),
            "digest": record.field("WARC-Payload-Digest"),
            "length": str(row["warc_length"]),
            "offset": str(row["warc_offset"]),
            "filename": row["warc_file"],
        }
        time = re.sub(r"\D", "", row["fetched_at"])[:14]
        lines.append(f"{sort_key(row['url'])} {time} {json.dumps(fields, ensure_ascii=False)}\n")
    return "".join(sorted(lines)).encode()


def _pages(held: Iterable[Mapping[str, Any]]) -> bytes:
    lines: list[dict[str, Any]] = [{"format": "json-pages-1.0", "id": "pages", "title": "Pages"}]
    for row in held:
        if row["role"] in ("article", "home", "column") and row["status_code"] == 200:
            identity = hashlib.sha256(f"{row['url']} {row['fetched_at']}".encode()).hexdigest()[:22]
            lines.append({"id": identity, "url": row["url"], "ts": row["fetched_at"]})
    return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines).encode()


def _json(content: Mapping[str, Any]) -> bytes:
    return json.dumps(content, ensure_ascii=False, indent=2).encode()


def _hash(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def _put(package: zipfile.ZipFile, path: str, content: bytes) -> dict[str, Any]:
    package.writestr(zipfile.ZipInfo(path, _EPOCH), content)
    return {"name": path.rpartition("/")[2], "path": path, "hash": _hash(content), "bytes": len(content)}


def _put_file(package: zipfile.ZipFile, path: str, source: Path) -> dict[str, Any]:
    digest, size = hashlib.sha256(), 0
    info = zipfile.ZipInfo(path, _EPOCH)
    with source.open("rb") as reader, package.open(info, "w", force_zip64=True) as writer:
        while chunk := reader.read(_CHUNK):
            writer.write(chunk)
            digest.update(chunk)
            size += len(chunk)
    name = path.rpartition("/")[2]
    return {"name": name, "path": path, "hash": f"sha256:{digest.hexdigest()}", "bytes": size}
