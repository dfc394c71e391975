"""What a person knows of files besides their bytes, as told on the command line or in a manifest."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Final, TypeVar
from urllib.parse import urlsplit

from pipelines.clock import stamp
from pipelines.errors import StoreError
from pipelines.parse import file_names

_COLUMNS: Final = ("file", "url", "fetched_at", "published_on", "agency")
_Moment = TypeVar("_Moment", date, datetime)


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a file: times and dates in ISO 8601, times in UTC; an address of http or https."""

    url: str | None = None
    fetched_at: str | None = None
    published_on: str | None = None
    agency: str | None = None


class ManifestError(StoreError):
    """A manifest that can't be used; names file, line and column."""

    exit_code = 2


def checked_url(url: str) -> str:
    """An address as it may be given. Raises ValueError for one that no page can have had."""
    parts = urlsplit(url)
    if parts.scheme.lower() not in ("http", "https") or not parts.hostname or any(map(str.isspace, url)):
        raise ValueError(f"{url!r} 不是网址 is no address: http://… or https://…")
    _ = parts.port  # raises ValueError where it is none
    return url


def read_manifest(path: Path) -> dict[Path, Known]:
    """A CSV with the columns file, url, fetched_at, published_on, agency (all but file optional).

    ``file`` is relative to the manifest; times without a zone are UTC. Raises ManifestError.
    """
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ManifestError(f"{path}: {error}; 应为 UTF-8 的 CSV expected a UTF-8 CSV file") from None
    rows = csv.DictReader(io.StringIO(text, newline=""))
    unknown = set(rows.fieldnames or ()) - set(_COLUMNS)
    if "file" not in (rows.fieldnames or ()) or unknown:
        named = "、".join(sorted(unknown)) or "file"
        raise ManifestError(f"{path}:1: 列名 column {named}: 应为 expected {', '.join(_COLUMNS)}")
    known, absent = {}, ""
    for row in rows:
        place = f"{path}:{rows.line_num}"
        name, facts = _read_row(place, row)
        file = _found(path.parent, name)
        known[file.resolve()] = facts
        if not absent and not file.is_file():
            absent = f"{place}: file: {file} 不存在 there is no such file"
    if absent:
        raise ManifestError(absent)
    return known


def said(path: str | Path) -> str:
    """A path as text: names in GBK, which old archives bring, are handed on by the system as bytes."""
    raw = os.fsencode(path)
    return file_names.of_bytes(raw) or raw.decode("utf-8", "backslashreplace")


def _found(folder: Path, name: str) -> Path:
    """The path that a manifest calls so, also where the names on the disk are in GBK."""
    found = folder
    for part in Path(name).parts:
        path = found / part
        if not path.exists() and found.is_dir():
            path = next((child for child in found.iterdir() if said(child.name) == part), path)
        found = path
    return found


def _read_row(place: str, row: dict[str | None, str | None]) -> tuple[str, Known]:
    """The file that a row names, and what it says of it."""
    values = {column: (row.get(column) or "").strip() for column in _COLUMNS}
    if not values["file"] or None in row:
        raise ManifestError(f"{place}: 应为 expected {', '.join(_COLUMNS)}")
    facts: dict[str, str | None] = {}
    for column, read in _READERS.items():
        try:
            facts[column] = read(values[column]) if values[column] else None
        except ValueError as error:
            raise ManifestError(f"{place}: {column}: {error}") from None
    return values["file"], Known(**facts)


def _time(text: str) -> str:
    return stamp(_read(datetime.fromisoformat, text))


def _date(text: str) -> str:
    return _read(date.fromisoformat, text).isoformat()


def _read(parse: Callable[[str], _Moment], text: str) -> _Moment:
    try:
        return parse(text)
    except ValueError:
        raise ValueError(f"{text!r} 不是 ISO 8601 is not an ISO 8601 date") from None


_READERS: Final[dict[str, Callable[[str], str]]] = {
    "url": checked_url,
    "fetched_at": _time,
    "published_on": _date,
    "agency": str,
}
