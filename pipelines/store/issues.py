"""What a person should know (`issues`)."""

from __future__ import annotations

from collections.abc import Collection

from pipelines.clock import now
from pipelines.store.base import Row, Tables


class Issues(Tables):
    """Opening and closing issues. One issue is one (code, subject, detail)."""

    def add_issue(
        self,
        code: str,
        severity: str,
        detail: str,
        *,
        subject: str,
        report_id: str | None = None,
        sha256: str | None = None,
        site: str | None = None,
        crawl_id: int | None = None,
    ) -> int:
        """Note an issue, or that it is still there; a closed one opens again as new. Returns issue_id."""
        with self.transaction():
            return int(
                self.value(
                    """INSERT INTO issues (code, severity, report_id, sha256, site, subject, detail,
                                           first_seen_at, last_seen_at, crawl_id)
                       VALUES (:code, :severity, :report_id, :sha256, :site, :subject, :detail,
                               :now, :now, :crawl_id)
                       ON CONFLICT (code, subject, detail) DO UPDATE SET
                           severity = excluded.severity, report_id = coalesce(excluded.report_id, report_id),
                           sha256 = coalesce(excluded.sha256, sha256), site = coalesce(excluded.site, site),
                           last_seen_at = excluded.last_seen_at, closed_at = NULL,
                           crawl_id = iif(closed_at IS NULL, crawl_id, excluded.crawl_id)
                       RETURNING issue_id""",
                    {
                        "code": code,
                        "severity": severity,
                        "detail": detail,
                        "subject": subject,
                        "report_id": report_id,
                        "sha256": sha256,
                        "site": site,
                        "crawl_id": crawl_id,
                        "now": now(),
                    },
                )
            )

    def close_issues(
        self, subject: str, codes: Collection[str] | None = None, keep: Collection[int] = ()
    ) -> int:
        """Close a subject's open issues (of these codes), but not those in ``keep``; returns how many."""
        chosen = [
            row["issue_id"]
            for row in self.rows(
                "SELECT issue_id, code FROM issues WHERE subject = ? AND closed_at IS NULL", (subject,)
            )
            if row["issue_id"] not in keep and (codes is None or row["code"] in codes)
        ]
        with self.transaction() as db:
            for issue_id in chosen:
                db.execute("UPDATE issues SET closed_at = ? WHERE issue_id = ?", (now(), issue_id))
        return len(chosen)

    def new_errors(self, crawl_id: int) -> list[Row]:
        """The errors that a run was the first to find and that are open: they make its exit code 1."""
        return list(
            self.rows(
                """SELECT * FROM issues WHERE crawl_id = ? AND severity = 'error' AND closed_at IS NULL
                   ORDER BY issue_id""",
                (crawl_id,),
            )
        )

    def open_issues(self, severity: str | None = None) -> list[Row]:
        """Open issues (of a severity), oldest first."""
        return list(
            self.rows(
                """SELECT * FROM issues WHERE closed_at IS NULL AND severity = coalesce(?, severity)
                   ORDER BY issue_id""",
                (severity,),
            )
        )
