"""datapackage.json: the release for machines, after Frictionless Data Package v1."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from pipelines.durable import sha256_of
from pipelines.publish.codebook import Entry
from pipelines.publish.release.tables import Column, Table

NAME = "gongkai"
TEXTS: dict[str, str] = tomllib.loads(
    (resources.files("pipelines.publish.release") / "texts.toml").read_text(encoding="utf-8")
)
LICENSE = {
    "name": "CC0-1.0",
    "path": "https://creativecommons.org/publicdomain/zero/1.0/",
    "title": "CC0 1.0 (the arrangement; see LICENSE.md for the reports themselves)",
}
_TYPES = {"TEXT": "string", "INTEGER": "integer", "REAL": "number", "NUMERIC": "number"}
_MEDIA = {
    ".sqlite": ("sqlite", "application/vnd.sqlite3"),
    ".parquet": ("parquet", "application/vnd.apache.parquet"),
    ".gz": ("csv", "text/csv"),
}


@dataclass(frozen=True, slots=True)
class Labels:
    """What the archive's own codebook says of its tables and columns."""

    entries: Sequence[Entry]

    def table(self, name: str) -> Entry | None:
        """The meaning of a table."""
        return next((e for e in self.entries if e.kind == "table" and e.name == name), None)

    def columns(self, table: str) -> dict[str, Entry]:
        """The meanings of a table's columns, by name."""
        return {e.name: e for e in self.entries if e.kind == "column" and e.table == table}


@dataclass(frozen=True, slots=True)
class File:
    """A file of data in the release; ``table`` is None for the whole database, ``rows`` its length."""

    path: Path
    table: Table | None
    rows: int = 0


def descriptor(root: Path, files: Sequence[File], labels: Labels, published_at: str) -> dict[str, Any]:
    """The content of datapackage.json for ``files``, which stand below ``root``."""
    return {
        "profile": "data-package",
        "name": NAME,
        "title": TEXTS["title"],
        "description": " ".join(TEXTS["description"].split()),
        "version": published_at[:10],
        "created": published_at,
        "licenses": [LICENSE],
        "contributors": [{"title": "gongkai 公开", "role": "author"}],
        "keywords": ["政府信息公开", "年度报告", "freedom of information", "China", "local government"],
        "resources": [_resource(root, file, labels) for file in files],
    }


def _resource(root: Path, file: File, labels: Labels) -> dict[str, Any]:
    form, media = _MEDIA[file.path.suffix]
    resource: dict[str, Any] = {
        "profile": "data-resource",
        "name": file.path.name.removesuffix(".csv.gz"),
        "type": "file",  # not to be opened by a tool that has no reader for it
        "path": file.path.relative_to(root).as_posix(),
        "format": form,
        "mediatype": media,
        "bytes": file.path.stat().st_size,
        "hash": f"sha256:{sha256_of(file.path)}",
    }
    if file.table and (meaning := labels.table(file.table.name)):
        resource["title"] = f"{meaning.zh} {meaning.en}"
    if file.table and form == "csv":
        resource |= {"profile": "tabular-data-resource", "type": "table", "compression": "gz"}
        resource |= {"encoding": "utf-8", "rows": file.rows}
        resource["schema"] = _schema(file.table, labels.columns(file.table.name))
    return resource


def _schema(table: Table, labels: dict[str, Entry]) -> dict[str, Any]:
    schema: dict[str, Any] = {"fields": [_field(column, labels.get(column.name)) for column in table.columns]}
    if table.primary_key:
        schema["primaryKey"] = list(table.primary_key)
    if table.references:
        schema["foreignKeys"] = [
            {
                "fields": list(reference.columns),
                "reference": {"resource": reference.table, "fields": list(reference.targets)},
            }
            for reference in table.references
        ]
    return schema


def _field(column: Column, entry: Entry | None) -> dict[str, Any]:
    field: dict[str, Any] = {"name": column.name, "type": _TYPES[column.declared]}
    if entry:
        field |= {"title": entry.zh, "description": entry.en}
        field |= {k: v for k, v in (("unit", entry.unit), ("source", entry.source)) if v}
    return field
