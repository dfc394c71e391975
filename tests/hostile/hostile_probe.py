"""The worker's side of the hostile tests: reads each document, twice if it can, and tells what it cost."""

from __future__ import annotations

import gc
import resource
from pathlib import Path
from typing import Any

from pipelines.parse.records import Document
from pipelines.parse.regions import Regions
from pipelines.parse.report import parse

_TWICE = 2.0  # seconds; what takes longer is read once
_STATUS = Path("/proc/self/status")


def probe(arguments: Any, blobs: list[bytes]) -> list[dict[str, Any]]:
    """For each document: what was read, whether twice the same, seconds of CPU, memory it took in MB."""
    return [_probe(blob) for blob in blobs]


def _probe(content: bytes) -> dict[str, Any]:
    gc.collect()  # what the document before left behind is not this one's
    Path("/proc/self/clear_refs").write_text("5")  # the peak counts anew
    held = _memory("VmRSS")
    before = resource.getrusage(resource.RUSAGE_SELF)
    first = parse(Document(content, name="document"), Regions.builtin())
    used = resource.getrusage(resource.RUSAGE_SELF)
    peak = _memory("VmHWM")
    cpu = used.ru_utime + used.ru_stime - before.ru_utime - before.ru_stime
    again = parse(Document(content, name="document"), Regions.builtin()) if cpu < _TWICE else first
    return {
        "same": first == again,
        "kind": first.kind.value,
        "codes": [issue.code for issue in first.issues],
        "details": [issue.detail for issue in first.issues if issue.severity == "error"],
        "cpu": cpu,
        "took": peak - held,
        "cells": [
            [cell.table_name, cell.item, cell.row, cell.column_name, cell.value]
            for cell in (first.report.cells if first.report else ())
            if cell.value is not None and not cell.table_name.startswith("other:")
        ],
    }


def _memory(field: str) -> int:
    """A field of this process's status, in MB."""
    lines = _STATUS.read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(field)) // 1024
