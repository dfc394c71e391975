"""The end of a site's sweep: was everything found that was declared, and what state is the site in?"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from crawler.addresses import line_mark
from crawler.budgets import LEFT_OUT
from crawler.columns import Column, ListPage, united
from crawler.frontier import Frontier
from crawler.hosts import CHALLENGES
from crawler.looks import note_costs, note_lines, note_sweep
from crawler.names import is_agency, is_group
from crawler.permits import permits
from crawler.registry import Site
from pipelines.decisions import load_decisions
from pipelines.divisions import known_regions
from pipelines.reports import meet_agencies
from pipelines.store import Store

NOT_FOLLOWED = "not followed: "  # begins the detail of an address that was left out (budgets.LEFT_OUT)
_SHRUNK = 0.8  # of what the list had at the last full sweep
_DEAD = 3  # runs without an answer
_OF_SITE = ("site_blocked", "site_unreachable", "host_dead")
_OF_HOST = "robots_unreachable"
_OF_COLUMNS = ("list_empty", "expectation_broken", "column_proposed")
_OF_WHOLE_LISTS = (
    "list_incomplete", "list_scripted", "list_shrunk", "paging_stuck", "no_columns", *LEFT_OUT,
)  # fmt: skip

_FOR_NEWS = """SELECT 1 FROM requests WHERE site = ? AND sweep = ? AND role IN ('column', 'list')
    AND json_extract(context, '$.incremental') LIMIT 1"""
_LEFT = "SELECT * FROM requests WHERE site = ? AND sweep = ? AND state <> 'done'"

_SAME_LINES = """
    SELECT other.url FROM site_columns c JOIN site_columns other USING (site, lines)
    WHERE c.site = :site AND c.url = :url AND other.url NOT IN
        (SELECT subject FROM issues WHERE code = 'column_moved' AND site = :site AND closed_at IS NULL)
"""


def _keeps_out(capture: Mapping[str, Any]) -> bool:
    """Whether the site refuses to be asked, by a challenge or by its robots.txt."""
    return capture["outcome"] == "blocked" or (capture["detail"] or "").startswith("refused_robots")


def finish_site(store: Store, frontier: Frontier, site: Site, crawl_id: int, *, interrupted: bool) -> bool:
    """Judge a site's sweep and note its state; true where the sweep is complete."""
    sweep = frontier.sweep_of(site.site)
    with store.transaction():
        finishing = _Finishing(store, site, crawl_id, sweep)
        if not interrupted:
            finishing.give_up(frontier)
        waiting = frontier.pending(site.site)
        if interrupted or (waiting and not finishing.home_failed()):
            if not interrupted:
                finishing.left(waiting, frontier.hosts.why(site.site))
            return False
        return finishing.judge(frontier.left_out(site.site))


def left_out_issues(left_out: Mapping[str, Iterable[str]]) -> Iterator[tuple[str, str, str]]:
    """(code, severity, detail) of each address that was left out: a trap is none of the county's pages, a
    budget that is spent may have cost some.
    """
    for code, urls in left_out.items():
        severity = "error" if code == "budget_spent" else "info"
        yield from ((code, severity, f"{NOT_FOLLOWED}{url}"[:300]) for url in urls)


class _Finishing:
    """One site's sweep, judged from what the store kept of it."""

    def __init__(self, store: Store, site: Site, crawl_id: int, sweep: int) -> None:
        self._store, self._site, self._crawl_id, self._sweep = store, site, crawl_id, sweep
        self._kept: list[int] = []
        self._filed: dict[str, tuple[str, int]] | None = None
        self._is_barren = False  # no column has any entry

    def judge(self, left_out: Mapping[str, Iterable[str]]) -> bool:
        """Every column against what it declared and had before, the site against what is expected of it."""
        home = self.home_outcome() or self._columns_outcome()
        for issue in left_out_issues(left_out):
            self._issue(*issue)
        if home and home["outcome"] not in ("new", "changed", "unchanged", "redirect"):
            self._home_failed(home)
            self._close(_OF_SITE)
            return True
        columns = list(united(self._pages()))
        known = columns or any(True for _ in self._store.columns_of(self._site.site))
        if not known and (outcome := self._columns_outcome()) and _keeps_out(outcome):
            self._home_failed(outcome)
            self._close(_OF_SITE)
            return True
        self._is_barren = not any(column.found for column in columns)
        for column in columns:
            self._judge_column(column)
        note_costs(self._store, self._site.site, self._sweep, columns)
        if not known:
            self._issue(
                "no_columns",
                "error",
                "从首页没有找到年报栏目 no column of annual reports was found from the home page",
            )
        self._propose(columns)
        self._meet_those_not_had()
        self._expect()
        full = not self._store.value(_FOR_NEWS, (self._site.site, self._sweep))
        if not full:
            self._keep_empty(columns)
        self._close(_OF_SITE + _OF_COLUMNS + (_OF_WHOLE_LISTS if full else ()))
        self._close_of_hosts_left()
        self._store.set_site_state(self._site.site, "ok", succeeded=True, full_sweep=full)
        if full:
            note_sweep(self._store, self._site.site, self._sweep)
        return True

    def give_up(self, frontier: Frontier) -> None:
        """Where nothing is left but places on other hosts than the home page's, none of which lets itself be
        asked: the sweep is done, and these could not be had. They are asked for again as such.
        """
        left = list(self._store.rows(_LEFT, (self._site.site, self._sweep)))
        home = urlsplit(self._site.home).hostname
        why = {row["url"]: getattr(frontier.hosts.get(row["host"]), "closed", "") for row in left}
        if not all(
            why[row["url"]] and row["role"] in ("tree", "column") and urlsplit(row["url"]).hostname != home
            for row in left
        ):
            return
        for row in left:
            kind = "blocked" if why[row["url"]] == CHALLENGES else "error"
            self._store.add_issue(
                "list_unreachable", "warning", f"{kind}: {row['host']} {why[row['url']]}",
                subject=row["url"], site=self._site.site, crawl_id=self._crawl_id,
            )  # fmt: skip
            frontier.done(row["request_id"])

    def left(self, waiting: int, why: str) -> None:
        """Not all could be asked for in this run."""
        detail = f"{waiting} requests left: {why}"
        blocked = CHALLENGES in why
        if blocked:
            self._issue("site_blocked", "error", detail)
        self._store.set_site_state(self._site.site, "blocked" if blocked else "failing", detail=detail)
        self.count_failures()

    def home_outcome(self) -> dict[str, Any] | None:
        """The last capture of the home page in this sweep; None where it was not asked for."""
        return self._store.row(
            """SELECT c.outcome, c.detail FROM requests r
               JOIN captures c ON c.url = r.url AND c.crawl_id >= r.sweep AND c.role = 'home'
               WHERE r.site = ? AND r.sweep = ? AND r.role = 'home' ORDER BY c.capture_id DESC LIMIT 1""",
            (self._site.site, self._sweep),
        )

    def _columns_outcome(self) -> dict[str, Any] | None:
        """Where only known columns were asked for: the last failure, if none of them answered."""
        rows = list(
            self._store.rows(
                """SELECT c.outcome, c.detail FROM requests r
                   JOIN captures c ON c.url = r.url AND c.crawl_id >= r.sweep AND c.role = 'column'
                   WHERE r.site = ? AND r.sweep = ? AND r.role = 'column' ORDER BY c.capture_id""",
                (self._site.site, self._sweep),
            )
        )
        answered = any(row["outcome"] in ("new", "changed", "unchanged", "redirect") for row in rows)
        return None if answered or not rows else rows[-1]

    def home_failed(self) -> bool:
        """Whether the home page had an answer that is no home page."""
        home = self.home_outcome()
        return home is not None and home["outcome"] in ("blocked", "gone", "soft_404", "removed")

    def _home_failed(self, home: dict[str, Any]) -> None:
        blocked = _keeps_out(home)
        detail = f"{home['outcome']}: {home['detail'] or ''}"[:300]
        self._issue("site_blocked" if blocked else "site_unreachable", "error", detail)
        self._store.set_site_state(self._site.site, "blocked" if blocked else "failing", detail=detail)
        self.count_failures()

    def count_failures(self) -> None:
        """A site that did not answer for several runs may have moved or be gone: that needs a person."""
        state = self._store.site(self._site.site) or {}
        if state.get("state") == "failing" and state["failures"] >= _DEAD:
            since = state["last_success_at"] or "—"
            self._issue(
                "host_dead",
                "error",
                f"连续 {_DEAD} 次没有应答 runs in a row without an answer; 最近成功 last success {since}",
            )

    def _pages(self) -> dict[str, ListPage]:
        """Every page of a list in this sweep, by what tells requests apart."""
        rows = self._store.rows(
            """SELECT fingerprint, url, role, method, body, context FROM requests WHERE site = ? AND sweep = ?
               AND role IN ('column', 'tree', 'list') AND context LIKE '%"counted"%'""",
            (self._site.site, self._sweep),
        )
        return {row["fingerprint"]: ListPage.of(row) for row in rows}

    def _judge_column(self, column: Column) -> None:
        before = self._store.row(
            "SELECT found_total, declared_total FROM site_columns WHERE site = ? AND url = ?",
            (self._site.site, column.url),
        ) or {"found_total": None, "declared_total": None}
        if not column.found and before["found_total"]:
            self._issue(
                "list_empty",
                "error",
                f"{column.url}: 现在没有条目，原有 empty, had {before['found_total']} 条 entries",
            )
        elif not column.incremental:
            self._judge_whole(column, before["found_total"])
        if not column.incremental or len(column.found) >= (before["found_total"] or 0):
            note_lines(self._store, self._site.site, column, self._reports())

    def _keep_empty(self, columns: list[Column]) -> None:
        """A list that was empty stays so until it is seen with entries."""
        filled = {column.url for column in columns if column.found}
        rows = self._store.rows(
            """SELECT issue_id, detail FROM issues
               WHERE code = 'list_empty' AND subject = ? AND closed_at IS NULL""",
            (f"site:{self._site.site}",),
        )
        self._kept += [row["issue_id"] for row in rows if row["detail"].partition(": ")[0] not in filled]

    def _reports(self) -> dict[str, tuple[str, int]]:
        """Agency and year of the site's reports, by what tells their lines in lists."""
        if self._filed is None:
            rows = self._store.rows(
                """SELECT s.url, r.agency_id, r.year FROM report_sources s JOIN reports r USING (report_id)
                   WHERE s.site = ? AND s.gone_at IS NULL""",
                (self._site.site,),
            )
            self._filed = {line_mark(row["url"]): (row["agency_id"], row["year"]) for row in rows}
        return self._filed

    def _judge_whole(self, column: Column, before: int | None) -> None:
        """A column of which every page was asked for."""
        found = len(column.found)
        if column.declared is not None and not column.is_whole:
            why = "；后面各页与第一页相同 the list's further pages repeat the first" if column.stuck else ""
            self._issue(
                "list_incomplete",
                "error",
                f"{column.url}: 未见全部所称条目 {found} of {column.declared} declared entries found{why}",
            )
        elif column.lacking and column.declared is None:
            detail = f"{column.url}: {column.lacking} 页无内容 of the pages that it states gave nothing"
            self._issue("list_incomplete", "error", detail)
        elif (
            column.scripted and not column.declared
        ):  # none at all is what a question without a key is answered
            self._issue("list_scripted", "error", f"{column.url}: {column.scripted}")
        elif column.stuck:
            self._issue(
                "paging_stuck",
                "warning",
                f"{column.url}: 后面各页与第一页相同 further pages repeat the first",
            )
        if before and found < _SHRUNK * before:
            self._issue("list_shrunk", "error", f"{column.url}: {found} 条 entries，原有 had {before}")
        elif not (found or column.leads_on or column.scripted or (column.guessed and not self._is_barren)):
            severity = "error" if self._is_barren else "warning"
            self._issue(
                "list_empty",
                severity,
                f"{column.url}: 年报栏目中没有条目 a column of annual reports without entries",
            )
        self._store.db.execute(
            """UPDATE site_columns SET found_total = ?, declared_total = coalesce(?, declared_total)
               WHERE site = ? AND url = ?""",
            (found, column.declared, self._site.site, column.url),
        )

    def _meet_those_not_had(self) -> None:
        """Agencies that are only known from lines of lists, or from links to their own sites: what these lead
        to could not be had.
        """
        rows = self._store.rows(
            """SELECT json_extract(hints, '$.link_text') AS title FROM resources
               WHERE site = ? AND role = 'article' AND sha256 IS NULL AND gone_at IS NULL""",
            (self._site.site,),
        )
        titles = [row["title"] for row in rows if row["title"]]
        offices = [name for name in self._places_not_had() if is_agency(name) and not is_group(name)]
        if titles or offices:
            regions, decisions = known_regions(self._store), load_decisions(self._store.data)
            meet_agencies(self._store, self._site.site, self._site.code, titles, offices, regions, decisions)

    def _places_not_had(self) -> Iterator[str]:
        """What links call the places of the tree that refused to be asked, or did not answer."""
        rows = self._store.rows(
            """SELECT DISTINCT json_extract(r.context, '$.title') AS name
               FROM requests r CROSS JOIN issues i ON i.subject = r.url
               WHERE r.site = ? AND r.sweep = ? AND r.role IN ('tree', 'column')
                 AND i.code = 'list_unreachable' AND i.closed_at IS NULL""",
            (self._site.site, self._sweep),
        )
        return (row["name"] for row in rows if row["name"])

    def _propose(self, columns: list[Column]) -> None:
        """Where columns moved: what the registry file should say now; a column that was found by itself is
        replaced by the new one.
        """
        moved = list(
            self._store.rows(
                "SELECT subject FROM issues WHERE code = 'column_moved' AND site = ? AND closed_at IS NULL",
                (self._site.site,),
            )
        )
        found = [column.url for column in columns if column.found and self._is_new(column)] if moved else []
        if not found and not self._site.columns:  # what it held may stand in one that was found before
            for row in moved:
                if url := self._store.value(_SAME_LINES, {"site": self._site.site, "url": row["subject"]}):
                    self._replace(row["subject"], url)
        if not found:
            return
        if self._site.columns:
            self._issue("column_proposed", "warning", f"columns = {json.dumps(found, ensure_ascii=False)}")
            return
        for row in moved:
            self._replace(row["subject"], ", ".join(found))

    def _replace(self, moved: str, by: str) -> None:
        self._issue("column_replaced", "info", f"{moved} → {by}"[:1000])
        self._store.close_issues(moved, ("column_moved",))
        self._store.db.execute(
            "DELETE FROM site_columns WHERE site = ? AND url = ?", (self._site.site, moved)
        )

    def _is_new(self, column: Column) -> bool:
        """Whether a column is none that was known before this sweep."""
        if self._site.columns:
            return column.url not in self._site.columns
        since = "SELECT started_at FROM crawls WHERE crawl_id = ?"
        seen = "SELECT first_seen_at FROM site_columns WHERE site = ? AND url = ?"
        first = self._store.value(seen, (self._site.site, column.url))
        return first is not None and first >= self._store.value(since, (self._sweep,))

    def _close_of_hosts_left(self) -> None:
        """Take back what was said of hosts that the site's registry entry names no more."""
        said = "SELECT subject FROM issues WHERE site = ? AND code = ? AND closed_at IS NULL"
        for row in list(self._store.rows(said, (self._site.site, _OF_HOST))):
            if not permits(self._site, f"http://{row['subject'].removeprefix('host:')}/"):
                self._store.close_issues(row["subject"], (_OF_HOST,))

    def _expect(self) -> None:
        if not self._site.min_reports:
            return
        reports = self._store.value(
            "SELECT count(DISTINCT report_id) FROM report_sources WHERE site = ?", (self._site.site,)
        )
        if reports < self._site.min_reports:
            self._issue(
                "expectation_broken",
                "error",
                f"{reports} 份报告 reports，至少应有 expected at least {self._site.min_reports}",
            )

    def _issue(self, code: str, severity: str, detail: str) -> None:
        subject = f"site:{self._site.site}"
        self._kept.append(
            self._store.add_issue(
                code, severity, detail, subject=subject, site=self._site.site, crawl_id=self._crawl_id
            )
        )

    def _close(self, codes: tuple[str, ...]) -> None:
        """Take back what is not so any more, of what could be judged again this time."""
        self._store.close_issues(f"site:{self._site.site}", codes, self._kept)
