"""Captures as one WACZ file (https://specs.webrecorder.net/wacz/1.1.1/): WARC files, an index, pages.

Any reader of the format replays it without this project.
"""

from __future__ import annotations

import hashlib
import json
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pipelines.archive.parsing import Record
from pipelines.archive.reader import first_record, open_segment, read_group
from pipelines.archive.records import OF_ANSWERS, warcinfo
from pipelines.durable import fsync_file, move

_WWW = re.compile(r"^www\d*\.")
_IP = re.compile(r"[\d.]+")
_CHUNK = 1 << 20
_EPOCH = (1980, 1, 1, 0, 0, 0)  # of the archive, not of the day it was packed
_PAGES = ("article", "home", "column", "file")


@dataclass(frozen=True, slots=True)
class _Held:
    """A capture whose record is in the package: its row, the record, and the record's place there."""

    row: Mapping[str, Any]
    record: Record
    file: str
    offset: int

    @property
    def url(self) -> str:
        return self.record.field("WARC-Target-URI")

    @property
    def status(self) -> int:
        """A file that was taken in without HTTP is replayed as if it had been answered."""
        return self.row["status_code"] or 200


def write_wacz(
    data: Path, captures: Iterable[Mapping[str, Any]], out: Path, *, title: str, at: str, alone: bool = False
) -> int:
    """Writes the captures (rows with fetched_at, status_code, media_type, role, warc_file, warc_offset,
    warc_length) with the whole WARC files that hold them; returns how many are in the index.

    ``alone``: with their own records, and nothing else of those files. A capture that confirms what an
    earlier one holds needs that one among them. ``at`` is the time of its making. Written beside ``out`` and
    renamed when whole. Raises Damaged where a record is not whole.
    """
    rows = sorted(
        (row for row in captures if row["warc_file"]), key=lambda row: (row["warc_file"], row["warc_offset"])
    )
    out.parent.mkdir(parents=True, exist_ok=True)
    draft = out.with_name(f"{out.name}.new")
    with _removed_on_failure(draft), zipfile.ZipFile(draft, "w", zipfile.ZIP_STORED) as package:
        put = _put_records if alone else _put_files
        entries, held = put(package, data, rows)
        entries.append(_put(package, "indexes/index.cdx", _index(held)))
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


@contextmanager
def _removed_on_failure(path: Path) -> Iterator[None]:
    try:
        yield
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def sort_key(url: str) -> str:
    """The key that replay tools look an address up by: ``cn,gov,example)/path?a=1&b=2``."""
    parts = urlsplit(url.lower())
    host = _WWW.sub("", parts.hostname or "")
    name = host if _IP.fullmatch(host) else ",".join(reversed(host.split(".")))
    port = f":{parts.port}" if parts.port and (parts.scheme, parts.port) not in _USUAL else ""
    query = "&".join(sorted(parts.query.split("&"))) if parts.query else ""
    return f"{name}{port}){parts.path or '/'}" + (f"?{query}" if query else "")


_USUAL = {("http", 80), ("https", 443)}


def _put_files(
    package: zipfile.ZipFile, data: Path, rows: list[Mapping[str, Any]]
) -> tuple[list[dict[str, Any]], list[_Held]]:
    """The WARC files as they are."""
    held = []
    for row in rows:
        record = first_record(data, row["warc_file"], row["warc_offset"])
        if record.type in OF_ANSWERS:
            held.append(_Held(row, record, row["warc_file"], row["warc_offset"]))
    names = sorted({one.file for one in held})
    return [_put_file(package, data, name) for name in names], held


def _put_records(
    package: zipfile.ZipFile, data: Path, rows: list[Mapping[str, Any]]
) -> tuple[list[dict[str, Any]], list[_Held]]:
    """The records of the captures alone, byte for byte, in a file of their own."""
    name = "data.warc.gz"
    content, held = bytearray(warcinfo(name, {"software": "gongkai"})), []
    for row in rows:
        group = read_group(data, row["warc_file"], row["warc_offset"])
        if group.records[0].type in OF_ANSWERS:
            held.append(_Held(row, group.records[0], name, len(content)))
            with open_segment(data, row["warc_file"]) as source:
                source.seek(group.offset)
                content += source.read(group.end - group.offset)
    return [_put(package, f"archive/{name}", bytes(content))], held


def _index(held: Iterable[_Held]) -> bytes:
    """CDXJ: key, time, and where the record is."""
    lines = []
    for one in held:
        fields = {
            "url": one.url,
            "mime": "warc/revisit" if one.record.type == "revisit" else one.row["media_type"] or "unk",
            "status": str(one.status),
            "digest": one.record.field("WARC-Payload-Digest"),
            "length": str(one.row["warc_length"]),
            "offset": str(one.offset),
            "filename": one.file,
        }
        time = re.sub(r"\D", "", one.row["fetched_at"])[:14]
        lines.append(f"{sort_key(one.url)} {time} {json.dumps(fields, ensure_ascii=False)}\n")
    return "".join(sorted(lines)).encode()


def _pages(held: Iterable[_Held]) -> bytes:
    lines: list[dict[str, Any]] = [{"format": "json-pages-1.0", "id": "pages", "title": "Pages"}]
    for one in held:
        if one.row["role"] in _PAGES and one.status == 200:
            at = one.row["fetched_at"]
            identity = hashlib.sha256(f"{one.url} {at}".encode()).hexdigest()[:22]
            lines.append({"id": identity, "url": one.url, "ts": at})
    return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines).encode()


def _json(content: Mapping[str, Any]) -> bytes:
    return json.dumps(content, ensure_ascii=False, indent=2).encode()


def _hash(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def _put(package: zipfile.ZipFile, path: str, content: bytes) -> dict[str, Any]:
    package.writestr(zipfile.ZipInfo(path, _EPOCH), content)
    return {"name": path.rpartition("/")[2], "path": path, "hash": _hash(content), "bytes": len(content)}


def _put_file(package: zipfile.ZipFile, data: Path, name: str) -> dict[str, Any]:
    digest, size = hashlib.sha256(), 0
    path = f"archive/{name}"
    info = zipfile.ZipInfo(path, _EPOCH)
    with open_segment(data, name) as reader, package.open(info, "w", force_zip64=True) as writer:
        while chunk := reader.read(_CHUNK):
            writer.write(chunk)
            digest.update(chunk)
            size += len(chunk)
    return {"name": name, "path": path, "hash": f"sha256:{digest.hexdigest()}", "bytes": size}
