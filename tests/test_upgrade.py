"""A store of an earlier schema is brought up to date with all its rows; a later one is left alone."""

from __future__ import annotations

import os
import signal
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlite_utils.migrations import Migrations

from pipelines import schema
from pipelines.errors import NewerSchema
from pipelines.store import Store, connection

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
    for name, script in schema._SCRIPTS:
        later(name=name)(lambda db, script=script: db.executescript(script))
    monkeypatch.setattr(schema, "MIGRATIONS", later)
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
