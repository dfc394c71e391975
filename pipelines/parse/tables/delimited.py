"""Tables that lines of text draw: with box characters, with commas or semicolons, with repeated merged cells.

Box characters become pipes, separators that only part fields become tabs, so that what stands
in a line keeps its place; a run of lines that is a whole table of columns becomes a grid.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Final, NamedTuple

from pipelines.parse.records import Block, Grid, GridCell, Paragraph, Place
from pipelines.parse.tables import vocabulary as words
from pipelines.parse.tables.vocabulary import is_blank, is_numberlike
from pipelines.parse.template import APPLICATIONS

_BARS: Final = "│┃║┆┇┊┋｜￨"
_BEAMS: Final = "─━═┄┅┈┉┌┏╔┐┓╗└┗╚┘┛╝├┣╠┤┫╣┬┳╦┴┻╩┼╋╬"
_BOX = re.compile(f"[{_BARS}{_BEAMS}]")
_RULE_OF_BOX = re.compile(f"[{_BARS}{_BEAMS}\\s]*[{_BEAMS}][{_BARS}{_BEAMS}\\s]*")
_TO_PIPES = str.maketrans(dict.fromkeys(_BARS, "|"))
_RULE = re.compile(r"[\s|:+=-]*[-=]{2,}[\s|:+=-]*")
_SEPARATORS: Final = (",", ";", "；", "，")
_QUOTED = re.compile(r'"([^"\t]*)"')
_LINES: Final = 5  # lines of fields that show that a document parts them with a separator
_REPEATED: Final = 3  # rows with repeated labels that show that merged cells were repeated
_ROWS: Final = 8  # labels of rows in a header that make a turned table


class Field(NamedTuple):
    """What stands between two marks of a line, and where."""

    text: str
    place: Place


def tables_of_lines(blocks: Sequence[Block]) -> list[Block]:
    """The blocks, in which lines that draw a table are fields between pipes or tabs, or a grid.

    A grid stands at the index of its first line, the others leave an empty grid there.
    """
    plain = _with_tabs([_with_pipes(block) for block in blocks])
    for run in _runs(plain):
        rows = [row for i in run if (row := _row(plain[i]))]
        if _is_whole(rows, "|" in _text(plain[run[0]])):
            plain[run[0] : run[-1] + 1] = _as_grid(rows, len(run))
    return plain


# --- marks ---------------------------------------------------------------------


def _with_pipes(block: Block) -> Block:
    """A line of box characters with pipes for its bars; what is nothing but a rule is dashes."""
    if not isinstance(block, Paragraph) or not _BOX.search(block.text):
        return block
    if _RULE_OF_BOX.fullmatch(block.text):
        return replace(block, text="|" + "-" * max(0, len(block.text) - 2) + "|")
    return replace(block, text=block.text.translate(_TO_PIPES))


def _with_tabs(blocks: list[Block]) -> list[Block]:
    """Lines whose fields a separator parts, with tabs for it, if the document has several such lines.

    The rows of section three must have as many fields each: separators of thousands make them differ.
    """
    for mark in _SEPARATORS:
        parted = {i: text for i, block in enumerate(blocks) if (text := _parted(block, mark))}
        widths = {text.count("\t") for text in parted.values() if _is_application(text.split("\t")[0])}
        if len(parted) < _LINES or len(widths) > 1:
            continue
        for i, text in parted.items():
            block = blocks[i]
            if isinstance(block, Paragraph):
                blocks[i] = replace(block, text=text)
    return blocks


def _is_application(text: str) -> bool:
    found = words.row_label(text)
    return found is not None and found.table == APPLICATIONS


def _parted(block: Block, mark: str) -> str:
    """The line with tabs for a separator, if all that it parts are figures, blanks and labels; else ""."""
    if not isinstance(block, Paragraph) or mark not in block.text or "\t" in block.text or "|" in block.text:
        return ""
    text = _QUOTED.sub(lambda found: f" {found[1].replace(mark, chr(0))} ", block.text)
    first, *fields = (field.strip().replace("\0", mark) for field in text.split(mark))
    filled = [field for field in fields if field]
    named = bool(words.item_title(first)) or _is_label(first) or len(filled) > 2
    if not named or first[-1:].isdigit() or (len(filled) < 2 and not _is_label(first)):
        return ""
    if not all(_is_figure(field) or _is_label(field) for field in filled):
        return ""
    return text.replace(mark, "\t").replace("\0", mark)


def _is_figure(text: str) -> bool:
    """Whether one value stands there: two with a blank between them would pass for one."""
    return is_numberlike(text) and len(text.split()) == 1


def _is_label(text: str) -> bool:
    return bool(
        words.row_label(text)
        or words.names_column(text)
        or words.HEADS.match(text)
        or words.GROUPS.match(text)
        or words.item_title(text)
    )


# --- grids ---------------------------------------------------------------------


def _runs(blocks: Sequence[Block]) -> Iterator[list[int]]:
    """The indexes of neighbouring lines with the same mark and as many fields, and of rules between."""
    run: list[int] = []
    known: tuple[str, int] | None = None
    for index, block in enumerate(blocks):
        shape = _shape(block)
        if shape and run and (not shape[1] or not known or shape == known):
            run.append(index)
        else:
            if known and len(run) > 1:
                yield run
            run, known = ([index] if shape else []), None
        known = shape if shape and shape[1] else known
    if known and len(run) > 1:
        yield run


def _shape(block: Block) -> tuple[str, int] | None:
    """The mark that parts a line and the number of its fields, 0 for a rule; None where it has none."""
    if not isinstance(block, Paragraph) or "\n" in block.text:
        return None
    if "|" in block.text:
        return ("|", 0) if _RULE.fullmatch(block.text) else ("|", len(_fields(block, "|")))
    return ("\t", len(_fields(block, "\t"))) if "\t" in block.text else None


def _fields(line: Paragraph, mark: str) -> list[Field]:
    """What stands between the marks of a line, without the empty fields outside the outer pipes."""
    found: list[Field] = []
    at = 0
    for part in line.text.split(mark):
        text = part.strip()
        place = line.place
        if place.span is not None:
            start = place.span[0] + at + part.find(text)
            place = Place(line=place.line, span=(start, start + len(text)), part=place.part)
        found.append(Field(text, place))
        at += len(part) + 1
    if mark == "|":
        found = found[1:] if not found[0].text else found
        found = found[:-1] if found and not found[-1].text else found
    return found


def _text(block: Block) -> str:
    return block.text if isinstance(block, Paragraph) else ""


def _row(block: Block) -> list[Field]:
    shape = _shape(block)
    return _fields(block, shape[0]) if isinstance(block, Paragraph) and shape and shape[1] else []


def _is_whole(rows: Sequence[Sequence[Field]], piped: bool) -> bool:
    """Whether rows of as many fields each are known to have lost none.

    Merged cells are repeated in them; or every column has its label and every row begins with
    one, and the table is turned or stands between pipes.
    """
    if len(rows) < 2:
        return False
    if piped and sum(any(_repeats(a, b) for a, b in pairwise(row)) for row in rows) >= _REPEATED:
        return True
    head, *data = ([field.text for field in row] for row in rows)
    if not all(head[1:]) or any(map(is_numberlike, head)):
        return False
    if any(not row[0] or is_numberlike(row[0]) for row in data):
        return False
    if len({name for text in head[1:] if (name := words.row_label(text))}) >= _ROWS:
        return all(words.APPLICANTS.match(row[0]) for row in data)
    return piped and sum(map(words.names_column, head)) > 1


def _repeats(left: Field, right: Field) -> bool:
    return left.text == right.text and not is_blank(left.text) and not is_numberlike(left.text)


def _as_grid(rows: Sequence[Sequence[Field]], lines: int) -> list[Block]:
    """Rows as a grid, repeated labels as merged cells; then an empty grid for each further line."""
    cells: list[GridCell] = []
    for number, row in enumerate(rows):
        for column, field in enumerate(row):
            if column and _repeats(row[column - 1], field):
                cells[-1] = replace(cells[-1], colspan=cells[-1].colspan + 1)
            else:
                cells.append(GridCell(number, column, field.text, field.place))
    place = cells[0].place
    grid = Grid(_merged_down(cells), len(rows), len(rows[0]), place)
    return [grid, *[Grid((), 0, 0, place)] * (lines - 1)]


def _merged_down(cells: Sequence[GridCell]) -> tuple[GridCell, ...]:
    """The cells, those of which the same label stands again just below as one over several rows."""
    open_: dict[tuple[int, int], GridCell] = {}  # by column and span: the last cell that has them
    kept: dict[tuple[int, int], GridCell] = {}
    for cell in cells:
        key = (cell.column, cell.colspan)
        above = open_.get(key)
        again = above is not None and above.row + above.rowspan == cell.row and above.text == cell.text
        if above is not None and again and cell.text and not is_numberlike(cell.text):
            cell = replace(above, rowspan=above.rowspan + 1)
        open_[key] = cell
        kept[cell.row, cell.column] = cell
    return tuple(kept.values())
