"""From a number to its place:

the cell as printed, the table around it, and the capture that holds the document.
"""

from __future__ import annotations

import json
from typing import Any

from pipelines.publish.pages.reader import Reader, Row
from pipelines.publish.pages.report import capture_of


async def context(reader: Reader, report_id: str, table: str, row: str, column: str) -> dict[str, Any]:
    """A cell of a report, named by table, row and column.

    Raises NotFound where the report has no such cell.
    """
    report = await reader.report("SELECT * FROM reports WHERE report_id = ?", report_id)
    cell = await reader.one(_CELL, report_id, table, row, column)
    place = json.loads(cell["location"]) if cell["location"] else {}
    around = await reader.rows(
        "SELECT * FROM cells WHERE report_id = ? AND table_name = ? ORDER BY ordinal", report_id, table
    )
    return {
        "report": report,
        "cell": cell,
        "place": place,
        "excerpt": excerpt(around, cell),
        "capture": await capture_of(reader, place.get("part") or report["sha256"]),
        "captures": await reader.rows(
            "SELECT * FROM captures WHERE sha256 = ? ORDER BY capture_id DESC LIMIT 10", report["sha256"]
        ),
        "checks": await reader.rows(_CHECKS, report_id, table + ".%", row, column),
    }


def excerpt(cells: list[Row], marked: Row) -> list[Row]:
    """The printed rows of the part of the table that holds ``marked``:

    a label, and cells of which one is marked.
    """
    lines: dict[tuple[str, str], Row] = {}
    for cell in cells:
        if (cell["item"] or "") != (marked["item"] or ""):
            continue
        line = lines.setdefault(
            (cell["item"] or "", cell["row"]), {"label": cell["label"] or cell["row"], "cells": []}
        )
        line["cells"].append({**cell, "marked": cell["ordinal"] == marked["ordinal"]})
    return list(lines.values())


_CELL = """
    SELECT * FROM cells WHERE report_id = ? AND table_name = ? AND row = ? AND column_name = ?
    ORDER BY ordinal
"""
_CHECKS = """
    SELECT * FROM checks WHERE report_id = ? AND rule LIKE ? AND scope IN (?, ?) ORDER BY rule, scope
"""
