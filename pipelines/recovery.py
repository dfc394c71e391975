"""Taking up what a killed run left: its WARC files brought in order, its unacknowledged captures taken in.

Every step may be killed and done again: what was settled has its row, what was cut off is in quarantine.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from pipelines.archive import Exchange, Stored
from pipelines.archive.members import Gap
from pipelines.archive.parsing import Group, groups
from pipelines.archive.reader import OPEN, restored
from pipelines.checkpoint import checkpoint
from pipelines.durable import fsync_dir, fsync_file, move, sha256_of
from pipelines.errors import from_os_error
from pipelines.folder import QUARANTINE, WARC
from pipelines.store import Capture, Store

Settle = Callable[[Exchange, Stored], object]


@dataclass(slots=True)
class Recovery:
    """What was done: captures taken in, tails moved to quarantine, files finished; and what is damaged."""

    settled: int = 0
    quarantined: list[Path] = field(default_factory=list)
    finished: list[str] = field(default_factory=list)
    damaged: list[str] = field(default_factory=list)


def recover(store: Store, settle: Settle | None = None) -> Recovery:
    """Bring the archive of ``store`` (open for writing) to order; call it before a run begins.

    ``settle`` takes in an exchange that was archived but not acknowledged, by the code and in the transaction
    that the run itself would have used; by default its capture row alone is written.
    """
    recovery = Recovery()
    for path in sorted((store.data / WARC).glob(f"*.warc.gz{OPEN}")):
        try:
            _Segment(store, path, recovery).recover(settle or _by_row(store))
        except OSError as error:
            raise from_os_error(error, f"恢复 {path} (recovering)") from error
    _finish_renamed(store, recovery)
    _close_mended(store)
    return recovery


def _by_row(store: Store) -> Settle:
    return lambda exchange, stored: store.add_capture(Capture.of(exchange, stored))


class _Segment:
    """A WARC file that was being written when its run died."""

    def __init__(self, store: Store, path: Path, recovery: Recovery) -> None:
        self.store = store
        self.path = path
        self.warc_file = path.name.removesuffix(OPEN)
        self.recovery = recovery

    def recover(self, settle: Settle) -> None:
        self.store.segment_opened(self.warc_file, crawl_of(self.warc_file))
        end = self._settle_all(settle)
        checkpoint("recovery_settled")
        if end < self.path.stat().st_size:
            self._cut(end)
        if end == 0:
            self._forget()
        else:
            finish(self.store, self.path)
            self.recovery.finished.append(self.warc_file)

    def _settle_all(self, settle: Settle) -> int:
        """Take in what has no row; returns where the whole records end."""
        end = 0
        with self.path.open("rb") as source:
            for item in groups(source):
                if isinstance(item, Group):
                    self._settle(item, settle)
                    end = item.end
                elif not item.torn or self._is_referred_to(item):
                    self._report(item)
                    end = item.end
        crawl_id = crawl_of(self.warc_file)
        if self.store.outcome_of_crawl(crawl_id) == "interrupted":
            self.store.interrupt(crawl_id)  # what was settled counts, and may be its last capture
        return end

    def _settle(self, group: Group, settle: Settle) -> None:
        note = group.note()
        if note is None:
            return
        if note["kind"] == "run_end":
            self.store.set_outcome(note["crawl_id"], note["outcome"], note["finished_at"])
        elif "about" in note and not self.store.has_record(group.records[0].id):
            settle(*restored(self.store.data, group, self.warc_file))
            self.recovery.settled += 1

    def _is_referred_to(self, gap: Gap) -> bool:
        """Whether a capture points into the bytes: then they were whole once, and stay where they are."""
        sql = "SELECT 1 FROM captures WHERE warc_file = ? AND warc_offset >= ? AND warc_offset < ?"
        return self.store.value(sql, (self.warc_file, gap.offset, gap.end)) is not None

    def _report(self, gap: Gap) -> None:
        detail = f"{self.warc_file} 字节 bytes {gap.offset}–{gap.end}: 记录损坏 damaged record"
        self.recovery.damaged.append(detail)
        self.store.segment_damaged(self.warc_file, detail)

    def _cut(self, end: int) -> None:
        """Move the torn tail to quarantine."""
        kept = self.store.data / QUARANTINE / f"{self.warc_file}.{end}.torn"
        with self.path.open("r+b") as segment:
            segment.seek(end)
            kept.write_bytes(segment.read())
            fsync_file(kept)
            fsync_dir(kept.parent)
            detail = f"{kept.name}: 未写完的记录已移入隔离区 a torn record was moved to quarantine"
            self.store.add_issue("archive.torn", "info", detail, subject=self.warc_file)
            checkpoint("recovery_quarantined")
            segment.truncate(end)
            os.fsync(segment.fileno())
        checkpoint("recovery_truncated")
        self.recovery.quarantined.append(kept)

    def _forget(self) -> None:
        """A file that holds nothing is none."""
        self.path.unlink()
        fsync_dir(self.path.parent)
        self.store.segment_forgotten(self.warc_file)


def crawl_of(warc_file: str) -> int:
    """The run that wrote a file, from its name; 0 for a file that is not ours."""
    parts = warc_file.split("-")
    return int(parts[1]) if len(parts) > 2 and parts[1].isdigit() else 0


def finish(store: Store, path: Path) -> None:
    """Give a file its final name and note its digest."""
    final = path.with_name(path.name.removesuffix(OPEN))
    fsync_file(path)
    move(path, final)
    checkpoint("recovery_renamed")
    store.segment_closed(final.name, final.stat().st_size, sha256_of(final))


def _finish_renamed(store: Store, recovery: Recovery) -> None:
    """Files that were renamed, or removed, when the run died before noting it."""
    for name in [row["warc_file"] for row in store.warc_files() if row["closed_at"] is None]:
        path = store.data / WARC / name
        if path.exists():
            store.segment_closed(name, path.stat().st_size, sha256_of(path))
            recovery.finished.append(name)
        elif store.captures_in(name) == 0:
            store.segment_forgotten(name)
        else:
            detail = f"{name}: 文件缺失 the file is missing"
            recovery.damaged.append(detail)
            store.segment_damaged(name, detail)


def _close_mended(store: Store) -> None:
    """What a run found damaged in files that are as they were closed again: somebody brought them back."""
    for row in list(store.rows(_TOLD_DAMAGED)):
        path = store.data / WARC / row["warc_file"]
        if path.exists() and sha256_of(path) == row["sha256"]:
            store.close_issues(row["warc_file"], ("archive.damaged",))


_TOLD_DAMAGED: Final = """
SELECT warc_file, sha256 FROM warc_files WHERE warc_file IN (
    SELECT subject FROM issues WHERE code = 'archive.damaged' AND crawl_id IS NOT NULL AND closed_at IS NULL)
"""
