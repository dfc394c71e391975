"""What the demo found, held against what its sample sites are known to hold."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from pipelines.parse.records import Cell
from pipelines.store import Store
from samples.counties import Expected, World


@dataclass(frozen=True, slots=True)
class Summary:
    """Counts of a demo run; ``cells`` are those of the sample reports, ``right`` those read as printed."""

    counties: int
    agencies: int
    expected: int
    found: int
    complete: int
    cells: int
    right: int
    flagged: int
    wrong: int
    failed_checks: int
    missing: int
    edited: tuple[str, ...]
    captures: int
    seconds: float

    @property
    def whole(self) -> bool:
        """Whether every sample report was found and no number is wrong."""
        return self.found == self.expected and not self.wrong

    def plain(self) -> dict[str, Any]:
        """For ``--json``."""
        return {**asdict(self), "whole": self.whole}

    def text(self) -> str:
        """For people."""
        lines = [
            f"{self.counties} 县 counties · {self.agencies} 机关 agencies · "
            f"{self.captures} 次捕获 captures · {self.seconds:.0f} 秒 s",
            f"报告 reports: 找到 found {self.found}/{self.expected}，完整 complete {self.complete}",
            f"表格单元 cells: {self.cells}，与原件一致 as printed {self.right}，标记为不可读 flagged "
            f"{self.flagged}，错误 wrong {self.wrong}",
            f"核对不符 checks that fail, published as the agencies printed them: {self.failed_checks}",
            f"无报告 agency-years without a report, each with its reason: {self.missing}",
        ]
        lines += [f"悄然改动 silent edit found: {edit}" for edit in self.edited]
        return "\n".join(lines)


def summarise(folder: Path, world: World, seconds: float) -> Summary:
    """Holds the demo's store against its world."""
    with Store.open(folder) as store:
        reports = {(r["region_code"], r["agency"], r["year"]): r for r in store.rows("SELECT * FROM reports")}
        tally = {"cells": 0, "right": 0, "flagged": 0, "wrong": 0}
        found = 0
        for expected in world.expected:
            report = reports.get((expected.region_code, expected.agency, expected.year))
            found += report is not None
            _compare(store.said(report["report_id"]).cells if report else (), expected, tally)
        return Summary(
            counties=len(world.sites),
            agencies=int(store.value("SELECT count(*) FROM agencies")),
            expected=len(world.expected),
            found=found,
            complete=sum(r["state"] == "complete" for r in reports.values()),
            **tally,
            failed_checks=sum(_failed(store, report["report_id"]) for report in reports.values()),
            missing=len(world.missing),
            edited=tuple(_edits(store)),
            captures=int(store.value("SELECT count(*) FROM captures")),
            seconds=round(seconds, 1),
        )


def _failed(store: Store, report_id: str) -> int:
    return sum(check.outcome == "fail" for check in store.checks(report_id))


def _compare(cells: Iterable[Cell], expected: Expected, tally: dict[str, int]) -> None:
    values = {(c.table_name, c.item, c.row, c.column_name): c.value for c in cells}
    for truth in expected.cells:
        key = (truth.table_name, truth.item, truth.row, truth.column)
        allowed = {truth.value} | ({expected.edit.value} if expected.edit and _same(expected, key) else set())
        value = values.get(key)
        tally["cells"] += 1
        tally["right" if value in allowed else "flagged" if value is None else "wrong"] += 1


def _same(expected: Expected, key: tuple[str, str, str, str]) -> bool:
    edit = expected.edit
    return edit is not None and (edit.table_name, edit.item, edit.row, edit.column) == key


def _edits(store: Store) -> list[str]:
    rows = store.rows("SELECT * FROM report_changes JOIN reports USING (report_id) ORDER BY report_id")
    return [
        f"{r['agency']} {r['year']} {r['table_name']}/{r['row']}/{r['column_name']}: "
        f"{r['old_raw']} → {r['new_raw']}"
        for r in rows
    ]
