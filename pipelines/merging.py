"""Bringing what several machines captured in one run into one archive.

A *shard* is the data directory of a worker: WARC files, what was captured, the requests it knew of, and
what it read. Each step may be repeated or cut off: a file that is here is not copied again, a capture has its
record's id, a reading its bytes. So merging twice, or going on after a kill, changes nothing, and the order
in which the shards of a run are given does not matter.

What is filed comes from the merged captures only: an article is read (or found among what the shards have
read) once all its parts are here, whichever machine fetched them.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, fields
from heapq import merge as in_order
from itertools import islice
from pathlib import Path
from typing import Final

from pipelines.address import address
from pipelines.checkpoint import checkpoint
from pipelines.durable import check_space, fsync_file, move, sha256_of
from pipelines.errors import Damaged, StoreError, from_os_error
from pipelines.folder import READINGS, WARC
from pipelines.memo import Memo, MemoPool
from pipelines.process import Ahead, Job, Processor
from pipelines.readout import Readout
from pipelines.recovery import recover
from pipelines.store import Capture, Row, Store

_BATCH: Final = 1_000  # captures in a transaction
_MORE_AHEAD: Final = 8  # times what is asked ahead where documents are to be read first
_AGAIN: Final = "如系复制而来，请重新复制整个目录 if the shard was copied to here, copy all of it again"
_FIELDS: Final = {f.name for f in fields(Capture)}
# the captures of a run, with what was told of their addresses: that stands in the shard's `resources`, and of
# those that were asked for in its `requests`
_CAPTURED: Final = """
SELECT c.*, coalesce(q.root, r.root) AS root, r.hints,
    coalesce(iif(q.request_id IS NULL, r.ordinal, q.context ->> 'ordinal'), 0) AS ordinal,
    iif(r.capture_id = c.capture_id, r.etag, NULL) AS etag,
    iif(r.capture_id = c.capture_id, r.last_modified, NULL) AS last_modified
FROM captures c
LEFT JOIN resources r ON r.address = iif(c.url IS NULL, NULL, address(c.url))
LEFT JOIN requests q ON q.request_id = c.request_id AND r.address IS NOT NULL
WHERE c.crawl_id = ? ORDER BY c.fetched_at, c.warc_file, c.warc_offset
"""
_ISSUE_COLUMNS: Final = (
    "code", "severity", "site", "subject", "detail", "first_seen_at", "last_seen_at", "closed_at", "crawl_id",
)  # fmt: skip
_ISSUE: Final = f"""
INSERT INTO issues ({", ".join(_ISSUE_COLUMNS)})
VALUES ({", ".join(f":{name}" for name in _ISSUE_COLUMNS)})
ON CONFLICT (code, subject, detail) DO UPDATE SET
    closed_at = iif(coalesce(excluded.closed_at, excluded.last_seen_at) >= coalesce(closed_at, last_seen_at),
                    excluded.closed_at, closed_at),
    first_seen_at = min(first_seen_at, excluded.first_seen_at),
    last_seen_at = max(last_seen_at, excluded.last_seen_at)
"""  # noqa: S608 - names of ours
_COLUMN: Final = """
INSERT INTO site_columns
    (site, url, title, family, found_by, score, declared_total, first_seen_at, last_seen_at)
VALUES (:site, :url, :title, :family, :found_by, :score, :declared_total, :first_seen_at, :last_seen_at)
ON CONFLICT (site, url) DO UPDATE SET
    title = coalesce(excluded.title, title), family = coalesce(excluded.family, family),
    found_by = excluded.found_by, score = coalesce(excluded.score, score),
    first_seen_at = min(first_seen_at, excluded.first_seen_at), last_seen_at = excluded.last_seen_at
WHERE excluded.last_seen_at >= last_seen_at
"""
_CHECKED: Final = "SELECT checked_at FROM resources WHERE address = ?"

# of the two indexes that fit, that of addresses: a run has all its captures, an address a few (+)
_UNFILED: Final = """
SELECT 1 FROM captures c WHERE c.url = ? AND +c.crawl_id = ? AND c.sha256 IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM resources r WHERE r.address = ? AND r.sha256 = c.sha256
                    AND r.gone_at IS NULL)
    AND NOT EXISTS (SELECT 1 FROM report_versions v WHERE v.url = c.url AND v.sha256 = c.sha256) LIMIT 1
"""

# of the two indexes that fit, that of addresses, as above
_LAST: Final = """
SELECT iif(count(at) = count(*), max(at), NULL) FROM (
    SELECT (SELECT max(fetched_at) FROM captures c WHERE c.url = asked.value AND +c.crawl_id = ?2) AS at
    FROM json_each(?1) AS asked)
"""


class NotMergeable(StoreError):
    """The shards do not belong to this archive; nothing was changed."""

    exit_code = 2


@dataclass(slots=True)
class Merged:
    """What merging brought. ``waiting``: articles that a part is missing of in the shards given; ``late``:
    those that a later run has visited too, whose bytes are archived, but are no version of a report.
    """

    files: int = 0
    captures: int = 0
    documents: int = 0
    waiting: int = 0
    late: int = 0


@contextmanager
def shards_at(folders: Iterable[Path], store: Store) -> Iterator[tuple[Store, ...]]:
    """The stores of shards, each once, what a killed worker left in them brought to order.

    Raises Held for one whose worker still runs, NoArchive where there is none, NotMergeable for the folder
    of ``store`` itself.
    """
    folders = dict.fromkeys(folder.resolve() for folder in folders)
    with ExitStack() as stack:
        for folder in folders:
            if folder == store.data.resolve():
                raise NotMergeable(f"{folder}: 是合并的去处 is what the shards are merged into")
            Store.open(folder).close()  # a folder that is no shard must not become one
        shards = tuple(stack.enter_context(Store.open(folder, write=True)) for folder in folders)
        for shard in shards:
            recover(shard)
        yield shards


def runs_of(store: Store, shards: Sequence[Store]) -> list[Row]:
    """The runs that the shards took part in, in order. Raises NotMergeable for one of another archive."""
    runs: dict[int, Row] = {}
    for shard in shards:
        for row in shard.rows("SELECT * FROM crawls ORDER BY crawl_id"):
            known = store.row("SELECT * FROM crawls WHERE crawl_id = ?", (row["crawl_id"],))
            for other in (known, runs.get(row["crawl_id"])):
                if other and (other["kind"], other["started_at"]) != (row["kind"], row["started_at"]):
                    raise NotMergeable(
                        f"{shard.data}: 第 {row['crawl_id']} 次运行不属于此存档 run {row['crawl_id']} of "
                        f"{row['started_at']} is not that of {other['started_at']}; merge it into an archive "
                        "of its own"
                    )
            runs.setdefault(row["crawl_id"], row)
    return [runs[crawl_id] for crawl_id in sorted(runs)]


class Merging:
    """One run of some shards, brought into the archive ``store``, which is open for writing."""

    def __init__(
        self,
        store: Store,
        shards: Sequence[Store],
        run: Row,
        merged: Merged,
        progress: Callable[[str, int], None],
    ) -> None:
        self._store = store
        self._shards = shards
        self._run_id: int = run["crawl_id"]
        self._merged = merged
        self._progress = progress
        visited = "SELECT DISTINCT site FROM captures WHERE crawl_id > ? AND site IS NOT NULL"
        self._since = {row["site"] for row in store.rows(visited, (self._run_id,))}
        columns = store.rows("SELECT name FROM pragma_table_info('requests') WHERE NOT pk")
        self._request_columns = tuple(row["name"] for row in columns)
        store.know_crawl(self._run_id, run["kind"], run["command"], run["started_at"])

    def is_past(self, site: str) -> bool:
        """Whether the archive holds a later visit of the site: its state is told by that one."""
        return site in self._since

    # --- files and captures --------------------------------------------------------------

    def take_files(self) -> None:
        """Copy the run's WARC files; each is checked against its digest before it counts."""
        for shard in self._shards:
            for row in shard.rows("SELECT * FROM warc_files WHERE crawl_id = ?", (self._run_id,)):
                if self._lacks(row):
                    self._take_file(shard, row)
                    self._merged.files += 1
                    self._progress("files", self._merged.files)

    def _lacks(self, row: Row) -> bool:
        known = "SELECT sha256 FROM warc_files WHERE warc_file = ? AND closed_at IS NOT NULL"
        return bool(self._store.value(known, (row["warc_file"],)) != row["sha256"])

    def _take_file(self, shard: Store, row: Row) -> None:
        source = shard.data / WARC / row["warc_file"]
        target = self._store.data / WARC / row["warc_file"]
        draft = target.with_name(f"{target.name}.part")
        check_space(self._store.data, row["bytes"] or 0)
        try:
            shutil.copyfile(source, draft)
            fsync_file(draft)
            if sha256_of(draft) != row["sha256"]:
                draft.unlink()
                raise Damaged(
                    f"{source} 与其校验和不符 is not what was written "
                    f"(gongkai verify --data {shard.data}); {_AGAIN}"
                )
            checkpoint("merge_copied")
            move(draft, target)
        except FileNotFoundError as error:
            raise Damaged(f"{source} 缺失 is missing; {_AGAIN}") from error
        except OSError as error:
            raise from_os_error(error, f"复制 {source} (copying)") from error
        self._store.segment_opened(target.name, self._run_id)
        self._store.segment_closed(target.name, row["bytes"], row["sha256"])

    def take_captures(self) -> None:
        """Take in what is not here yet, in the order of time."""
        waiting: list[Capture] = []
        for capture in in_order(*map(self._captures, self._shards), key=_moment):
            waiting.append(capture)
            if len(waiting) == _BATCH:
                self._add(waiting)
        self._add(waiting)

    def _captures(self, shard: Store) -> Iterator[Capture]:
        shard.db.register_function(address, deterministic=True)
        rows = shard.rows(_CAPTURED, (self._run_id,))
        while some := list(islice(rows, _BATCH)):
            here = self._store.records_here(row["record_id"] for row in some)
            for row in some:
                if row["record_id"] not in here:
                    told = {name: row[name] for name in _FIELDS & row.keys()}
                    yield Capture(**told | {"hints": json.loads(row["hints"] or "{}")})

    def _add(self, captures: list[Capture]) -> None:
        with self._store.transaction():
            for capture in captures:
                checked = self._store.value(_CHECKED, (capture.key,)) or ""
                self._store.add_capture(capture, outdated=checked > capture.fetched_at)
        self._merged.captures += len(captures)
        self._progress("captures", self._merged.captures)
        captures.clear()

    # --- what was noted on the way ---------------------------------------------------------

    def take_notes(self, codes: Sequence[str]) -> None:
        """Take in the columns that were found, and the issues of these codes."""
        marks = ", ".join("?" * len(codes))
        for shard in self._shards:
            with self._store.transaction() as db:
                for row in shard.rows("SELECT * FROM site_columns"):
                    db.execute(_COLUMN, row)
                for row in shard.rows(f"SELECT * FROM issues WHERE code IN ({marks})", codes):  # noqa: S608
                    db.execute(_ISSUE, {name: row[name] for name in _ISSUE_COLUMNS})
                for row in shard.rows("SELECT site, family FROM sites WHERE family IS NOT NULL"):
                    if not self.is_past(row["site"]):
                        db.execute("UPDATE sites SET family = :family WHERE site = :site", row)

    # --- reading ---------------------------------------------------------------------------

    def read(self, workers: int | None) -> None:
        """File every article of the run whose parts are all here, in the order in which they were."""
        with ExitStack() as stack:
            memos = [Memo(shard.data / READINGS) for shard in self._shards]
            for memo in memos:
                stack.callback(memo.close)
            pool = stack.enter_context(MemoPool(memos, workers))
            processor = _Counting(self._store, self._store.data, pool, self._run_id)
            processor.run(self._complete(), lambda done: self._filed(processor.filed))
            self._merged.documents += processor.filed

    def _filed(self, documents: int) -> None:
        self._progress("documents", self._merged.documents + documents)

    def _complete(self) -> list[str]:
        complete: dict[str, str] = {}
        waiting: set[str] = set()
        late: set[str] = set()
        for shard in self._shards:
            for site, root, urls in self._done_roots(shard):
                last = self._last_captured(urls)
                if last is None:
                    waiting.add(root)
                elif self.is_past(site) and self._came_again(urls):
                    late.update([root] if self._is_unfiled(urls) else ())
                elif not self._is_gone(root):
                    complete[root] = max(last, complete.get(root, ""))
        self._merged.waiting += len(waiting - complete.keys())
        self._merged.late += len(late)
        in_time = sorted(complete, key=lambda root: (complete[root], root))
        return [read for root in in_time for read in (root, *self._store.members_of(root))]

    def _done_roots(self, shard: Store) -> Iterator[tuple[str, str, list[str]]]:
        """The articles of a shard that nothing is to be fetched of any more, each with its site and all its
        addresses. A store that was made again from its WARC files knows of no requests: no more will come of
        it than came.
        """
        if shard.value("SELECT 1 FROM requests WHERE sweep = ? LIMIT 1", (self._run_id,)) is None:
            return self._roots_captured(shard)
        rows = shard.rows(
            """SELECT site, root, json_group_array(url) AS urls FROM requests
               WHERE sweep = ? AND root IS NOT NULL
               GROUP BY site, root HAVING sum(state <> 'done') = 0""",
            (self._run_id,),
        )
        return ((row["site"], row["root"], json.loads(row["urls"])) for row in rows)

    def _roots_captured(self, shard: Store) -> Iterator[tuple[str, str, list[str]]]:
        """The articles of a shard that something was captured of."""
        urls: dict[tuple[str, str], list[str]] = {}
        captured = "SELECT DISTINCT site, url FROM captures WHERE crawl_id = ? AND url IS NOT NULL"
        for row in shard.rows(captured, (self._run_id,)):
            known = shard.resource(address(row["url"]))
            if known and known["root"]:
                urls.setdefault((row["site"], known["root"]), []).append(row["url"])
        return ((site, root, found) for (site, root), found in urls.items())

    def _is_gone(self, root: str) -> bool:
        known = self._store.resource(root)
        return known is not None and known["gone_at"] is not None

    def _came_again(self, urls: Sequence[str]) -> bool:
        """Whether a later run has captured one of these addresses. Versions are filed in the order of their
        runs: none can be put in before what came later.
        """
        later = "SELECT 1 FROM captures WHERE url = ? AND crawl_id > ? LIMIT 1"
        return any(self._store.value(later, (url, self._run_id)) is not None for url in urls)

    def _is_unfiled(self, urls: Sequence[str]) -> bool:
        """Whether bytes came from one of these addresses in this run that are neither what it has now nor a
        version of a report.
        """
        return any(self._store.value(_UNFILED, (url, self._run_id, address(url))) is not None for url in urls)

    def _last_captured(self, urls: Sequence[str]) -> str | None:
        """When the last of these addresses came in this run; None where one did not."""
        last: str | None = self._store.value(_LAST, (json.dumps(urls), self._run_id))
        return last

    # --- sites -------------------------------------------------------------------------------

    def finished(self, site: str) -> Store | None:
        """The shard that saw a site's sweep through, all of whose captures are here."""
        sql = "SELECT url, state FROM requests WHERE site = ? AND sweep = ?"
        for shard in self._shards:
            rows = list(shard.rows(sql, (site, self._run_id)))
            done = bool(rows) and all(row["state"] == "done" for row in rows)
            if done and self._last_captured([row["url"] for row in rows]) is not None:
                return shard
        return None

    def take_requests(self, shard: Store, site: str) -> bool:
        """Take a finished sweep in; False where it is here already. Call in a transaction."""
        here = "SELECT 1 FROM requests WHERE site = ? AND sweep >= ? LIMIT 1"
        if self.is_past(site) or self._store.value(here, (site, self._run_id)) is not None:
            return False
        names = ", ".join(self._request_columns)
        asked = f"SELECT {names} FROM requests WHERE site = ? AND sweep = ?"  # noqa: S608 - names of ours
        marks = ", ".join("?" * len(self._request_columns))
        self._store.db.conn.executemany(
            f"INSERT INTO requests ({names}) VALUES ({marks})",  # noqa: S608 - names of ours
            shard.db.execute(asked, (site, self._run_id)),
        )
        return True

    def take_state(self, site: str) -> None:
        """The state in which the last holder left an unfinished site, with its issues."""
        for shard in self._shards:
            row = shard.row("SELECT * FROM sites WHERE site = ? AND last_attempt_at IS NOT NULL", (site,))
            if row is None:
                continue
            with self._store.transaction() as db:
                db.execute(
                    """UPDATE sites SET
                           state = :state, state_since = :state_since, state_detail = :state_detail,
                           last_attempt_at = :last_attempt_at, failures = failures + 1
                       WHERE site = :site AND coalesce(last_attempt_at, '') < :last_attempt_at""",
                    row,
                )
                for issue in shard.rows("SELECT * FROM issues WHERE subject = ?", (f"site:{site}",)):
                    db.execute(_ISSUE, {name: issue[name] for name in _ISSUE_COLUMNS})

    def end(self, *, complete: bool) -> None:
        """Note how the run ended, and count."""
        rows = [
            row
            for shard in self._shards
            for row in shard.rows(
                "SELECT outcome, finished_at FROM crawls WHERE crawl_id = ?", (self._run_id,)
            )
        ]
        complete &= any(row["outcome"] == "complete" for row in rows)
        ended = max((row["finished_at"] or "" for row in rows), default="")
        known = self._store.row("SELECT * FROM crawls WHERE crawl_id = ?", (self._run_id,)) or {}
        complete |= known["outcome"] == "complete"
        self._store.set_outcome(
            self._run_id, "complete" if complete else "partial", max(ended, known["finished_at"] or "")
        )


class _Counting(Processor):
    """Counts what it files, much of it in one commit: nearly all of it is read already."""

    filed = 0

    def ahead(self) -> Ahead:
        """See :meth:`Processor.ahead`."""
        return Ahead(_MORE_AHEAD * self._pool.size)

    def finish(self, job: Job, read: Readout, anew: bool = False) -> str | None:
        """See :meth:`Processor.finish`."""
        self.filed += 1
        return super().finish(job, read, anew)


def _moment(capture: Capture) -> tuple[str, str, int]:
    return capture.fetched_at, capture.warc_file or "", capture.warc_offset or 0
