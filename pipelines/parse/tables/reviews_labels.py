"""Labels of section four in grids: which stage or outcome a cell names, and what labels name together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise

from pipelines.parse import vocabulary as words
from pipelines.parse.labels import Match
from pipelines.parse.records import GridCell, Paragraph
from pipelines.parse.tables.merged import Span
from pipelines.parse.tables.reviews import ALL_PAIRS, Pair, outcomes_in_order
from pipelines.parse.vocabulary import in_order, is_blank


@dataclass(frozen=True, slots=True)
class Labelled:
    """A cell that names a stage or an outcome."""

    cell: GridCell
    stage: Match | None
    outcome: Match | None

    @property
    def span(self) -> Span:
        """The grid columns below it."""
        return self.cell.column, self.cell.column + self.cell.colspan

    def over(self, other: GridCell) -> bool:
        """Whether it stands in a grid column of the other cell."""
        return (
            self.cell.column < other.column + other.colspan
            and other.column < self.cell.column + self.cell.colspan
        )


def labelled(cell: GridCell) -> Labelled | None:
    """The cell with the stage or outcome that it names, None where it names none."""
    stage, outcome = _named(cell.text)
    return Labelled(cell, stage, outcome) if stage or outcome else None


def over_blanks(heads: Sequence[Labelled], row: Sequence[GridCell]) -> list[Labelled]:
    """The labels of a row; those of stages stand over the blank cells right of them too, once merged."""
    ends = {id(cell): cell.column + cell.colspan for cell in row}
    for cell, behind in reversed(list(pairwise(row))):
        if is_blank(behind.text) and behind.column == ends[id(cell)]:
            ends[id(cell)] = ends[id(behind)]
    return [
        replace(head, cell=replace(head.cell, colspan=ends[id(head.cell)] - head.cell.column))
        if head.stage
        else head
        for head in heads
    ]


def captioned(line: Paragraph | None) -> Labelled | None:
    """The stage that a line above a grid names, if it names one."""
    named = words.scan([line.text], words.STAGES, words.STAGE_DECOYS) if line else []
    if line is None or len(named) != 1:
        return None
    return Labelled(GridCell(-1, -1, line.text, line.place), named[0][0], None)


@lru_cache(maxsize=4096)
def _named(text: str) -> tuple[Match | None, Match | None]:
    """The stage or else the outcome that a text names."""
    stage = words.STAGES.match(text)
    return stage, None if stage else words.OUTCOMES.match(text)


def pair_of(labels: Sequence[Labelled]) -> Pair | None:
    """The stage and the outcome that labels name, where that is one of each."""
    stages = {h.stage.key for h in labels if h.stage}
    outcomes = {h.outcome.key for h in labels if h.outcome}
    return (stages.pop(), outcomes.pop()) if len(stages) == len(outcomes) == 1 else None


def is_plain(pairs: dict[Pair, GridCell], labels: Sequence[Labelled]) -> bool:
    """Whether a row holds all values in the form's order, below labels as the form has them."""
    sure = all(match.sure for hit in labels for match in (hit.stage, hit.outcome) if match)
    return sure and tuple(pairs) == ALL_PAIRS


def in_form_order(heads: Sequence[Labelled]) -> bool:
    """Whether the labels, row by row, are in the form's order (some may be lost)."""
    ranked = sorted(heads, key=lambda h: (h.cell.row, h.cell.column))
    stages = [h.stage.key for h in ranked if h.stage]
    outcomes = [h.outcome.key for h in ranked if h.outcome and not _repeated_below(h, heads)]
    return in_order(stages, words.STAGE_ORDER) and outcomes_in_order(outcomes)


def _repeated_below(head: Labelled, heads: Sequence[Labelled]) -> bool:
    return any(h.outcome == head.outcome and h.cell.row > head.cell.row and h.over(head.cell) for h in heads)
