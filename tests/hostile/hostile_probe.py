"""The worker's side of the hostile tests: reads each document, twice if it can, and tells what it cost."""

from __future__ import annotations

import resource
from pathlib import Path
from typing import Any

from pipelines.parse.records import Document
from pipelines.parse.regions import Regions
from pipelines.parse.report import parse

_TWICE = 2.0  # seconds; what takes longer is read once
_STATUS = Path("/proc/self/status")


def probe(arguments: Any, blobs: list[bytes]) -> list[dict[str, Any]]:
    """For each document: what was read, whether twice the same, seconds of CPU and peak memory in MB."""
    return [_probe(blob) for blob in blobs]


def _probe(content: bytes) -> dict[str, Any]:
    Path("/proc/self/clear_refs").write_text("5")  # the peak counts anew
    before = resource.getrusage(resource.RUSAGE_SELF)
    first = parse(Document(content, name="document"), Regions.builtin())
    used = resource.getrusage(resource.RUSAGE_SELF)
    peak = next(int(line.split()[1]) for line in _STATUS.read_text().splitlines() if line.startswith("VmHWM"))
    cpu = used.ru_utime + used.ru_stime - before.ru_utime - before.ru_stime
    again = parse(Document(content, name="document"), Regions.builtin()) if cpu < _TWICE else first
    return {
        "same": first == again,
        "kind": first.kind.value,
        "codes": [issue.code for issue in first.issues],
        "details": [issue.detail for issue in first.issues if issue.severity == "error"],
        "cpu": cpu,
        "peak": peak // 1024,
        "cells": [
            [cell.table_name, cell.item, cell.row, cell.column_name, cell.value]
            for cell in (first.report.cells if first.report else ())
            if cell.value is not None and not cell.table_name.startswith("other:")
        ],
    }
