"""From a number to its place:

the cell as printed, the table around it, and the capture that holds the document.
"""

from __future__ import annotations

import json
from typing import Any

from datasette.utils.asgi import NotFound

from pipelines.publish import figures, words
from pipelines.publish.originals import Originals, Source, is_drawn
from pipelines.publish.pages.reader import Reader, Row
from pipelines.publish.pages.report import capture_of


async def context(
    reader: Reader, originals: Originals, report_id: str, table: str, row: str, column: str
) -> dict[str, Any]:
    """A cell of a report, named by table, row and column.

    Raises NotFound where the report has no such cell.
    """
    report = await reader.report("SELECT * FROM reports WHERE report_id = ?", report_id)
    cell = await reader.one(_CELL, report_id, table, row, column)
    place = json.loads(cell["location"]) if cell["location"] else {}
    around = await reader.rows(
        "SELECT * FROM cells WHERE report_id = ? AND table_name = ? ORDER BY ordinal", report_id, table
    )
    source = await _source(reader, report, place)
    lines = excerpt(around, cell)
    return {
        "drawn": is_drawn(cell["location"]),
        "shown": bool(source and place and originals.has(source)),
        "report": report,
        "cell": cell,
        "place": place,
        "excerpt": lines,
        "marked_line": next(line for line in lines if any(part["marked"] for part in line["cells"])),
        "capture": await capture_of(reader, place.get("part") or report["sha256"]),
        "captures": await reader.rows(
            "SELECT * FROM captures WHERE sha256 = ? ORDER BY capture_id DESC LIMIT 10", report["sha256"]
        ),
        "checks": await reader.rows(_CHECKS, report_id, table + ".%", row, column),
        "acceptance": next(iter(await reader.rows(_ACCEPTANCE, report_id, table, row, column)), None),
    }


async def document(
    reader: Reader, originals: Originals, report_id: str, table: str, row: str, column: str
) -> str:
    """The archived document of a cell, the cell marked.

    Raises NotFound, or NotShown with the reason.
    """
    report = await reader.report("SELECT * FROM reports WHERE report_id = ?", report_id)
    cell = await reader.one(_CELL, report_id, table, row, column)
    source = await _source(reader, report, json.loads(cell["location"] or "{}"))
    if source is None or not cell["location"]:
        raise NotFound("没有存档 Not archived")
    cells = await reader.rows(figures.OF_REPORT, report_id)
    keep = figures.statistics((cell["table_name"], cell["raw"]) for cell in cells)
    masked = (await reader.one(_MASKED, report_id))["masked"]
    return await originals.marked(source, cell["location"], sorted(keep), masked=bool(masked))


async def _source(reader: Reader, report: Row, place: dict[str, Any]) -> Source | None:
    """A capture of the document that holds the place: a part of its own, or the archive it was packed in."""
    for digest in filter(None, (place.get("part"), report["sha256"])):
        for capture in await reader.rows(_STORED, digest):
            return Source(digest, capture["warc_file"], capture["warc_offset"], report["title"])
    return None


def excerpt(cells: list[Row], marked: Row) -> list[Row]:
    """The printed rows of the part of the table that holds ``marked``:

    a label, and cells of which one is marked.
    """
    lines: dict[tuple[str, str], Row] = {}
    for cell in cells:
        if (cell["item"] or "") != (marked["item"] or ""):
            continue
        line = lines.setdefault(
            (cell["item"] or "", cell["row"]),
            {"key": cell["row"], "label": words.joined(cell["label"] or ""), "cells": []},
        )
        line["cells"].append({**cell, "marked": cell["ordinal"] == marked["ordinal"]})
    return list(lines.values())


_CELL = """
    SELECT * FROM cells WHERE report_id = ? AND table_name = ? AND row = ? AND column_name = ?
    ORDER BY ordinal
"""
_ACCEPTANCE = """
    SELECT * FROM acceptances WHERE report_id = ? AND table_name = ? AND row = ? AND column_name = ?
"""
_STORED = """
    SELECT warc_file, warc_offset FROM captures
    WHERE sha256 = ? AND warc_file IS NOT NULL AND warc_offset IS NOT NULL ORDER BY capture_id LIMIT 1
"""
# by the marks that masking leaves (masks.py)
_MASKED = """
    SELECT EXISTS (SELECT 1 FROM sections WHERE report_id = ?1 AND instr(heading || text, '[已隐去'))
        OR EXISTS (SELECT 1 FROM cells WHERE report_id = ?1 AND instr(raw, '[已隐去')) AS masked
"""
_CHECKS = """
    SELECT * FROM checks WHERE report_id = ? AND rule LIKE ? AND scope IN (?, ?) ORDER BY rule, scope
"""
