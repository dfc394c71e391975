"""Damage done to the tables of a sample report, and what the damaged document then prints.

A mutation changes boxes; each box keeps in ``key`` the cell in whose place it is now
printed, so that the truth about the damaged document is read off its boxes.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, replace

from samples.forms import Key
from samples.render.content import Part
from samples.render.reshape import assembled
from samples.render.tables import Box, Table, placed

HEADER_ROWS = 3


@dataclass
class Document:
    """Sections under damage. ``lost``: cells that nobody can place any more.

    ``noticed``: the damage breaks a sum of the form.
    """

    parts: list[Part]
    lost: frozenset[Key] = frozenset()
    noticed: bool = False

    def table(self, number: int) -> Table:
        return self.parts[number].tables[0]

    def put(self, number: int, table: Table) -> None:
        self.parts[number] = replace(self.parts[number], tables=(table,))

    def printed(self) -> dict[Key, str]:
        boxes = (box for part in self.parts for table in part.tables for row in table for box in row)
        return {box.key: box.text for box in boxes if box.key}


def _rows(table: Table) -> list[int]:
    return [y for y, row in enumerate(table) if any(box.key for box in row)]


def _keys(row: list[Box]) -> frozenset[Key]:
    return frozenset(box.key for box in row if box.key)


def _values(row: list[Box]) -> list[int]:
    return [i for i, box in enumerate(row) if box.key]


def _with_texts(row: list[Box], texts: list[str]) -> list[Box]:
    """The row with its values printing ``texts``."""
    at = dict(zip(_values(row), texts, strict=True))
    return [replace(box, text=at[i]) if i in at else box for i, box in enumerate(row)]


def _texts(row: list[Box]) -> list[str]:
    return [row[i].text for i in _values(row)]


def drop_label(doc: Document, rng: random.Random) -> None:
    number = rng.choice((2, 3))
    table = doc.table(number)
    y = rng.choice(_rows(table))
    label = _values(table[y])[0] - 1
    doc.lost = _keys(table[y])
    table[y][label] = replace(table[y][label], text="")


def drop_value(doc: Document, rng: random.Random) -> None:
    table = doc.table(rng.choice((2, 3, 4)))
    y = rng.choice(_rows(table))
    doc.lost = _keys(table[y])
    del table[y][rng.choice(_values(table[y]))]


def drop_row(doc: Document, rng: random.Random) -> None:
    table = doc.table(3)
    y = rng.choice([y for y in _rows(table) if all(box.rowspan == 1 for box in table[y])])
    doc.noticed = any(text not in ("0", "") for text in _texts(table[y]))
    boxes = []
    for top, x, box in placed(table):
        if top == y:
            continue
        over = top < y < top + box.rowspan
        boxes.append((top - (top > y), x, replace(box, rowspan=box.rowspan - over)))
    doc.put(3, assembled(boxes, len(table) - 1))


def _doubled(table: Table, y: int, copy: list[Box]) -> Table:
    boxes = []
    for top, x, box in placed(table):
        over = top <= y < top + box.rowspan and box.rowspan > 1
        boxes.append((top + (top > y), x, replace(box, rowspan=box.rowspan + over)))
    copies = iter(copy)
    boxes += [(y + 1, x, next(copies)) for top, x, _ in placed(table) if top == y]
    return assembled(boxes, len(table) + 1)


def repeat_row(doc: Document, rng: random.Random) -> None:
    table = doc.table(3)
    y = rng.choice([y for y in _rows(table) if all(box.rowspan == 1 for box in table[y])])
    doc.put(3, _doubled(table, y, table[y]))


def repeat_row_otherwise(doc: Document, rng: random.Random) -> None:
    table = doc.table(3)
    y = rng.choice([y for y in _rows(table) if all(box.rowspan == 1 for box in table[y])])
    doc.lost = _keys(table[y])
    other = [str(int(text) + rng.randint(1, 9)) for text in _texts(table[y])]
    doc.put(3, _doubled(table, y, _with_texts(table[y], other)))


def shift_right(doc: Document, rng: random.Random) -> None:
    table = doc.table(rng.choice((3, 4)))
    y = rng.choice(_rows(table))
    table[y] = _with_texts(table[y], ["", *_texts(table[y])[:-1]])


def shift_left(doc: Document, rng: random.Random) -> None:
    table = doc.table(rng.choice((3, 4)))
    y = rng.choice(_rows(table))
    table[y] = _with_texts(table[y], [*_texts(table[y])[1:], ""])


def swap_columns(doc: Document, rng: random.Random) -> None:
    """Two columns of organisations change places with their headers."""
    table = doc.table(3)
    head = HEADER_ROWS - 1
    one, two = rng.sample(range(len(table[head])), 2)
    for y, first in [(head, 0), *((y, _values(table[y])[1]) for y in _rows(table))]:
        row = table[y]
        row[first + one], row[first + two] = row[first + two], row[first + one]


def swap_numbers_of_columns(doc: Document, rng: random.Random) -> None:
    table = doc.table(3)
    one, two = rng.sample(range(6), 2)
    for y in _rows(table):
        texts = _texts(table[y])
        texts[one], texts[two] = texts[two], texts[one]
        table[y] = _with_texts(table[y], texts)


def swap_rows(doc: Document, rng: random.Random) -> None:
    """Two rows of a group change places, label and numbers."""
    table = doc.table(3)
    plain = [y for y in _rows(table) if [box.rowspan for box in table[y]] == [1] * 8]
    one = rng.choice([y for y in plain if y + 1 in plain])
    table[one], table[one + 1] = table[one + 1], table[one]


def swap_numbers_of_rows(doc: Document, rng: random.Random) -> None:
    table = doc.table(3)
    one, two = rng.sample(_rows(table), 2)
    texts = _texts(table[one]), _texts(table[two])
    table[one], table[two] = _with_texts(table[one], texts[1]), _with_texts(table[two], texts[0])


def drop_header(doc: Document, rng: random.Random) -> None:
    number = rng.choice((3, 4))
    table = doc.table(number)
    x = rng.randrange(len(table[HEADER_ROWS - 1]))
    table[HEADER_ROWS - 1][x] = replace(table[HEADER_ROWS - 1][x], text="")


def drop_header_cell(doc: Document, rng: random.Random) -> None:
    table = doc.table(rng.choice((3, 4)))
    del table[HEADER_ROWS - 1][rng.randrange(len(table[HEADER_ROWS - 1]))]


def swap_digits(doc: Document, rng: random.Random) -> None:
    """Two neighbouring digits of a figure change places."""
    table = doc.table(rng.choice((3, 4)))
    able = [
        (y, i, at)
        for y in _rows(table)
        for i, text in enumerate(_texts(table[y]))
        for at in range(len(text) - 1)
        if text[at] != text[at + 1] and text[at + 1] != "0"
    ]
    if not able:
        return
    y, i, at = rng.choice(able)
    texts = _texts(table[y])
    texts[i] = texts[i][:at] + texts[i][at + 1] + texts[i][at] + texts[i][at + 2 :]
    table[y] = _with_texts(table[y], texts)
    doc.noticed = True


def cut_off(doc: Document, rng: random.Random) -> None:
    """The document ends between two cells of a table."""
    number = rng.choice((2, 3, 4))
    table = doc.table(number)
    y = rng.choice(_rows(table))
    row = table[y]
    at = rng.choice(_values(row))
    doc.lost = _keys(row)
    kept = [*(list(r) for r in table[:y]), row[:at]]
    end = len(kept)
    kept = [[replace(box, rowspan=min(box.rowspan, end - t)) for box in r] for t, r in enumerate(kept)]
    doc.put(number, kept)
    del doc.parts[number + 1 :]


def empty_values(doc: Document, rng: random.Random) -> None:
    """Every figure of a table is lost, its labels stand."""
    number = rng.choice((2, 3, 4))
    table = doc.table(number)
    doc.put(number, [[replace(box, text="") if box.key else box for box in row] for row in table])


def scrawled_values(doc: Document, rng: random.Random) -> None:
    """Figures of a table came out as signs that are no digits."""
    number = rng.choice((2, 3, 4))
    table = doc.table(number)
    doc.lost = frozenset(key for row in table for key in _keys(row))
    signs = "口※□?囗"
    doc.put(
        number, [[replace(box, text=rng.choice(signs)) if box.key else box for box in row] for row in table]
    )


MUTATIONS: dict[str, Callable[[Document, random.Random], None]] = {
    f.__name__: f
    for f in (
        drop_label,
        drop_value,
        drop_row,
        repeat_row,
        repeat_row_otherwise,
        shift_right,
        shift_left,
        swap_columns,
        swap_numbers_of_columns,
        swap_rows,
        swap_numbers_of_rows,
        drop_header,
        drop_header_cell,
        swap_digits,
        cut_off,
        empty_values,
        scrawled_values,
    )
}
