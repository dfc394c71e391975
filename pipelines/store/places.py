"""Divisions, sites and their columns."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from pipelines.clock import now
from pipelines.store.base import Row, Tables


def definition_of(registered: Mapping[str, Any]) -> str:
    """A site's registration as `sites.definition` keeps it."""
    return json.dumps(dict(registered), ensure_ascii=False, sort_keys=True)


class Places(Tables):
    """`regions`, `sites`, `site_columns`."""

    def put_regions(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Insert or update divisions; a row has the columns of `regions` or some, ``code`` among them."""
        self._put("regions", rows, "code")

    def put_site(
        self,
        site: str,
        *,
        name: str,
        home: str,
        definition: Mapping[str, Any],
        region_code: str | None = None,
        family: str | None = None,
    ) -> None:
        """Register a site, or bring its registration up to date; its state stays, and its family if None."""
        row = {
            "site": site,
            "region_code": region_code,
            "name": name,
            "home": home,
            "definition": definition_of(definition),
        }
        if family is not None:
            row["family"] = family
        self._put("sites", [row], "site")

    def set_site_state(
        self,
        site: str,
        state: str,
        *,
        detail: str | None = None,
        succeeded: bool = False,
        full_sweep: bool = False,
    ) -> None:
        """Note an attempt on a site and what state it left: ok, late, failing, blocked, never_crawled."""
        with self.transaction() as db:
            db.execute(
                """UPDATE sites SET
                       state_since = iif(state = :state, coalesce(state_since, :now), :now),
                       state = :state, state_detail = :detail, last_attempt_at = :now,
                       last_success_at = iif(:succeeded, :now, last_success_at),
                       last_full_sweep_at = iif(:full_sweep, :now, last_full_sweep_at),
                       failures = iif(:succeeded, 0, failures + 1)
                   WHERE site = :site""",
                {
                    "site": site,
                    "state": state,
                    "detail": detail,
                    "now": now(),
                    "succeeded": succeeded,
                    "full_sweep": full_sweep,
                },
            )

    def site(self, site: str) -> Row | None:
        """A site's row."""
        return self.row("SELECT * FROM sites WHERE site = ?", (site,))

    def sites(self) -> list[Row]:
        """All sites."""
        return list(self.rows("SELECT * FROM sites ORDER BY site"))

    def put_column(
        self,
        site: str,
        url: str,
        *,
        found_by: str,
        title: str | None = None,
        family: str | None = None,
        score: float | None = None,
        declared_total: int | None = None,
        found_total: int | None = None,
    ) -> None:
        """Note a column (a list address) of a site and why it is one; None keeps what is known."""
        with self.transaction() as db:
            db.execute(
                """INSERT INTO site_columns (site, url, title, family, found_by, score, declared_total,
                                             found_total, first_seen_at, last_seen_at)
                   VALUES (:site, :url, :title, :family, :found_by, :score, :declared, :found, :now, :now)
                   ON CONFLICT (site, url) DO UPDATE SET
                       title = coalesce(excluded.title, title), family = coalesce(excluded.family, family),
                       found_by = excluded.found_by, score = coalesce(excluded.score, score),
                       declared_total = coalesce(excluded.declared_total, declared_total),
                       found_total = coalesce(excluded.found_total, found_total),
                       last_seen_at = excluded.last_seen_at""",
                {
                    "site": site,
                    "url": url,
                    "title": title,
                    "family": family,
                    "found_by": found_by,
                    "score": score,
                    "declared": declared_total,
                    "found": found_total,
                    "now": now(),
                },
            )

    def columns_of(self, site: str) -> list[Row]:
        """The known columns of a site, best first."""
        return list(self.rows("SELECT * FROM site_columns WHERE site = ? ORDER BY score DESC, url", (site,)))
