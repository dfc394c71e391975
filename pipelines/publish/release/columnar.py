"""Tables as Parquet, and as CSV: streamed, with nothing in a file that another run would write otherwise."""

from __future__ import annotations

import csv
import gzip
import io
import sqlite3
from pathlib import Path
from typing import Any

from pipelines.errors import BadSetting
from pipelines.publish.codebook import Entry
from pipelines.publish.release.tables import Table, rows
from pipelines.publish.spreadsheets import defused

_GROUP = 50_000  # rows of a row group


class NoParquet(BadSetting):
    """The optional library is not installed."""


def require_parquet() -> None:
    """Raise NoParquet, which says how to mend it, unless Parquet can be written."""
    try:
        import pyarrow.parquet  # noqa: F401
    except ImportError as error:
        raise NoParquet(
            "写 Parquet 需要 pyarrow (Parquet needs pyarrow): .venv/bin/pip install -e '.[release]'"
        ) from error


def write_parquet(cursor: sqlite3.Cursor, table: Table, labels: dict[str, Entry], target: Path) -> int:
    """Write rows of a table, with the meaning and unit of each column as metadata; returns their number."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    types = {"TEXT": pa.string(), "INTEGER": pa.int64(), "REAL": pa.float64(), "NUMERIC": pa.float64()}
    schema = pa.schema(
        pa.field(c.name, types[c.declared], not c.required, metadata=_meaning(labels.get(c.name)))
        for c in table.columns
    )
    floats = [place for place, c in enumerate(table.columns) if c.declared in ("REAL", "NUMERIC")]
    written = 0
    with pq.ParquetWriter(target, schema, compression="zstd") as writer:
        while batch := cursor.fetchmany(_GROUP):
            columns: list[Any] = list(zip(*batch, strict=True))
            for place in floats:
                columns[place] = [None if value is None else float(value) for value in columns[place]]
            writer.write_table(pa.table([*map(list, columns)], schema=schema))
            written += len(batch)
    return written


def _meaning(entry: Entry | None) -> dict[str, str]:
    if entry is None:
        return {}
    return {"label_zh": entry.zh, "label_en": entry.en, "unit": entry.unit, "source": entry.source}


def write_csv(connection: sqlite3.Connection, table: Table, target: Path) -> int:
    """Write a table as compressed CSV (UTF-8, NULL is empty, no formulas); returns the number of rows."""
    written = 0
    with target.open("xb") as file, gzip.GzipFile("", "wb", fileobj=file, mtime=0) as packed:
        text = io.TextIOWrapper(packed, encoding="utf-8", newline="")
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(column.name for column in table.columns)
        for row in rows(connection, table):
            writer.writerow(defused(value) if isinstance(value, str) else value for value in row)
            written += 1
        text.flush()
        text.detach()
    return written
