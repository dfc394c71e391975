"""Text taken out of a PDF: short lines with blank ones between, upright headers, labels broken over lines.

The figures of a row stand behind the last line of its label, alone on the next line, or
behind the middle one; page numbers and running titles stand in the middle of tables.
"""

from __future__ import annotations

import random
from dataclasses import replace
from functools import partial

from samples.chance import chance
from samples.render.content import Part, parts
from samples.render.damage import HEADER_ROWS
from samples.render.layout import Layout
from samples.render.reshape import wrapped
from samples.render.tables import Box, Table
from samples.report import Habit, Report

_HABITS = (Habit(), Habit(money="wan"), Habit(zero="/", thousands=True, money="yuan"))
_LINE, _LABEL = 29, 8
#: the header of section three as it falls out of upright cells: 总计 runs into its neighbour
_HEAD = "\n\n".join(
    (
        "申请人情况",
        "自\n然\n人",
        "法人或其他组织",
        "总计商业\n企业",
        "科研\n机构",
        "社 会\n公 益\n组织",
        "法 律\n服 务\n机构",
        "其他",
    )
)


def render(report: Report, pages: bool) -> bytes:
    """The report as UTF-8 text; ``pages`` keeps page numbers and running titles."""
    rng = chance("printed", report.title)
    blocks = [_broken(report.title), *(_section(part, rng) for part in parts(report))]
    text = "\n\n".join(blocks)
    return (_paged(text, report.title) if pages else text).encode()


def _broken(text: str) -> str:
    return "\n\n".join(wrapped(text, _LINE))


def _section(part: Part, rng: random.Random) -> str:
    texts = ([part.heading] if part.heading else []) + [f" {text}" for text in part.paragraphs]
    return "\n\n".join([*map(_broken, texts), *(_table(part.number, table, rng) for table in part.tables)])


def _table(number: int, table: Table, rng: random.Random) -> str:
    if number == 2:
        return "\n\n".join(_row(row, rng) for row in table)
    head, rows = table[:HEADER_ROWS], table[HEADER_ROWS:]
    if number == 3:
        corner = "\n\n".join(wrapped(head[0][0].text, 15))
        return "\n\n".join([corner, _HEAD, *(_row(row, rng) for row in rows)])
    upright = ["\n\n".join(box.text) if len(box.text) < 5 else box.text for row in head[1:] for box in row]
    return "\n\n".join(["行政复议 行政诉讼", *upright, *(_row(row, rng) for row in rows)])


def _row(row: list[Box], rng: random.Random) -> str:
    """The lines of a row: its labels from the outermost group inwards, then its figures."""
    *groups, label = [box for box in row if not box.key] or [Box("")]
    values = " ".join(box.text for box in row if box.key)
    if not values:
        return "\n\n".join("\n".join(wrapped(box.text, _LABEL)) for box in row)
    before = ["\n\n".join(wrapped(group.text, 4)) for group in groups]
    return "\n\n".join([*before, _with_values(label.text, values, rng)]).strip("\n")


def _with_values(label: str, values: str, rng: random.Random) -> str:
    lines = wrapped(label, _LABEL) if len(label) > _LABEL + 3 else [label]
    place = rng.choice(("last", "alone", "alone"))
    if place == "alone" and len(lines) > 1:
        return "\n\n".join(lines) + "\n" + values
    return "\n\n".join([*lines[:-1], f"{lines[-1]} {values}".strip()])


def _paged(text: str, title: str) -> str:
    """A page number and the running title after every fortieth line, wherever that falls between blocks."""
    lines = text.split("\n")
    found: list[str] = []
    since = 0
    page = 1
    for line in lines:
        found.append(line)
        since += 1
        if since > 40 and not line:
            found += [f"— {page} —", "\f" + title, ""]
            since, page = 0, page + 1
    return "\n".join(found)


_PLAIN = Layout("text_printed", "txt", "text/plain", partial(render, pages=False), None, _HABITS)
LAYOUTS = (_PLAIN, replace(_PLAIN, name="text_printed_pages", render=partial(render, pages=True)))
