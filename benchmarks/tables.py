"""What was measured, as Markdown."""

from __future__ import annotations

from collections.abc import Mapping

from benchmarks.accuracy import LayoutForm, Score
from benchmarks.speed import Speeds

_COLUMNS = (
    "layout",
    "form",
    "reports",
    "cells",
    "right",
    "flagged",
    "wrong",
    "accuracy",
    "identified",
    "broken sums caught",
    "false alarms",
)
_HEAD = f"| {' | '.join(_COLUMNS)} |\n| --- | --- |{' --: |' * (len(_COLUMNS) - 2)}\n"


def accuracy(scores: Mapping[LayoutForm, Score]) -> str:
    """A row for each layout and form, and one for all."""
    rows = [_row(layout, form, score) for (layout, form), score in sorted(scores.items())]
    return _HEAD + "".join(rows) + _row("**all**", "", total(scores))


def total(scores: Mapping[LayoutForm, Score]) -> Score:
    """All layouts and forms as one."""
    return sum(scores.values(), start=Score())


def _row(layout: str, form: str, score: Score) -> str:
    caught = f"{score.breaks - score.missed_breaks} of {score.breaks}"
    cells = (
        layout,
        form,
        score.reports,
        score.cells,
        score.right,
        score.flagged,
        score.wrong,
        f"{100 * score.accuracy:.2f} %",
        score.identified,
        caught,
        score.false_alarms,
    )
    return "| " + " | ".join(map(str, cells)) + " |\n"


def speed(speeds: Speeds) -> str:
    """The core beside other tools; ratios, since seconds differ from machine to machine."""
    rows = (
        (
            f"HTML of {speeds.page_kb:.0f} kB: reports a second, times `trafilatura.extract`",
            f"{speeds.html_ratio:.1f}",
            "≥ 8",
        ),
        *(
            (f"the same for `{name}` of {kb:.0f} kB, alone", f"{times:.1f}", "")
            for name, (kb, times) in speeds.by_layout.items()
        ),
        (
            "the same for pages that were not read before",
            f"{speeds.once_ratio:.1f}",
            "",
        ),
        (
            "HTML: reports a second, share of a bare lxml parse",
            f"{100 * speeds.core_html / speeds.lxml:.1f} %",
            "",
        ),
        (
            "PDF: time, share of pdfplumber's `extract_tables`",
            f"{100 * speeds.pdf_ratio:.0f} %",
            "≤ 33 %",
        ),
        ("memory at the peak, MB", f"{speeds.memory_mb:.0f}", "< 300"),
        (
            "`reparse`: two workers, times as fast as one, by the clock "
            f"(at most {speeds.scaling.bound:.2f} by the CPU taken)",
            f"{speeds.scaling.ratio:.2f}",
            "≥ 1.8 on two free cores",
        ),
    )
    head = "| on the same bytes, one core | measured | target |\n| --- | --: | --: |\n"
    return head + "".join(f"| {' | '.join(row)} |\n" for row in rows)
