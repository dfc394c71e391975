"""From the private store to the published archive: DIR/archive.db, brought up to DIR/store.db and swapped in
whole.

The next archive is built beside the last one, checked, written through to the disk, and renamed over it.
Whatever fails on the way, the last good one stays. The work is that of what changed: rows of reports that the
store has not touched since the last publication stay as they are.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from importlib import resources
from pathlib import Path

from pipelines.checkpoint import checkpoint
from pipelines.decisions.takedowns import all_withdrawn
from pipelines.durable import check_space
from pipelines.errors import StoreError, from_os_error, from_sqlite_error
from pipelines.folder import ARCHIVE, STORE
from pipelines.publish import ahead, editions, fill, gate, withdrawal
from pipelines.publish.agency_years import fill_agency_years
from pipelines.publish.shared import Shared, remove_unused_kinds
from pipelines.publish.tables import FULL_TEXT
from pipelines.store.connection import refuse_lost

_BATCH = 500  # reports brought in between two words of progress
_PAGE = 16384  # bytes: a disk gives as many pages of this size in a second as of smaller ones
_QUICKLY_READ = 1 << 30  # bytes of an archive that are looked through within seconds
_CHECKED_EVERY = 7  # days between two looks through the whole of a larger one
_CHINA = timedelta(hours=8)  # the legal dates are China's

Progress = Callable[[str, int, int], None]


class PublishError(StoreError):
    """The archive could not be published; the last one stays. The message says why and what to do."""

    exit_code = 1  # it needs a person


class NothingToPublish(PublishError):
    """There is no store."""

    exit_code = 2


@dataclass(frozen=True, slots=True)
class PublishResult:
    """What a publication did. ``reports`` is how many the archive has now; ``seconds`` of work."""

    path: Path
    published_at: str
    reports: int
    updated: int
    removed: int
    incremental: bool
    seconds: float


def publish(data: Path, progress: Progress | None = None, *, today: date | None = None) -> PublishResult:
    """Bring ``data``/archive.db up to ``data``/store.db.

    ``progress(step, done, total)`` is called as the work goes on. ``today`` (default: China's date now) is
    the day that coverage is told for. A run may write to the store meanwhile; another publication is waited
    for. Raises StoreError, PublishError where what would be published does not hold; then nothing changed.
    """
    started = datetime.now(UTC)
    store = data / STORE
    refuse_lost(data)
    if not store.is_file():
        raise NothingToPublish(f"{store} 尚无数据 (no store to publish. Crawl or ingest something first.)")
    check_space(data)
    with _alone(data):
        return _publish(data, progress or _silent, started, today or (started + _CHINA).date())


@contextmanager
def _alone(data: Path) -> Iterator[None]:
    """One publication at a time: the directory itself is held, for the life of the process at most."""
    handle = os.open(data, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _publish(data: Path, progress: Progress, started: datetime, today: date) -> PublishResult:
    store, archive, partial = data / STORE, data / ARCHIVE, data / f".{ARCHIVE}.partial"
    try:
        partial.unlink(missing_ok=True)  # left by a process that was killed
        incremental = _start_from(archive, partial)
        with _opened(partial, store) as connection:
            withdrawal.note(connection, all_withdrawn(data))
            brought = _bring_up(connection, progress, incremental=incremental)
            removed = brought.went + withdrawal.publish(connection)
            _sign(connection, started, today)
            reports = _finish(connection, progress, removed, today, brought if incremental else None)
        checkpoint("publish_checked")
        editions.replace(archive, partial, keep=incremental and not removed)
        checkpoint("publish_swapped")
    except sqlite3.Error as error:
        why = f"{archive}: 未发布，原有的保持不变 not published, the last one stays. SQLite"
        raise from_sqlite_error(error, why) or PublishError(f"{why}: {error}") from error
    except OSError as error:
        raise from_os_error(error, f"发布 {archive} (publishing)") from error
    finally:
        partial.unlink(missing_ok=True)
    seconds = (datetime.now(UTC) - started).total_seconds()
    return PublishResult(archive, _iso(started), reports, brought.came, removed, incremental, seconds)


def builder() -> str:
    """A digest of everything that decides how the archive is built; another one means building it anew."""
    digest = hashlib.sha256()
    package = resources.files("pipelines.publish")
    files = [path for path in package.iterdir() if path.name.endswith((".py", ".sql", ".toml"))]
    for path in sorted([*files, *(package / "views").iterdir()], key=lambda path: path.name):
        if path.is_file():
            digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


def _silent(_step: str, _done: int, _total: int) -> None:
    """Progress that nobody follows."""


def _iso(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _start_from(archive: Path, partial: Path) -> bool:
    """Lay the last archive down as the start of the next, if today's code built it.

    Returns whether it did.
    """
    if not archive.is_file() or built_by(archive) != builder():
        editions.spare_of(archive).unlink(missing_ok=True)
        check_space(archive.parent, archive.stat().st_size if archive.is_file() else 0)
        return False
    editions.lay_down(archive, partial)
    return True


def built_by(archive: Path) -> str | None:
    """The :func:`builder` that built an archive; None where it is damaged or none of ours."""
    try:
        connection = sqlite3.connect(f"{archive.resolve().as_uri()}?immutable=1", uri=True)
        try:
            row = connection.execute("SELECT builder FROM publication").fetchone()
        finally:
            connection.close()
    except sqlite3.Error:
        return None
    return str(row[0]) if row else None


@contextmanager
def _opened(partial: Path, store: Path) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(partial.resolve().as_uri(), uri=True, isolation_level=None, timeout=60)
    try:
        # A file that is thrown away on failure needs no journal; what is deleted must leave no bytes.
        connection.executescript(
            f"PRAGMA page_size = {_PAGE};"
            "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA secure_delete = ON;"
        )
        connection.execute("PRAGMA cache_size = -65536")
        connection.execute("PRAGMA temp_store = FILE")  # of a country, what came or changed takes 100 MB
        connection.execute("ATTACH ? AS store", (f"{store.resolve().as_uri()}?mode=ro",))
        fill.register_functions(connection)
        yield connection
    finally:
        connection.close()


@dataclass(frozen=True, slots=True)
class _Brought:
    """How many reports came (new or changed), how many went, and the capture after which others came (None:
    all were looked at).
    """

    came: int
    went: int
    after: int | None


def _bring_up(connection: sqlite3.Connection, progress: Progress, *, incremental: bool) -> _Brought:
    """Replace what differs."""
    if not incremental:
        fill.create(connection)
    shared = Shared(connection)
    connection.execute("BEGIN")  # one look at the store, whoever writes to it meanwhile
    fill.begin_choosing(connection)
    connection.execute("CREATE TEMP TABLE renewed (report_id TEXT PRIMARY KEY) WITHOUT ROWID")
    connection.execute("CREATE TEMP TABLE touched (year INTEGER PRIMARY KEY)")
    connection.execute(
        "CREATE TEMP TABLE pairs (agency_id TEXT, year INTEGER, PRIMARY KEY (agency_id, year)) WITHOUT ROWID"
    )
    after = _followed_from(connection)
    touched = "1" if after is None else _TOUCHED.format(after=after)
    gone = _ids(connection, _GONE.format(touched=touched))
    changed = _ids(connection, _CHANGED.format(touched=touched))
    for ids in _batches([*gone, *changed]):
        _choose(connection, ids)
        _touch(connection, "main")
        fill.remove_reports(connection)
    _bring_whole_tables(connection, after)
    packed = (fill.packed_reports(connection, ids) for ids in _batches(changed))
    done = 0
    for reports in ahead.prepare(packed, len(changed)):
        _choose(connection, [report.report_id for report in reports])
        _touch(connection, "store")
        fill.add_reports(connection, shared, reports)
        done += len(reports)
        progress("报告 reports", done, len(changed))
    if incremental:
        fill.bring_sightings(connection, touched)
    return _Brought(len(changed), len(gone), after)


# the store notes which reports it touches, with the newest capture then (schema/0011_touched_reports.sql)
_TOUCHED = "report_id IN (SELECT report_id FROM store.touched_reports WHERE capture_id >= {after})"

_GONE = """
    SELECT report_id FROM main.reports
    WHERE {touched} AND report_id NOT IN (SELECT report_id FROM store.reports)
    UNION SELECT report_id FROM main.reports WHERE report_id IN (SELECT id FROM withdrawn)
"""

# `>=` beside `<>`: a second change within the second of the last publication has the same time. `+`: few are
# put in order, rather than all of the store's reports looked up in theirs.
_CHANGED = """
    SELECT report_id FROM store.reports s LEFT JOIN main.reports p USING (report_id)
    WHERE {touched} AND (p.report_id IS NULL OR p.changed_at <> s.changed_at
        OR s.changed_at >= coalesce((SELECT max(changes_through) FROM publication), ''))
        AND s.report_id NOT IN (SELECT id FROM withdrawn)
    ORDER BY +s.report_id
"""


def _bring_whole_tables(connection: sqlite3.Connection, after: int | None) -> None:
    """An agency that is of another kind now has other peers."""
    _choose(connection, _ids(connection, _MOVED))
    _touch(connection, "main")
    fill.count_measures(connection, "-")
    fill.bring_whole_tables(connection, after)
    fill.count_measures(connection, "+")


def _followed_from(connection: sqlite3.Connection) -> int | None:
    """The capture up to which the archive has all of the store, as it would take it over today: from the same
    file, with the same columns, and with the same withdrawn. None where that does not hold.

    What it hangs on is known again by a digest in the file's ``application_id``; and a store that was put
    back from an older copy has other captures by the numbers that it gives out again.
    """
    connection.create_aggregate("digest", 1, _Digest)  # type: ignore[arg-type]  # typed for few kinds of values
    basis, known = (int(connection.execute(sql).fetchone()[0]) for sql in (_BASIS, "PRAGMA application_id"))
    connection.execute(f"PRAGMA application_id = {basis}")
    latest = connection.execute(_LATEST).fetchone()
    return int(latest[0]) if latest and basis == known else None


class _Digest:
    """An aggregate: the texts in their order as a number of 31 bits."""

    def __init__(self) -> None:
        self._digest = hashlib.sha256()

    def step(self, text: str) -> None:
        self._digest.update(text.encode() + b"\0")

    def finalize(self) -> int:
        return int.from_bytes(self._digest.digest()[:4], "big") >> 1


_BASIS = """
    SELECT digest(text) FROM (
        SELECT * FROM (SELECT name || applied_at AS text FROM store._sqlite_migrations ORDER BY id)
        UNION ALL SELECT * FROM (SELECT id FROM withdrawn ORDER BY id)
    )
"""
_LATEST = """
    SELECT s.capture_id FROM store.captures s
    JOIN main.captures m USING (capture_id)
    WHERE capture_id = (SELECT max(capture_id) FROM main.captures)
        AND (s.fetched_at, s.url, s.sha256, s.warc_file, s.warc_offset)
            IS (m.fetched_at, m.url, m.sha256, m.warc_file, m.warc_offset)
"""
_MOVED = """
    SELECT r.report_id FROM main.agencies a
    JOIN store.agencies s ON s.agency_id = a.agency_id
    JOIN main.reports r ON r.agency_id = a.agency_id
    WHERE (a.kind, a.function) IS NOT (s.kind, s.function)
"""


def _touch(connection: sqlite3.Connection, schema: str) -> None:
    """Note the years of the chosen reports, and these and the year after of their agencies."""
    years = f"SELECT year FROM {schema}.reports WHERE report_id IN (SELECT report_id FROM chosen)"  # noqa: S608
    connection.execute(f"INSERT OR IGNORE INTO touched {years}")
    for after in (0, 1):
        connection.execute(
            f"INSERT OR IGNORE INTO pairs SELECT agency_id, year + {after} FROM {schema}.reports"  # noqa: S608
            " WHERE report_id IN (SELECT report_id FROM chosen)"
        )


def _ids(connection: sqlite3.Connection, sql: str) -> list[str]:
    return [row[0] for row in connection.execute(sql)]


def _batches(ids: list[str]) -> Iterator[list[str]]:
    return (ids[start : start + _BATCH] for start in range(0, len(ids), _BATCH))


def _choose(connection: sqlite3.Connection, ids: list[str]) -> None:
    fill.choose(connection, ids)
    connection.execute("INSERT OR IGNORE INTO renewed SELECT report_id FROM chosen")


def _sign(connection: sqlite3.Connection, started: datetime, today: date) -> None:
    """Write the one row of `publication`, and coverage as it is on its day."""
    connection.execute("DELETE FROM publication")
    connection.execute(
        "INSERT INTO publication SELECT ?, ?, ?, (SELECT max(parser_version) FROM reports),"
        " (SELECT max(changed_at) FROM reports),"
        " (SELECT count(*) FROM sites), (SELECT count(*) FROM agencies),"
        " (SELECT count(*) FROM reports), (SELECT coalesce(sum(n), 0) FROM kind_tallies)",
        (_iso(started), today.isoformat(), builder()),
    )
    fill_agency_years(connection)
    fill.count_whole_tables(connection)
    fill.fill_summaries(connection)


def _finish(
    connection: sqlite3.Connection, progress: Progress, removed: int, today: date, brought: _Brought | None
) -> int:
    """Settle indexes, check everything, or what was ``brought`` to the last archive, and return the number of
    reports. Raises PublishError.
    """
    if removed:  # words of a withdrawn text must not stay behind
        remove_unused_kinds(connection)
        for table in FULL_TEXT:
            connection.execute(f"INSERT INTO {table} ({table}) VALUES ('optimize')")  # noqa: S608
    connection.execute("COMMIT")
    _look_over(connection)
    if removed:
        connection.execute("VACUUM")
    progress("核对 checks", 0, 1)
    whole = brought is None or _is_to_be_looked_through(connection, today)
    if whole:
        connection.execute(f"PRAGMA user_version = {today.toordinal()}")
    since = ("renewed", brought.after) if brought else (None, None)
    problems = gate.problems(connection, *since, whole=whole)
    if problems:
        raise PublishError("未发布，原有的保持不变 not published, the last one stays: " + "; ".join(problems))
    progress("核对 checks", 1, 1)
    return int(connection.execute("SELECT count(*) FROM reports").fetchone()[0])


def _look_over(connection: sqlite3.Connection) -> None:
    """Tell SQLite how its tables are filled. Those that hold the words have no index: of them it would count
    every row, which is the whole file, and it asks for them by number anyway.
    """
    connection.execute("PRAGMA analysis_limit = 1000")
    for table in _ids(connection, _ANALYSED):
        connection.execute(f'ANALYZE main."{table}"')


_ANALYSED = r"""
    SELECT name FROM main.sqlite_schema
    WHERE type = 'table' AND name NOT LIKE '%\_fts%' ESCAPE '\' AND name NOT LIKE 'sqlite\_%' ESCAPE '\'
"""


def _is_to_be_looked_through(connection: sqlite3.Connection, today: date) -> bool:
    """Whether the whole file is checked for damage, not only what came: always while that takes seconds, else
    where it was last done a week ago. When that was stands in the file's ``user_version``, as an ordinal.
    """
    pages, size, last = (
        int(connection.execute(f"PRAGMA {name}").fetchone()[0])
        for name in ("page_count", "page_size", "user_version")
    )
    return pages * size < _QUICKLY_READ or not 0 <= today.toordinal() - last < _CHECKED_EVERY
