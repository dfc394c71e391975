"""``gongkai coverage``: agency × year, with a reason in each empty place."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import click

from gongkai.options import answer, common
from pipelines.errors import DamagedPublication, NoArchive
from pipelines.folder import ARCHIVE

_SIGNS = {
    "have": "有 have",
    "late": "迟 late",
    "due": "未到期 due",
    "overdue": "逾期 overdue",
    "not_found": "未见 not found",
    "unparsed": "未能读 unparsed",
    "blocked": "被拦截 blocked",
    "never_crawled": "未采集 never crawled",
}
_EVIDENCE = {"capture": "存档记录 capture ", "takedown": "撤下 takedown "}
_WANTED = """
    SELECT * FROM coverage
    WHERE year = coalesce(:year, year) AND substr(coalesce(region_code, ''), 1, length(:region)) = :region
    ORDER BY region_code, agency, year
"""


@click.command("coverage")
@click.option("--year", type=int, help="年度 Only this report year.")
@click.option("--region", help="区划代码或其前缀 Only regions whose code begins so.")
@common
def command(year: int | None, region: str | None, data: Path, as_json: bool) -> int:
    """机关与年度一览 Agency by year, with a reason in each gap.

    \b
    例 Example:
        gongkai coverage --year 2024 --region 6403
    """
    rows = _rows(data / ARCHIVE, year, region or "")
    answer(as_json, {"coverage": rows}, "\n".join(_text(rows)) or _nothing(year, region))
    return 0


def _rows(path: Path, year: int | None, region: str) -> list[dict[str, Any]]:
    if not path.exists():
        raise NoArchive(f"{path}: 尚未发布 nothing is published yet; gongkai publish")
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as connection:
            connection.row_factory = sqlite3.Row
            found = connection.execute(_WANTED, {"year": year, "region": region}).fetchall()
    except sqlite3.DatabaseError as error:
        raise DamagedPublication(path, error) from error
    return [dict(row) for row in found]


def _text(rows: list[dict[str, Any]]) -> Iterator[str]:
    agency = None
    for row in rows:
        if row["agency_id"] != agency:
            agency = row["agency_id"]
            yield f"{row['region_code'] or '——'} {row['agency']}"
        late = f" {row['days_late']} 天 days" if row["days_late"] else ""
        evidence = f"  {_EVIDENCE.get(row['evidence_kind'], '')}{row['evidence']}" if row["evidence"] else ""
        yield f"    {row['year']} {_SIGNS[row['status']]}{late}{evidence}"
    if rows:
        counts = Counter(row["status"] for row in rows)
        yield " · ".join(f"{_SIGNS[status]} {counts[status]}" for status in _SIGNS if counts[status])


def _nothing(year: int | None, region: str | None) -> str:
    if year is None and not region:
        return "还没有机关 no agency yet: gongkai crawl, gongkai ingest"
    return "没有符合的年度或地区 nothing of this year or region; gongkai status 列出年度 names the years"
