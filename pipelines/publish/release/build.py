"""Making a release: built beside its place, checked, put there whole; the last good one stays until then."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from pipelines.checkpoint import checkpoint
from pipelines.durable import check_space, fsync_dir, fsync_file, move, sha256_of
from pipelines.errors import (
    Damaged,
    DamagedPublication,
    NoArchive,
    StoreError,
    from_os_error,
    from_sqlite_error,
)
from pipelines.folder import ARCHIVE
from pipelines.publish import codebook, editions, gate
from pipelines.publish.release import columnar, package, papers, sqlite_file
from pipelines.publish.release.package import File, Labels
from pipelines.publish.release.tables import PARTS, Partition, Table, partitions, rows, rows_of, tables

SUMS, PACKAGE = "sha256sums.txt", "datapackage.json"
Progress = Callable[[str, int, int], None]


class NotARelease(StoreError):
    """The directory to write to holds something that no release has brought there."""

    exit_code = 2


class Unreleasable(Damaged):
    """What would be released does not hold what it must."""


@dataclass(frozen=True, slots=True)
class Released:
    """What a release holds. ``version`` is the date of the publication it is made from."""

    path: Path
    version: str
    reports: int
    tables: int
    rows: int
    files: int
    bytes: int


def release(
    data: Path, out: Path, progress: Progress | None = None, *, partitioned: bool = False
) -> Released:
    """Write the published archive of ``data`` as a release to the folder ``out``.

    ``out`` is new, empty, or an earlier release, which is replaced whole. The same archive gives the same
    bytes. ``progress(step, done, total)`` is called as the work goes on. ``partitioned``: the Parquet files
    of what reports hold are apart by province and year. Raises a StoreError; then nothing has changed.
    """
    archive, out = data / ARCHIVE, out.absolute()
    if not archive.is_file():
        raise NoArchive(f"{archive} 尚未发布 (nothing is published yet): gongkai publish --data {data}")
    columnar.require_parquet()
    partial, before = (out.with_name(f".{out.name}.{kind}") for kind in ("partial", "previous"))
    try:
        _settle(out, partial, before)
        _refuse_foreign(out)
        check_space(out.parent, 2 * archive.stat().st_size)
        partial.mkdir(parents=True)
        made = _build(archive, partial, progress or _silent, partitioned)
        _make_durable(partial)
        checkpoint("release_built")
        _swap(partial, out, before)
    except OSError as error:
        raise from_os_error(error, f"发布快照到 {out} (releasing)") from error
    except sqlite3.Error as error:
        known = from_sqlite_error(error, str(archive)) or Unreleasable(f"{archive}: {error}")
        raise (DamagedPublication(archive, error) if isinstance(known, Damaged) else known) from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return made(out)


def _silent(_step: str, _done: int, _total: int) -> None:
    """Progress that nobody follows."""


def _settle(out: Path, partial: Path, before: Path) -> None:
    """Put right what a killed release left: the last good one is back in its place."""
    if before.exists() and not out.exists():
        move(before, out)
    for left in (partial, before):
        if left.exists():
            shutil.rmtree(left)


def _refuse_foreign(out: Path) -> None:
    """Raise NotARelease if anything in ``out`` is no part of an earlier release: it would be lost."""
    if not out.exists() or (out.is_dir() and not any(out.iterdir())):
        return
    listed = _listed(out)
    if not listed:
        raise NotARelease(f"{out} 不是空目录，也不是发布快照 (is neither empty nor a release)")
    strangers = [path for path in _files(out) if path.relative_to(out).as_posix() not in listed]
    if strangers:
        raise NotARelease(
            f"{strangers[0]} 不属于发布快照 (is no part of the release there); move it away first"
        )


def _listed(out: Path) -> set[str]:
    """The files that an earlier release says it has; empty if it is none."""
    try:
        name = json.loads((out / PACKAGE).read_text(encoding="utf-8"))["name"]
        lines = (out / SUMS).read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError, KeyError, TypeError):
        return set()
    return {SUMS, *(line.partition("  ")[2] for line in lines)} if name == package.NAME else set()


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if not path.is_dir())


def _build(archive: Path, folder: Path, progress: Progress, partitioned: bool) -> Callable[[Path], Released]:
    """Everything that a release has, in ``folder``. Returns what is known of it, but for its place."""
    database = folder / f"{package.NAME}.sqlite"
    with editions.held(archive):
        sqlite_file.write(archive, database, lambda name: progress(f"SQLite {name}", 0, 0))
    with closing(sqlite3.connect(f"{database.as_uri()}?immutable=1", uri=True)) as connection:
        progress("核对 checks", 0, 1)
        if problems := gate.problems(connection):
            raise Unreleasable("未发布快照 (not released): " + "; ".join(problems))
        labels = Labels([codebook.Entry(*(v or "" for v in row)) for row in connection.execute(_CODEBOOK)])
        files = [
            File(database, None),
            *_columnar(connection, labels, folder, progress, partitioned),
        ]
        published_at, reports = connection.execute("SELECT published_at, reports FROM publication").fetchone()
        content = package.descriptor(folder, files, labels, published_at)
        _write_papers(connection, folder, labels, content, published_at)
    _sum_up(folder)
    parquet = [file for file in files if file.path.suffix == ".parquet"]
    n_tables = len({file.table.name for file in parquet if file.table})
    made = _files(folder)
    size = sum(path.stat().st_size for path in made)
    return lambda out: Released(
        out, published_at[:10], reports, n_tables, sum(f.rows for f in parquet), len(made), size
    )


_CODEBOOK = """
    SELECT table_name, column_name, name, kind, label_zh, label_en, unit, source FROM codebook ORDER BY rowid
"""


def _columnar(
    connection: sqlite3.Connection, labels: Labels, folder: Path, progress: Progress, partitioned: bool
) -> Iterator[File]:
    for form in ("csv", "parquet"):
        (folder / form).mkdir()
    released = [table for table in tables(connection) if table.name not in PARTS]
    parts = partitions(connection) if partitioned else []
    for done, table in enumerate(released):
        progress(f"CSV, Parquet {table.name}", done, len(released))
        packed = folder / "csv" / f"{table.name}.csv.gz"
        yield File(packed, table, columnar.write_csv(connection, table, packed))
        meanings = labels.columns(table.name)
        for place, cursor in _pieces(connection, table, parts):
            parquet = folder / "parquet" / place
            parquet.parent.mkdir(parents=True, exist_ok=True)
            yield File(parquet, table, columnar.write_parquet(cursor, table, meanings, parquet))


def _pieces(
    connection: sqlite3.Connection, table: Table, parts: Sequence[Partition]
) -> Iterator[tuple[str, sqlite3.Cursor]]:
    """The files of a table, as paths, with the rows of each."""
    if parts and table.by_report:
        yield from (
            (f"{table.name}/{part.file_of(table)}", rows_of(connection, table, part)) for part in parts
        )
    else:
        yield f"{table.name}.parquet", rows(connection, table)


def _write_papers(
    connection: sqlite3.Connection,
    folder: Path,
    labels: Labels,
    content: dict[str, object],
    published_at: str,
) -> None:
    texts = {
        PACKAGE: json.dumps(content, ensure_ascii=False, indent=1) + "\n",
        "codebook.csv": papers.codebook_csv(labels.entries),
        "codebook.md": codebook.markdown(labels.entries),
        "CITATION.cff": papers.citation(published_at),
        "LICENSE.md": papers.REUSE.read_text(encoding="utf-8"),
    }
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "README.md").write_text(papers.readme(connection, labels.entries), encoding="utf-8")


def _sum_up(folder: Path) -> None:
    lines = [f"{sha256_of(path)}  {path.relative_to(folder).as_posix()}\n" for path in _files(folder)]
    (folder / SUMS).write_text("".join(lines), encoding="utf-8")


def _make_durable(folder: Path) -> None:
    for path in _files(folder):
        fsync_file(path)
    for path in (folder, *(path for path in folder.rglob("*") if path.is_dir())):
        fsync_dir(path)


def _swap(partial: Path, out: Path, before: Path) -> None:
    """Put the new release in its place. A directory can't be renamed over another: the last one steps aside,
    and comes back if the new one can't take its place.
    """
    if out.exists():
        move(out, before)
        checkpoint("release_set_aside")
    try:
        move(partial, out)
    except OSError:
        if before.exists():
            move(before, out)
        raise
    checkpoint("release_swapped")
    shutil.rmtree(before, ignore_errors=True)
