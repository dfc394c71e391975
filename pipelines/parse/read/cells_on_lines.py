"""Tables of one cell a line, blank cells as blank lines: values are set beside the labels of their rows.

Blank lines are cells only if they tell it themselves: most rows of section three are as many lines long,
whatever stands in them, and one way alone of counting seven values off fits them all. Nothing moves: line
ends become tabs.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from pipelines.parse import vocabulary as words
from pipelines.parse.headings import match_heading
from pipelines.parse.template import APPLICATIONS, PROACTIVE
from pipelines.parse.vocabulary import is_numberlike

_LINE: Final = re.compile(r"(?P<text>[^\r\n]*)(?P<end>\r\n?|\n|\Z)")
_VALUES: Final = len(words.APPLICANT_ORDER)
_REVIEWS: Final = len(words.STAGE_ORDER) * len(words.OUTCOME_ORDER)
_TABLE: Final = 10  # rows of section three that tell how its values are counted off
_STEPS: Final = (1, 2)  # lines from one cell to the next
_LONGEST: Final = 20_000  # lines of a text in which such tables are looked for
_HEADER: Final = 40  # lines above a row of section two in which its header stands


class _Line(NamedTuple):
    """A line of the text, where it starts and where its end does."""

    text: str
    start: int
    end: int


class _Row(NamedTuple):
    """A label and the lines below it that hold values or nothing: the number of its line, and of these.

    ``closed``: the label of another row stands below them, and no heading, before which more may be blank.
    """

    table: str
    at: int
    length: int
    filled: tuple[int, ...]  # which of these lines hold a value, from 1
    closed: bool


class _Step(NamedTuple):
    """How cells are counted off: the first value stands so many lines below its label, each so many below
    the last, and so many lines stand behind the last.
    """

    first: int
    each: int
    behind: int

    def lines(self, count: int) -> list[int]:
        """How far below the label each of so many values stands."""
        return [self.first + self.each * n for n in range(count)]


def with_values_beside_labels(text: str) -> str:
    """The text, as long as it is, with the values of such rows on the lines of their labels."""
    if text.count("\n") > _LONGEST:
        return text
    lines = [_Line(found["text"].strip(), found.start(), found.end("text")) for found in _LINE.finditer(text)]
    rows = list(_rows(lines))
    applications = [row for row in rows if row.table == APPLICATIONS and not _is_of_group(row)]
    step = _step(applications)
    if step is None or not all(_is_counted_off(row, step, _VALUES) for row in applications if row.closed):
        return text
    letters = list(text)
    for row in rows:
        count = _VALUES if row.table == APPLICATIONS else _columns_above(lines, row.at)
        if count and _is_counted_off(row, step, count):
            _join(letters, lines, row.at, [row.at + below for below in step.lines(count)])
    for row in _reviews(lines):
        if _is_counted_off(row, step, _REVIEWS):
            first, *rest = (row.at + below for below in step.lines(_REVIEWS))
            _join(letters, lines, first, rest)
    return "".join(letters)


def _rows(lines: Sequence[_Line]) -> Iterator[_Row]:
    for at, line in enumerate(lines):
        label = words.row_label(line.text) if line.text and not is_numberlike(line.text) else None
        if label and label.match.sure and not words.means_else(label, line.text):
            yield _row(lines, label.table, at)


def _row(lines: Sequence[_Line], table: str, at: int) -> _Row:
    below = at + 1
    while below < len(lines) and (not lines[below].text or is_numberlike(lines[below].text)):
        below += 1
    filled = tuple(n - at for n in range(at + 1, below) if lines[n].text)
    text = lines[below].text if below < len(lines) else ""
    closed = words.row_label(text) is not None or words.GROUPS.match(text) is not None
    return _Row(table, at, below - at - 1, filled, closed)


def _is_of_group(row: _Row) -> bool:
    """Whether no values stand below a label: in one form it is that of a row, in the other of several."""
    return not row.filled and row.length < _VALUES


def _step(rows: Sequence[_Row]) -> _Step | None:
    """The only way to count off the values of section three that fits its rows of the usual length.

    None where there are several, or is no need.
    """
    lengths = Counter(row.length for row in rows if row.closed)
    length, times = lengths.most_common(1)[0] if lengths else (0, 0)
    if times < _TABLE or all(len(row.filled) == _VALUES for row in rows):
        return None
    filled = {n for row in rows if row.length == length for n in row.filled}
    found = [
        step
        for each in _STEPS
        for first in range(1, length - each * (_VALUES - 1) + 1)
        for step in [_Step(first, each, length - first - each * (_VALUES - 1))]
        if step.behind <= each and first <= each and filled <= set(step.lines(_VALUES))
    ]
    return found[0] if len(found) == 1 else None


def _is_counted_off(row: _Row, step: _Step, count: int) -> bool:
    """Whether a row has the lines that so many values take, and values on no others.

    Where more lines may be blank behind them, values in the first and last place tell that none is lost.
    """
    at = step.lines(count)
    if row.length < at[-1] or not set(row.filled) <= set(at):
        return False
    if not row.filled or (row.closed and row.length == at[-1] + step.behind):
        return True
    held = {APPLICATIONS: at[-1:], PROACTIVE: at}.get(row.table, [at[0], at[-1]])
    return set(held) <= set(row.filled)


def _columns_above(lines: Sequence[_Line], at: int) -> int:
    """How many columns the sub-table of section two names above a line, 0 where its header is not found."""
    named = 0
    for line in reversed(lines[max(0, at - _HEADER) : at]):
        if words.item_title(line.text) or match_heading(line.text):
            return 0
        if line.text == words.ITEMS:
            return named
        named += bool(words.PROACTIVE_COLUMNS.match(line.text))
    return 0


def _reviews(lines: Sequence[_Line]) -> Iterator[_Row]:
    """What stands below the last label of section four's header."""
    heads = [n for n, line in enumerate(lines) if words.OUTCOMES.match(line.text)]
    if len(heads) >= _REVIEWS - 1 and (row := _row(lines, "", heads[-1])).length:
        yield row


def _join(letters: list[str], lines: Sequence[_Line], first: int, cells: Sequence[int]) -> None:
    """Set lines from the first to that of the last cell on one line, a tab before each cell and no others."""
    last = lines[cells[-1]]
    for at in range(lines[first].start, last.end):
        if letters[at] in "\t\r\n":
            letters[at] = " "
    for cell in cells:
        letters[lines[cell - 1].end] = "\t"
