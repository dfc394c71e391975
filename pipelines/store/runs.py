"""Runs (`crawls`) and the WARC files they wrote (`warc_files`)."""

from __future__ import annotations

from typing import Any

from pipelines.archive import Archive
from pipelines.clock import now
from pipelines.parse.regions import Regions
from pipelines.store.base import Row
from pipelines.store.capture import UNASKED
from pipelines.store.issues import Issues

SOFTWARE = "gongkai"

# A run's numbers, from the tables. Pages that only lead to documents (lists, homes) are none.
_TALLY = f"""
UPDATE crawls SET
    requests = iif(kind = 'ingest', 0, (SELECT count(*) FROM captures c WHERE c.crawl_id = crawls.crawl_id
                AND NOT {UNASKED})),
    captures = (SELECT count(*) FROM captures c WHERE c.crawl_id = crawls.crawl_id
                AND (c.status_code IS NOT NULL OR c.sha256 IS NOT NULL)),
    new_documents = (SELECT count(*) FROM captures c JOIN documents d USING (sha256, capture_id)
                     WHERE c.crawl_id = crawls.crawl_id AND c.outcome = 'new'
                     AND c.role IN ('article', 'page', 'attachment', 'file')),
    changed_documents = (SELECT count(DISTINCT c.url) FROM captures c WHERE c.crawl_id = crawls.crawl_id
                         AND c.outcome = 'changed' AND c.role IN ('article', 'page', 'attachment', 'file')),
    new_reports = (SELECT count(*) FROM reports r WHERE r.crawl_id = crawls.crawl_id),
    errors = (SELECT count(*) FROM issues i WHERE i.crawl_id = crawls.crawl_id
              AND i.severity = 'error' AND i.closed_at IS NULL)
WHERE crawl_id = ?
"""  # noqa: S608 - a condition of ours


class Runs(Issues):
    """Beginning and ending runs."""

    _archive: Archive | None = None

    def begin_crawl(self, kind: str, command: str = "") -> int:
        """Begin a run of kind ``crawl`` or ``ingest``; returns its crawl_id."""
        with self.transaction() as db:
            cursor = db.execute(
                "INSERT INTO crawls (kind, command, started_at) VALUES (?, ?, ?)", (kind, command, now())
            )
        assert cursor.lastrowid is not None
        return cursor.lastrowid

    def know_crawl(self, crawl_id: int, kind: str, command: str, started_at: str) -> None:
        """A run that the archive tells of."""
        with self.transaction() as db:
            db.execute(
                """INSERT INTO crawls (crawl_id, kind, command, started_at) VALUES (?, ?, ?, ?)
                   ON CONFLICT DO NOTHING""",
                (crawl_id, kind, command, started_at),
            )

    def archive(self, crawl_id: int) -> Archive:
        """The run's writer of WARC files; ``end_crawl`` closes it."""
        crawl = self.row("SELECT * FROM crawls WHERE crawl_id = ?", (crawl_id,))
        if crawl is None:
            raise ValueError(f"no run {crawl_id}")
        info = {
            "software": SOFTWARE,
            "format": "WARC File Format 1.1",
            "conformsTo": "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
            "gongkai-crawl": str(crawl_id),
            "gongkai-kind": crawl["kind"],
            "gongkai-command": crawl["command"],
            "gongkai-started": crawl["started_at"],
        }
        self._archive = Archive(self.data, crawl_id, self, info)
        return self._archive

    def end_crawl(self, crawl_id: int, outcome: str) -> Row:
        """End a run: complete, partial, interrupted or failed; returns its row with the counts."""
        finished_at = now()
        archive = self._archive if self._archive and self._archive.crawl_id == crawl_id else None
        if archive:
            archive.note_end(outcome, finished_at)
        self.set_outcome(crawl_id, outcome, finished_at)
        if archive:
            archive.close()
            self._archive = None
        row = self.row("SELECT * FROM crawls WHERE crawl_id = ?", (crawl_id,))
        assert row is not None
        return row

    def set_outcome(self, crawl_id: int, outcome: str, finished_at: str) -> None:
        """Note how a run ended, and count."""
        with self.transaction() as db:
            db.execute(
                "UPDATE crawls SET outcome = ?, finished_at = ? WHERE crawl_id = ?",
                (outcome, finished_at, crawl_id),
            )
            db.execute(_TALLY, (crawl_id,))

    def close_interrupted(self) -> None:
        """End the runs that ended without saying so."""
        for row in list(self.rows("SELECT crawl_id FROM crawls WHERE finished_at IS NULL")):
            self.interrupt(row["crawl_id"])

    def interrupt(self, crawl_id: int) -> None:
        """A run was killed: it ended with its last capture."""
        last = """SELECT coalesce(max(fetched_at), (SELECT started_at FROM crawls WHERE crawl_id = :crawl_id))
                  FROM captures WHERE crawl_id = :crawl_id"""
        self.set_outcome(crawl_id, "interrupted", self.value(last, {"crawl_id": crawl_id}))

    def outcome_of_crawl(self, crawl_id: int) -> str | None:
        """How a run ended; None while it runs."""
        outcome: str | None = self.value("SELECT outcome FROM crawls WHERE crawl_id = ?", (crawl_id,))
        return outcome

    def recount(self, crawl_id: int) -> None:
        """Count a run's captures, documents, reports and errors again."""
        with self.transaction() as db:
            db.execute(_TALLY, (crawl_id,))

    def crawls(self, limit: int = 20) -> list[Row]:
        """The latest runs, newest first."""
        return list(self.rows("SELECT * FROM crawls ORDER BY crawl_id DESC LIMIT ?", (limit,)))

    # --- WARC files (archive.SegmentLog) ---

    def segment_opened(self, warc_file: str, crawl_id: int) -> None:
        """A WARC file exists."""
        with self.transaction() as db:
            db.execute(
                """INSERT INTO warc_files (warc_file, crawl_id, opened_at) VALUES (?, ?, ?)
                   ON CONFLICT DO NOTHING""",
                (warc_file, crawl_id, now()),
            )

    def segment_closed(self, warc_file: str, size: int, sha256: str) -> None:
        """A WARC file is final."""
        with self.transaction() as db:
            db.execute(
                "UPDATE warc_files SET closed_at = ?, bytes = ?, sha256 = ? WHERE warc_file = ?",
                (now(), size, sha256, warc_file),
            )

    def segment_damaged(self, warc_file: str, detail: str, crawl_id: int | None = None) -> None:
        """Note that something in a WARC file is not as it was written."""
        self.add_issue("archive.damaged", "error", detail, subject=warc_file, crawl_id=crawl_id)

    def segment_forgotten(self, warc_file: str) -> None:
        """A WARC file held nothing and is gone."""
        with self.transaction() as db:
            db.execute("DELETE FROM warc_files WHERE warc_file = ?", (warc_file,))

    def captures_in(self, warc_file: str) -> int:
        """How many captures have their record in a file."""
        return int(self.value("SELECT count(*) FROM captures WHERE warc_file = ?", (warc_file,)))

    def facts_of(self, site: str | None) -> dict[str, Any]:
        """What reading captures of a site rests upon besides them: its registration; for None, the divisions
        that only this archive knows. Empty where there is nothing to tell.
        """
        if site is not None:
            row = self.row(
                "SELECT site, name, home, region_code, family, definition FROM sites WHERE site = ?", (site,)
            )
            return {"site": row} if row else {}
        known = Regions.builtin()
        rows = self.rows("SELECT * FROM regions ORDER BY code")
        own = [row for row in rows if known.get(row["code"]) is None]
        return {"regions": own} if own else {}

    def warc_files(self) -> list[Row]:
        """All WARC files that the store knows, in the order of writing."""
        return list(self.rows("SELECT * FROM warc_files ORDER BY crawl_id, warc_file"))
