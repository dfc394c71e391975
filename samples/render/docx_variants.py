"""DOCX files with tables in tables, tables cut in two, faulty merges, tracked changes and lost labels."""

from __future__ import annotations

import random
from dataclasses import replace

from samples.chance import chance
from samples.render.content import parts, reshaped
from samples.render.damage import DAMAGES, Damage, breaks
from samples.render.docx import MEDIA_TYPE, document, paragraph_of, paragraph_xml, run_xml, table_xml
from samples.render.layout import Layout
from samples.render.reshape import cut, wrapped
from samples.render.tables import Box, Table
from samples.report import Habit, Report

_HABITS = (Habit(), Habit(zero="", plus=True, money="wan"), Habit(zero="/", thousands=True, money="yuan"))
_PRINTED = (Habit(), Habit(zero="/", thousands=True, money="yuan"))


def _nested(report: Report) -> bytes:
    """Each table in a cell of a layout table."""

    def table(rows: Table) -> str:
        inner = table_xml(rows)
        side = "<w:tc><w:p/></w:tc>"
        return f"<w:tbl><w:tblPr/><w:tr>{side}<w:tc>{inner}<w:p/></w:tc></w:tr></w:tbl>"

    return document(report.title, parts(report), table)


def _cut(report: Report) -> bytes:
    """The table of section three in three; the further ones have no header."""
    return document(report.title, reshaped(report, {3: lambda table: cut(table, breaks(report, table))}))


def _open_merges(report: Report) -> bytes:
    """Cells under a merged cell that no longer belong to it."""
    return document(report.title, parts(report), lambda table: table_xml(table, open_merges=True))


def _revised(report: Report) -> bytes:
    """Tracked changes: what was deleted is still in the file, and nobody sees it."""
    rng = chance("revised", report.title)

    def content(box: Box) -> str:
        if not box.key or not box.text or rng.random() < 0.8:
            return paragraph_xml(box.text, "center")
        return paragraph_of(_deleted(rng) + _inserted(box.text), "center")

    return document(report.title, parts(report), lambda table: table_xml(table, content))


def _deleted(rng: random.Random) -> str:
    run = f"<w:r><w:delText>{rng.randint(1, 999)}</w:delText></w:r>"
    return f'<w:del w:id="1" w:author="a">{run}</w:del>'


def _inserted(text: str) -> str:
    return f'<w:ins w:id="2" w:author="a">{run_xml(text)}</w:ins>'


def _in_runs(report: Report) -> bytes:
    """Labels broken over paragraphs, numbers cut into runs."""

    def content(box: Box) -> str:
        if box.key:
            return paragraph_of("".join(map(run_xml, wrapped(box.text, 2))), "center")
        return "".join(paragraph_xml(line) for line in wrapped(box.text, 5))

    return document(report.title, parts(report), lambda table: table_xml(table, content))


def _layout(damage: Damage) -> Layout:
    def render(report: Report) -> bytes:
        return document(report.title, damage.parts(report))

    layout = Layout(f"docx_{damage.name}", "docx", MEDIA_TYPE, render, None, _PRINTED)
    return replace(layout, unknowable=damage.unknowable)


_VARIANTS = {
    "nested": _nested,
    "cut": _cut,
    "open_merges": _open_merges,
    "revised": _revised,
    "in_runs": _in_runs,
}
LAYOUTS = (
    *(
        Layout(f"docx_{name}", "docx", MEDIA_TYPE, render, None, _HABITS)
        for name, render in _VARIANTS.items()
    ),
    *map(_layout, DAMAGES),
)
