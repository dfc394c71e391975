"""Tables that print a form in the same way are bound in the same way: what was found once is used again.

Thousands of offices fill in the same file: their tables differ in nothing but the figures. Which cell
belongs to which row and column is told by labels and spans, not by figures. So a form is known by all that
its grids print but the *values*: cells behind the label of their row that hold a number, a dash, what else
stands for a figure, or nothing. The second time that a form is met, what the reader of grids finds is kept,
each value by where it stands; the next document of the form has its own values put there.

That is done only where values had no say: where the tables are plain (see :mod:`plain`), every value comes
out once, and the reader finds the same whatever stands in their places: nothing but zeros, others that
count on from each row's first, rows without a value and rows with one alone. For all that the reader asks of
a value is whether it is blank and, where it lies below several columns, whether it is zero: then it stands
for each of them, comes out more than once among zeros, and its form is not kept.

Where a label breaks its lines is no matter of the form: each document lends its own labels to what is found.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import Final

from pipelines.parse.records import Block, Grid
from pipelines.parse.tables.blocks import Captions
from pipelines.parse.tables.broken.pieces import is_in_pieces
from pipelines.parse.tables.findings import Finding, Findings, Slot
from pipelines.parse.tables.form_plans import Plan, Read, plan_of
from pipelines.parse.tables.form_shapes import Grids, digest_of
from pipelines.parse.tables.grid import GridReader
from pipelines.parse.tables.plain import is_plain
from pipelines.parse.vocabulary import is_blank

_COUNTED: Final = "1 2 3 4 5"  # what no stage of section four may hold: the last is the sum of the others
_MOST: Final = 1_500  # forms that are known at a time, each in some 3 kB
_NEXT: Final = 3  # blocks below one: a heading and two lines
_MOST_MET: Final = 10_000  # forms that were met once


class Known:
    """Grids of a form that is known: what is found in them.

    ``cells`` are, for each row, the cell where it stands, then those of its values.
    """

    def __init__(self, plan: Plan, grids: Grids) -> None:
        every = [cell for _, grid in grids for cell in grid.cells]
        self.rows = plan.rows
        self.cells = [every[n] for n in plan.places]
        # but numbers in one piece, of which nothing is asked
        self._printed = {cell.text for cell in self.cells if not cell.text.isdecimal()}
        self.used = {grids[g][0] for g in plan.used}
        self.seen = set(plan.seen)
        self.labels = [
            every[numbers[0]].text if len(numbers) == 1 else "".join([every[n].text for n in numbers])
            for numbers in plan.labels
        ]

    def may_count_columns(self) -> bool:
        """Whether 1, 2, 3 … stand in section four, as below a header there: as values they have no say."""
        filled = filter(None, [self.cells[n].text.strip() for n in self.rows.of_reviews])
        return _COUNTED in " ".join(filled)

    def is_settled(self) -> bool:
        """Whether nothing but blanks may be doubted: labels as the form has them, values in one piece."""
        return (
            self.rows.sure
            and not any(map(is_in_pieces, self._printed))
            and {cell.confidence for cell in self.cells} == {None}
        )

    def has_blanks(self) -> bool:
        """Whether nothing stands in some of the cells."""
        return any(map(is_blank, self._printed))

    def findings(self) -> Findings:
        """The same as if the grids had been read cell by cell."""
        found = Findings(used=set(self.used), seen=set(self.seen))
        cells = iter(self.cells)
        for (table, row, match, columns, form, ordered), label in zip(
            self.rows.rows, self.labels, strict=True
        ):
            place = next(cells).place
            slots = {}
            for key, column, unit_hint in columns:
                cell = next(cells)
                slots[key] = Slot(cell.text, cell.place, cell.confidence, column, unit_hint)
            found.rows.append(
                Finding(table, row, label, match, place, slots, (), "", form, ordered, plain=True)
            )
        return found


_known: dict[bytes, Plan | None] = {}  # None: values have a say in this form; the last used stand last
_met: dict[bytes, None] = {}  # in the order met


@dataclass(frozen=True, slots=True)
class Form:
    """The grids of a document, with their indexes in it, and what they print but values, as a digest.

    ``below`` gives what stands next below the block of an index: nothing at the document's end.
    """

    grids: Grids
    format_name: str
    captions: Captions
    digest: bytes
    below: Callable[[int], list[str]]

    @classmethod
    def of(cls, blocks: Sequence[Block], format_name: str, captions: Captions) -> Form:
        """The form of the grids among the blocks of a document."""
        grids = [(index, block) for index, block in enumerate(blocks) if isinstance(block, Grid)]
        digest = digest_of(grids, format_name, captions)
        return cls(grids, format_name, captions, digest, partial(_below, blocks))

    def known(self) -> Known | None:
        """What is known of the form, unless values of its grids may be the numbers of columns."""
        plan = _known_plan(self.digest)
        known = Known(plan, self.grids) if plan else None
        return None if known is None or known.may_count_columns() else known


def _below(blocks: Sequence[Block], index: int) -> list[str]:
    """The texts of the next blocks below one, of those in which anything stands."""
    texts = (
        " ".join([cell.text for cell in block.cells]) if isinstance(block, Grid) else block.text
        for block in islice(blocks, index + 1, None)
        if (block.cells if isinstance(block, Grid) else block.text.strip())
    )
    return list(islice(texts, _NEXT))


def read_grids(form: Form) -> tuple[Findings, bool]:
    """What the grids of a document give, read cell by cell, and whether they are plain."""

    def read(these: Grids) -> Findings:
        reader = GridReader(form.format_name, form.captions)
        for index, grid in these:
            reader.read(index, grid)
        return reader.finish()

    found = read(form.grids)
    plain = is_plain(found, dict(form.grids))
    if plain and form.digest and form.digest not in _known:
        _meet(form.digest, form.grids, found, read)
    return found, plain


def _known_plan(form: bytes) -> Plan | None:
    """What is known of a form, as the last one used."""
    if form not in _known:
        return None
    plan = _known[form] = _known.pop(form)
    return plan


def _meet(form: bytes, grids: Grids, found: Findings, read: Read) -> None:
    """Take note of a form; what is found in it is kept when it is met again."""
    if form not in _met:
        if len(_met) >= _MOST_MET:
            del _met[next(iter(_met))]
        _met[form] = None
        return
    if len(_known) >= _MOST:
        del _known[next(iter(_known))]
    _known[form] = plan_of(grids, found, read)
