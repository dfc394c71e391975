"""A whole sheet saved as text: as many fields in each record, or all in quotation marks, parted by commas,
semicolons or tabs.

What stands alone in its record is a paragraph; the records between are tables, whose cells keep their places.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Final, NamedTuple

from pipelines.parse import vocabulary as words
from pipelines.parse.glyphs import repair_glyphs
from pipelines.parse.read.rows import INVISIBLE
from pipelines.parse.records import Block, Grid, GridCell, Paragraph, Place

_SEPARATORS: Final = ",;\t"
_RECORDS: Final = 20  # as many show that a text is a sheet
_FIELDS: Final = 7
_MARGIN: Final = " \u3000\u00a0\t\r\n"


class _Field(NamedTuple):
    text: str
    place: Place


def blocks_of_sheet(text: str) -> tuple[Block, ...]:
    """The blocks of a text that is a sheet; nothing where it is none."""
    for separator in _SEPARATORS:
        head = text[: text.find("\n")]
        quoted = text.startswith('"') and _all_quoted(separator).fullmatch(text) is not None
        if head.count(separator) < _FIELDS - 1 and not quoted:
            continue
        records = list(_records(text, separator))
        lengths = {len(record) for record in records}
        if len(records) >= _RECORDS and (len(lengths) == 1 or (quoted and max(lengths) >= _FIELDS)):
            return tuple(_blocks(records))
    return ()


@cache
def _all_quoted(separator: str) -> re.Pattern[str]:
    """A text all of whose fields stand in quotation marks: it is a sheet, however long its records are."""
    return re.compile(rf'(?:"(?:[^"]++|"")*+"(?:{re.escape(separator)}|[\r\n]++|\Z))++')


@cache
def _field(separator: str) -> re.Pattern[str]:
    """A field, and what ends it."""
    sign = re.escape(separator)
    blank = "[ \u3000]*"
    return re.compile(
        rf'(?:{blank}"(?P<quoted>(?:[^"]|"")*)"{blank}|(?P<plain>[^{sign}\r\n]*))(?P<end>{sign}|\r\n?|\n|\Z)'
    )


def _records(text: str, separator: str) -> Iterator[list[_Field]]:
    """The records of a text but those without any sign; a field that ends in no way ends them."""
    pattern = _field(separator)
    record: list[_Field] = []
    at = line = 0
    while at < len(text) and (found := pattern.match(text, at)):
        name = "plain" if found["quoted"] is None else "quoted"
        record.append(_field_of(found[name], found.start(name), line))
        if found["end"] != separator:
            if any(field.text for field in record):
                yield record
            record = []
            line += 1
        line += found[name].count("\n")
        at = found.end()
    if record or at < len(text):
        yield record


def _field_of(written: str, start: int, line: int) -> _Field:
    bare = written.strip(_MARGIN)
    begin = start + written.find(bare)
    text = repair_glyphs(INVISIBLE.sub("", bare.replace('""', '"').replace("\u00a0", " ")))
    return _Field(text, Place(line=line, span=(begin, begin + len(bare))))


def _blocks(records: Sequence[list[_Field]]) -> Iterator[Block]:
    rows: list[list[_Field]] = []
    left = min(at for record in records for at, field in enumerate(record) if field.text)
    for whole in records:
        record = whole[left:]
        if _stands_alone(record):
            if rows:
                yield _grid(rows)
                rows = []
            yield Paragraph(record[0].text, record[0].place)
        else:
            rows.append(record)
    if rows:
        yield _grid(rows)


def _stands_alone(record: Sequence[_Field]) -> bool:
    """Whether a record is a line of text: one field, which begins no row of the form."""
    first, *others = record
    if not first.text or any(field.text for field in others):
        return False
    return not (words.row_label(first.text) or words.item_title(first.text) or words.GROUPS.match(first.text))


def _grid(rows: Sequence[Sequence[_Field]]) -> Grid:
    """The rows as far right as any of them has a text."""
    width = 1 + max(at for row in rows for at, field in enumerate(row) if field.text)
    cells = tuple(
        GridCell(number, column, field.text, field.place)
        for number, row in enumerate(rows)
        for column, field in enumerate(row[:width])
    )
    return Grid(cells, len(rows), width, Place(line=rows[0][0].place.line))
