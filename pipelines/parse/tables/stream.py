"""The second way: a label, then exactly as many values as its row has. Knows no columns, only sequence."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace
from itertools import pairwise, takewhile

from pipelines.parse.labels import Match, core, normal
from pipelines.parse.numbers import money_unit
from pipelines.parse.tables import vocabulary as words
from pipelines.parse.tables.doubt import fit
from pipelines.parse.tables.findings import Finding, Findings, Slot, numbers_columns
from pipelines.parse.tables.header_stream import applicant_columns
from pipelines.parse.tables.reviews_stream import ReviewsStream
from pipelines.parse.tables.segments import (
    Segment,
    choose,
    extra_behind,
    is_row_alone,
    keeps_fields,
    rows_of,
    same_line,
    segments_of,
    signs,
    width_of,
    without_page_number,
)
from pipelines.parse.tables.suffix import label_at_end, labels_together
from pipelines.parse.tables.sums import adds_up, number
from pipelines.parse.tables.tokens import Sort, Token
from pipelines.parse.tables.vocabulary import in_order
from pipelines.parse.tables.years import BEFORE, named_year
from pipelines.parse.template import APPLICATIONS, PROACTIVE, REVIEWS, TEMPLATES

_TITLE = re.compile(r"第?二十条第?\([一二三四五六七八九]\)?项")
_WRAPPED = 3  # pieces of a label that may follow its values
_ROWS = 10  # labels without a value that make a table of blanks
_SEVERAL = "the labels of several rows stand on one line"
_FEW = 4  # fewer loose values than this are a page number or a date


class StreamReader:
    """Reads a stream of tokens; see :func:`read_stream`."""

    def __init__(self, format_name: str, caption_unit: Callable[[int], str]) -> None:
        self.found = Findings()
        self._format = format_name
        self._caption_unit = caption_unit
        self._reviews = ReviewsStream(self.found)
        self._context = ""
        self._order: tuple[str, ...] | None = words.APPLICANT_ORDER
        self._applicants: dict[str, Match] = {}
        self._columns: list[tuple[Match, str]] = []
        self._unit = ""
        self._fields = self._tabbed = False
        self._extra = 0  # columns behind those of the form, where blanks show which value is in them
        self._width = 0  # values of each row of section three, where all have as many
        self._empty: set[str] = set()  # rows whose labels were met without values
        self._spread: set[str] = set()  # rows whose values stand one a line

    def read(self, segments: list[Segment]) -> Findings:
        """All rows of the stream."""
        self._fields = keeps_fields(segments)
        self._width = width_of(segments)
        self._tabbed = any(t.sort is Sort.BLANK for s in segments for t in s.run)
        for segment, following in zip(segments, [*segments[1:], Segment()], strict=True):
            if segment.after_barrier:
                self._context = ""
            if not segment.run and not segment.pieces:
                continue
            self._segment(segment, following)
        self._reviews.finish()
        self._blank_table(segments)
        self._doubt_neighbours()
        self._doubt_copies()
        return self.found

    def _blank_table(self, segments: Iterable[Segment]) -> None:
        """Labels of section three without a value are a table of blanks, of which lines show nothing.

        Signs that stand where values should (口, ※) make their row unreadable.
        """
        if any(f.table == APPLICATIONS for f in self.found.rows) or self.found.unbound:
            return
        pieces = [t for s in segments for t in s.pieces]
        rows: dict[str, Finding] = {}
        for at, token in enumerate(pieces):
            found = words.row_label(token.text)
            if (
                not found
                or found.table != APPLICATIONS
                or not found.match.sure
                or core(token.text) == normal(token.text)
            ):
                continue
            odd = signs(pieces[at + 1 : at + 1 + len(words.APPLICANT_ORDER)]) or _figures_behind(pieces, at)
            rows[found.match.key] = Finding(
                APPLICATIONS,
                found.match.key,
                token.text,
                found.match,
                token.place,
                {} if odd else dict.fromkeys(words.APPLICANT_ORDER, Slot("", token.place)),
                odd,
                "what stands in its cells are no figures" if odd else "",
            )
        if len(rows) >= _ROWS:
            self.found.rows += rows.values()

    def _doubt_neighbours(self) -> None:
        """Flag what may be two rows in one.

        Where blanks leave no trace (rows of fewer values stand there) and a row's
        label is lost, its values join those of the row before, and may by chance
        make up the right number; or labels have moved, and nobody can tell by how much.
        """
        rows = {f.row: f for f in self.found.rows if f.table == APPLICATIONS}
        if not any(f.problem for f in rows.values()):
            return
        before = _before_gaps(rows)
        few = any(
            0 < len(f.loose) < len(words.APPLICANT_ORDER) for f in rows.values() if f.row in self._spread
        )
        for row in rows if before and few else before:
            if row in self._spread:
                found = rows[row]
                problem = "the next row's label is lost, the values may be of two rows"
                doubted = replace(found, slots={}, loose=found.values(), problem=problem)
                self.found.rows[self.found.rows.index(found)] = doubted

    def _doubt_copies(self) -> None:
        """Flag rows whose label stands there once more without values, as a row of blanks shows in lines.

        A total that is the sum of its row proves that the values are the row's own.
        """
        for at, found in enumerate(self.found.rows):
            if (
                found.row in self._empty
                and not found.problem
                and found.table == APPLICATIONS
                and not fit(found)
            ):
                problem = "its label stands there twice, once without values"
                self.found.rows[at] = replace(found, slots={}, loose=found.values(), problem=problem)

    def _segment(self, segment: Segment, following: Segment) -> None:
        texts = [t.text for t in segment.pieces]
        label, taken = self._label(texts, segment, following)
        weak = label is None or label[1].match.key in words.WEAK_ROWS
        if weak and self._reviews.take(segment.pieces, segment.run, self._context == REVIEWS, self._fields):
            self._context = REVIEWS
            return
        if label is None or (weak and self._context != APPLICATIONS):
            if segment.run and self._context == APPLICATIONS and named_year(texts[-1] if texts else ""):
                self._doubt_year(segment)
            self._header(segment.pieces)
            self._unbound(segment)
            return
        printed, (table, match) = label
        own = normal(printed).removesuffix(normal("".join(t.text for t in following.pieces[:taken])))
        before = _before(texts, own if taken else printed) if texts != [printed] else []
        if before:
            self._header(segment.pieces[: len(before)])
            self._empty.update(key for text in before if (key := _whole_row(text)) and key != match.key)
        del following.pieces[:taken]
        self._context = table
        self.found.seen.add(table)
        if not segment.run:
            return
        beside = _beside(segment, before)
        if beside:
            self._jammed(table, match, printed, beside, segment)
        elif before and any(map(_whole_row, before)) and not same_line(segment):
            self._add(
                table, match, printed, segment, None, "another label stands between, its values are lost"
            )
        else:
            self._bind(table, match, printed, segment)

    def _label(
        self, texts: list[str], segment: Segment, following: Segment
    ) -> tuple[tuple[str, words.RowLabel] | None, int]:
        """The row label the texts end with, and how many pieces behind the values are its end."""
        found = label_at_end(texts)
        if found and found[1].match.sure:
            return found, 0
        for taken in range(1, min(_WRAPPED, len(following.pieces)) + 1) if segment.run else ():
            rest = [t.text for t in following.pieces[:taken]]
            whole = label_at_end([*texts, "".join(rest)]) if not words.row_label("".join(rest)) else None
            if whole and whole[1].match.sure and len(normal(whole[0])) > len(normal("".join(rest))):
                return whole, taken
        return found, 0

    # --- headers ---------------------------------------------------------------

    def _header(self, pieces: Sequence[Token]) -> None:
        """Take in the header that the pieces hold, if they hold one."""
        texts = [t.text for t in pieces]
        if not texts or all(words.GROUPS.match(text) for text in texts):
            return
        shown = applicant_columns(pieces)
        if shown:
            self._context = APPLICATIONS
            self.found.seen.add(APPLICATIONS)
            self._applicants, self._order = shown
            self._extra = extra_behind(pieces)
            if self._order and len(self._applicants) == self._width == len(self._order) - 1:
                # a column is left out, label and values
                self._order = tuple(key for key in self._order if key in self._applicants)
        self._item_header(texts)

    def _item_header(self, texts: Sequence[str]) -> None:
        joined = normal("".join(texts))
        titled = _TITLE.search(joined) is not None
        zone = list(texts)
        for at in range(len(texts) - 1, -1, -1):
            if words.item_title(texts[at]):
                zone = list(texts[at + 1 :])
                break
        columns = words.scan(zone, words.PROACTIVE_COLUMNS)
        if titled or columns:
            self._context = PROACTIVE
            self.found.seen.add(PROACTIVE)
            self._columns = columns
            self._unit = money_unit("".join(zone)) or money_unit(joined)

    # --- rows ------------------------------------------------------------------

    def _jammed(
        self, table: str, match: Match, printed: str, beside: Iterable[str], segment: Segment
    ) -> None:
        """Labels of several rows on one line: whose the values are can't be told."""
        self._add(table, match, printed, segment, None, _SEVERAL)
        for row in beside:
            if row != match.key:
                kind = PROACTIVE if row in words.ITEM_OF else APPLICATIONS
                place = segment.run[0].place
                self.found.rows.append(Finding(kind, row, "", Match(row), place, problem=_SEVERAL))

    def _bind(self, table: str, match: Match, printed: str, segment: Segment) -> None:
        if table == APPLICATIONS:
            if self._order is None:
                self._add(table, match, printed, segment, None, "the labels of the columns are out of order")
                return
            self._add(table, match, printed, segment, self._order, "")
            return
        keys = tuple(m.key for m, _ in self._columns)
        layout = words.proactive_layout(keys, words.ITEM_OF[match.key], self._format)
        if layout is None or (not keys and len(layout[0]) > 1):
            self._add(table, match, printed, segment, None, "the columns of this part have lost their labels")
            return
        official, form = tuple(c.key for c in layout[0]), layout[1]
        complete = set(keys) == set(official) and len(keys) == len(official)
        order = keys if complete else official if in_order(keys, official) else None
        self._add(
            table,
            match,
            printed,
            segment,
            order,
            "" if order else "the labels of the columns are out of order",
            form,
        )

    def _add(
        self,
        table: str,
        match: Match,
        printed: str,
        segment: Segment,
        order: tuple[str, ...] | None,
        problem: str,
        form: str = "",
    ) -> None:
        run = without_page_number(segment.run, len(order)) if order else segment.run
        if table == APPLICATIONS and order and self._extra and self._tabbed:
            if len(run) != len(order) + self._extra:
                order, problem = None, "the row has lost a field, or has one too many"
            else:
                run = run[: len(order)]
        own, further = rows_of(run, len(order)) if order else (run, [])
        if same_line(segment):
            run = own
            self._unlabelled(table, further)
        else:
            self.found.orphans += [(table, len(self.found.rows) + 1) for _ in further]
        chosen = choose(run, len(order), self._fields) if order else None
        filled = [t for t in run if t.sort is Sort.VALUE]
        if order and chosen is None and table == APPLICATIONS and _is_whole(order, run):
            chosen = run
        if order and chosen is None:
            problem = f"{len(filled)} values for {len(order)} columns"
            if len(filled) > len(order) and not further:  # those of a row whose label is elsewhere, perhaps
                self.found.orphans.append((table, len(self.found.rows) + 1))
        slots = {}
        if order and chosen is not None:
            matches, unit = self._applicants, ""
            if table == PROACTIVE:
                matches = {m.key: m for m, _ in self._columns}
                unit = self._unit or money_unit(printed) or self._caption_unit(segment.run[0].block)
            slots = {
                key: Slot(
                    "" if t.sort is Sort.BLANK else t.text, t.place, t.confidence, matches.get(key), unit
                )
                for key, t in zip(order, chosen, strict=True)
            }
        if run[0].line != run[-1].line:
            self._spread.add(match.key)
        loose = () if slots else tuple(Slot(t.text, t.place, t.confidence) for t in filled)
        place = segment.run[0].place
        self.found.rows.append(Finding(table, match.key, printed, match, place, slots, loose, problem, form))
        self.found.used |= {segment.run[0].block, segment.run[-1].block}

    def _doubt_year(self, segment: Segment) -> None:
        """Below a row stand values of a named year: whether the row's own are this year's can't be told."""
        if self.found.rows and named_year(segment.pieces[-1].text) != BEFORE:
            last = self.found.rows[-1]
            problem = "the values of several years stand behind its label"
            self.found.rows[-1] = replace(last, slots={}, loose=last.values(), problem=problem)

    def _unlabelled(self, table: str, rows: Sequence[Sequence[Token]]) -> None:
        """Take in rows of values behind a row, of which the labels are lost."""
        for row in rows:
            slots = tuple(Slot(t.text, t.place, t.confidence) for t in row if t.sort is Sort.VALUE)
            if slots:
                self.found.unbound.append((table, slots))
            self.found.orphans.append((table, len(self.found.rows) + 1))

    def _unbound(self, segment: Segment) -> None:
        filled = [t for t in segment.run if t.sort is Sort.VALUE and any(c.isdigit() for c in t.text)]
        enough = _FEW if self._context == APPLICATIONS else 1
        if self._context in (PROACTIVE, APPLICATIONS) and len(filled) >= enough:
            slots = tuple(Slot(t.text, t.place, t.confidence) for t in filled)
            self.found.unbound.append((self._context, slots))
        if self._context == APPLICATIONS and (is_row_alone(segment) or _is_spread_row(segment, filled)):
            self.found.orphans.append((APPLICATIONS, len(self.found.rows)))


def _is_spread_row(segment: Segment, filled: Sequence[Token]) -> bool:
    """Whether values on lines below a text that is no row's label are as many as a row has."""
    own = len(filled) == len(segment.run) == len(words.APPLICANT_ORDER) and not same_line(segment)
    return own and not numbers_columns([t.text for t in filled])


def _figures_behind(pieces: Sequence[Token], at: int) -> tuple[Slot, ...]:
    """The texts with figures in them that stand between a row's label and the next."""
    behind = takewhile(lambda t: not words.row_label(t.text), pieces[at + 1 :])
    return tuple(
        Slot(t.text, t.place, t.confidence) for t in behind if any(c.isdigit() for c in core(t.text))
    )


def _is_whole(order: Sequence[str], run: Sequence[Token]) -> bool:
    """Whether values on several lines are one row: as many as it has, all zero, or the last one their sum."""
    if len(run) != len(order) or any(t.sort is not Sort.VALUE for t in run):
        return False
    texts = [t.text for t in run]
    return adds_up(dict(zip(order, texts, strict=True))) is True or all(number(t) == 0 for t in texts)


def _before_gaps(rows: Collection[str]) -> set[str]:
    """The rows of section three that the form, that which fits best, lets a missing row follow."""
    forms = [t.substituted(tuple(r.key for r in t.applications.rows), rows) for t in TEMPLATES.values()]
    order = max(forms, key=lambda keys: sum(key in rows for key in keys) / len(keys))
    return {key for key, after in pairwise(order) if key in rows and after not in rows}


def _whole_row(text: str) -> str:
    """The row whose whole label a text is; "" for labels that also mean something else (其他, 总计 alone)."""
    found = words.row_label(text)
    if found is None or not found.match.sure:
        return ""
    plain = found.match.key in words.WEAK_ROWS and core(text) == normal(text)
    return "" if plain or found.match.key == "other_handling" else found.match.key


def _beside(segment: Segment, before: Sequence[str]) -> list[str]:
    """The rows whose labels stand on the line of the segment's own label, or run together with it."""
    line = segment.pieces[-1].line
    same = [text for token, text in zip(segment.pieces, before, strict=False) if token.line == line]
    return [*filter(None, map(_whole_row, same)), *labels_together(segment.pieces[-1].text)]


def _before(texts: Sequence[str], printed: str) -> list[str]:
    """The texts without the label they end with."""
    rest = normal(printed)
    kept = list(texts)
    while kept and rest:
        last = normal(kept.pop())
        if len(last) > len(rest):
            head = last.removesuffix(rest)
            return [*kept, head] if head != last else kept
        rest = rest.removesuffix(last)
    return kept


def read_stream(tokens: Iterable[Token], format_name: str, caption_unit: Callable[[int], str]) -> Findings:
    """The rows of the official tables in a stream of pieces.

    ``caption_unit`` gives the unit of money stated near the block of an index.
    """
    return StreamReader(format_name, caption_unit).read(segments_of(tokens))
