"""``gongkai status``: the health of sites and runs, and what to do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Final

import click

from crawler.due import late
from gongkai.options import answer, common
from pipelines.clock import moment
from pipelines.health import Health
from pipelines.store import Store
from pipelines.store.base import Row

_EXAMPLE: Final = 90  # characters of an issue's detail
_NOT_ENDED: Final = "进行中，或被杀死 running, or killed"
_AT_MOST: Final = 20  # sites that are well, or were never crawled, are named; of the others each


@click.command("status")
@common
def command(data: Path, as_json: bool) -> int:
    """状况一览 Tell the health of sites and runs, and what to do.

    \b
    例 Example:
        gongkai status
        gongkai status --json
    """
    with Store.open(data) as store:
        late_now = late(store.sites(), moment())
        health = Health.of(store, late=late_now)
    answer(as_json, asdict(health), "\n".join(_text(health)))
    return 0


def _text(health: Health) -> Iterator[str]:
    r = health.reports
    yield f"报告 reports {r['reports']} · 机关 agencies {r['agencies']} · 地区 regions {r['regions']}"
    if r["reports"]:
        yield (
            f"年度 years {r['first_year']}–{r['last_year']} · 完整 complete {r['complete']} · "
            f"有改动 edited {r['edited']}"
        )
    if health.sites:
        yield from _sites(health.sites)
    yield "\n任务 Runs"
    for run in health.runs:
        yield (
            f"  {run['crawl_id']:>4} {run['kind']:<6} {run['started_at']}  "
            f"{run['outcome'] or _NOT_ENDED} · 请求 requests {run['requests']} · "
            f"新报告 new reports {run['new_reports']} · 错误 errors {run['errors']}"
        )
    if health.issues:
        yield "\n未决问题 Open issues"
    for issue in health.issues:
        example = f"{issue['site']}: {issue['example']}" if issue["site"] else issue["example"]
        yield f"  {issue['severity']:<7} {issue['code']} × {issue['count']}  例 e.g. {_shortened(example)}"


def _shortened(text: str) -> str:
    return text if len(text) <= _EXAMPLE else f"{text[:_EXAMPLE]}…"


def _sites(sites: Sequence[Row]) -> Iterator[str]:
    """How many are in which state; those that need somebody first, each with what to do."""
    counts = Counter(site["state"] for site in sites)
    yield "\n站点 Sites · " + " · ".join(f"{state} {count}" for state, count in sorted(counts.items()))
    ill = [site for site in sites if site["state"] not in ("ok", "never_crawled")]
    well = sorted((site for site in sites if site["state"] == "ok"), key=lambda site: not site["errors"])
    for site in [*ill, *well[:_AT_MOST]]:
        yield (
            f"  {site['site']:<10} {site['name']}  {site['state']} (自 since {site['state_since'] or '—'})"
            f" · 报告 {site['reports']} · 最近成功 last success {site['last_success_at'] or '—'}"
        )
        for line in (site["state_detail"], site["advice"], _errors(site), _not_looked_at(site)):
            if line:
                yield f"             {line}"
    if len(well) > _AT_MOST:
        left = sum(bool(site["errors"]) for site in well[_AT_MOST:])
        besides = f"（其中 {left} 个有未决错误 of these with open errors）" if left else ""
        yield f"  … 另有 {len(well) - _AT_MOST} 个正常 more are ok{besides}: --json"
    waiting = [site["site"] for site in sites if site["state"] == "never_crawled"]
    if waiting:
        named = " ".join(waiting[:_AT_MOST]) + (" …" if len(waiting) > _AT_MOST else "")
        yield f"  尚未采集 not crawled yet, gongkai crawl SITE: {named}"


def _errors(site: Row) -> str:
    """The open errors of a site, "" for none: one that answers as it should may lack its reports."""
    named = " · ".join(f"{code} × {count}" for code, count in site["errors"].items())
    return f"未决错误 open errors: {named}" if named else ""


def _not_looked_at(site: Row) -> str:
    """How many lists the last visit left to the next ones, "" for none."""
    left = site["not_looked_at"]
    return (
        f"上次访问未看 {left}/{site['lists']} 个列表，轮流查看 lists not looked at last time, they take turns"
        if left
        else ""
    )
