"""Section four in grids: every value is bound by its stage and its outcome, wherever these labels stand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pipelines.parse import vocabulary as words
from pipelines.parse.labels import Match
from pipelines.parse.records import Grid, GridCell, Paragraph
from pipelines.parse.tables import sums
from pipelines.parse.tables.findings import Findings, Slot, loose_slots
from pipelines.parse.tables.headers import SPARE
from pipelines.parse.tables.merged import SHARED, is_for_each
from pipelines.parse.tables.other_names import is_other_name, stands_over_values
from pipelines.parse.tables.reviews import ALL_PAIRS, TWICE, Held, Pair, count_columns, why_unbound
from pipelines.parse.tables.reviews_labels import (
    Labelled,
    captioned,
    in_form_order,
    is_plain,
    labelled,
    over_blanks,
    pair_of,
)
from pipelines.parse.template import REVIEWS
from pipelines.parse.vocabulary import is_blank, is_numberlike

_LETTERS = frozenset("".join((*words.OUTCOMES.forms, *words.STAGES.forms, words.LAWSUITS)))
_LABELS = 3  # cells that may hold the labels of a row
# numbers of columns that a whole header may have: all, one stage's, the lawsuits', one for each stage
_WHOLE = (
    len(ALL_PAIRS),
    len(words.OUTCOME_ORDER),
    len(ALL_PAIRS) - len(words.OUTCOME_ORDER),
    len(words.STAGE_ORDER),
)


class ReviewsReader:
    """Collects the labels of header rows, then binds data rows; a table may be in several grids."""

    def __init__(self, found: Findings) -> None:
        self._found = found
        self._held = Held()
        self._strays: list[tuple[Grid, str, tuple[Slot, ...]]] = []  # rows that bind to nothing, and why
        self._holders: list[Grid] = []  # grids of which values are bound
        self._heads: list[Labelled] = []
        self._others: list[GridCell] = []  # heads of columns that bear names of their own
        self._earlier: set[Pair] = set()  # what earlier grids hold
        self._plain = True
        self.touched = False

    def start(self, grid: Grid, above: Paragraph | None, shared: Sequence[GridCell]) -> None:
        """A new grid begins; ``above`` is the short line before it, which may name its stage.

        ``shared`` are its figures that may be those of several rows.
        """
        self._grid, self._closed = grid, True
        self._shared = {id(cell) for cell in shared}
        self._caption = captioned(above)
        self._carried = self._heads
        self._heads, self._others = [], []
        self._earlier = set(self._held.slots)
        self.touched = False

    def finish_grid(self) -> None:
        """The grid has ended; its header serves a data row that a page has cut off."""
        if not self._heads:
            self._heads = self._carried

    def header(self, row: Sequence[GridCell]) -> bool:
        """Whether the row is a header of section four, which is then taken in."""
        hits = [hit for cell in row if not is_blank(cell.text) and (hit := labelled(cell))]
        sure = [h for h in hits if h.stage or (h.outcome and h.outcome.key != "total")]
        lawsuit = any(map(_names_lawsuits, row))
        if (sure or (hits and self.touched)) and self.blank(row):
            return True
        if not sure and not lawsuit:
            return False
        if self._closed:
            self._heads, self._others, self._closed = [], [], False
        self._heads += over_blanks(hits, row) if self._grid.exact else hits
        if len(hits) < len(row):
            self._others += [c for c in row if is_other_name(c.text, _LETTERS) and self._heads_values(c)]
        return True

    def _heads_values(self, cell: GridCell) -> bool:
        """Whether a cell of the header heads a column of values and names nothing of the form."""
        named = labelled(cell) or words.HEADS.match(cell.text)
        return not named and stands_over_values(cell, self._grid.cells, cell.row)

    def names(self, row: Sequence[GridCell]) -> bool:
        """Whether the row names a stage or an outcome of section four and nothing but it."""
        hits = [hit for cell in row[:_LABELS] if not is_blank(cell.text) and (hit := labelled(cell))]
        return any(h.stage or (h.outcome and h.outcome.key != "total") for h in hits)

    def blank(self, row: Sequence[GridCell]) -> bool:
        """Take in a row whose values are all blank; False where it is none."""
        values = [c for c in row if is_blank(c.text)]
        beside = self._beside(row)
        if not values or not self._grid.exact or len(row) - len(values) > 2:
            return False
        pairs = self._cross(values, self._heads, beside) if self._heads else None
        pair = pair_of(beside)
        if pairs is None and pair and len(values) == 1:
            pairs = {pair: values[0]}
        if pairs is None and self._heads and len(values) == len(row) == len(ALL_PAIRS):
            pairs = self._by_count(values, self._heads, beside)
        if pairs is None:
            return False
        if any(hit.stage and hit.cell.row == row[0].row for hit in beside) and self._has_figures(pairs):
            self._held.problem = TWICE
        # a row of blanks below the values is none of theirs
        pairs = {
            pair: c for pair, c in pairs.items() if pair not in self._held.slots or pair in self._earlier
        }
        self._take(pairs, [*self._heads, *beside])
        self._closed = self.touched = True
        return True

    def _has_figures(self, pairs: Mapping[Pair, GridCell]) -> bool:
        """Whether an earlier row of this grid holds figures for the same cells of the form."""
        held = [self._held.slots[pair].text for pair in pairs if pair in self._held.slots]
        return self._earlier.isdisjoint(pairs) and any(map(sums.number, held))

    # --- data ------------------------------------------------------------------

    def data(self, row: Sequence[GridCell]) -> bool:
        """Bind a row of values; False where the row holds none."""
        beside = self._beside(row)
        named = {id(hit.cell) for hit in beside}
        self._set_apart_sum()
        lost = bool(self._others) and not self._has_others(row)
        if self._others:
            row = [c for c in row if not any(c.column == other.column for other in self._others)]
        values = [c for c in row if id(c) not in named and (is_blank(c.text) or is_numberlike(c.text))]
        others = [c for c in row if id(c) not in named and c not in values]
        if any(words.row_label(c.text) for c in others):
            return False
        values = self._with_words(values, others, beside) if others else values
        filled = [c for c in values if not is_blank(c.text)]
        if not filled:
            return False
        if count_columns([c.text for c in filled]) or self._is_sum(row, beside):
            return True
        self._closed = self.touched = True
        self._found.seen.add(REVIEWS)
        heads = self._heads or self._carried
        pairs = self._cross(values, heads, beside) if self._heads and self._grid.exact else None
        self._plain = self._plain and pairs is not None and is_plain(pairs, [*heads, *beside])
        pairs = pairs or self._alone(filled, beside)
        if pairs is None and not (self._grid.exact and _has_gaps(values)):
            pairs = self._by_count(filled, heads, beside)
        if pairs is None and self._grid.exact and len(values) == len(ALL_PAIRS):
            pairs = self._by_count(values, heads, beside)
        elif pairs and self._grid.exact and self._may_have_moved(pairs, values) and not _add_up(pairs):
            pairs = None
        is_shared = any(id(c) in self._shared for c in filled)
        if pairs is None or is_shared or lost:
            why = SHARED if is_shared else why_unbound(len(filled))
            self._strays.append((self._grid, why, loose_slots(filled)))
        else:
            self._take(pairs, [*heads, *beside])
        return True

    def _set_apart_sum(self) -> None:
        """Take a total that is no stage's, beside those of all stages, for a column of another name."""
        stages = [head for head in self._heads if head.stage]
        leaves = [head for head in self._heads if head.outcome]
        apart = [leaf for leaf in leaves if not any(stage.over(leaf.cell) for stage in stages)]
        if len(leaves) > len(ALL_PAIRS) and len(apart) == 1 and apart[0].outcome == Match("total"):
            self._heads.remove(apart[0])
            self._others.append(apart[0].cell)

    def _may_have_moved(self, pairs: Mapping[Pair, GridCell], values: Sequence[GridCell]) -> bool:
        """Whether a row has a cell too many, or its header has lost a label, and the row a value, perhaps."""
        return self._goes_beyond(values) or (
            len(pairs) > len(words.OUTCOME_ORDER) and len(pairs) not in _WHOLE
        )

    def _goes_beyond(self, values: Sequence[GridCell]) -> bool:
        """Whether a row of values ends behind the rows of its header, be these blank there."""
        rows = {head.cell.row for head in self._heads}
        ends = [c.column + c.colspan for c in self._grid.cells if c.row in rows]
        return bool(ends) and max(c.column + c.colspan for c in values) > max(ends)

    def _has_others(self, row: Sequence[GridCell]) -> bool:
        """Whether a cell stands below each head of another name: else the row has lost one, any of them."""
        at = row[0].row
        cells = [c for c in self._grid.cells if c.row <= at < c.row + c.rowspan]
        return all(any(c.column <= o.column < c.column + c.colspan for c in cells) for o in self._others)

    def _is_sum(self, row: Sequence[GridCell], beside: Sequence[Labelled]) -> bool:
        """Whether a row is a sum of stages in rows, which the form has not: of all, or of the lawsuits."""
        if any(hit.stage for hit in self._heads):
            return False
        if not beside:
            return bool(self._heads) and any(map(_names_lawsuits, self._covering(row)))
        stages = {stage for stage, _ in self._held.slots}
        names_sum = [hit.outcome.key for hit in beside if hit.outcome] == ["total"]
        return names_sum and len(beside) == 1 and stages == set(words.STAGE_ORDER)

    def _with_words(
        self, values: list[GridCell], others: list[GridCell], beside: Sequence[Labelled]
    ) -> list[GridCell]:
        """The values, with cells that hold something else (※, 见附件): below the labels of columns, or alone
        in a row that names its stage and its outcome.
        """
        if not self._grid.exact:
            return values
        if len(others) == 1 and not values and pair_of(beside):
            return others
        columns = min(len(self._heads), len(words.OUTCOME_ORDER))
        if not self._heads or len(values) + len(others) < columns:
            return values
        below = [c for c in others if any(h.over(c) for h in self._heads)]
        return sorted([*values, *below], key=lambda c: c.column) if len(below) == len(others) else values

    def _beside(self, row: Sequence[GridCell]) -> list[Labelled]:
        """What names the row: its labels, and the line above the grid where no label names a stage."""
        found = [hit for cell in self._covering(row) if (hit := labelled(cell))]
        if any(hit.stage for hit in found):
            self._caption = None  # it names no row behind one that has a label
        elif self._caption and not any(hit.stage for hit in self._heads):
            found.append(self._caption)
        return found

    def _covering(self, row: Sequence[GridCell]) -> list[GridCell]:
        """The cells of a row with those that reach into it from above."""
        at = row[0].row
        return [c for c in self._grid.cells if c.row <= at < c.row + c.rowspan and not is_blank(c.text)]

    def _cross(
        self, values: Sequence[GridCell], heads: Sequence[Labelled], beside: Sequence[Labelled]
    ) -> dict[Pair, GridCell] | None:
        """Each value by the labels above it and beside it; every labelled column must have its value."""
        leaves = [h for h in heads if not any(o.cell.row > h.cell.row and h.over(o.cell) for o in heads)]
        named = [
            pair_of([*(h for h in heads if h.cell.row <= leaf.cell.row and h.over(leaf.cell)), *beside])
            for leaf in leaves
        ]
        pairs: dict[Pair, GridCell] = {}
        for cell in values:
            above = [(leaf, pair) for leaf, pair in zip(leaves, named, strict=True) if leaf.over(cell)]
            if not above and is_blank(cell.text) and len(leaves) in _WHOLE:
                continue
            if not above or (len(above) > 1 and not is_for_each(cell, [leaf.span for leaf, _ in above])):
                return None
            for _, pair in above:
                if pair is None or pair in pairs:
                    return None
                pairs[pair] = cell
        return pairs if pairs and len(pairs) == len(leaves) else None

    def _alone(self, filled: Sequence[GridCell], beside: Sequence[Labelled]) -> dict[Pair, GridCell] | None:
        """A row that names its stage and its outcome and holds one value behind them; before them stands the
        number of a case.
        """
        pair = pair_of(beside)
        behind = all(hit.cell.column < filled[0].column for hit in beside)
        return {pair: filled[0]} if pair and len(filled) == 1 and behind else None

    def _by_count(
        self, filled: Sequence[GridCell], heads: Sequence[Labelled], beside: Sequence[Labelled]
    ) -> dict[Pair, GridCell] | None:
        """Fifteen values, or five beside a stage, in the form's order, if the labels left are in it.

        Not beside columns of other names, nor where one cell is as wide as several others: what does not lie
        below its label there may be another column's.
        """
        if not in_form_order(heads) or (self._others and heads is self._heads):
            return None
        if self._grid.exact and len({cell.colspan for cell in filled}) > 1:
            return None
        if len(filled) == len(ALL_PAIRS) and not beside:
            return dict(zip(ALL_PAIRS, filled, strict=True))
        stages = {h.stage.key for h in beside if h.stage} or self._above_all(filled, heads)
        if len(filled) == len(words.OUTCOME_ORDER) and len(stages) == 1:
            stage = stages.pop()
            return {(stage, o): c for o, c in zip(words.OUTCOME_ORDER, filled, strict=True)}
        return None

    def _above_all(self, filled: Sequence[GridCell], heads: Sequence[Labelled]) -> set[str]:
        """The stages that ``heads`` name; none where one in this grid stands above a part of the values."""
        stages = [h for h in heads if h.stage]
        if heads is self._heads and self._grid.exact and len(stages) == 1:
            return {h.stage.key for h in stages if h.stage and all(h.over(cell) for cell in filled)}
        return {h.stage.key for h in stages if h.stage}

    def _take(self, pairs: dict[Pair, GridCell], labels: Sequence[Labelled]) -> None:
        for hit in labels:
            if hit.stage:
                self._held.matches[hit.stage.key] = hit.stage
                self._held.labels.setdefault(hit.stage.key, hit.cell.text)
        self._holders.append(self._grid)
        outcomes = {h.outcome.key: h.outcome for h in labels if h.outcome}
        if self._stands_beside_another(pairs):
            self._held.problem = TWICE
        for pair, cell in pairs.items():
            slot = Slot(cell.text, cell.place, cell.confidence, outcomes.get(pair[1]))
            known = self._held.slots.get(pair)
            anew = pair in self._earlier and bool(self._heads)
            if known is None or (is_blank(known.text) and not anew):
                self._held.slots[pair] = slot
            elif known.text != cell.text and (anew or not is_blank(cell.text)):
                self._held.problem = TWICE

    def _stands_beside_another(self, pairs: Mapping[Pair, GridCell]) -> bool:
        """Whether another row of this grid holds the same cells of the form, some of them with other texts.

        Not where what one holds is blank in the other: they may be the pieces of one row.
        """
        held = {pair: self._held.slots[pair].text for pair in pairs if pair in self._held.slots}
        texts = [(text, pairs[pair].text) for pair, text in held.items() if pair not in self._earlier]
        both = any(not is_blank(one) and not is_blank(other) for one, other in texts)
        return both and any(one != other for one, other in texts)

    def finish(self) -> None:
        """Hand over the stages found."""
        self._settle_strays()
        self._found.rows += self._held.rows(plain=self._plain)

    def _settle_strays(self) -> None:
        """Rows that bind to nothing speak against the whole table; not those of an office's own table beside
        one that is complete.
        """
        whole = len(self._held.slots) == len(ALL_PAIRS)
        for grid, problem, loose in self._strays:
            if whole and grid not in self._holders and len(loose) < len(words.OUTCOME_ORDER):
                continue
            self._held.problem = self._held.problem or problem
            self._held.loose += loose


def _names_lawsuits(cell: GridCell) -> bool:
    return words.HEADS.match(cell.text) == Match(words.LAWSUITS)


def _has_gaps(values: Sequence[GridCell]) -> bool:
    """Whether blanks stand among values, or more of them beside these than columns may be spare."""
    filled = [at for at, cell in enumerate(values) if not is_blank(cell.text)]
    return filled[-1] - filled[0] >= len(filled) or len(values) > len(filled) + SPARE


def _add_up(pairs: Mapping[Pair, GridCell]) -> bool:
    """Whether no stage's total is shown to be another sum than that of its outcomes."""
    stages = {stage for stage, _ in pairs}
    return not any(
        sums.adds_up({outcome: cell.text for (of, outcome), cell in pairs.items() if of == stage}) is False
        for stage in stages
    )
