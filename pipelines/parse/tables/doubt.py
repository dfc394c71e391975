"""Rows that bind, but may have been moved: what the rest of the table and the printed sums say of them.

A lost value with a blank padded in leaves seven cells; a label moved down by a row
leaves every row its values. Neither shows in the row itself, so the table is asked:
do its other rows have blanks, do values stand without a label, does the total fit?
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise, takewhile

from pipelines.parse import vocabulary as words
from pipelines.parse.labels import normal
from pipelines.parse.tables import sums
from pipelines.parse.tables.doubt_displaced import displaced
from pipelines.parse.tables.doubt_labels import (
    astray,
    beside_orphans,
    cut,
    drawn_up,
    heads_values,
    moved,
)
from pipelines.parse.tables.doubt_order import column_slid, moved_on, own_order
from pipelines.parse.tables.findings import Finding, blanks
from pipelines.parse.tables.gaps import (
    GROUP,
    HABIT,
    ODD,
    ROWS,
    TELLING,
    Doubts,
    Met,
    Rows,
    all_blank,
    blank_at_end,
    fit,
    has_figures,
    keeps_sums,
    prints_zero,
    rare_gaps,
    some_blank,
)
from pipelines.parse.template import APPLICATIONS, PROACTIVE, REVIEWS
from pipelines.parse.vocabulary import is_blank

_IN_ALL = ("in_force", "disclosed_total")  # the columns of section two that count what there is in all
_BALANCED = ("new_received", "carried_over", "carried_forward")  # rows that only the balance adds up
_PURCHASES = ("projects", "amount_yuan")

PADDED = (
    "行末有空格而其他行没有，数值可能错位"
    " / a blank stands at the end of the row where other rows have none: its values may have moved"
)
UNFIT = "行内有空格，总计不符 / it has blanks, and its total does not fit"
BY_CHANCE = (
    "前后各行的数值有多有少，总计不符"
    " / rows of more or fewer values stand around it, and the total does not fit"
)
PUSHED = (
    "前面有行缺数值，后面有行多数值，或相反"
    " / a row before has too few values and one behind too many, or the other way round"
)
SHIFTED = (
    "行内有空格，总计和各列合计都不符，数值可能错位"
    " / it has blanks and no fitting total, and the columns do not add up: its values may have moved"
)
EMPTIED = (
    "别处印有 0 而上一行全空，数值可能下移"
    " / a row of blanks stands above it, though zeros are printed: its values may have moved down"
)
MONEY_ASTRAY = (
    "件数处有金额而收费处没有，数值可能错位"
    " / an amount of money stands beside a count, and none beside the fees: values may have moved"
)
MOVED_TOTAL = "总计空白，前一个数可能才是总计 / its total is blank, and the figure before it may be the total"
MOVED_LEFT = (
    "行末有空格，数字与其他列更相符"
    " / a blank stands at the end of the row, and its figures fit other columns better"
)
MOVED_ON = (
    "行首或行末有空格，数值移动一格后总计相符"
    " / a blank stands at an end of the row, and totals fit once its values are moved on by one"
)
SIGNED = "件数带有增减号，数值可能错位 / a count bears the sign of a change: values may have moved"
GLUED = (
    "空格旁的数以 0 开头，可能是两数相连"
    " / a figure begins with a zero beside a blank: it may be two that run together"
)


def doubts(table: str, rows: Rows, met: Met, others: Rows) -> Doubts:
    """The bound rows of a table that may not be what they seem, with the reason.

    ``rows`` are the findings by row key, as they were ``met``; ``others`` are the rows of section three,
    which show a document's habits.
    """
    order, orphans, bare, grouped = met
    if not (orphans or bare or grouped or heads_values(rows)) and not any(
        map(_may_be_doubted, rows.values())
    ):
        return {}
    found: Doubts = {}
    if table == APPLICATIONS:
        found |= moved(rows, order, orphans)
        found |= astray(rows, met)
        found |= _by_chance(rows)
        found |= own_order(rows)
        found |= moved_on(rows)
        found |= column_slid(rows, order)
        found |= displaced(rows, order)
        found |= drawn_up(rows, met)
        found |= cut(rows, order, orphans)
        found |= _pushed(rows, order)
        found |= _padded(rows)
        found |= _moved_within(rows)
        found |= _moved_before_total(rows)
        found |= _moved_from_start(rows, order)
    elif table == REVIEWS:
        found |= _padded_reviews(rows, others)
        found |= _emptied(rows)
        found |= _without_total(rows, others)
        found |= _moved_on_in_reviews(rows)
        found |= {f.row: PADDED for f in rows.values() if found and fit(f) is False}
    elif table == PROACTIVE:
        found |= _padded_proactive(rows, others)
        found |= _money_astray(rows)
        found |= beside_orphans(rows, order, orphans)
        found |= astray(rows, met)
    found |= {f.row: GLUED for f in rows.values() if _is_glued(f)}
    return {row: why for row, why in found.items() if not rows[row].problem}


def _is_glued(finding: Finding) -> bool:
    """Whether a figure of several digits begins with a zero, and the next value is blank."""
    texts = [slot.text for slot in finding.slots.values()] if True in blanks(finding) else []
    return any(len(t) > 1 and t[0] == "0" and t.isdigit() and is_blank(after) for t, after in pairwise(texts))


def _may_be_doubted(finding: Finding) -> bool:
    """Whether a doubt may rest on a row: on its blanks, on its problem, or on an order of its own."""
    whole = bool(finding.slots) and finding.ordered and not finding.problem
    return not whole or True in blanks(finding)


def doubtful(rows: Rows) -> Doubts:
    """Rows of section three that are read as printed, though their blanks may be lost values."""
    with_blanks = {key: fit(f) for key, f in rows.items() if not f.problem and some_blank(f)}
    if not with_blanks:
        return {}
    bad = [key for key, fits in with_blanks.items() if fits is False]
    rare = rare_gaps(rows)
    found = dict.fromkeys(bad, UNFIT) if rare or 2 * len(bad) <= len(with_blanks) else {}
    return found | {f.row: PADDED for f in rare if blank_at_end(f)}


# --- values moved within a row ---------------------------------------------------


def _padded(rows: Rows) -> Doubts:
    """Rows with figures and a blank at an end, in a table that has no blanks; in lines, rows of zeros too.

    A fitting total proves nothing here: a zero lost from 1 0 0 0 0 0 1 leaves it fitting. What made lines
    of a table fills up rows that are too short.
    """
    gaps = [f for f in rare_gaps(rows) if blank_at_end(f)]
    return {f.row: PADDED for f in gaps if has_figures(f) or f.place.line is not None}


def _padded_reviews(rows: Rows, others: Rows) -> Doubts:
    """Section four: one blank alone, at an end of its row or of a stage's, and a total that does not fit."""
    if set(rows) != set(words.STAGE_ORDER) or any(f.problem for f in rows.values()):
        return {}
    gaps = {f.row: blanks(f) for f in rows.values()}
    if sum(map(sum, gaps.values())) != 1:
        return {}
    first, *_, last = (gaps[stage] for stage in words.STAGE_ORDER)
    if (first[0] or last[-1]) and any(fit(f) is False for f in rows.values()):
        return dict.fromkeys(rows, PADDED)
    if any(True in blanks(f) for f in others.values() if f.row != GROUP):
        return {}  # blanks are usual, and the sum is an error of the office's
    zeros = sum(map(prints_zero, others.values())) >= ROWS  # a fitting total proves nothing: — 1 — 1
    ends = [rows[row] for row, blank in gaps.items() if blank[0] or blank[-1]]
    return {f.row: PADDED for f in ends if fit(f) is False or (zeros and has_figures(f))}


def _emptied(rows: Rows) -> Doubts:
    """Section four with a stage in each row, all of them: one of blanks stands above one of figures, though
    zeros are printed and nothing else is blank. Values may have moved down.
    """
    apart = len({f.place.row for f in rows.values()}) == len(words.STAGE_ORDER)
    if not apart or any(f.problem for f in rows.values()):
        return {}
    stages = [rows[stage] for stage in words.STAGE_ORDER]
    empty = [at for at, f in enumerate(stages) if all_blank(f)]
    if len(empty) != 1 or any(map(some_blank, stages)) or not any(map(prints_zero, stages)):
        return {}
    below = stages[empty[0] + 1 :]
    return dict.fromkeys(rows, EMPTIED) if any(map(has_figures, below)) else {}


def _without_total(rows: Rows, others: Rows) -> Doubts:
    """Stages of section four with figures and no total, in a document that prints its totals."""
    every = [f for f in (*rows.values(), *others.values()) if not f.problem]
    lacking = [f for f in every if "total" in f.slots and is_blank(f.slots["total"].text) and has_figures(f)]
    found = {f.row: PADDED for f in lacking if f.table == REVIEWS and blank_at_end(f)}
    printed = list(filter(has_figures, every)) if found else []
    return found if len(lacking) * HABIT <= len(printed) and keeps_sums(printed) else {}


def _moved_on_in_reviews(rows: Rows) -> Doubts:
    """Stages of section four that fit only once the values are moved on by one, towards the blank at an end
    of the row; the first of them may hold the place from which on they have moved.
    """
    if set(rows) != set(words.STAGE_ORDER) or any(f.problem for f in rows.values()):
        return {}
    bad = [at for at, stage in enumerate(words.STAGE_ORDER) if fit(rows[stage]) is False]
    texts = [slot.text for stage in words.STAGE_ORDER for slot in rows[stage].slots.values()]
    width = len(words.OUTCOME_ORDER)
    if not bad or len(texts) != len(words.STAGE_ORDER) * width:
        return {}
    for step, end in ((1, texts[0]), (-1, texts[-1])):
        starts = [at * width + step for at in bad if 0 <= at * width + step <= len(texts) - width]
        moved = [zip(words.OUTCOME_ORDER, texts[n : n + width], strict=True) for n in starts]
        fits = [sums.adds_up(dict(values)) for values in moved]
        if is_blank(end) and True in fits and False not in fits[1:]:
            return {f.row: MOVED_ON for f in rows.values() if not fit(f)}
    return {}


def _padded_proactive(rows: Rows, others: Rows) -> Doubts:
    """Rows of section two with a blank at their end that may stand for a value lost further left.

    So are those of which the figures contradict a blank there, and all in a document that prints no
    other blanks, or that prints its zeros in the other rows of this section.
    """
    gaps = [f for f in rows.values() if not f.problem and len(f.slots) > 1 and some_blank(f)]
    signs = any("+" in normal(f.slots["change"].text) for f in rows.values() if "change" in f.slots)
    moved = {f.row: MOVED_LEFT for f in gaps if _moved_left(f, signs)}
    moved |= {f.row: SIGNED for f in rows.values() if _signs_a_count(f)}
    known = [f for f in others.values() if not f.problem and not (f.row == GROUP and all_blank(f))]
    blank = len(known) < ROWS or any(True in blanks(f) for f in known)
    if (blank and not _shows_zeros(rows, gaps)) or 2 * len(gaps) > len(rows) or _mixes(known):
        return moved
    return moved | {f.row: PADDED for f in gaps if blank_at_end(f)}


def _shows_zeros(rows: Rows, gaps: Sequence[Finding]) -> bool:
    """Whether rows other than those with blanks print zeros, as a figure or a sign.

    That of an amount of money tells nothing of counts: many print it and leave these blank.
    """
    whole = [f for f in rows.values() if f not in gaps]
    texts = [slot.text for f in whole for key, slot in f.slots.items() if key != "amount_yuan"]
    return any(sums.number(text) == 0 for text in texts if not is_blank(text))


def _mixes(findings: Sequence[Finding]) -> bool:
    """Whether blanks stand beside other signs of zero, inside several rows that add up: such is the habit."""
    return sum(map(_is_mixed, findings)) >= ROWS


def _is_mixed(finding: Finding) -> bool:
    texts = [slot.text for slot in finding.slots.values()]
    if is_blank(texts[0]) or is_blank(texts[-1]) or not any(map(is_blank, texts)) or not fit(finding):
        return False
    return any(sums.number(text) == 0 for text in texts if not is_blank(text))


def _money_astray(rows: Rows) -> Doubts:
    """The rows of section two that hold one value, where an amount stands beside a count and none by fees."""
    fees = rows.get("administrative_fees")
    if fees is None or not all_blank(fees) or tuple(fees.slots) != ("amount_yuan",):
        return {}
    single = [f for f in rows.values() if not f.problem and len(f.slots) == 1]
    amounts = [text for f in single for slot in f.slots.values() if _is_amount(text := slot.text)]
    return {f.row: MONEY_ASTRAY for f in single} if amounts else {}


def _is_amount(text: str) -> bool:
    """Whether a text is no count, and an amount of money may be one: 1.74, 394万元."""
    return sums.number(text) is None and text[:1].isdigit() and ("." in text or "元" in text)


def _moved_left(finding: Finding, signs: bool) -> bool:
    """Whether figures of a row of section two stand where they can't all be, with a blank at its end.

    The last of three columns holds what there is in all (现行有效, 对外公开总数量): none, where some were
    issued or disclosed, shows a lost value; so does no amount of money beside a number of purchases.
    The second of the 2019 form's is a change (增/减): a sign
    before it shows one too, and so does none in it where the document prints ``signs`` (+6). A row
    with a further blank proves nothing.
    """
    *texts, last = (slot.text for slot in finding.slots.values())
    keys = tuple(finding.slots)
    if not is_blank(last) or any(map(is_blank, texts)):
        return False
    if keys[-1] in _IN_ALL or keys == _PURCHASES:
        return any(sums.number(text) != 0 for text in texts)
    if "change" not in keys or keys[0] != "items_last_year":
        return False
    signed = [normal(text)[:1] in ("+", "-") and normal(text)[1:].isdigit() for text in texts]
    return signed[0] or (signs and len(keys) > 2 and not signed[1] and sums.number(texts[1]) != 0)


def _signs_a_count(finding: Finding) -> bool:
    """Whether a row with a change (增/减) bears the sign of one before another of its figures."""
    texts = {key: normal(slot.text) for key, slot in finding.slots.items()}
    counts = [text for key, text in texts.items() if key != "change"]
    return len(counts) < len(texts) and any(t[:1] in ("+", "-") and t[1:].isdigit() for t in counts)


def _by_chance(rows: Rows) -> Doubts:
    """Rows of seven values where most have fewer (blanks leave no trace) or many have more."""
    wanted = len(words.APPLICANT_ORDER)
    counts = [len(f.loose) if f.problem else wanted for f in rows.values() if not all_blank(f)]
    more, fewer = sum(n > wanted for n in counts), sum(0 < n < wanted for n in counts)
    if len(counts) < ROWS or not (4 * more >= len(counts) or 2 * (more + fewer) >= len(counts)):
        return {}
    return {key: BY_CHANCE for key, f in rows.items() if not f.problem and fit(f) is False}


def _pushed(rows: Rows, order: Sequence[str]) -> Doubts:
    """Rows between one of too few values and one of too many: each may have pushed a value to the next."""
    wanted = len(words.APPLICANT_ORDER)
    odd = [(at, len(rows[key].loose) - wanted) for at, key in enumerate(order) if rows[key].loose]
    found: Doubts = {}
    for (first, left), (last, right) in pairwise((at, n) for at, n in odd if n):
        if left * right < 0:
            found |= {key: PUSHED for key in order[first + 1 : last] if fit(rows[key]) is False}
    return found


def _moved_within(rows: Rows) -> Doubts:
    """Rows with blanks that lack the total that others print, or do not fit, as their columns do not."""
    bound = [f for f in rows.values() if not f.problem and has_figures(f)]
    gaps = [f for f in bound if some_blank(f) and not fit(f)]
    if not gaps or not keeps_sums(bound):
        return {}
    with_total = sum(not is_blank(f.slots["total"].text) for f in bound if "total" in f.slots)
    found: Doubts = {}
    for f in gaps:
        total = f.slots.get("total")
        lacks = total is not None and is_blank(total.text)
        shown = {key for key, number in zip(f.slots, sums.numbers(f), strict=True) if number}
        if lacks and with_total * HABIT >= len(bound) * (HABIT - 1):
            found[f.row] = PADDED
        elif not lacks and len(shown) > 1 and len(shown & _off(f, rows)) > 1:
            found[f.row] = SHIFTED
    return found


def _off(finding: Finding, rows: Rows) -> set[str]:
    """The columns that do not add up, or do not balance, of those that a row has a say in."""
    return sums.unbalanced_columns(rows) if finding.row in _BALANCED else sums.broken_columns(rows)


def _moved_before_total(rows: Rows) -> Doubts:
    """Rows without the total that other rows print: it may be the figure before it, all having moved left.

    So it is where nothing else is blank in such a row, and where in several of them, and in hardly any not,
    the figure before the total is as great as all others together. A blank beside zeros tells nothing by
    itself.
    """
    bound = [f for f in rows.values() if not f.problem and not all_blank(f)]
    lacking = [f for f in bound if "total" in f.slots and is_blank(f.slots["total"].text)]
    telling = [f for f in lacking if has_figures(f)]
    whole = [f for f in lacking if sum(blanks(f)) == 1]
    against = sum(not _may_end_with_total(f) for f in telling)
    if len(telling) >= TELLING and against * ODD <= len(telling):
        return {f.row: MOVED_TOTAL for f in lacking}
    if not any(f in whole for f in telling) or sum(fit(f) is True for f in bound) < TELLING:
        return {}
    return {f.row: MOVED_TOTAL for f in whole}


def _moved_from_start(rows: Rows, order: Sequence[str]) -> Doubts:
    """Rows that begin with a blank and mostly have no fitting total, where those that begin otherwise do.

    They are all that begin so, or those from a row on where values have moved to the end of the table.
    """
    bound = [f for key in order if not (f := rows[key]).problem and not all_blank(f)]
    begun = [f for f in bound if _begins_blank(f)]
    last = list(takewhile(_begins_blank, reversed(bound)))
    return _unfit_apart(begun, bound) or _unfit_apart(last, bound)


def _begins_blank(finding: Finding) -> bool:
    return is_blank(next(iter(finding.slots.values())).text)


def _unfit_apart(begun: Sequence[Finding], bound: Sequence[Finding]) -> Doubts:
    """The rows ``begun`` with a blank, if their totals mostly do not fit and those of the others do."""
    telling = [f for f in begun if fit(f) is False]
    if len(telling) < max(TELLING, 2 * sum(fit(f) is True for f in begun)):
        return {}
    others = [fit(f) for f in bound if f not in begun and has_figures(f)]
    if True not in others or others.count(False) > 1:
        return {}
    whole = [f for f in begun if sum(blanks(f)) == 1]
    return {f.row: SHIFTED for f in (*telling, *whole)}


def _may_end_with_total(finding: Finding) -> bool:
    """Whether the figure before a row's total may be the total itself: no less than the others together."""
    *rest, last, _ = (sums.number(slot.text) or 0 for slot in finding.slots.values())
    return last > 0 and last >= sum(rest)
