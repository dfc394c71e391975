"""PDF files printed otherwise: lines double or none, watermarks, pages lying, running titles, lost labels."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from reportlab.lib.pagesizes import A4, landscape

from samples.render.content import parts, reshaped
from samples.render.damage import DAMAGES, HEADER_ROWS, Damage
from samples.render.layout import Layout
from samples.render.pdf import Print, document
from samples.render.reshape import mapped, upright
from samples.render.tables import Box, Table
from samples.report import Habit, Report

_HABITS = (Habit(), Habit(zero="", money="wan"), Habit(zero="/", thousands=True, money="yuan"))
_PRINTED = (Habit(), Habit(zero="/", thousands=True, money="yuan"))


def _render(report: Report, how: Print) -> bytes:
    return document(report, parts(report), how)


def _upright(report: Report) -> bytes:
    """The labels of columns and groups stand one letter a line."""

    def change(box: Box) -> Box:
        return box if box.key else replace(box, text=upright(box.text))

    def table(rows: Table) -> list[Table]:
        return [mapped(rows, change)]

    return document(report, reshaped(report, {3: table, 4: table}), Print())


def _apart(report: Report) -> bytes:
    """The sub-tables of section two apart, one close under the other."""
    return document(report, parts(report, stacked=False), Print(running=True))


def _damaged(damage: Damage) -> Layout:
    def render(report: Report) -> bytes:
        return document(report, damage.parts(report), Print())

    layout = Layout(f"pdf_{damage.name}", "pdf", "application/pdf", render, None, _PRINTED)
    return replace(layout, unknowable=damage.unknowable)


_PRINTS = {
    "unruled": Print(ruled=False),
    "landscape": Print(size=landscape(A4), label=10),
    "running": Print(running=True, broken=True),
    "headed": Print(broken=True, head=HEADER_ROWS),
    "small": Print(label=6),
    "large": Print(label=11, running=True),
    "double": Print(double=True, broken=True),
    "watermark": Print(watermark=True),
}
LAYOUTS = (
    *(
        Layout(f"pdf_{name}", "pdf", "application/pdf", partial(_render, how=how), None, _HABITS)
        for name, how in _PRINTS.items()
        if how.ruled
    ),
    Layout("pdf_unruled", "pdf", "application/pdf", partial(_render, how=_PRINTS["unruled"]), None, _PRINTED),
    Layout("pdf_upright", "pdf", "application/pdf", _upright, None, _HABITS),
    Layout("pdf_apart", "pdf", "application/pdf", _apart, None, _HABITS),
    # a page shows a row that lacks a value as one with a blank at its end: nothing to be told from the form
    *(_damaged(damage) for damage in DAMAGES if damage.name != "six_values"),
)
