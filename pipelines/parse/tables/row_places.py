"""Where the values of a row of section three lie in its grid, and what that tells of them."""

from __future__ import annotations

from collections.abc import Sequence

from pipelines.parse import vocabulary as words
from pipelines.parse.records import Grid, GridCell
from pipelines.parse.tables.headers import Header
from pipelines.parse.vocabulary import is_blank, is_numberlike

_UNKNOWN = -1


class RowPlaces:
    """The rows of one grid, as to where they begin and end."""

    def __init__(self, grid: Grid) -> None:
        self._grid, self._exact = grid, grid.exact
        self._values_from: int | None = _UNKNOWN  # where the values of the grid begin, None if anywhere

    def at_the_end(self, values: list[GridCell], header: Header) -> list[GridCell]:
        """The values of a row of a table's further piece, without blank cells that stand for lost labels.

        They are the last columns of the piece, if nothing in it stands before these but labels.
        """
        wanted = len(words.APPLICANT_ORDER)
        if header.here or not self._exact or len(values) <= wanted:
            return values
        start = self._last_columns()
        return [c for c in values if c.column >= start] if start is not None else values

    def is_short(self, values: Sequence[GridCell], header: Header) -> bool:
        """Whether a row with blanks ends where no other row of the grid does: it may have lost a cell.

        Where a group's label is lost several rows end there.
        """
        end = end_of(values[-1])
        last = max(cell.end for cell in header.cells)
        if end >= last or not any(is_blank(c.text) for c in values):
            return False
        return sum(end_of(row[-1]) == end for row in self._grid.rows() if row) == 1

    def begins_beside_labels(self, bound: dict[str, GridCell], header: Header) -> bool:
        """Whether a row begins with a blank where another one that ends in the same column has its label.

        Where a column of values is lost, that of the labels would pass for one. Below the label of its own
        column a blank is a value.
        """
        key, first = min(bound.items(), key=lambda item: item[1].column)
        if not self._exact or not is_blank(first.text):
            return False
        if header.here and key in header.by_key and header.by_key[key].covers(first):
            return False
        last = max(bound.values(), key=lambda cell: cell.column)
        return any(
            end_of(row[-1]) == end_of(last)
            and any(cell.column == first.column and words.row_label(cell.text) for cell in row)
            for row in self._grid.rows()
            if row
        )

    def _last_columns(self) -> int | None:
        """Where the last seven columns of the grid begin, if values stand in these alone and in the last."""
        if self._values_from == _UNKNOWN:
            start = self._grid.n_columns - len(words.APPLICANT_ORDER)
            figures = [c for c in self._grid.cells if is_numberlike(c.text)]
            last = any(c.column == self._grid.n_columns - 1 for c in figures)
            alone = last and all(c.column >= start and c.colspan == 1 for c in figures)
            self._values_from = start if alone else None
        return self._values_from


def end_of(cell: GridCell) -> int:
    """The column behind a cell."""
    return cell.column + cell.colspan
