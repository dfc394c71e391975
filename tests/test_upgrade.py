"""A store of an earlier schema is brought up to date with all its rows; a later one is left alone."""

from __future__ import annotations

import os
import signal
import sqlite3
import zlib
from collections.abc import Iterator
from contextlib import closing
from math import inf
from pathlib import Path
from typing import Any

import pytest
from sqlite_utils.migrations import Migrations

from crawler.due import Share, share
from pipelines import schema
from pipelines.codec import dumps
from pipelines.errors import NewerSchema
from pipelines.packing import unpack
from pipelines.parse.records import Check, Report
from pipelines.readout import rows_of
from pipelines.store import Store, connection
from tests.test_reparse import TEXT, read

pytestmark = pytest.mark.slow

FIXTURE = Path(__file__).parent / "schema" / "store_1.sql"


@pytest.fixture
def old(tmp_path: Path) -> Path:
    with closing(sqlite3.connect(tmp_path / "store.db")) as db:
        db.executescript(FIXTURE.read_text(encoding="utf-8"))
    return tmp_path


@pytest.fixture
def next_version(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The schema as it may be tomorrow: one more migration."""
    later = Migrations("gongkai")
    monkeypatch.setattr(schema, "MIGRATIONS", later)
    for name, script in schema._SCRIPTS:
        schema._register(name, script)
    number = schema.VERSION + 1
    schema._register(
        f"{number:04d}_later", "ALTER TABLE captures ADD COLUMN later TEXT; UPDATE captures SET later = 'x';"
    )
    monkeypatch.setattr(connection, "VERSION", number)
    monkeypatch.setattr("pipelines.store.VERSION", number)
    yield


def rows(data: Path) -> list[tuple[str, str]]:
    with closing(sqlite3.connect(data / "store.db")) as db:
        return db.execute("SELECT url, outcome FROM captures ORDER BY capture_id").fetchall()


@pytest.mark.parametrize("write", [True, False])
def test_version_1_opens_with_every_row(old: Path, write: bool) -> None:
    before = rows(old)
    with Store.open(old, write=write) as store:
        assert [tuple(row.values()) for row in store.rows("SELECT url, outcome FROM captures")] == before
        assert store.value("PRAGMA user_version") == schema.VERSION
    assert len(before) == 3


def test_a_site_that_was_swept_before_has_its_share_after_the_upgrade(old: Path) -> None:
    with closing(sqlite3.connect(old / "store.db")) as db, db:
        for site, swept in (("a", "2026-01-20T08:00:00Z"), ("b", None)):
            db.execute(
                "INSERT INTO sites (site, name, home, definition, last_full_sweep_at) VALUES (?, ?, ?, ?, ?)",
                (site, site, f"http://{site}.cn/", "{}", swept),
            )
        day = "2026-01-20T08:00:00Z"
        db.executemany(
            """INSERT INTO resources (address, site, role, root, first_seen_at, last_seen_at)
               VALUES (?, 'a', 'article', '', ?, ?)""",
            [(f"a.cn/{at}", day, day) for at in range(25)],
        )
    with Store.open(old, write=True) as store:
        assert [share(store, site) for site in "ab"] == [Share(2, inf), Share(0, inf)]


def test_an_articles_files_are_its_parts_after_the_upgrade(old: Path) -> None:
    known = [("h/a", "article", "h/a", 0), ("h/b.pdf", "attachment", "h/a", 2), ("h/a_1", "page", "h/a", 1)]
    with closing(sqlite3.connect(old / "store.db")) as db, db:
        db.executemany(
            """INSERT INTO resources (address, role, root, ordinal, first_seen_at, last_seen_at)
               VALUES (?, ?, ?, ?, '2026-01-20T08:00:00Z', '2026-01-20T08:00:00Z')""",
            known,
        )
    with Store.open(old, write=True) as store:
        assert [row["address"] for row in store.parts_of("h/a")] == ["h/a", "h/a_1", "h/b.pdf"]


def older(db: sqlite3.Connection, report: Report, year: int, body: bytes | None) -> None:
    """A report as version 3 kept it: its rows, and its record by position."""
    report_id = f"640323-aaaa-{year}"
    shown = {
        "report_id": report_id,
        "agency_id": "640323-aaaa",
        "agency": "盐池县教育局",
        "year": year,
        "title": report.identity.title,
        "format": report.format,
        "state": report.state,
        "root": report_id,
        **{f"{table}_state": state.value for table, state in report.states.items()},
        **dict.fromkeys(("first_seen_at", "changed_at"), "2026-01-20T08:00:00Z"),
        "sha256": "0",
        "version": 1,
        "parser_version": "3",
        "fingerprint": "f",
    }
    add(db, "reports", shown)
    seen = dict.fromkeys(("first_seen_at", "last_seen_at"), "2026-01-20T08:00:00Z")
    add(db, "report_versions", {"report_id": report_id, "version": 1, "sha256": "0", "body": body, **seen})
    for table, rows in rows_of(report, TIES).items():
        for row in rows:
            marks = ", ".join("?" * (len(row) + 1))
            db.execute(f"INSERT INTO {table} VALUES ({marks})", (report_id, *row))


def add(db: sqlite3.Connection, table: str, row: dict[str, Any]) -> None:
    names, marks = ", ".join(row), ", ".join("?" * len(row))
    db.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", tuple(row.values()))


TIES = (Check("years.copied", "all", "pass", 0.3125, 0.9, "与上年全文的相似度"),)


def test_reports_kept_as_rows_are_packed_and_say_the_same(old: Path) -> None:
    report = read(TEXT).report
    assert report is not None
    body = zlib.compress(dumps(report).encode())
    with closing(sqlite3.connect(old / "store.db")) as db, db:
        add(db, "agencies", {"agency_id": "640323-aaaa", "name": "盐池县教育局", "kind": "department"})
        for year, kept in ((2021, body), (2022, None), (2023, zlib.compress(b'[["of an older form"]]'))):
            older(db, report, year, kept)
        add(
            db,
            "report_versions",
            {"report_id": "640323-aaaa-2021", "version": 0, "sha256": "0", "body": body}
            | dict.fromkeys(("first_seen_at", "last_seen_at"), "2026-01-20T08:00:00Z"),
        )
    with Store.open(old, write=True) as store:
        assert store.said("640323-aaaa-2021") == report
        earlier = store.value("SELECT body FROM report_versions WHERE version = 0")
        assert unpack(Report, earlier) == report, "versions that are not shown as well"
        for year in (2021, 2022, 2023):
            report_id = f"640323-aaaa-{year}"
            assert rows_of(store.said(report_id)) == rows_of(report)
            assert store.checks(report_id) == (*report.checks, *TIES)
        tables = {row["name"] for row in store.rows("SELECT name FROM sqlite_master")}
        assert not tables & {"cells", "sections", "stated_figures", "checks", "report_evidence"}
        assert store.value("PRAGMA integrity_check") == "ok"
    with Store.open(old, write=True) as store:
        assert store.said("640323-aaaa-2021") == report


@pytest.mark.usefixtures("next_version")
@pytest.mark.parametrize("write", [True, False])
def test_the_next_version_takes_it_over(old: Path, write: bool) -> None:
    before = rows(old)
    with Store.open(old, write=write) as store:
        assert store.value("SELECT count(*) FROM captures WHERE later = 'x'") == 3
        assert store.value("PRAGMA user_version") == schema.VERSION + 1
    assert rows(old) == before


def test_going_back_is_refused_and_nothing_touched(
    old: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.MonkeyPatch.context():
        request.getfixturevalue("next_version")
        Store.open(old, write=True).close()
    monkeypatch.undo()
    content = (old / "store.db").read_bytes()
    for write in (True, False):
        with pytest.raises(NewerSchema):
            Store.open(old, write=write)
    assert (old / "store.db").read_bytes() == content


@pytest.mark.usefixtures("next_version")
def test_killed_in_the_middle_it_is_what_it_was(old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GONGKAI_KILLPOINT", "in_migration")
    child = os.fork()
    if child == 0:
        Store.open(old, write=True)
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
    monkeypatch.delenv("GONGKAI_KILLPOINT")
    with Store.open(old, write=True) as store:
        assert store.value("SELECT count(*) FROM captures WHERE later = 'x'") == 3
