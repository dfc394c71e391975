"""Runs of texts and values in a stream, and which values of a run are those of a row."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from pipelines.parse import vocabulary as words
from pipelines.parse.labels import core
from pipelines.parse.records import UNREAD
from pipelines.parse.tables.findings import Slot, loose_slots, numbers_columns
from pipelines.parse.tables.suffix import MOST_PIECES, label_at_end
from pipelines.parse.tables.sums import adds_up
from pipelines.parse.tables.tokens import GAP, Sort, Token
from pipelines.parse.template import APPLICATIONS

_PAGE_NUMBER = re.compile(r"[-–—]?\d{1,3}(?:/\d{1,3})?[-–—]?")
SIGN = 3  # characters of a sign that stands where a figure should
_HABIT, _ROWS = 3, 10  # rows with gaps, and rows at all, that show how a document prints blanks


@dataclass(slots=True)
class Segment:
    """Pieces of text, then a run of values."""

    pieces: list[Token] = field(default_factory=list)
    run: list[Token] = field(default_factory=list)
    after_barrier: bool = False


def segments_of(tokens: Iterable[Token]) -> list[Segment]:
    """The stream as texts and runs in turn. A run of blanks counts only behind a row's label, which 总计
    is none of in a header.
    """
    found = [Segment()]
    for token in tokens:
        current = found[-1]
        if token.sort is Sort.BARRIER:
            found.append(Segment(after_barrier=True))
        elif token.sort is not Sort.TEXT:
            current.run.append(token)
        elif current.run:
            last = [t.text for t in current.pieces[-MOST_PIECES:]]
            if _only_blanks(current) and (label_at_end(last) is None or is_in_header(current)):
                current.run.clear()
                current.pieces.append(token)
            else:
                found.append(Segment([token]))
        else:
            current.pieces.append(token)
    return found


def _only_blanks(segment: Segment) -> bool:
    return all(t.sort is Sort.BLANK for t in segment.run)


def cut_padding(segments: Sequence[Segment]) -> None:
    """Take out the blank fields behind the rows of section three that make its lines as long as others.

    Where every row with figures ends in the field of its total, and totals are the sums of what stands
    before them, no label is padded: what stands behind is no cell.
    """
    width = len(words.APPLICANT_ORDER)
    rows = list(_rows_on_their_lines(segments))
    figures = [run for run in rows if not all(t.sort is Sort.BLANK for t in run)]
    if not any(len(run) > width for run in rows) or any(_filled_to(run) != width for run in figures):
        return
    proofs = [_has_its_sum(run[:width]) for run in figures]
    if proofs.count(True) > proofs.count(False):
        for run in rows:
            del run[width:]


def _rows_on_their_lines(segments: Iterable[Segment]) -> Iterator[list[Token]]:
    """The rows of section three whose fields stand on their label's line alone."""
    for segment in segments:
        if not segment.run or not same_line(segment) or segment.run[-1].line != segment.run[0].line:
            continue
        label = label_at_end([t.text for t in segment.pieces])
        if label and label[1].match.key in words.WEAK_ROWS and _only_blanks(segment):
            continue  # 其他 or 总计 of the header
        if label and label[1].table == APPLICATIONS:
            yield segment.run


def _filled_to(run: Sequence[Token]) -> int:
    """The number of the last field that is filled."""
    return max(at for at, t in enumerate(run, 1) if t.sort is Sort.VALUE)


def keeps_fields(segments: Sequence[Segment]) -> bool:
    """Whether the rows of section three have exactly its fields on their lines, some of them blank.

    Then no line is padded, a lost field would show (as it does in a few rows), and a blank field is a blank
    cell.
    """
    if sum(any(t.sort is Sort.BLANK for t in s.run) for s in segments) < _HABIT:
        return False
    rows = list(_rows_on_their_lines(segments))
    lengths = [len(run) for run in rows]
    gaps = sum(any(t.sort is Sort.BLANK for t in run) for run in rows)
    whole = lengths.count(len(words.APPLICANT_ORDER))
    few = len(lengths) - whole < _HABIT
    return gaps >= _HABIT and whole >= _ROWS and few and max(lengths) == len(words.APPLICANT_ORDER)


def width_of(segments: Iterable[Segment]) -> int:
    """How many values every row of section three has on its label's line; 0 where they differ."""
    lengths = []
    for segment in segments:
        label = label_at_end([t.text for t in segment.pieces]) if segment.run else None
        if label and label[1].table == APPLICATIONS and same_line(segment):
            whole = all(t.sort is Sort.VALUE and t.line == segment.run[0].line for t in segment.run)
            lengths.append(len(segment.run) if whole else 0)
    return lengths[0] if len(lengths) >= _ROWS and len(set(lengths)) == 1 else 0


def choose(run: Sequence[Token], wanted: int, fields: bool) -> Sequence[Token] | None:
    """The values of a row: as many as wanted, or none filled; with gaps only where fields are kept, or where
    as many fields as wanted reach from its first figure to their sum.
    """
    filled = [t for t in run if t.sort is Sort.VALUE]
    if len(run) == len(filled) == wanted and run[0].line == run[-1].line:
        return filled
    lines = len({t.line for t in filled})
    if lines not in (0, 1, len(filled)):
        return None
    if len(filled) == wanted:
        if wanted == 1 and run[-1].line > run[0].line and run[-1] is filled[0]:
            return None  # the number of a page below a blank, or the value below its label
        return filled if len(_between_figures(run)) == wanted else None
    if not filled:
        return run[:wanted] if len(run) >= wanted else None
    one_line = lines == 1 and run[0].line == run[-1].line
    if one_line and len(inside := _between_figures(run)) == wanted and _has_its_sum(inside):
        return inside
    placed = any(t.text == GAP for t in run)
    return run if (fields or placed) and one_line and len(run) == wanted else None


def _between_figures(run: Sequence[Token]) -> Sequence[Token]:
    """The fields of a run from its first value to its last."""
    filled = [at for at, t in enumerate(run) if t.sort is Sort.VALUE]
    return run[filled[0] : filled[-1] + 1]


def _has_its_sum(row: Sequence[Token]) -> bool | None:
    """Whether the total of a row of section three is the sum of its other fields; None where all say 0."""
    texts = ["" if t.sort is Sort.BLANK else t.text for t in row]
    whole = len(texts) == len(words.APPLICANT_ORDER)
    return adds_up(dict(zip(words.APPLICANT_ORDER, texts, strict=True))) if whole else False


def signs(pieces: Sequence[Token]) -> tuple[Slot, ...]:
    """As many short pieces as a row has values; nothing where one is longer or missing."""
    if len(pieces) < len(words.APPLICANT_ORDER) or any(len(t.text) > SIGN for t in pieces):
        return ()
    return loose_slots(pieces)


def without_page_number(run: Sequence[Token], wanted: int) -> Sequence[Token]:
    """A row's values without a page number that stands alone on the line below them."""
    own = [t for t in run if t.line == run[0].line]
    tail = run[len(own) :]
    if len(own) > wanted:  # blanks of the label's, or those that end a line
        filled = [at for at, t in enumerate(own) if t.sort is Sort.VALUE]
        own = own[filled[0] : filled[-1] + 1] if filled else own
    if not tail or len(own) != wanted:
        return run
    fields = any(t.sort is Sort.BLANK for t in tail)  # the rest of a row between pipes
    alone = (
        not fields and tail[0].line == tail[-1].line and _PAGE_NUMBER.fullmatch("".join(t.text for t in tail))
    )
    return own if alone and not _may_be_the_rows(tail, own) else run


def _may_be_the_rows(below: Sequence[Token], own: Sequence[Token]) -> bool:
    """Whether digits below a row's values may be its only one, or the rest of its last: 705 above 62."""
    if not below[0].text.isdigit():
        return False
    if len(own) == 1 and own[0].sort is Sort.BLANK:
        return True
    if len(own) == len(words.APPLICANT_ORDER):
        return adds_up(dict(zip(words.APPLICANT_ORDER, [t.text for t in own], strict=True))) is False
    return own[-1].text[-1:].isdigit() and own[-1].text != "0"


def is_row_alone(segment: Segment) -> bool:
    """Whether the values are a row of section three on a line of their own, with nothing that names them."""
    run = segment.run
    if len(run) != len(words.APPLICANT_ORDER) or run[0].line != run[-1].line:
        return False
    if same_line(segment) and core(segment.pieces[-1].text):  # an ordinal alone names nothing
        return False
    return not numbers_columns([t.text for t in run])


def is_in_header(segment: Segment) -> bool:
    """Whether a text with nothing but blanks behind it stands beside the name of another column of section
    three: 总计, 其他 of its header.
    """
    if not segment.run or not _only_blanks(segment):
        return False
    *before, last = segment.pieces
    return any(
        words.HEADS.match(token.text) or words.APPLICANTS.match(token.text)
        for token in before
        if token.line == last.line and token.text != last.text
    )


def extra_behind(pieces: Sequence[Token]) -> int:
    """How many labels of columns that are none of the form's stand last in a header (备注)."""
    texts = [t.text for t in pieces]
    return next((n for n, text in enumerate(reversed(texts)) if not words.is_extra(text)), 0)


def rows_of(run: Sequence[Token], wanted: int) -> tuple[Sequence[Token], list[Sequence[Token]]]:
    """The values on a label's own line, and the rows below it that have as many and no label."""
    lines: dict[int, list[Token]] = {}
    for token in run:
        lines.setdefault(token.line, []).append(token)
    own, *further = lines.values()
    if wanted > 1 and further and all(len(line) == wanted for line in (own, *further)):
        return own, list(further)
    return run, []


def same_line(segment: Segment) -> bool:
    """Whether the values begin on the line on which the texts before them end."""
    return bool(segment.pieces) and segment.pieces[-1].line == segment.run[0].line


def goes_on(segment: Segment, following: Segment, taken: int) -> bool:
    """Whether further values stand on the line of a row's last one, behind a text that is no label, or beside
    the end of its own label, for which ``taken`` of the following pieces are known; unless one of its own is
    in doubt for these.
    """
    if not segment.run or not following.run or not following.pieces:
        return False
    if taken == len(following.pieces):
        return same_line(following) and not any(UNREAD in t.text for t in segment.run)
    line = segment.run[-1].line
    if following.pieces[0].line != line or following.run[0].line != line:
        return False
    return label_at_end([t.text for t in following.pieces]) is None


def _ends_line_of_values(previous: Segment, segment: Segment) -> bool:
    """Whether the texts of a segment begin on a line on which nothing but values stands before them."""
    if not previous.run or not segment.pieces or previous.run[-1].line != segment.pieces[0].line:
        return False
    return not previous.pieces or previous.pieces[-1].line != previous.run[-1].line


def may_stand_behind(previous: Segment, segment: Segment, following: Segment) -> bool:
    """Whether labels may stand behind their values, so that those below a label are of the next one.

    So it is where a label ends the line of values before it, or the values below it begin a label's line.
    """
    if same_line(segment):
        return False
    return _ends_line_of_values(previous, segment) or _ends_line_of_values(segment, following)
