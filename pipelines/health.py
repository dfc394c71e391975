"""The health of an archive: its sites, its runs, its reports, and what a person should do."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from pipelines.store import Store
from pipelines.store.base import Row

# What to do about the state of a site (docs/codebook.md, sites.state).
ADVICE = {
    "ok": "",
    "late": "到期未访问，请运行 due: gongkai crawl {site}",
    "failing": "已连续 {failures} 次未成功，请看详情并检查网址 failing: check it, then gongkai probe {home}",
    "blocked": "被拦截，勿强行访问；可人工保存后 ingest blocked: save pages by hand and ingest them",
    "never_crawled": "尚未采集 not crawled yet: gongkai crawl {site}",
}


@dataclass(frozen=True, slots=True)
class Health:
    """What ``gongkai status`` tells. Rows are those of the store."""

    sites: list[Row]
    runs: list[Row]
    reports: Row
    issues: list[Row]

    @classmethod
    def of(cls, store: Store, runs: int = 5, late: Collection[str] = ()) -> Health:
        """The health of an open store, with its latest runs. ``late``: sites that are due and not visited."""
        return cls(_sites(store, late), store.crawls(runs), _reports(store), _issues(store))


def _sites(store: Store, late: Collection[str]) -> list[Row]:
    rows = store.rows(
        """SELECT site, name, home, family, state, state_since, state_detail, last_attempt_at,
                  last_success_at, failures,
                  (SELECT count(DISTINCT report_id) FROM report_sources s
                   WHERE s.site = sites.site) AS reports,
                  coalesce(lists, 0) AS lists, coalesce(not_looked_at, 0) AS not_looked_at
           FROM sites LEFT JOIN (
               SELECT site, count(*) AS lists, sum(looked_in < last) AS not_looked_at
               FROM (SELECT *, max(looked_in) OVER (PARTITION BY site) AS last FROM site_columns)
               GROUP BY site
           ) USING (site) ORDER BY state = 'ok', site"""
    )
    errors: dict[str, dict[str, int]] = {}
    for found in store.rows(
        """SELECT site, code, count(*) AS count FROM issues
           WHERE severity = 'error' AND closed_at IS NULL AND site IS NOT NULL
           GROUP BY site, code ORDER BY code"""
    ):
        errors.setdefault(found["site"], {})[found["code"]] = found["count"]
    return [
        _advised(
            {**row, "state": "late" if row["site"] in late else row["state"]}, errors.get(row["site"], {})
        )
        for row in rows
    ]


def _advised(row: Row, errors: dict[str, int]) -> Row:
    """The row with its open errors, by code, and with what to do about its state."""
    return {**row, "errors": errors, "advice": ADVICE.get(row["state"], "").format(**row)}


def _reports(store: Store) -> Row:
    found = store.row(
        """SELECT count(*) AS reports, count(DISTINCT agency_id) AS agencies,
                  count(DISTINCT region_code) AS regions, min(year) AS first_year, max(year) AS last_year,
                  coalesce(sum(state = 'complete'), 0) AS complete, coalesce(sum(version > 1), 0) AS edited
           FROM reports"""
    )
    return found or {}


def _issues(store: Store) -> list[Row]:
    return list(
        store.rows(
            """SELECT severity, code, count(*) AS count, max(last_seen_at) AS last_seen_at,
                      min(iif(subject LIKE 'http%' AND NOT instr(detail, subject), subject || ' ', '')
                          || detail) AS example, site
               FROM issues WHERE closed_at IS NULL GROUP BY severity, code
               ORDER BY severity = 'info', severity = 'warning', count DESC"""
        )
    )
