"""RTF as old word processors save it: merged cells by control words, letters as numbers."""

from __future__ import annotations

from samples.render.content import Part, parts
from samples.render.layout import Layout
from samples.render.tables import Box, Table, placed, width
from samples.report import Habit, Report

_HEAD = r"{\rtf1\ansi\ansicpg936\deff0\uc1{\fonttbl{\f0\fnil\fcharset134 SimSun;}}\viewkind4\pard\lang2052\f0"
_TWIPS = 9000
_FIRST_OF_WORD = 0x8000


def render(report: Report) -> bytes:
    """The file, nothing but ASCII."""
    body = _paragraph(report.title) + "".join(map(_section, parts(report)))
    return f"{_HEAD}\n{body}}}".encode("ascii")


def _section(part: Part) -> str:
    texts = ([part.heading] if part.heading else []) + list(part.paragraphs)
    return "".join(map(_paragraph, texts)) + "".join(map(_table, part.tables))


def _paragraph(text: str) -> str:
    return rf"\pard {_escaped(text)}\par" + "\n"


def _escaped(text: str) -> str:
    return "".join(letter if letter.isascii() else _number(letter) for letter in text)


def _number(letter: str) -> str:
    code = ord(letter)
    return rf"\u{code - 2 * _FIRST_OF_WORD if code >= _FIRST_OF_WORD else code}?"


def _table(table: Table) -> str:
    columns = width(table)
    rows: list[list[tuple[int, int, Box]]] = [[] for _ in table]
    for y, x, box in placed(table):
        for dy in range(box.rowspan):
            rows[y + dy].append((x, dy, box))
    drawn = (_row(sorted(row, key=lambda cell: cell[0]), columns) for row in rows)
    return "".join(drawn) + "\\pard\\par\n"


def _row(row: list[tuple[int, int, Box]], columns: int) -> str:
    edges = "".join(
        rf"{_merge(below, box)}\cellx{(x + box.colspan) * _TWIPS // columns}" for x, below, box in row
    )
    cells = "".join(rf"\intbl {'' if below else _escaped(box.text)}\cell " for _, below, box in row)
    return rf"\trowd\trgaph108{edges} {cells}\row" + "\n"


def _merge(below: int, box: Box) -> str:
    if box.rowspan == 1:
        return ""
    return r"\clvmrg" if below else r"\clvmgf"


LAYOUT = Layout(
    "rtf", "rtf", "application/rtf", render, None, (Habit(), Habit(zero="/", thousands=True, money="yuan"))
)
