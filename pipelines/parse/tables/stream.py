"""The second way: a label, then exactly as many values as its row has. Knows no columns, only sequence."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from pipelines.parse import vocabulary as words
from pipelines.parse.labels import Match, normal
from pipelines.parse.numbers import money_unit
from pipelines.parse.tables.findings import (
    NO_COLUMNS,
    OUT_OF_ORDER,
    Finding,
    Findings,
    Slot,
    loose_slots,
    miscounted,
    numbers_columns,
)
from pipelines.parse.tables.header_stream import applicant_columns, left_out
from pipelines.parse.tables.headers import STRANGE
from pipelines.parse.tables.other_names import item_names
from pipelines.parse.tables.reviews_stream import Below, ReviewsStream
from pipelines.parse.tables.row_labels import is_half
from pipelines.parse.tables.segments import (
    Segment,
    choose,
    cut_padding,
    extra_behind,
    goes_on,
    is_in_header,
    is_row_alone,
    keeps_fields,
    may_stand_behind,
    rows_of,
    same_line,
    segments_of,
    width_of,
    without_page_number,
)
from pipelines.parse.tables.stream_doubt import (
    doubt_blank,
    doubt_columns,
    doubt_copies,
    doubt_last,
    doubt_merged,
    doubt_neighbours,
    doubt_remarks,
    doubt_run_together,
    rows_of_blanks,
    rows_without_values,
)
from pipelines.parse.tables.stream_labels import (
    ended_above,
    rows_beside,
    texts_before,
    whole_row,
    wrapped_around,
)
from pipelines.parse.tables.suffix import label_at_end
from pipelines.parse.tables.sums import adds_up, number
from pipelines.parse.tables.tokens import GAP, Sort, Token, all_on_one_line
from pipelines.parse.tables.years import BEFORE, named_year
from pipelines.parse.template import APPLICATIONS, PROACTIVE, REVIEWS
from pipelines.parse.vocabulary import in_order

_TITLE = re.compile(r"第?二十条第?\([一二三四五六七八九]\)?项")
_WRAPPED = 3  # pieces of a label that may follow its values
_SEVERAL = "几行的标题在同一行 / the labels of several rows stand on one line"
_ROW = 2  # values below a header that are a row and no number of a page
_FEW = 4  # fewer loose values than this are a page number or a date


class _Row(NamedTuple):
    """A row by its label: as what it is known in which table, as it is printed, and the values behind it."""

    table: str
    match: Match
    printed: str
    segment: Segment


class StreamReader:
    """Reads a stream of tokens; see :func:`read_stream`."""

    def __init__(self, format_name: str, caption_unit: Callable[[int], str], below: Below) -> None:
        self.found = Findings()
        self._format = format_name
        self._caption_unit = caption_unit
        self._reviews = ReviewsStream(self.found, below)
        self._context = ""
        self._order: tuple[str, ...] | None = words.APPLICANT_ORDER
        self._problem = ""  # why the columns of section three have no order
        self._applicants: dict[str, Match] = {}
        self._columns: list[tuple[Match, str]] = []
        self._zone: Sequence[Token] = ()  # what stands between the latest sub-table's title and its first row
        self._headed = self._above = False  # whether the latest texts are a header, and values stand below it
        self._titled = False  # whether the latest header of section two is a sub-table's title
        self._unit = ""
        self._fields = self._tabbed = False
        self._others: tuple[int, ...] = ()  # where columns stand in section three that are none of the form's
        self._remarks = False  # whether they are the last, for remarks: these need not be printed
        self._width = 0  # values of each row of section three, where all have as many
        self._empty: set[str] = set()  # rows whose labels were met without values
        self._spread: set[str] = set()  # rows whose values stand one a line

    def read(self, segments: list[Segment], *, drawn: bool, sheets: bool) -> Findings:
        """All rows of the stream; ``drawn``, ``sheets``: see :func:`read_stream`."""
        cut_padding(segments)
        self._fields = drawn or keeps_fields(segments)
        self._width = width_of(segments)
        self._tabbed = any(t.sort is Sort.BLANK and t.text != GAP for s in segments for t in s.run)
        sides = zip([Segment(), *segments], segments, [*segments[1:], Segment()], strict=False)
        for previous, segment, following in sides:
            if segment.after_barrier:
                self._context = ""
            if not segment.run and not segment.pieces:
                continue
            self._segment(previous, segment, following)
        self._reviews.finish(sheets=sheets)
        self.found.rows += rows_of_blanks(segments, self.found)
        self.found.rows += rows_without_values(segments, self.found)
        doubt_neighbours(self.found, self._spread)
        doubt_merged(self.found, self._spread)
        doubt_copies(self.found, self._empty)
        doubt_remarks(self.found)
        self.found.bare |= {(APPLICATIONS, row) for row in self._empty}
        doubt_columns(self.found)
        doubt_run_together(self.found)
        return self.found

    def _segment(self, previous: Segment, segment: Segment, following: Segment) -> None:
        texts = [t.text for t in segment.pieces]
        label, taken = self._label(texts, segment, following)
        sure = label is not None and label[1].match.sure and not words.is_of_group(texts[-1])
        if segment.run and not sure and (wrapped := wrapped_around(segment, following)):
            label, taken = wrapped
            texts = [t.text for t in segment.pieces]
        weak = label is None or label[1].match.key in words.WEAK_ROWS
        if weak and self._reviews.take(segment.pieces, segment.run, self._context == REVIEWS, self._fields):
            self._context = REVIEWS
            self._without_values(texts)
            return
        if label is None or (weak and (self._context != APPLICATIONS or is_in_header(segment))):
            year = named_year(texts[-1]) if texts and segment.run else ""
            if self._context == APPLICATIONS and year and year != BEFORE:
                doubt_last(self.found)
            self._header(segment.pieces)
            self._unbound(segment)
            return
        self._labelled(previous, segment, following, label, taken)

    def _labelled(
        self,
        previous: Segment,
        segment: Segment,
        following: Segment,
        label: tuple[str, words.RowLabel],
        taken: int,
    ) -> None:
        """Take in a segment with the label of a row, of which ``taken`` pieces stand behind its values."""
        texts = [t.text for t in segment.pieces]
        printed, (table, match) = label
        own = normal(printed).removesuffix(normal("".join(t.text for t in following.pieces[:taken])))
        before = texts_before(texts, own if taken else printed) if texts != [printed] else []
        if before:
            self._header(segment.pieces[: len(before)])
            self._without_values(before, match.key)
        broken = goes_on(segment, following, taken)
        del following.pieces[:taken]
        self._context = table
        self.found.seen.add(table)
        if not segment.run:
            self._without_values([printed])
            return
        row = _Row(table, match, printed, segment)
        beside = rows_beside(segment, before)
        if beside:
            self._jammed(row, beside)
        elif may_stand_behind(previous, segment, following) or (self._above and not same_line(segment)):
            self._add(row, None, "本行数值可能在标题之前 / its own values may be those before its label")
        elif before and any(map(whole_row, before)) and not same_line(segment):
            self._add(
                row,
                None,
                ("中间夹有另一标题，本行数值已失 / another label stands between, its values are lost"),
            )
        elif broken:
            self._add(row, None, "文字之后同一行还有数值 / its line goes on with values behind a text")
        else:
            self._bind(row)

    def _without_values(self, texts: Iterable[str], labelled: str = "") -> None:
        """Take in the rows whose labels stand before another, or before nothing."""
        self._empty.update(key for text in texts if (key := whole_row(text)) and key != labelled)

    def _label(
        self, texts: list[str], segment: Segment, following: Segment
    ) -> tuple[tuple[str, words.RowLabel] | None, int]:
        """The row label the texts end with, and how many pieces behind the values are its end."""
        found = label_at_end(texts)
        if found and found[1].match.sure:
            return found, 0
        short: tuple[tuple[str, words.RowLabel], int] | None = None  # 其他, which may go on: 其他处理
        for taken in range(1, min(_WRAPPED, len(following.pieces)) + 1) if segment.run else ():
            rest = "".join(t.text for t in following.pieces[:taken])
            own = words.row_label(rest)
            whole = label_at_end([*texts, rest]) if not own or (short and not own.match.sure) else None
            if whole and whole[1].match.sure and len(normal(whole[0])) > len(normal(rest)):
                if whole[1].match.key not in words.WEAK_ROWS:
                    return whole, taken
                short = short or (whole, taken)
        if short:
            return short
        return None if found and ended_above(segment, found[1].match) else found, 0

    # --- headers ---------------------------------------------------------------

    def _header(self, pieces: Sequence[Token]) -> None:
        """Take in the header that the pieces hold, if they hold one."""
        self._headed = False
        texts = [t.text for t in pieces]
        if not texts or all(words.GROUPS.match(text) for text in texts):
            return
        shown = applicant_columns(pieces)
        if shown:
            self._context, self._headed, self._above = APPLICATIONS, True, False
            self.found.seen.add(APPLICATIONS)
            self._applicants, self._order, self._problem, self._others = shown
            self._remarks = len(self._others) == extra_behind(pieces)
            if self._order and len(self._applicants) == self._width == len(self._order) - 1:
                # a column is left out, label and values
                self._order = left_out(pieces, self._order, self._applicants)
                self._problem = "" if self._order else OUT_OF_ORDER
        self._item_header(pieces)

    def _item_header(self, pieces: Sequence[Token]) -> None:
        texts = [t.text for t in pieces]
        joined = normal("".join(texts))
        titled = _TITLE.search(joined) is not None
        title = max((at for at, text in enumerate(texts) if words.item_title(text)), default=-1)
        zone, texts = pieces[title + 1 :], texts[title + 1 :]
        columns = words.scan(texts, words.PROACTIVE_COLUMNS)
        if titled or columns:
            self._context, self._headed, self._above = PROACTIVE, True, False
            self.found.seen.add(PROACTIVE)
            self._columns, self._titled, self._zone = columns, titled, zone
            self._unit = money_unit("".join(texts)) or money_unit(joined)

    # --- rows ------------------------------------------------------------------

    def _jammed(self, row: _Row, beside: Iterable[str]) -> None:
        """Labels of several rows on one line: whose the values are can't be told."""
        self._add(row, None, _SEVERAL)
        for key in beside:
            if key != row.match.key:
                kind = PROACTIVE if key in words.ITEM_OF else APPLICATIONS
                place = row.segment.run[0].place
                self.found.rows.append(Finding(kind, key, "", Match(key), place, problem=_SEVERAL))

    def _bind(self, row: _Row) -> None:
        """Take in a row by the columns that the header above it has."""
        if row.table == APPLICATIONS:
            self._add(row, self._order, self._problem if self._order is None else "")
            return
        keys = tuple(m.key for m, _ in self._columns)
        layout = words.proactive_layout(keys, words.ITEM_OF[row.match.key], self._format)
        if layout is None or (not keys and (len(layout[0]) > 1 or not self._titled)):
            self._add(row, None, NO_COLUMNS)
            return
        official, form = tuple(c.key for c in layout[0]), layout[1]
        complete = set(keys) == set(official) and len(keys) == len(official)
        apart = (
            complete
            and keys != official
            and not all_on_one_line(self._zone, words.PROACTIVE_COLUMNS, len(keys))
        )
        order = keys if complete and not apart else official if in_order(keys, official) else None
        problem = "" if order else OUT_OF_ORDER
        if not complete and item_names(self._zone, [key for key in official if key not in keys]):
            order, problem = None, STRANGE
        self._add(row, order, problem, form)

    def _add(self, row: _Row, order: tuple[str, ...] | None, problem: str, form: str = "") -> None:
        """Take in a row with its values in columns of this ``order``; in none where there is a problem."""
        run = without_page_number(row.segment.run, len(order)) if order else row.segment.run
        if row.table == APPLICATIONS and order and self._others and (self._tabbed or not self._remarks):
            if len(run) != len(order) + len(self._others):
                order, problem = None, "本行少一项或多一项 / the row has lost a field, or has one too many"
            else:
                run = [t for at, t in enumerate(run) if at not in self._others]
        run, further = self._own_values(row, run, order)
        filled = [t for t in run if t.sort is Sort.VALUE]
        slots: dict[str, Slot] = {}
        if order:
            chosen = choose(run, len(order), self._fields)
            if chosen is None and row.table == APPLICATIONS and _is_whole(order, run):
                chosen = run
            if chosen is not None:
                slots = self._slots(row, dict(zip(order, chosen, strict=True)))
            else:
                problem = miscounted(len(filled), len(order))
                if (
                    len(filled) > len(order) and not further
                ):  # those of a row whose label is elsewhere, perhaps
                    self.found.orphans.append((row.table, len(self.found.rows) + 1))
        if run[0].line != run[-1].line:
            self._spread.add(row.match.key)
        loose = () if slots else loose_slots(filled)
        place = row.segment.run[0].place
        self.found.rows.append(
            Finding(row.table, row.match.key, row.printed, row.match, place, slots, loose, problem, form)
        )
        self.found.used |= {row.segment.run[0].block, row.segment.run[-1].block}

    def _own_values(
        self, row: _Row, run: Sequence[Token], order: tuple[str, ...] | None
    ) -> tuple[Sequence[Token], Sequence[Sequence[Token]]]:
        """Of what stands behind a row's label its own values, and further rows, whose labels are lost."""
        own, further = rows_of(run, len(order)) if order else (run, [])
        if same_line(row.segment):
            self._unlabelled(row.table, further)
            return own, further
        self.found.orphans += [(row.table, len(self.found.rows) + 1) for _ in further]
        return run, further

    def _slots(self, row: _Row, chosen: Mapping[str, Token]) -> dict[str, Slot]:
        """The values by column, each with the match of its column's label and its unit of money."""
        matches, unit = self._applicants, ""
        if row.table == PROACTIVE:
            matches = {m.key: m for m, _ in self._columns}
            stated = {u for u in (self._unit, money_unit(row.printed)) if u}
            unit = min(stated) if len(stated) == 1 else ""
            unit = unit if stated else self._caption_unit(row.segment.run[0].block)
        return {
            key: Slot("" if t.sort is Sort.BLANK else t.text, t.place, t.confidence, matches.get(key), unit)
            for key, t in chosen.items()
        }

    def _unlabelled(self, table: str, rows: Sequence[Sequence[Token]]) -> None:
        """Take in rows of values behind a row, of which the labels are lost."""
        for row in rows:
            slots = loose_slots(t for t in row if t.sort is Sort.VALUE)
            if slots:
                self.found.unbound.append((table, slots))
            self.found.orphans.append((table, len(self.found.rows) + 1))

    def _unbound(self, segment: Segment) -> None:
        filled = [t for t in segment.run if t.sort is Sort.VALUE and any(c.isdigit() for c in t.text)]
        enough = _FEW if self._context == APPLICATIONS else 1
        if self._context in (PROACTIVE, APPLICATIONS) and len(filled) >= enough:
            slots = loose_slots(filled)
            self.found.unbound.append((self._context, slots))
            if segment.pieces and is_half(segment.pieces[-1].text):
                doubt_blank(self.found)
        values = [t.text for t in segment.run if t.sort is Sort.VALUE]
        if self._headed and len(values) >= (1 if self._context == PROACTIVE else _ROW):
            self._above = not numbers_columns(values)
        if self._context == APPLICATIONS and (is_row_alone(segment) or _is_spread_row(segment, filled)):
            self.found.orphans.append((APPLICATIONS, len(self.found.rows)))


def _is_spread_row(segment: Segment, filled: Sequence[Token]) -> bool:
    """Whether values on lines below a text that is no row's label are as many as a row has."""
    own = len(filled) == len(segment.run) == len(words.APPLICANT_ORDER) and not same_line(segment)
    return own and not numbers_columns([t.text for t in filled])


def _is_whole(order: Sequence[str], run: Sequence[Token]) -> bool:
    """Whether values on several lines are one row: as many as it has, all zero, or the last one their sum."""
    if len(run) != len(order) or any(t.sort is not Sort.VALUE for t in run):
        return False
    if any(a.line != b.line and a.text == b.text and not a.text.isalnum() for a, b in pairwise(run)):
        return False  # a dash of two signs, perhaps, that a narrow column broke
    texts = [t.text for t in run]
    return adds_up(dict(zip(order, texts, strict=True))) is True or all(number(t) == 0 for t in texts)


def read_stream(
    tokens: Iterable[Token],
    format_name: str,
    caption_unit: Callable[[int], str],
    below: Below,
    *,
    drawn: bool,
    sheets: bool,
) -> Findings:
    """The rows of the official tables in a stream of pieces.

    ``caption_unit`` gives the unit of money stated near the block of an index; ``below`` the next texts
    below it. ``drawn``: other lines draw a whole table, in which
    blank fields are blank cells. ``sheets``: they are of a workbook, whose tables end with their last text.
    """
    return StreamReader(format_name, caption_unit, below).read(
        segments_of(tokens), drawn=drawn, sheets=sheets
    )
