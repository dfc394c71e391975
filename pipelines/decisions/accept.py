"""Accepting what a person read in the document of a report, and taking that back.

The decision goes to decisions.toml, and from there into the store, as any run would bring it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pipelines.clock import now
from pipelines.decisions import Accepted, about, load_decisions
from pipelines.decisions.overlay import CHECKS
from pipelines.decisions.writing import add_accepted, remove_accepted
from pipelines.errors import StoreError
from pipelines.parse.accepted import AcceptedReading, AcceptedSum, accept, flaw
from pipelines.parse.records import OTHER
from pipelines.process import settle
from pipelines.store import Row, Store

Key = tuple[str, str, str]


class NotAcceptable(StoreError):
    """What was said fits no cell or sum of the report, or is no number: nothing was written."""

    exit_code = 2


@dataclass(frozen=True, slots=True)
class Said:
    """Who decided, and why."""

    why: str
    by: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What stood in the archive before a decision was carried out and what stands there since: rows of
    ``cells`` or ``checks``, None where there was none. ``report``: the row of ``reports`` since.
    """

    before: Row | None
    after: Row | None
    report: Row


def accept_reading(store: Store, report_id: str, key: Key, raw: str, unit: str, said: Said) -> Outcome:
    """Writes down what a person read in a cell (table, row, column) and carries it out.

    Raises NotAcceptable.
    """
    report = report_of(store, report_id)
    reading = AcceptedReading(report["sha256"], *key, raw=raw, unit=unit, why=said.why, by=said.by, at=now())
    if wrong := flaw(reading):
        raise NotAcceptable(f"{wrong[0]}: {wrong[1]}")
    if not accept(store.said(report_id), (), (reading,), ()).applied:
        raise NotAcceptable(f"{report_id}: 表中没有此格 its form has no cell {' '.join(key)}")
    before = cell_of(store, report_id, key)
    if _is_new(store, reading):
        add_accepted(store.data, reading)
    settle(store)
    return Outcome(before, cell_of(store, report_id, key), report_of(store, report_id))


def accept_sum(store: Store, report_id: str, rule: str, scope: str, said: Said) -> Outcome:
    """Writes down that a sum fails because the document says so, and carries it out. Raises NotAcceptable."""
    report = report_of(store, report_id)
    check = check_of(store, report_id, rule, scope)
    if check is None or rule.startswith("years."):
        raise NotAcceptable(
            f"{report_id}: 没有此项核对 no such sum within the report: {rule} {scope}"
            f"（gongkai accept {report_id} 列出 lists them）"
        )
    if check["outcome"] != "fail":
        raise NotAcceptable(f"{report_id}: {rule} {scope} 并无不符 does not fail: {check['outcome']}")
    one = AcceptedSum(
        report["sha256"], rule, scope, said.why, said.by, now(), check["left_value"], check["right_value"]
    )
    if _is_new(store, one):
        add_accepted(store.data, one)
    settle(store)
    return Outcome(check, check_of(store, report_id, rule, scope), report_of(store, report_id))


def withdraw(store: Store, report_id: str, place: tuple[str, ...]) -> Outcome:
    """Takes back what was accepted of a cell (table, row, column) or sum (rule, scope).

    Raises NotAcceptable.
    """
    report = report_of(store, report_id)
    wanted = (report["sha256"], *place)
    known = next((one for one in load_decisions(store.data).accepted if about(one) == wanted), None)
    if known is None:
        raise NotAcceptable(f"{report_id}: decisions.toml 中没有 holds nothing on {' '.join(place)}")
    before = _at(store, report_id, place)
    remove_accepted(store.data, known)
    settle(store)
    return Outcome(before, _at(store, report_id, place), report_of(store, report_id))


def _is_new(store: Store, wanted: Accepted) -> bool:
    """Whether no entry says the same already."""
    known = (one for one in load_decisions(store.data).accepted if about(one) == about(wanted))
    return all(_content(one) != _content(wanted) for one in known)


def _content(one: Accepted) -> tuple[Any, ...]:
    return (one.raw, one.unit) if isinstance(one, AcceptedReading) else (one.left, one.right)


# --- what stands in the archive ---------------------------------------------------


def report_of(store: Store, report_id: str) -> Row:
    """The row of ``reports``. Raises NotAcceptable."""
    report = store.row("SELECT * FROM reports WHERE report_id = ?", (report_id,))
    if report is None:
        raise NotAcceptable(f"存档中没有报告 {report_id} (no such report)")
    return report


def _at(store: Store, report_id: str, place: tuple[str, ...]) -> Row | None:
    if len(place) == 2:
        return check_of(store, report_id, *place)
    table, row, column = place
    return cell_of(store, report_id, (table, row, column))


def cell_of(store: Store, report_id: str, key: Key) -> Row | None:
    """A row of ``cells``."""
    rows = store.rows_said(report_id, "cells")
    return next((row for row in rows if (row["table_name"], row["row"], row["column_name"]) == key), None)


def check_of(store: Store, report_id: str, rule: str, scope: str) -> Row | None:
    """A row of ``checks``."""
    rows = store.rows_said(report_id, "checks")
    return next((row for row in rows if (row["rule"], row["scope"]) == (rule, scope)), None)


def to_look_at(store: Store, report_id: str) -> tuple[list[Row], list[Row]]:
    """The cells of a report's forms that hold no certain number, and the sums within it that fail, but those
    that somebody has looked into.
    """
    report_of(store, report_id)
    seen = {
        (row["row"], row["column_name"])
        for row in store.rows(
            "SELECT * FROM acceptances WHERE report_id = ? AND table_name = ?", (report_id, CHECKS)
        )
    }
    cells = [
        row
        for row in store.rows_said(report_id, "cells")
        if row["state"] in ("unreadable", "text")
        and row["method"] != "person"
        and not row["table_name"].startswith(OTHER)
    ]
    checks = [
        row
        for row in store.rows_said(report_id, "checks")
        if row["outcome"] == "fail"
        and not row["rule"].startswith("years.")
        and (row["rule"], row["scope"]) not in seen
    ]
    return sorted(cells, key=lambda row: (row["table_name"], row["ordinal"])), checks


def accepted_of(store: Store, report_id: str | None = None) -> list[Row]:
    """Every decision on a cell or sum, with the reports that show it: ``reports`` is empty where none does.

    Of one report, where that is named.
    """
    decisions = load_decisions(store.data).accepted
    if report_id is not None:
        document = report_of(store, report_id)["sha256"]
        decisions = tuple(one for one in decisions if one.document == document)
    return [_with_reports(store, one) for one in decisions]


def _with_reports(store: Store, one: Accepted) -> Row:
    place = about(one)[1:]
    key = place if len(place) == 3 else (CHECKS, *place)
    shown = store.rows(
        """SELECT report_id FROM acceptances JOIN reports USING (report_id)
           WHERE sha256 = ? AND table_name = ? AND row = ? AND column_name = ? AND decided_at = ?""",
        (one.document, *key, one.at),
    )
    return {
        "document": one.document,
        "place": list(place),
        "raw": one.raw if isinstance(one, AcceptedReading) else None,
        "why": one.why,
        "by": one.by,
        "at": one.at,
        "reports": [row["report_id"] for row in shown],
    }
