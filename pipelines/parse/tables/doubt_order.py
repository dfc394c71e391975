"""Columns that may stand in another order than the one they were read in, as the totals tell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pipelines.parse import vocabulary as words
from pipelines.parse.tables import sums
from pipelines.parse.tables.findings import Finding
from pipelines.parse.tables.gaps import (
    ODD,
    ROWS,
    TELLING,
    Doubts,
    Rows,
    fit,
    has_figures,
    of_all,
    prints_zero,
)
from pipelines.parse.vocabulary import is_blank

OWN_ORDER = (
    "各列次序与范本不同，按范本次序总计更相符"
    " / the columns are in an order of their own, and in the form's order the totals would fit better"
)
ELSEWHERE = (
    "各行总计都不符，另有一列是其余各列之和"
    " / the totals fit in no row, and another column holds the sums of the rest"
)
EMPTY = (
    "别处印有 0 而有一列全空，多数总计不符"
    " / a column is empty though zeros are printed, and most totals do not fit"
)
MOVED_ON = (
    "第一列为空，总计几乎都不符或未印 / the first column is empty, and hardly a total fits or none is printed"
)
SLID = (
    "总计不符，有一列上移或下移一行后相符"
    " / totals do not fit, and would if one column stood a row further up or down"
)
BESIDE = (
    "总计不符，另一名称的列几乎都是各列之和"
    " / totals do not fit, and a column of another name holds the sums of all but one"
)
_NEVER = 3  # rows with figures of which no total fits
_ASTRAY = 1  # rows that may have a value in a column that is empty otherwise


def reordered(rows: Rows) -> dict[str, Finding]:
    """Rows under a header of its own order, put into the form's order where only that makes totals fit.

    So it is where a header's cell spans a column too few, and those behind it stand one too far left.
    """
    own = {key: f for key, f in rows.items() if not f.problem and not f.ordered}
    if not own:
        return {}
    fits = [(fit(f), fit(_in_form_order(f))) for f in own.values()]
    for_own, for_form = (sum(bool(one[n]) for one in fits) for n in (0, 1))
    against = sum(form is False for _, form in fits)
    if against > 1 or for_form < TELLING or for_own * ROWS > for_form:
        return {}
    return {key: _in_form_order(f) for key, f in own.items()}


def _in_form_order(finding: Finding) -> Finding:
    slots = zip(words.APPLICANT_ORDER, finding.slots.values(), strict=False)
    bound = {key: slot._replace(column=finding.slots[key].column) for key, slot in slots}
    return replace(finding, slots=bound, ordered=True)


def own_order(rows: Rows) -> Doubts:
    """Rows under a header of its own order, where the totals speak for the form's order."""
    own = [f for f in rows.values() if not f.problem and not f.ordered]
    form = [fit(_in_form_order(f)) for f in own]
    if form.count(True) <= max(sum(bool(fit(f)) for f in own), form.count(False) - 1):
        return {}
    return {f.row: OWN_ORDER for f in own}


def misplaced(rows: Rows) -> Doubts:
    """The rows of section three whose columns may be others than they seem, as their totals tell.

    So it is where totals fail, and what another column holds is always the sum of the rest, or one of another
    name that of all but one; and where a column is empty, most totals fail and zeros are printed.
    """
    if all(f.plain or f.problem for f in rows.values()):
        return {}
    bound = [f for f in rows.values() if "total" in f.slots and has_figures(f)]
    telling = [f for f in bound if fit(f) is False and not is_blank(f.slots["total"].text)]
    fitting = [f for f in bound if fit(f)]
    if len(telling) < TELLING:
        return {}
    mostly = len(telling) >= _NEVER and len(telling) > len(fitting)
    prints_zeros = sum(map(prints_zero, bound)) >= ROWS
    if mostly and _has_empty_column(bound) and (prints_zeros or (_beside_others(bound) and not fitting)):
        return of_all(rows, EMPTY)
    for sums_in, why in ((_columns_of_sums, ELSEWHERE), (_columns_left_out, BESIDE)):
        always = set.intersection(*map(sums_in, telling))
        against = sum(not always & sums_in(f) for f in fitting)
        if always and against * ODD <= len(telling):
            return of_all(rows, why)
    return {}


def moved_on(rows: Rows) -> Doubts:
    """All rows, where the first column is empty, but for one row perhaps, and hardly a total fits or none is
    printed.

    The values may have moved on by a column, the last out of the table.
    """
    bound = [f for f in rows.values() if not f.problem]
    begun = sum(not is_blank(next(iter(f.slots.values())).text) for f in bound)
    if begun > _ASTRAY or len(bound) < ROWS:
        return {}
    whole = [f for f in bound if "total" in f.slots and not is_blank(f.slots["total"].text)]
    fits = list(map(fit, whole))
    against, fitting = fits.count(False), fits.count(True)
    if against >= TELLING and fitting * 2 <= against:
        return of_all(rows, MOVED_ON)
    if against and not fitting and sum(map(prints_zero, bound)) >= ROWS:
        return of_all(rows, MOVED_ON)
    return {} if whole or sum(map(has_figures, bound)) < TELLING else of_all(rows, MOVED_ON)


def column_slid(rows: Rows, order: Sequence[str]) -> Doubts:
    """Rows of which the totals would fit if one column stood a row further up or down."""
    bound = [rows[key] for key in order if not rows[key].problem and "total" in rows[key].slots]
    bad = [at for at, f in enumerate(bound) if fit(f) is False and not is_blank(f.slots["total"].text)]
    if len(bad) < _NEVER or 2 * len(bad) <= sum(has_figures(f) for f in bound):
        return {}
    printed = list(map(_values, bound))
    wanted = [2 * row["total"] - sum(row.values()) for row in printed]  # more in any one column
    for column in words.APPLICANT_ORDER[:-1]:
        values = [row.get(column, 0) for row in printed]
        for step in (-1, 1):
            fitting = [at for at in bad if _at(values, at + step) == values[at] + wanted[at]]
            shown = sum(values[at] + wanted[at] != 0 for at in fitting)
            if shown >= TELLING and (len(bad) - len(fitting)) * ODD <= len(bad):
                return {f.row: SLID for f in bound[bad[0] : bad[-1] + 1]}
    return {}


def _at(values: Sequence[sums.Number], at: int) -> sums.Number | None:
    return values[at] if 0 <= at < len(values) else None


def _beside_others(findings: Sequence[Finding]) -> bool:
    return any(f.beside for f in findings)


def _columns_left_out(finding: Finding) -> set[str]:
    """The columns without which all others add up to a figure beside them."""
    values = _values(finding)
    whole = sum(values.values())
    beside = {sums.number(slot.text) for slot in finding.beside}
    return {key for key, value in values.items() if whole - value in beside}


def _has_empty_column(findings: Sequence[Finding]) -> bool:
    """Whether a column is labelled in which hardly a row says anything."""
    shown = set.intersection(*(set(f.slots) for f in findings))
    said = (sum(not is_blank(f.slots[key].text) for f in findings) for key in shown)
    return any(rows * ODD <= len(findings) for rows in said)


def _values(finding: Finding) -> dict[str, sums.Number]:
    return {key: number or 0 for key, number in zip(finding.slots, sums.numbers(finding), strict=True)}


def _columns_of_sums(finding: Finding) -> set[str]:
    """The columns whose value is the sum of all others."""
    values = _values(finding)
    whole = sum(values.values())
    return {key for key, value in values.items() if 2 * value == whole}
