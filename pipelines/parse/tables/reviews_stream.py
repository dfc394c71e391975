"""Section four in a stream: fifteen values behind the header, five behind a stage, one behind an outcome."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from pipelines.parse import vocabulary as words
from pipelines.parse.labels import Match, normal
from pipelines.parse.records import UNREAD
from pipelines.parse.tables.findings import NO_FIGURES, Findings, Slot, loose_slots
from pipelines.parse.tables.headers import STRANGE
from pipelines.parse.tables.other_names import columns
from pipelines.parse.tables.reviews import (
    ALL_PAIRS,
    MOVED,
    TWICE,
    Held,
    Pair,
    count_columns,
    outcomes_in_order,
    why_unbound,
)
from pipelines.parse.tables.segments import SIGN
from pipelines.parse.tables.sums import adds_up
from pipelines.parse.tables.tokens import GAP, Sort, Token, all_on_one_line
from pipelines.parse.template import REVIEWS
from pipelines.parse.vocabulary import in_order

_WEAK = {"total"}
_MANY = 4  # labels of columns of which one may be lost
_LABEL_END = re.compile(r"[计果持正结诉]$")
Below = Callable[[int], Sequence[str]]
_PRINTED = re.compile(rf"\d+|{UNREAD}")
_FIGURE, _FIGURES = re.compile(r"\d+"), 3
_RUN_TOGETHER = (
    "0123456789０１２３４５６７８９/\\|,，;；。:：#&×*()（）.、+-—–－一无 \t"  # what such figures are made of
)
_TOLD = re.compile(r"[计果持正结诉议][:为]?[-—–/无]*\d")  # 结果纠正5件: a figure beside its label


class ReviewsStream:
    """Collects what the stream says of section four."""

    def __init__(self, found: Findings, below: Below) -> None:
        """``below`` gives the next texts below a block; none at the document's end."""
        self._found = found
        self._below = below
        self._held = Held()
        self._stages: list[str] = []
        self._outcomes: list[str] = []
        self._since: list[str] = []  # the outcomes of the latest header
        self._in_line = True  # whether its labels stand on one line
        self._named: list[str] = []  # the stages named since the latest values
        self._last: Token | None = None  # the last label
        self._strange = False  # whether columns bear other names than the form's
        self._blanks = False  # whether a row of blanks was met behind the labels
        self._scraps: list[Token] = []  # what stands behind the labels and is no value
        self._told: list[Token] = []  # figures in one piece, with their labels or below them

    def take(self, pieces: Sequence[Token], run: Sequence[Token], inside: bool, fields: bool) -> bool:
        """Read pieces and the values behind them; False where they are none of section four.

        ``inside``: section four has begun; ``fields``: a blank field is a blank cell.
        """
        run = _without_numbers(_without_padding(run))
        texts = [t.text for t in pieces]
        stages = words.scan(texts, words.STAGES, words.STAGE_DECOYS)
        outcomes = words.scan(texts, words.OUTCOMES)
        sure = any(m.key not in _WEAK for m, _ in outcomes) or any(
            m.key != words.STAGE_ORDER[0] for m, _ in stages
        )
        if not sure and not (inside and (stages or outcomes)):
            self._told += [t for t in pieces if inside and _is_list(t.text)]
            return False
        self._found.seen.add(REVIEWS)
        for match, printed in stages:
            self._held.matches.setdefault(match.key, match)
            self._held.labels.setdefault(match.key, printed)
        self._last = pieces[_last_label(pieces)] if pieces else self._last
        self._blanks = len(run) == len(ALL_PAIRS)
        self._named += [match.key for match, _ in stages]
        if len(outcomes) >= _MANY:
            lost = _lost(outcomes)
            full = bool(lost) and len(outcomes) in (len(words.OUTCOME_ORDER), len(ALL_PAIRS))
            shown = columns(pieces, words.OUTCOMES, words.OUTCOME_ORDER, lost)
            self._strange = full or not all(part.key for part in shown)
        filled = [t for t in run if t.sort is Sort.VALUE]
        own = _is_of_stage(pieces, run) or bool(self._of_named(run, [m.key for m, _ in outcomes]))
        if _is_whole(run, fields, own):
            filled = list(run)
        if filled:
            self._values(filled, stages, outcomes, pieces, len(filled) == len(run))
            if _may_have_moved(run) and not _all_add_up(filled):
                self._held.problem = MOVED
        else:
            told = [t for t in pieces if _TOLD.search(normal(t.text))]
            self._scraps = [*self._told, *told, *_behind_labels(pieces)]
            self._told += told
            self._stages += [m.key for m, _ in stages]
            self._header(pieces, outcomes)
        return True

    def _header(self, pieces: Sequence[Token], outcomes: Sequence[tuple[Match, str]]) -> None:
        if outcomes:
            self._outcomes += [m.key for m, _ in outcomes]
            self._since = [m.key for m, _ in outcomes]
            self._in_line = all_on_one_line(pieces, words.OUTCOMES, len(outcomes))

    def _values(
        self,
        filled: Sequence[Token],
        stages: Sequence[tuple[Match, str]],
        outcomes: Sequence[tuple[Match, str]],
        pieces: Sequence[Token],
        full: bool,
    ) -> None:
        alone = full and len(filled) == 1 and len(outcomes) == 1
        self._stages += [m.key for m, _ in stages]
        if not alone:
            self._header(pieces, outcomes)
        # five values are a stage's where one header of five serves them, not part of a longer row with gaps
        one_header = full and len(self._since) <= len(words.OUTCOME_ORDER) and len(set(self._named)) < 2
        pairs = self._pairs(filled, outcomes[0][0].key if alone else "", one_header)
        if pairs is None and full:
            pairs = self._of_named(filled, self._since)
        if self._strange:
            pairs = None
        self._named.clear()
        self._found.used.update(t.block for t in filled)
        slots = [Slot("" if t.sort is Sort.BLANK else t.text, t.place, t.confidence) for t in filled]
        if pairs is None:
            self._held.problem = STRANGE if self._strange else why_unbound(len(filled))
            self._held.loose += slots
            return
        for pair, slot in zip(pairs, slots, strict=True):
            known = self._held.slots.setdefault(pair, slot)
            if known.text != slot.text:
                self._held.problem = TWICE

    def _pairs(self, values: Sequence[Token], outcome: str, one_header: bool) -> list[Pair] | None:
        """What a run of values stands for, if the labels read so far are in the form's order."""
        count = len(values)
        once = [s for i, s in enumerate(self._stages) if s not in self._stages[:i]]
        if count == len(ALL_PAIRS) and in_order(once, words.STAGE_ORDER):
            outcomes = self._outcomes[-len(ALL_PAIRS) :]
            apart = [key for key in outcomes if key != "total"]
            if outcomes_in_order(outcomes) or (outcomes_in_order(apart) and _totals_last(values)):
                return list(ALL_PAIRS)
        if not self._stages:
            return None
        stage = self._stages[-1]
        if count == len(words.OUTCOME_ORDER) and one_header and (order := self._order()):
            return [(stage, o) for o in order]
        return [(stage, outcome)] if count == 1 and outcome else None

    def _of_named(self, values: Sequence[Token], header: Sequence[str]) -> list[Pair] | None:
        """What values below the ``header`` of their own table stand for: five for each stage named there.

        They stand on one line; or each on its own, if no sum speaks against it.
        """
        pairs = [(stage, outcome) for stage in self._named for outcome in words.OUTCOME_ORDER]
        if not values or [outcome for _, outcome in pairs] != list(header or self._since):
            return None
        if not len(values) == len(set(pairs)) == len(pairs):
            return None
        lines = len({token.line for token in values})
        return pairs if lines == 1 or (lines == len(values) and _all_add_up(values)) else None

    def _order(self) -> Sequence[str]:
        """The order of five values: that of the latest header if whole, else the form's; () if neither.

        Another order than the form's is that of the values if the header is one line: labels
        on several lines may have come out of their places.
        """
        if sorted(self._since) == sorted(words.OUTCOME_ORDER) and (
            self._in_line or outcomes_in_order(self._since)
        ):
            return self._since
        return words.OUTCOME_ORDER if outcomes_in_order(self._outcomes) else ()

    def _blank_row(self, *, sheets: bool) -> None:
        """Below a header (one label may be lost) without values stands a row of blanks, unseen in lines.

        Where the document ends with the header, its row may be lost; a table of cells would show it, one of
        ``sheets`` ends with its last text. Where the next lines hold as many figures as a stage has, the text
        below may be printed over the row.
        """
        outcomes = self._outcomes[-len(ALL_PAIRS) :]
        apart = [key for key in outcomes if key != "total"]
        nearly = len(outcomes) >= len(ALL_PAIRS) - 1 and outcomes_in_order(apart)
        if not nearly or set(self._stages) != set(words.STAGE_ORDER) or not self._last:
            return
        many = len(self._scraps) >= len(words.OUTCOME_ORDER)
        below = self._below(self._last.block)
        if many or self._told or self._strange or any(_is_list(t.text) for t in self._scraps):
            self._held.problem = NO_FIGURES
            self._held.loose = [*loose_slots(self._scraps)]
        elif not self._blanks and not sheets and (self._last.place.table is not None or _holds_row(below)):
            self._held.problem = "表头下没有数值行 / no row of values stands below its header"
            self._held.loose = [Slot("", self._last.place)]
        elif self._blanks or below:
            self._held.slots = dict.fromkeys(ALL_PAIRS, Slot("", self._last.place))

    def finish(self, *, sheets: bool) -> None:
        """Hand over the stages found; ``sheets``: in those of a workbook."""
        if not self._held.slots and not self._held.loose:
            self._blank_row(sheets=sheets)
        self._found.rows += self._held.rows()


def _holds_row(texts: Iterable[str]) -> bool:
    return sum(len(_PRINTED.findall(text)) for text in texts) >= len(words.OUTCOME_ORDER)


def _lost(outcomes: Sequence[tuple[Match, str]]) -> list[str]:
    """The outcomes that a header names less often than the others."""
    named = Counter(match.key for match, _ in outcomes)
    return [key for key in words.OUTCOME_ORDER if named[key] < max(named.values())]


def _is_whole(run: Sequence[Token], fields: bool, own: bool) -> bool:
    """Whether blanks of a run are blank cells: their places show it, or every field is kept (``fields``), or
    all totals are what stands before them.

    ``own``: it is the row of one stage, or of all that its header names. A last field that is blank
    shows nothing, unless all are.
    """
    if len(run) == len(ALL_PAIRS) and (any(t.text == GAP for t in run) or _is_row_of_sums(run)):
        return True
    if not fields or not (own or len(run) == len(ALL_PAIRS)):
        return False
    return run[-1].sort is Sort.VALUE or (own and all(t.sort is not Sort.VALUE for t in run))


def _may_have_moved(run: Sequence[Token]) -> bool:
    """Whether as many values as the form has columns were met in such a way that one may be none of them.

    A blank field between them may be a blank cell, then another number is one too many, as is one that
    stands apart from the rest on a line of its own.
    """
    values = [t for t in run if t.sort is Sort.VALUE]
    if len(values) != len(ALL_PAIRS):
        return False
    lines = Counter(t.line for t in values)
    blanks = sum(t.sort is Sort.BLANK and values[0].line == t.line == values[-1].line for t in run)
    padding = len(run) - 1 - max(i for i, t in enumerate(run) if t.sort is Sort.VALUE)
    size = len(words.OUTCOME_ORDER)
    torn = len(lines) > 1 and max(lines.values()) > 1 and any(n % size for n in lines.values())
    return torn or blanks > padding


def _all_add_up(values: Sequence[Token]) -> bool:
    """Whether no total is another number than the sum of the four values before it."""
    size = len(words.OUTCOME_ORDER)
    texts = [t.text for t in values]
    return all(
        adds_up(_by_outcome(texts[start : start + size])) is not False for start in range(0, len(texts), size)
    )


def _without_numbers(run: Sequence[Token]) -> Sequence[Token]:
    """The run without the numbers of the columns, which it may begin with."""
    numbered = count_columns([token.text for token in run[: len(ALL_PAIRS)]])
    return run[len(ALL_PAIRS) :] if numbered else run


def _without_padding(run: Sequence[Token]) -> Sequence[Token]:
    """The values of a stage, without blank fields behind them that are not those of the other stages."""
    sorts = [t.sort is Sort.VALUE for t in run]
    size = len(words.OUTCOME_ORDER)
    own = len(run) < len(ALL_PAIRS) and all(sorts[:size]) and not any(sorts[size:])
    return run[:size] if own else run


def _is_of_stage(pieces: Sequence[Token], run: Sequence[Token]) -> bool:
    """Whether a run is as long as the row of a stage, and the stage stands alone before it on its line."""
    if len(run) != len(words.OUTCOME_ORDER):
        return False
    beside = [t.text for t in pieces if t.line == run[-1].line]
    stages = words.scan(beside, words.STAGES, words.STAGE_DECOYS)
    return len(stages) == 1 and not words.scan(beside, words.OUTCOMES)


def _is_row_of_sums(run: Sequence[Token]) -> bool:
    """Whether fields of one line hold totals, each the sum of the four fields before it."""
    size = len(words.OUTCOME_ORDER)
    texts = ["" if t.sort is Sort.BLANK else t.text for t in run]
    sums = [adds_up(_by_outcome(texts[start : start + size])) for start in range(0, len(texts), size)]
    return run[0].line == run[-1].line and True in sums and False not in sums


def _totals_last(values: Sequence[Token]) -> bool:
    """Whether the values show that 总计 is the last of each five, not the first.

    In a header of two lines the words 总计 come where the lines happen to part. Five values that
    are all the same show nothing, and are the same in any order. One sum may be wrong where others show it.
    """
    size = len(words.OUTCOME_ORDER)
    parts = [[t.text for t in values[start : start + size]] for start in range(0, len(values), size)]
    telling = [texts for texts in parts if len(set(texts)) > 1]
    last = [bool(adds_up(_by_outcome(texts))) for texts in telling]
    first = [bool(adds_up(_by_outcome([*texts[1:], texts[0]]))) for texts in telling]
    return last.count(False) <= 1 and sum(last) > sum(first) if telling else True


def _by_outcome(texts: Sequence[str]) -> dict[str, str]:
    return dict(zip(words.OUTCOME_ORDER, texts, strict=True))


def _behind_labels(pieces: Sequence[Token]) -> list[Token]:
    """What stands behind the last label: short signs in cells, where a remark is longer, and figures."""
    behind = pieces[_last_label(pieces) + 1 :]
    return [t for t in behind if len(t.text) <= SIGN or _FIGURE.search(t.text)]


def _last_label(pieces: Sequence[Token]) -> int:
    """Where the last label stands; -1 if there is none."""
    return max((i for i, t in enumerate(pieces) if _LABEL_END.search(normal(t.text))), default=-1)


def _is_list(text: str) -> bool:
    """Whether a piece holds several figures in a row (2,58,-,69), or only figures run together (2580/69)."""
    return _is_run_together(text) or len(_FIGURE.findall(text)) >= _FIGURES


def _is_run_together(text: str) -> bool:
    return _FIGURE.search(text) is not None and not text.strip(_RUN_TOGETHER)
