"""What a stream leaves open once it is read: tables of blanks, which lines do not show, and rows in doubt."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from itertools import pairwise, takewhile

from pipelines.parse import vocabulary as words
from pipelines.parse.labels import core, normal
from pipelines.parse.tables.findings import NO_FIGURES, OUT_OF_ORDER, Finding, Findings, Slot, loose_slots
from pipelines.parse.tables.gaps import fit
from pipelines.parse.tables.segments import Segment, signs
from pipelines.parse.tables.sums import adds_up, broken_columns, number
from pipelines.parse.tables.tokens import Sort, Token
from pipelines.parse.template import APPLICATIONS, PROACTIVE, TEMPLATES

_TELLS = re.compile(r"\d|:.")  # 5件, 自然人:-
_PADDED = re.compile(r"0\d+")  # 027: a count that nobody writes so
_ROWS = 10  # labels without a value that make a table of blanks
_ITEMS = 5  # and such labels that make a table of section two
PARTED = "数值相连，各列合计不符 / its values run together, and the columns do not add up"
_DIGITS_OF_TWO = 2 * len(words.APPLICANT_ORDER)  # at least, of two rows
_ZEROS = 4  # between values that run together: these leave hardly another way of parting them
_CONTRADICT = 2  # rows that no wrong sum alone explains
NAMELESS = (
    "有一列缺标题，总计与范本不符 / a column has lost its label, and the totals do not fit those of the form"
)
TWO_ROWS = "下一行的标题缺失，数值可能属于两行 / the next row's label is lost, the values may be of two rows"
OF_TWO = (
    "数值各占一行，两行的数可能连成一个"
    " / its values stand on lines of their own, and numbers of two rows may be one there"
)
NO_VALUE = "标题后没有数值 / no values stand behind its label"
TWICE = "本行标题出现两次，一次没有数值 / its label stands there twice, once without values"
IN_PIECES = (
    "表中数字断在几行，无从判断如何相连"
    " / numbers of the table are broken over lines, of which nothing tells what belongs together"
)
HALVED = (
    "本行为空，标题可能延续到下方数值旁"
    " / nothing stands in the row, but its label may go on beside the values below"
)
REMARKED = (
    "前面各数之和后面应是数值，却是文字"
    " / words stand behind the sum of the values before them, where a value should"
)
SEVERAL_YEARS = "标题之后有几个年度的数值 / the values of several years stand behind its label"


def may_hold_rows(sorts: Sequence[Sort]) -> bool:
    """Whether a stream holds a value, or a blank field, or as many texts as a table without values has."""
    return Sort.VALUE in sorts or Sort.BLANK in sorts or sorts.count(Sort.TEXT) >= _ROWS


def rows_of_blanks(segments: Iterable[Segment], found: Findings) -> Iterable[Finding]:
    """Labels of section three without a value are a table of blanks, of which lines show nothing.

    Signs that stand where values should (口, ※) make their row unreadable.
    """
    if any(f.table == APPLICATIONS for f in found.rows) or found.unbound:
        return ()
    pieces = [t for s in segments for t in s.pieces]
    rows: dict[str, Finding] = {}
    for at, token in enumerate(pieces):
        label = words.row_label(token.text)
        if label is None or label.table != APPLICATIONS or not label.match.sure:
            continue
        if core(token.text) == normal(token.text).rstrip(":"):
            continue
        odd = signs(pieces[at + 1 : at + 1 + len(words.APPLICANT_ORDER)]) or _figures_behind(pieces, at)
        rows[label.match.key] = Finding(
            APPLICATIONS,
            label.match.key,
            token.text,
            label.match,
            token.place,
            {} if odd else dict.fromkeys(words.APPLICANT_ORDER, Slot("", token.place)),
            odd,
            NO_FIGURES if odd else "",
        )
    return rows.values() if len(rows) >= _ROWS else ()


def rows_without_values(segments: Iterable[Segment], found: Findings) -> Iterable[Finding]:
    """Labels of section two, each alone on its line below its headers, of a table of which no value was met.

    A blank leaves no trace in a line, nor does a value that is lost: nobody can tell which it was.
    """
    if any(f.table == PROACTIVE for f in found.rows):
        return ()
    tokens = [t for s in segments for t in (*s.pieces, *s.run)]
    on_line = Counter(t.line for t in tokens)
    rows: dict[str, Finding] = {}
    for token in tokens:
        if on_line[token.line] > 1 or token.place.table is not None:
            continue
        label = words.row_label(token.text)
        if label and label.table == PROACTIVE and label.match.sure:
            rows[label.match.key] = Finding(
                PROACTIVE, label.match.key, token.text, label.match, token.place, problem=NO_VALUE
            )
    return rows.values() if len(rows) >= _ITEMS else ()


def doubt_neighbours(found: Findings, spread: Collection[str]) -> None:
    """Flag what may be two rows in one.

    Where blanks leave no trace (rows of fewer values stand there) and a row's
    label is lost, its values join those of the row before, and may by chance
    make up the right number; or labels have moved, and nobody can tell by how much.
    """
    rows = {f.row: f for f in found.rows if f.table == APPLICATIONS}
    if not any(f.problem for f in rows.values()):
        return
    before = _before_gaps(rows)
    few = any(0 < len(f.loose) < len(words.APPLICANT_ORDER) for f in rows.values() if f.row in spread)
    for row in rows if before and few else before:
        if row in spread:
            _doubt(found, found.rows.index(rows[row]), TWO_ROWS)


def doubt_merged(found: Findings, spread: Collection[str]) -> None:
    """Flag rows whose values, on lines of their own, may be made of the numbers of two rows.

    So it is where a number begins with a zero, and where the next row is lost and the total is not the sum.
    """
    rows = {f.row: f for f in found.rows if f.table == APPLICATIONS}
    last = _before_gaps(rows) if spread else ()
    for at, row in enumerate(found.rows):
        if rows.get(row.row) is not row or row.row not in spread or row.problem:
            continue
        if any(_PADDED.fullmatch(normal(s.text)) for s in row.slots.values()) or (
            row.row in last and fit(row) is False
        ):
            _doubt(found, at, OF_TWO)


def doubt_copies(found: Findings, empty: Collection[str]) -> None:
    """Flag rows whose label stands there once more without values, as a row of blanks shows in lines.

    A total that is the sum of its row proves that the values are the row's own.
    """
    for at, row in enumerate(found.rows):
        if row.row in empty and not row.problem and row.table == APPLICATIONS and not fit(row):
            _doubt(found, at, TWICE)


def doubt_remarks(found: Findings) -> None:
    """Flag rows in which words stand right behind the sum of all values before them, as a remark does behind
    a row that has lost a blank cell: the values are moved.
    """
    for at, row in enumerate(found.rows):
        if row.table == APPLICATIONS and not row.problem and _has_remark(list(row.slots.values())):
            _doubt(found, at, REMARKED)


def _has_remark(slots: Sequence[Slot]) -> bool:
    word = next((n for n, slot in enumerate(slots) if slot.text[:1].isalpha() and len(slot.text) > 1), 0)
    *addends, total = [number(slot.text) or 0 for slot in slots[:word]] or [0]
    return sum(addends) == total > max(addends, default=total)


def doubt_last(found: Findings) -> None:
    """Flag the latest row, below which stand values of a named year: its own may be another year's."""
    if found.rows:
        _doubt(found, -1, SEVERAL_YEARS)


def doubt_blank(found: Findings) -> None:
    """Flag the latest row if it is blank: values beside half of a label below it may be its own."""
    if found.rows and not found.rows[-1].problem and not any(map(_text, found.rows[-1].slots.values())):
        _doubt(found, -1, HALVED)


def doubt_columns(found: Findings) -> None:
    """Flag section three if its totals speak against columns the header moves, leaves out or does not name.

    One row alone may have a wrong sum, if others show that the columns are the form's.
    """
    rows = [row for row in found.rows if row.table == APPLICATIONS and row.slots]
    if sum(map(_exceeds_total, rows)) >= _CONTRADICT:
        doubt_all(found, APPLICATIONS, OUT_OF_ORDER)
    moved = [row for row in rows if list(row.slots)[-1] != words.APPLICANT_ORDER[-1]]  # 总计 is not the last
    sums = [adds_up({key: slot.text for key, slot in row.slots.items()}) for row in moved]
    if sums.count(False) >= max(_CONTRADICT, sums.count(True)):
        doubt_all(found, APPLICATIONS, OUT_OF_ORDER)
    nameless = [row for row in rows if not all(slot.column for slot in row.slots.values())]
    against, proofs = ([row for row in nameless if fit(row) is known] for known in (False, True))
    if len(against) >= max(_CONTRADICT, len(proofs)) or sum(map(_sums_up_elsewhere, against)) > len(proofs):
        doubt_all(found, APPLICATIONS, NAMELESS)


def _exceeds_total(row: Finding) -> bool:
    """Whether values of a row that leaves a column out are more than their total: it is another column."""
    if len(row.slots) >= len(words.APPLICANT_ORDER) or "total" not in row.slots:
        return False
    counts = {key: number(slot.text) or 0 for key, slot in row.slots.items()}
    return sum(counts.values()) > 2 * counts["total"]


def _sums_up_elsewhere(row: Finding) -> bool:
    """Whether one value of a row is the sum of the others: the total, in the column of something else."""
    counts = [number(slot.text) or 0 for slot in row.slots.values()]
    return 0 < 2 * max(counts) == sum(counts)


def doubt_run_together(found: Findings) -> None:
    """Flag rows whose values run together if the columns do not add up: they may be parted in a wrong way.

    So may those be of as many digits as two rows have, or with few zeros between them, where nobody knows
    what the columns add up to. Rows of single digits can be parted in no other way.
    """
    rows = {row.row: row for row in found.rows if row.table == APPLICATIONS}
    together = [at for at, row in enumerate(found.rows) if rows.get(row.row) is row and _run_together(row)]
    if not together:
        return
    unknown = "total_handled" not in rows or any(row.problem for row in rows.values())
    broken = broken_columns(rows)
    for at in together:
        texts = [slot.text for slot in found.rows[at].slots.values()]
        many = sum(map(len, texts)) >= _DIGITS_OF_TWO or texts.count("0") < _ZEROS
        if broken or (unknown and many):
            _doubt(found, at, PARTED)


def _run_together(row: Finding) -> bool:
    """Whether values of a row, some of several digits, stand one right behind the other."""
    slots = list(row.slots.values())
    touch = any(
        a.place.span and b.place.span and a.place.span[1] == b.place.span[0] for a, b in pairwise(slots)
    )
    return touch and any(len(slot.text) > 1 for slot in slots)


def doubt_all(found: Findings, table: str, problem: str) -> None:
    """Flag all rows of a table."""
    for at, row in enumerate(found.rows):
        if row.table == table and not row.problem:
            _doubt(found, at, problem)


def _doubt(found: Findings, at: int, problem: str) -> None:
    found.rows[at] = found.rows[at].failed(problem)


def _text(slot: Slot) -> str:
    return slot.text.strip()


def _figures_behind(pieces: Sequence[Token], at: int) -> tuple[Slot, ...]:
    """The texts with figures in them, or with a value behind a name, between a row's label and the next."""
    behind = takewhile(lambda t: not words.row_label(t.text), pieces[at + 1 :])
    return loose_slots(t for t in behind if _TELLS.search(normal(t.text)))


def _before_gaps(rows: Collection[str]) -> set[str]:
    """The rows of section three that the form, that which fits best, lets a missing row follow."""
    forms = [t.substituted(tuple(r.key for r in t.applications.rows), rows) for t in TEMPLATES.values()]
    order = max(forms, key=lambda keys: sum(key in rows for key in keys) / len(keys))
    return {key for key, after in pairwise(order) if key in rows and after not in rows}
