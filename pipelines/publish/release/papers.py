"""The papers of a release: README, how to cite it, what may be done with it, and its codebook as a table."""

from __future__ import annotations

import csv
import io
import sqlite3
from collections.abc import Sequence
from dataclasses import astuple, fields
from pathlib import Path
from typing import Any

import yaml

from pipelines.publish.codebook import Entry
from pipelines.publish.release.package import LICENSE, TEXTS

REUSE = Path(__file__).parents[3] / "docs" / "reuse.md"


def readme(connection: sqlite3.Connection, labels: Sequence[Entry]) -> str:
    """What this is, how much of it there is, how complete it is, and which file holds what."""
    publication = _one(connection, "SELECT * FROM publication")
    years = _one(connection, "SELECT min(year) AS first, max(year) AS last FROM reports")
    counties = _one(connection, "SELECT count(DISTINCT region_code) AS n FROM agencies")["n"]
    meanings = {(e.table, e.column, e.name): e for e in labels if e.kind == "value"}
    return TEXTS["readme"].format(
        **publication,
        date=publication["published_at"][:10],
        counties=counties,
        span=f"{years['first']}–{years['last']}" if years["first"] else "—",
        states=_tally(connection, "reports", "state", meanings, "reports"),
        coverage=_tally(connection, "agency_years", "status", meanings, "coverage"),
        cell_states=_tally(connection, "cells", "state", meanings, "cells"),
        checks=_tally(connection, "checks", "outcome", meanings, "checks"),
    )


def citation(published_at: str) -> str:
    """CITATION.cff (Citation File Format 1.2.0)."""
    content = {
        "cff-version": "1.2.0",
        "message": TEXTS["citation"].strip(),
        "type": "dataset",
        "title": TEXTS["title"],
        "version": published_at[:10],
        "date-released": published_at[:10],
        "authors": [{"name": "gongkai 公开"}],
        "license": LICENSE["name"],
        "keywords": ["政府信息公开", "freedom of information", "China"],
    }
    return yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=1000)


def codebook_csv(entries: Sequence[Entry]) -> str:
    """The codebook as a table."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(field.name for field in fields(Entry))
    writer.writerows(astuple(entry) for entry in entries)
    return text.getvalue()


def _one(connection: sqlite3.Connection, sql: str) -> dict[str, Any]:
    cursor = connection.execute(sql)
    names = [column[0] for column in cursor.description]
    return dict(zip(names, cursor.fetchone(), strict=True))


def _tally(
    connection: sqlite3.Connection,
    table: str,
    column: str,
    meanings: dict[tuple[str, str, str], Entry],
    described: str,
) -> str:
    """Rows of a Markdown table: how many of each value, with its meaning."""
    sql = f"SELECT {column}, count(*) FROM {table} GROUP BY {column} ORDER BY count(*) DESC, {column}"  # noqa: S608
    lines = ["| | | |", "|---|---|---:|"]
    for value, count in connection.execute(sql):
        entry = meanings.get((described, column, value))
        lines.append(f"| `{value}` | {f'{entry.zh} {entry.en}' if entry else ''} | {count} |")
    return "\n".join(lines)
