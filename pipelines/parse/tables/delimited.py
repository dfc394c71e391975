"""Tables that lines of text draw: with box characters, between pipes, with repeated merged cells.

Box characters become pipes, separators that only part fields become tabs, so that what stands
in a line keeps its place; a run of lines that is a whole table of columns becomes a grid.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import dropwhile, groupby, pairwise
from typing import Final, NamedTuple

from pipelines.parse import vocabulary as words
from pipelines.parse.records import Block, Grid, GridCell, Paragraph, Place
from pipelines.parse.tables.blank_fields import TABLE, close_up, without_padding
from pipelines.parse.tables.fixed_width import with_columns
from pipelines.parse.tables.separators import with_tabs
from pipelines.parse.vocabulary import is_blank, is_numberlike

_BARS: Final = "│┃║┆┇┊┋｜￨"
_BEAMS: Final = "─━═┄┅┈┉┌┏╔┐┓╗└┗╚┘┛╝├┣╠┤┫╣┬┳╦┴┻╩┼╋╬"
_BOX = re.compile(f"[{_BARS}{_BEAMS}]")
_RULE_OF_BOX = re.compile(f"[{_BARS}{_BEAMS}\\s]*[{_BEAMS}][{_BARS}{_BEAMS}\\s]*")
_RULE_OF_SIGNS = re.compile(r"\s*(?:\+(?:[-=]+\+)+|[-=]{2,}(?:\s+[-=]{2,})+)\s*")
_SIGNS = re.compile(r"\+|(?:--|==)\s")
_GLANCE: Final = ("+", "--", "==")  # one of which stands where :data:`_SIGNS` do
_RUNS: Final = {"\t": re.compile(r"\t+"), "|": re.compile(r"\|+")}
_TO_PIPES = str.maketrans(dict.fromkeys(_BARS, "|"))
_RULE = re.compile(r"[\s|:+=-]*[-=]{2,}[\s|:+=-]*")
# what lines of a text may begin with, and what tells that it is no value; what they end with, as rows of TeX
_BEGINNINGS: Final = {
    sign: (re.compile(rf"{re.escape(sign)}(?=\s)"), re.compile(r".\s+(?:[^\W\d]|[（(]|\d[.、．])"))
    for sign in ">-*•–"
} | {"|": (re.compile(r"\|(?=\s[^|]*$)"), re.compile(r"\|\s+(?:[^\W\d]|[（(]|\d[.、．])[^|]*$"))}
# of a list in JSON, or as Python prints it
_BRACKETS = re.compile(r"\s*\[+(?=[\s\"'\]])|(?<=[\s\"'\[\de])\]+,?\s*$")
_NOTHING = re.compile(r"(?<![^\s,])(?:None|null)(?=\s*(?:,|$))")
_QUOTES = re.compile("'([^'\"]*)'")
_SPANNING = re.compile(r"\\multi(?:row|column)\s*\{[^{}]*\}\s*\{[^{}]*\}\s*\{([^{}]*)\}")
_ROW_END = re.compile(r"\\\\(?:\s*\\hline)?\s*$")
_FILL = re.compile(r"(?<=\s)\|{2,}$")  # makes a row as long as the widest: no blank fields
_PIPE_AT_END = re.compile(r"(?<=\S)\s*\|\s*$")
_BACKSLASHES: Final = ("\\\\", "\\\\ ", "\\hline")
_LINES: Final = 5  # lines that show that a document marks them so
_REPEATED: Final = 3  # rows with repeated labels that show that merged cells were repeated
_GAPS: Final = 3  # rows with blanks that show that it prints blank cells
_ROWS: Final = 8  # labels of rows in a header that make a turned table


class Field(NamedTuple):
    """What stands between two marks of a line, and where."""

    text: str
    place: Place


def tables_of_lines(blocks: Sequence[Block]) -> list[Block]:
    """The blocks, in which lines that draw a table are fields between pipes or tabs, or a grid.

    A grid stands at the index of its first line, the others leave an empty grid there.
    """
    lines = with_columns(_without_marks_around(list(blocks)))
    said = _said(lines)
    if any(map(said.__contains__, _GLANCE)) or _BOX.search(said):
        lines = [_with_pipes(block) for block in lines]
    for mark in _RUNS:
        _single(lines, mark)
    plain = with_tabs(_without_bare_pipes(lines))
    said = _said(plain)
    if not any(mark in said for mark in _RUNS):
        return plain
    without_padding(plain)
    close_up(plain)
    for run in _runs(plain):
        rows = list(dropwhile(_is_empty, (row for i in run if (row := _row(plain[i])))))
        if _is_whole(rows, "|" in _text(plain[run[0]])) and _are_closed([plain[i] for i in run]):
            plain[run[0] : run[-1] + 1] = _as_grid(rows, len(run))
    return plain


# --- marks ---------------------------------------------------------------------


def _without_marks_around(blocks: list[Block]) -> list[Block]:
    """The blocks, with blanks for the sign that many lines begin with, and for the one that rows end with."""
    lines = {i: b for i, b in enumerate(blocks) if isinstance(b, Paragraph)}
    begun: dict[str, dict[int, str]] = defaultdict(dict)
    for i, line in lines.items():
        begun[line.text[:1]][i] = line.text
    for sign, (mark, before_words) in _BEGINNINGS.items():
        if sum(before_words.match(text) is not None for text in begun[sign].values()) >= _LINES:
            _blank_out(blocks, {i: mark.match(text) for i, text in begun[sign].items()})
    listed = {i: lines[i] for i, text in begun["["].items() if text.endswith(("]", "],"))}
    for i, line in listed.items() if len(listed) >= _LINES else ():
        text = _BRACKETS.sub(lambda found: " " * len(found[0]), line.text)
        text = _QUOTES.sub(r'"\1"', _NOTHING.sub("    ", text))
        blocks[i] = replace(line, text=text)
    said = _said(blocks)
    if "|" in said:
        _without_needless_pipes(blocks)
    if "\\" in said:
        _without_marks_of_tex(blocks)
    return blocks


def _without_marks_of_tex(blocks: list[Block]) -> None:
    """Put blanks for what TeX says of cells that span others, and for what ends its rows."""
    for i, block in enumerate(blocks):
        if isinstance(block, Paragraph) and "\\multi" in block.text:
            blocks[i] = replace(block, text=_SPANNING.sub(_spanned, block.text))
    ends = {i: text for i, text in enumerate(map(_text, blocks)) if text.endswith(_BACKSLASHES)}
    if not any("\\\\" in _ROW_END.sub("", text) for text in ends.values()):
        _blank_out(blocks, {i: _ROW_END.search(text) for i, text in ends.items()})


def _spanned(found: re.Match[str]) -> str:
    """What a cell of TeX that spans others holds, with blanks around it, where it stood."""
    return f"{found[1]} ".rjust(len(found[0]))


def _without_needless_pipes(blocks: list[Block]) -> None:
    """Put blanks for the pipes that make rows as long as the widest, and for those behind single cells."""
    _blank_out(blocks, {i: _FILL.search(_text(b)) for i, b in enumerate(blocks) if _text(b).endswith("||")})
    for _, run in groupby(enumerate(map(_pipe_behind, blocks)), lambda found: found[1] is not None):
        _blank_out(blocks, dict(run))


def _pipe_behind(block: Block) -> re.Match[str] | None:
    """The pipe at the end of a line that has no other: a cell stands before it, on a line of its own."""
    text = _text(block)
    return _PIPE_AT_END.search(text) if text.count("|") == 1 else None


def _blank_out(blocks: list[Block], found: Mapping[int, re.Match[str] | None]) -> None:
    """Put blanks for what was found in lines, if these are many: all else stays where it is."""
    marks = {i: mark.span() for i, mark in found.items() if mark}
    for i, (start, end) in marks.items() if len(marks) >= _LINES else ():
        block = blocks[i]
        if isinstance(block, Paragraph):
            text = block.text
            blocks[i] = replace(block, text=text[:start] + " " * (end - start) + text[end:])


def _with_pipes(block: Block) -> Block:
    """A line of box characters with pipes for its bars; what is nothing but a rule is dashes."""
    if not isinstance(block, Paragraph) or not (_SIGNS.search(block.text) or _BOX.search(block.text)):
        return block
    if _RULE_OF_BOX.fullmatch(block.text) or _RULE_OF_SIGNS.fullmatch(block.text):
        return replace(block, text="|" + "-" * max(0, len(block.text) - 2) + "|")
    return replace(block, text=block.text.translate(_TO_PIPES))


def _without_bare_pipes(blocks: list[Block]) -> list[Block]:
    """Lines with tabs for pipes that part fields and do not stand around them: a blank at an end is one too.

    Of lines with as many pipes, one that neither begins nor ends with a pipe tells; one pipe alone does not.
    """
    lines = [(i, b) for i, b in enumerate(blocks) if isinstance(b, Paragraph) and "|" in b.text]
    inner = [line.text.count("|") for _, line in lines if "|" not in (line.text[0], line.text[-1])]
    bare = set(inner) if max(inner, default=0) > 1 else set()
    for i, line in lines:
        if line.text.count("|") in bare:
            blocks[i] = replace(line, text=line.text.replace("|", "\t"))
    return blocks


def _single(blocks: list[Block], mark: str) -> None:
    """Put a blank for the second of each two marks where all stand in pairs: a pair parts two fields.

    So do pipes on both sides of each cell, one of which begins a line, and one ends it.
    """
    lines = {i: b for i, b in enumerate(blocks) if isinstance(b, Paragraph) and mark in b.text}
    fenced = {i: line for i, line in lines.items() if mark == "|" and line.text.startswith(mark)}
    if len(fenced) >= _LINES:
        lines = fenced
        texts = [line.text.rstrip().removeprefix(mark).removesuffix(mark) for line in fenced.values()]
    else:
        texts = [line.text for line in lines.values()]
    runs = [run for text in texts for run in _RUNS[mark].findall(text)]
    if len(lines) >= _LINES and not any(len(run) % 2 for run in runs):
        for i, line in lines.items():
            blocks[i] = replace(line, text=line.text.replace(2 * mark, f"{mark} "))


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
        found.append(Field(text, line.place.within(at + part.find(text), len(text))))
        at += len(part) + 1
    if mark == "|":
        found = found[1:] if not found[0].text else found
        found = found[:-1] if found and not found[-1].text else found
    return found


def _text(block: Block) -> str:
    return block.text if isinstance(block, Paragraph) else ""


def _said(blocks: Sequence[Block]) -> str:
    return "\n".join(map(_text, blocks))


def _row(block: Block) -> list[Field]:
    shape = _shape(block)
    return _fields(block, shape[0]) if isinstance(block, Paragraph) and shape and shape[1] else []


def _is_empty(row: Sequence[Field]) -> bool:
    """Whether nothing stands in a row, as in the header that markdown gives a table without one."""
    return not any(field.text for field in row)


def _is_whole(rows: Sequence[Sequence[Field]], piped: bool) -> bool:
    """Whether rows of as many fields each are known to have lost none.

    Merged cells are repeated in them; or every column has its label and every row begins with
    one, and the table is turned or stands between pipes.
    """
    if len(rows) < 2:
        return False
    if sum(any(_repeats(a, b) for a, b in pairwise(row)) for row in rows) >= _REPEATED:
        return True
    head, *data = ([field.text for field in row] for row in rows)
    if not all(head[1:]) or any(map(is_numberlike, head)):
        return False
    if any(not row[0] or is_numberlike(row[0]) for row in data):
        return False
    if len({name for text in head[1:] if (name := words.row_label(text))}) >= _ROWS:
        return all(words.APPLICANTS.match(row[0]) for row in data)
    return piped and sum(map(words.names_column, head)) > 1


def _are_closed(lines: Sequence[Block]) -> bool:
    """Whether no line lacks the pipe that the others end with: the rest of such a row is on the next line."""
    return len({_text(line).endswith("|") for line in lines}) == 1


def drawn_with_gaps(grid: Grid) -> bool:
    """Whether lines draw a grid that is as long as section three, of which several rows have blank cells."""
    if grid.place.line is None or grid.n_rows < TABLE:
        return False
    return len({cell.row for cell in grid.cells if is_blank(cell.text)}) >= _GAPS


def _repeats(left: Field, right: Field) -> bool:
    return left.text == right.text and not is_blank(left.text) and not is_numberlike(left.text)


def _as_grid(rows: Sequence[Sequence[Field]], lines: int) -> list[Block]:
    """Rows as a grid, repeated labels as merged cells; then an empty grid for each further line."""
    cells: list[GridCell] = []
    heads: dict[int, tuple[int, int]] = {}  # the columns of the lowest label above a column
    for number, row in enumerate(rows):
        for cell in _cells_of(number, row, heads):
            cells.append(cell)
            if not is_blank(cell.text) and not is_numberlike(cell.text):
                span = (cell.column, cell.column + cell.colspan)
                heads |= dict.fromkeys(range(*span), span)
    place = cells[0].place
    grid = Grid(_merged_down(cells), len(rows), len(rows[0]), place)
    return [grid, *[Grid((), 0, 0, place)] * (lines - 1)]


def _cells_of(number: int, row: Sequence[Field], heads: Mapping[int, tuple[int, int]]) -> Iterator[GridCell]:
    """The cells of a row: labels that are repeated are one, and so are values below a label that is."""
    end = 0
    for column, field in enumerate(row):
        if column < end:
            continue
        end = column + 1
        if is_numberlike(field.text):
            start, last = heads.get(column, (column, end))
            if start == column and all(other.text == field.text for other in row[start:last]):
                end = last
        else:
            while end < len(row) and _repeats(field, row[end]):
                end += 1
        yield GridCell(number, column, field.text, field.place, 1, end - column)


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
