"""Pages as sites and converters of all ages write them: encodings, frames, hidden copies, old markup."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from html import escape

from samples.forms import APPLICANTS
from samples.render.content import parts
from samples.render.layout import Layout, html_layout
from samples.render.markup import attributes, fragments, lines, paragraph, table_of
from samples.render.reshape import flat, mapped, upright, wrapped
from samples.render.tables import Box, Table
from samples.report import Habit, Report

_HABITS = (Habit(), Habit(zero="", money="wan"), Habit(zero="/", full_width=True, money="yuan"))
_PRINTED = (Habit(), Habit(zero="/", thousands=True, money="yuan"))


def _old(report: Report) -> list[str]:
    """Markup of the last century: capitals, fonts, centred blocks, cells and rows never closed."""

    def cell(box: Box) -> str:
        return f"<TD{attributes(box).upper().replace(chr(34), '')}><FONT size=2>{lines(box.text)}</FONT>"

    def table(rows: Table) -> str:
        body = "\n".join(f"<TR>{''.join(map(cell, row))}" for row in rows)
        return f"<CENTER><TABLE border=1 width=600>{body}\n</TABLE></CENTER>\n"

    return fragments(parts(report), table, lambda text: f"<P><FONT face=宋体>　　{escape(text)}</FONT>\n")


def _semantic(report: Report) -> list[str]:
    """Head and body of tables told apart, labels as header cells, a caption."""

    def cell(box: Box) -> str:
        tag = "td" if box.key else "th"
        return f"<{tag}{attributes(box)}>{lines(box.text)}</{tag}>"

    def table(rows: Table) -> str:
        drawn = [f"<tr>{''.join(map(cell, row))}</tr>" for row in rows]
        head, body = "\n".join(drawn[:3]), "\n".join(drawn[3:])
        return f"<table><caption>统计表</caption><thead>{head}</thead><tbody>{body}</tbody></table>\n"

    return fragments(parts(report), table)


def _framed(report: Report) -> list[str]:
    """Each section in a layout table, its data table three tables deep."""

    def frame(inner: str) -> str:
        return f'<table width="100%"><tr><td width="8">&nbsp;</td><td>{inner}</td></tr></table>'

    sections = fragments(parts(report), lambda rows: frame(frame(table_of(rows))))
    return [frame(section) for section in sections]


def _hidden_form(report: Report, opening: str) -> list[str]:
    """Before each table stands the empty form of an editor's template, which no reader sees."""

    def zeros(box: Box) -> Box:
        return replace(box, text="0") if box.key else box

    def table(rows: Table) -> str:
        return f"<div {opening}>{table_of(mapped(rows, zeros))}</div>{table_of(rows)}"

    return fragments(parts(report), table)


def _upright(report: Report) -> list[str]:
    """Short labels stand upright, long ones are broken over lines."""

    def change(box: Box) -> Box:
        if box.key:
            return box
        return replace(box, text=upright(box.text) if len(box.text) < 8 else "\n".join(wrapped(box.text, 6)))

    return fragments(parts(report), lambda rows: table_of(mapped(rows, change)))


_LOOKALIKES = str.maketrans("行人方工力生用立色自见言金长门非首", "⾏⼈⽅⼯⼒⽣⽤⽴⾊⾃⻅⾔⾦⻓⻔⾮⾸")


def _lookalikes(report: Report) -> list[str]:
    """Radicals for characters, full-width blanks inside labels, full-width slashes and dashes."""

    def change(box: Box) -> Box:
        if box.key:
            return replace(box, text=box.text.replace("/", "／").replace("-", "－"))
        text = box.text.translate(_LOOKALIKES)
        return replace(box, text="　".join(text) if len(text) < 5 else text)

    def table(rows: Table) -> str:
        return table_of(mapped(rows, change))

    return fragments(parts(report), table, lambda text: paragraph(text.translate(_LOOKALIKES)))


def _units(report: Report) -> list[str]:
    """Counts with their unit in the cell."""

    def change(box: Box) -> Box:
        counted = box.key is not None and box.text.isdecimal() and box.key[3] != "amount_yuan"
        return replace(box, text=f"{box.text}{'件' if len(box.text) % 2 else '条'}") if counted else box

    return fragments(parts(report), lambda rows: table_of(mapped(rows, change)))


def _paragraphs(report: Report) -> list[str]:
    """A page made from a PDF: no tables at all, each cell a paragraph."""

    def table(rows: Table) -> str:
        return "".join(paragraph(box.text) for row in rows for box in row if box.text)

    return fragments(parts(report), table)


def _row_paragraphs(report: Report) -> list[str]:
    """Each row of a table is a paragraph, its cells stand apart by blanks."""

    def table(rows: Table) -> str:
        return "".join(f"<p>{'&nbsp;&nbsp; '.join(escape(box.text) for box in row)}</p>\n" for row in rows)

    return fragments(parts(report), table)


def _preformatted(report: Report) -> list[str]:
    """Tables as preformatted text with tabs."""

    def table(rows: Table) -> str:
        text = "\n".join("\t".join(escape(box.text) for box in row) for row in flat(rows))
        return f"<pre>\n{text}\n</pre>\n"

    return fragments(parts(report), table)


def _values_nested(report: Report) -> list[str]:
    """The figures of each row of section three in a table of their own inside a cell."""

    def row(boxes: list[Box]) -> list[str]:
        values = [box for box in boxes if box.key]
        if len(values) != len(APPLICANTS):
            return [f"<td{attributes(b)}>{lines(b.text)}</td>" for b in boxes]
        labels = [f"<td{attributes(b)}>{lines(b.text)}</td>" for b in boxes if not b.key]
        inner = "".join(f'<td width="40">{lines(b.text)}</td>' for b in values)
        return [*labels, f'<td colspan="7"><table width="100%"><tr>{inner}</tr></table></td>']

    def table(rows: Table) -> str:
        return f"<table>{''.join(f'<tr>{chr(10).join(row(r))}</tr>' for r in rows)}</table>\n"

    return fragments(parts(report), table)


def _mislabelled(layout: Layout) -> Layout:
    """The page in GBK although it says UTF-8."""

    def render(report: Report) -> bytes:
        return layout.render(report).decode().encode("gb18030")

    return replace(layout, name="html_gbk", render=render, body=None)


_PLAIN = html_layout("html_gbk", lambda report: fragments(parts(report)), _HABITS)
_HIDDEN = {
    "style": 'style="display:none"',
    "attribute": "hidden",
    "important": 'class="wap" style="DISPLAY: none !important;"',
}

LAYOUTS = (
    html_layout("html_old", _old, _HABITS),
    html_layout("html_semantic", _semantic, _HABITS),
    html_layout("html_framed", _framed, _HABITS),
    *(
        html_layout(f"html_hidden_{name}", partial(_hidden_form, opening=opening), _PRINTED)
        for name, opening in _HIDDEN.items()
    ),
    html_layout("html_upright", _upright, _HABITS),
    html_layout("html_lookalikes", _lookalikes, _HABITS),
    html_layout("html_units", _units, (Habit(), Habit(zero="", money="yuan"), Habit(money="wan"))),
    html_layout("html_paragraphs", _paragraphs, _PRINTED),
    html_layout("html_row_paragraphs", _row_paragraphs, _PRINTED),
    html_layout("html_preformatted", _preformatted, _PRINTED),
    html_layout("html_values_nested", _values_nested, _PRINTED),
    _mislabelled(_PLAIN),
    replace(_PLAIN, name="doc_html", suffix="doc", media_type="application/msword", body=None),
)
