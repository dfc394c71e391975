"""HTML pasted from Word or WPS: mso styles, nested spans, labels and numbers cut into runs, stray rows."""

from __future__ import annotations

import random
import re
from html import escape

from samples.chance import chance
from samples.render.content import Part, parts
from samples.render.layout import html_layout
from samples.render.tables import Box, Table, width
from samples.report import Habit, Report

_FONT = "font-family:仿宋_GB2312;mso-hansi-font-family:宋体;mso-bidi-font-family:宋体;font-size:16.0pt"
_SMALL = "font-size:10.5pt;font-family:宋体;mso-font-kerning:0pt"


def body(report: Report) -> list[str]:
    """A fragment for each section; how text is cut into runs follows from the title alone."""
    rng = chance("word", report.title)
    return [_section(part, rng) for part in parts(report)]


def _section(part: Part, rng: random.Random) -> str:
    texts = ([part.heading] if part.heading else []) + list(part.paragraphs)
    return "".join(_paragraph(text, rng) for text in texts) + "".join(_table(t, rng) for t in part.tables)


def _paragraph(text: str, rng: random.Random) -> str:
    style = "text-indent:32.0pt;mso-char-indent-count:2.0;line-height:28.0pt;mso-line-height-rule:exactly"
    return f'<p class="MsoNormal" style="{style}">{_runs(text, _FONT, rng)}</p>\n'


def _runs(text: str, style: str, rng: random.Random) -> str:
    """Text as Word saves it: Latin letters and digits in runs of their own, long runs cut anywhere."""
    runs = [piece for run in re.findall(r"[\x21-\x7e]+|[^\x21-\x7e]+", text) for piece in _cut(run, rng)]
    return "".join(_run(run, style) for run in runs) + '<span lang="EN-US"><o:p></o:p></span>'


def _cut(run: str, rng: random.Random) -> list[str]:
    if len(run) < 2 or rng.random() < 0.6:
        return [run]
    at = rng.randrange(1, len(run))
    return [run[:at], run[at:]]


def _run(run: str, style: str) -> str:
    language = ' lang="EN-US"' if run.isascii() else ""
    return f'<span{language} style="{style}"><span style="mso-spacerun:no">{escape(run)}</span></span>'


def _table(table: Table, rng: random.Random) -> str:
    rows = "".join(f'<tr style="mso-yfti-irow:{n}">{_cells(row, rng)}</tr>\n' for n, row in enumerate(table))
    # Word ends a table of merged cells with a row of no height that fixes the grid
    grid = f'<tr height="0">{_grid(table)}</tr>\n'
    return (
        '<div align="center"><!--[if gte mso 9]><xml></xml><![endif]-->'
        '<table class="MsoNormalTable" border="0" cellspacing="0" cellpadding="0" width="640" '
        'style="border-collapse:collapse;mso-padding-alt:0cm 0cm 0cm 0cm">'
        f"<tbody>\n{rows}{grid}</tbody></table></div>\n"
    )


def _grid(table: Table) -> str:
    return '<td width="60" style="border:none"></td>' * width(table)


def _cells(row: list[Box], rng: random.Random) -> str:
    return "\n".join(_cell(box, rng) for box in row)


def _cell(box: Box, rng: random.Random) -> str:
    spans = "".join(
        f' {name}="{n}"' for name, n in (("rowspan", box.rowspan), ("colspan", box.colspan)) if n > 1
    )
    inner = _runs(box.text, _SMALL, rng) if box.text else '<span lang="EN-US">&nbsp;<o:p></o:p></span>'
    # a label may be broken over two paragraphs, a number never is
    if box.key is None and len(box.text) > 4 and rng.random() < 0.3:
        half = len(box.text) // 2
        inner = f"{_runs(box.text[:half], _SMALL, rng)}<br/>{_runs(box.text[half:], _SMALL, rng)}"
    style = "border:solid windowtext 1.0pt;mso-border-alt:solid windowtext .5pt;padding:0cm 5.4pt"
    return f'<td{spans} style="{style}"><p class="MsoNormal" align="center">{inner}</p></td>'


LAYOUT = html_layout(
    "html_word", body, (Habit(), Habit(plus=True, money="wan"), Habit(zero="", money="yuan", variants=True))
)
