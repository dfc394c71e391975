"""Tables told as lists: a row's label, then 自然人：3、商业企业：0 …, on its line or on lines below."""

from __future__ import annotations

import re
import string
from collections.abc import Sequence
from functools import cache
from typing import Final, NamedTuple

from pipelines.parse import vocabulary as words
from pipelines.parse.labels import Match
from pipelines.parse.records import Block, Grid, GridCell, Paragraph
from pipelines.parse.tables.told import Pair, Row, column_of, row_named, wide
from pipelines.parse.template import APPLICATIONS, TABLES, TEMPLATES
from pipelines.parse.vocabulary import is_blank, is_numberlike

_BULLET = re.compile(r"[\s\-–—•·*+>◆◇■□●○▪▶►➢※]*")
_UNITS: Final = "件条次个项宗起份部例元"
_UNIT: Final = rf"(?: ?(?:[{_UNITS}]|万元))?"
_VALUE: Final = rf"(?P<value>(?:[+\-±]?\d(?:[\d,.，．]*\d)?|[-–—－/／]+|无){_UNIT})?"
_BEHIND: Final = f"{string.whitespace}\u3000\u00a0,，;；、。"
_AFTER: Final = r"[\s,，;；、。]*"
_NOTE: Final = r"(?:\s*[(（][^()（）]*[)）])?"
_SPLIT = re.compile(r"[:：,，、\s]+")
_LONGEST: Final = 400  # characters of a line of a list
_LABEL: Final = 60  # characters that hold the label of a row
_SENTENCE: Final = 20  # characters, with a full stop behind them: no label
_ROWS: Final = 3  # rows of a list of section three


def tables_of_lists(blocks: Sequence[Block]) -> list[Block]:
    """The blocks, in which the lines of a list are the grid that they tell, at the index of the first."""
    kept = list(blocks)
    reader = _Lists()
    for index, block in enumerate(blocks):
        reader.take(index, block if isinstance(block, Paragraph) else None)
    reader.end()
    for indexes, rows in reader.found:
        place = rows[0].label.place
        empty = Grid((), 0, 0, place)
        for index in indexes:
            kept[index] = empty
        kept[indexes[0]] = wide(rows, place)
    return kept


class _Waiting(NamedTuple):
    """A column whose value is to come; ``blank`` is what it has if none does, None if one must."""

    table: str
    match: Match
    label: GridCell
    blank: GridCell | None


class _Lists:
    """Gathers the rows of lists line by line; whatever is no line of a list ends it."""

    def __init__(self) -> None:
        self.found: list[tuple[list[int], list[Row]]] = []
        self._indexes: list[int] = []
        self._rows: list[Row] = []
        self._waiting: _Waiting | None = None

    def take(self, index: int, line: Paragraph | None) -> None:
        """Take in the next block, None where it is no line."""
        if line is None:
            if self._rows:
                self.end()
            return
        if self._is_part(line):
            self._indexes.append(index)
        elif self._rows:
            if self._leaves_values(line):
                self._rows, self._indexes, self._waiting = [], [], None
            self.end()
            if self._is_part(line):
                self._indexes.append(index)

    def _leaves_values(self, line: Paragraph) -> bool:
        """Whether one more value follows a row of which columns are blank: it may be that of any of them.

        On the very next line it may be the rest of the last one.
        """
        if not self._rows[-1].pairs or not is_numberlike(line.text.strip()):
            return False
        last = self._rows[-1].pairs[-1].value
        at, above = line.place.line, last.place.line
        below = at is not None and above is not None and at == above + 1
        return below or any(is_blank(pair.value.text) for pair in self._rows[-1].pairs)

    def end(self) -> None:
        """End the list that is being gathered, and keep it if it is whole."""
        self._give_up()
        rows, indexes = self._rows, self._indexes
        self._rows, self._indexes = [], []
        waiting, self._waiting = self._waiting, None
        if waiting or not rows or not all(row.is_whole() for row in rows):
            return
        if all(is_blank(pair.value.text) for row in rows for pair in row.pairs):
            return  # a header, perhaps
        if rows[0].table != APPLICATIONS or len(rows) >= _ROWS:
            self.found.append((indexes, rows))

    def _is_part(self, line: Paragraph) -> bool:
        """Take in a line if it is one of a list."""
        text = line.text
        if not text or len(text) > _LONGEST or "\t" in text or "|" in text or "\n" in text:
            return False
        start = len(_BULLET.match(text)[0])  # type: ignore[index]
        if start and is_numberlike(text):  # a dash
            start = 0
        if self._waiting:
            if self._value(text, line):
                return True
            self._give_up()
        if self._waiting:
            return False
        return self._pairs(text, start, line) or self._heading(text, start, line)

    def _value(self, text: str, line: Paragraph) -> bool:
        """The value on the line below its column's label."""
        if self._waiting is None or not is_numberlike(text.strip()):
            return False
        self._settle(self._waiting, _cell(line, text, 0))
        return True

    def _give_up(self) -> None:
        """Take a column for blank of which the value has not come, if it may be."""
        if self._waiting and self._waiting.blank:
            self._settle(self._waiting, self._waiting.blank)

    def _settle(self, waiting: _Waiting, value: GridCell) -> None:
        self._rows[-1].pairs.append(Pair(waiting.table, waiting.match, waiting.label, value))
        self._waiting = None

    def _heading(self, text: str, start: int, line: Paragraph) -> bool:
        """A line that is the label of a row, of a column whose value is to come, or a title between rows."""
        bare = text[start:].strip().rstrip(":：")
        is_sentence = len(bare) > _SENTENCE and bare.endswith("。")
        named = None if is_sentence else row_named(bare)
        if named:
            self._begin(named, _cell(line, bare, start))
            return True
        if not self._rows:
            return False
        row = self._rows[-1]
        match = column_of(bare, row.table)
        if match and match.sure and len(row.pairs) < 10:
            may_be_blank = text.rstrip().endswith((":", "："))  # 自然人： and nothing behind it
            blank = _cell(line, "", start) if may_be_blank else None
            self._waiting = _Waiting(row.table, match, _cell(line, bare, start), blank)
            return True
        if row.table == APPLICATIONS and not row.pairs and row_named(row.label.text + bare):
            return True  # the label goes on in this line
        return bool(words.GROUPS.match(bare) or words.HEADS.match(bare) or words.item_title(bare)) and bool(
            row.pairs
        )

    def _pairs(self, text: str, start: int, line: Paragraph) -> bool:
        """A line of columns and values, perhaps behind the label of their row."""
        last = text.rstrip(_BEHIND)[-1:]
        if not (last.isdecimal() or last.isspace() or last in _last_signs()):
            return False
        if self._rows and (pairs := _pairs_of(text, start, line, self._rows[-1].table)):
            self._add(pairs, text)
            return True
        for found in _SPLIT.finditer(text, start, start + _LABEL):
            begins = _any_column().match(text, found.end())
            named = row_named(text[start : found.start()]) if begins else None
            if named is None:
                continue
            pairs = _pairs_of(text, found.end(), line, named)
            if pairs:
                self._begin(named, _cell(line, text[start : found.start()], start))
                self._add(pairs, text)
                return True
        return False

    def _add(self, pairs: list[Pair], text: str) -> None:
        """Take in the pairs of a line; below a label that stands alone with its colon its value may come."""
        if len(pairs) == 1 and text.rstrip().endswith((":", "：")):
            self._waiting = _Waiting(*pairs[0])
        else:
            self._rows[-1].pairs += pairs

    def _begin(self, table: str, label: GridCell) -> None:
        """Begin a row; one of another table begins another list."""
        if self._rows and self._rows[-1].table != table:
            self.end()
        self._rows.append(Row(table, label))


def _pairs_of(text: str, start: int, line: Paragraph, table: str) -> list[Pair]:
    """The pairs of column and value that make up the rest of a line; none if anything else stands there."""
    found: list[Pair] = []
    at = start
    pattern = _pair(table)
    while at < len(text):
        hit = pattern.match(text, at)
        if hit is None:
            return []
        match = column_of(hit["label"], table)
        if match is None:
            return []
        value = hit["value"] or ""
        if not value and hit.end("label") == hit.end() < len(text):
            return []  # labels run together
        begin = hit.start("value") if hit["value"] else hit.end("label")
        found.append(
            Pair(table, match, _cell(line, hit["label"], hit.start("label")), _cell(line, value, begin))
        )
        at = hit.end()
    return found


@cache
def _pair(table: str) -> re.Pattern[str]:
    """A label of one of a table's columns with what stands between it and the next."""
    return re.compile(rf"(?P<label>(?:{_labels(table)}){_NOTE})[:：为\s]*{_VALUE}{_AFTER}")


@cache
def _any_column() -> re.Pattern[str]:
    return re.compile("|".join(map(_labels, TABLES)))


@cache
def _last_signs() -> frozenset[str]:
    """What a line of pairs may end with but figures: a sign, a unit, a colon, a note, or a column's label."""
    labels = {spelling[-1] for table in TABLES for spelling in _spellings(table)}
    return frozenset({*"-–—－/／无", *_UNITS, *":：为)）", *labels})


def _labels(table: str) -> str:
    """A pattern of the labels of a table's columns, long ones first."""
    return "|".join(map(re.escape, sorted(_spellings(table), key=len, reverse=True)))


def _spellings(table: str) -> set[str]:
    """The labels of a table's columns."""
    return {
        spelling
        for template in TEMPLATES.values()
        for part in template.tables()
        if part.name == table
        for column in part.columns
        for spelling in column.spellings()
    }


def _cell(line: Paragraph, text: str, start: int) -> GridCell:
    return GridCell(0, 0, text, line.place.within(start, len(text)), confidence=line.confidence)
