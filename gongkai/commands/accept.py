"""``gongkai accept``: what a person read in an archived document."""

from __future__ import annotations

import getpass
from pathlib import Path
from typing import Any

import click

from gongkai.options import answer, common, publish, stated
from pipelines.decisions.accept import (
    Outcome,
    Said,
    accept_reading,
    accept_sum,
    accepted_of,
    to_look_at,
    withdraw,
)
from pipelines.publish import publish as publish_archive
from pipelines.store import Row, Store

_USAGE = (
    "应为 REPORT TABLE ROW COLUMN RAW（一格）或 REPORT RULE SCOPE（一项核对）"
    " Expected REPORT TABLE ROW COLUMN RAW for a cell, or REPORT RULE SCOPE for a sum"
)


def _login() -> str:
    """Who is logged in; "" where the system does not know."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return ""


@click.command("accept")
@click.argument("report", required=False)
@click.argument("what", nargs=-1, metavar="[TABLE ROW COLUMN RAW | RULE SCOPE]")
@click.option(
    "--why", callback=stated, help="依据，随数字一并公布 On what grounds; published with the number."
)
@click.option(
    "--by",
    envvar="GONGKAI_BY",
    show_envvar=True,
    default=_login,
    help="谁认定的，一并公布；默认为登录名 Who looked; published. The login name if not given.",
)
@click.option("--unit", default="", help="表头所印金额单位 The unit of money of a header: 万元.")
@click.option("--withdraw", "take_back", is_flag=True, help="撤回认定 Take a decision back.")
@publish
@common
def command(
    report: str | None,
    what: tuple[str, ...],
    why: str | None,
    by: str,
    unit: str,
    take_back: bool,
    publish: bool,
    data: Path,
    as_json: bool,
) -> int:
    """认定读数 Accept what a person read in an archived document.

    \b
    TABLE、ROW、COLUMN 指明一格，与 `cells` 中相同；RAW 为原件所印，空白写 ""。
    用 RULE、SCOPE（与 `checks` 中相同）认定：原件本身如此，这项核对才不符。
    认定写入 DATA/decisions.toml，换了读法仍对该文件有效，随数字一并公布。
    只写 REPORT 列出其中待人工查看的和已认定的；什么都不写列出全部认定。

    TABLE, ROW and COLUMN name a cell as in `cells`; RAW is what the document prints there, as printed ("" for
    a blank). With RULE and SCOPE as in `checks`: that this sum fails because the document says so.

    The decision is written to DATA/decisions.toml, holds for this document whatever parser reads it, and is
    published with its number. With REPORT alone: what in it waits for a person, and what was decided. With
    nothing: every decision.

    \b
    例 Example:
        gongkai accept 640323-bf2b99f5-2023
        gongkai accept 640323-bf2b99f5-2023 applications granted total 12 --why "legible below the stamp"
        gongkai accept 640323-bf2b99f5-2023 applications.row_total granted --why "so printed"
        gongkai accept 640323-bf2b99f5-2023 applications granted total --withdraw
    """
    if report is None or not what:
        if take_back or why is not None:
            raise click.UsageError(_USAGE)
        with Store.open(data) as store:
            return _show(store, report, as_json)
    with Store.open(data, write=True, make=False) as store:
        outcome = withdraw(store, report, what) if take_back else _accept(store, report, what, unit, why, by)
    if publish:
        publish_archive(data)
    answer(as_json, _plain(outcome), _text(outcome))
    return 0


def _accept(store: Store, report: str, what: tuple[str, ...], unit: str, why: str | None, by: str) -> Outcome:
    if len(what) not in (2, 4):
        raise click.UsageError(_USAGE)
    if why is None:
        raise click.UsageError("请用 --why 说明依据 say with --why on what grounds")
    if not by.strip():
        raise click.UsageError("请用 --by 署名 sign with --by")
    said = Said(why, by.strip())
    if len(what) == 2:
        return accept_sum(store, report, *what, said)
    table, row, column, raw = what
    return accept_reading(store, report, (table, row, column), raw, unit, said)


def _plain(outcome: Outcome) -> dict[str, Any]:
    report = {key: value for key, value in outcome.report.items() if key == "report_id" or "state" in key}
    return {"before": outcome.before, "after": outcome.after, "report": report}


def _text(outcome: Outcome) -> str:
    return "\n".join(
        [
            f"原为 before: {_line(outcome.before)}",
            f"现为 now:    {_line(outcome.after)}",
            f"报告 report {outcome.report['report_id']}: {outcome.report['state']}",
        ]
    )


def _line(row: Row | None) -> str:
    """A cell or a check on one line."""
    if row is None:
        return "—"
    if "rule" in row:
        return f"{row['rule']} {row['scope']}: {row['outcome']} {row['detail'] or ''}"
    value = "—" if row["value"] is None else f"{row['value']} {row['unit'] or ''}".rstrip()
    place = f"{row['table_name']} {row['row']} {row['column_name']}"
    return f"{place}: {row['raw']!r} → {value}（{row['state']}, {row['method']}）"


def _show(store: Store, report: str | None, as_json: bool) -> int:
    cells, checks = to_look_at(store, report) if report else ([], [])
    decided = accepted_of(store, report)
    waiting = f"待人工查看 wait for a person: 单元格 cells {len(cells)} · 勾稽 sums {len(checks)}"
    lines = [waiting] if report else []
    lines += [f"  {_line(row)}" for row in (*cells, *checks)]
    lines += [f"已认定 decided: {len(decided)}", *(f"  {_decision(one)}" for one in decided)]
    answer(as_json, {"cells": cells, "checks": checks, "decided": decided}, "\n".join(lines))
    return 0


def _decision(one: Row) -> str:
    said = "" if one["raw"] is None else f" {one['raw']!r}"
    where = "、".join(one["reports"]) or f"未用 not in use ({one['document'][:12]}…)"
    return f"{where} {' '.join(one['place'])}{said} · {one['by']} {one['at']}: {one['why']}"
