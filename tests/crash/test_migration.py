"""A store of version 1, killed while it is brought up to date, ends as if nothing had happened."""

from __future__ import annotations

import os
import random
import shutil
import signal
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from hashlib import sha256
from pathlib import Path

import pytest
from sqlite_utils import Database

from pipelines.schema import VERSION
from pipelines.store import Store, connection

pytestmark = pytest.mark.slow
FIXTURE = Path(__file__).parents[1] / "schema" / "store_1.sql"
PARTS, FEW = 5_000, 20
STATEMENTS, QUICK, FULL = 1_000, 5, 100


@pytest.fixture(scope="module")
def old(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder whose store is of version 1, with so much in it that its migrations take a while."""
    return made(tmp_path_factory.mktemp("old"), PARTS)


def made(data: Path, parts: int) -> Path:
    with closing(sqlite3.connect(data / "store.db")) as db, db:
        db.executescript(FIXTURE.read_text(encoding="utf-8"))
        db.executemany(
            """INSERT INTO resources (address, role, root, ordinal, first_seen_at, last_seen_at)
               VALUES (?, 'attachment', ?, 1, '2026-01-20T08:00:00Z', '2026-01-20T08:00:00Z')""",
            ((f"h/{number}.pdf", f"h/{number % 977}") for number in range(parts)),
        )
    return data


@pytest.fixture(scope="module")
def expected(old: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, float]:
    """What an undisturbed migration makes of it, and how long it takes."""
    data = copied(old, tmp_path_factory.mktemp("undisturbed"))
    began = time.monotonic()
    Store.open(data, write=True).close()
    took = time.monotonic() - began
    return content(data), took


def copied(old: Path, folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(old, folder)
    return folder


def content(data: Path) -> str:
    """Every row and every statement of the schema, but for the time at which a migration was applied."""
    with closing(sqlite3.connect(data / "store.db")) as db:
        lines = [line for line in db.iterdump() if 'INTO "_sqlite_migrations"' not in line]
        applied = db.execute("SELECT name FROM _sqlite_migrations ORDER BY name").fetchall()
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert db.execute("PRAGMA user_version").fetchone() == (VERSION,)
    return sha256("\n".join([*lines, repr(applied)]).encode()).hexdigest()


def killed(data: Path, kill: Callable[[int], None], before: Callable[[], None] = lambda: None) -> bool:
    """Opens the store in a process that ``kill`` may end; says whether it was ended."""
    child = os.fork()
    if child == 0:
        before()
        Store.open(data, write=True).close()
        os._exit(0)
    kill(child)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert status in (0, -signal.SIGKILL)
    return status != 0


def unsynced(path: Path, connect: Callable[[Path], Database] = connection._connect) -> Database:
    """A connection that does not wait for the disk: what is killed leaves the system's cache as it is."""
    db = connect(path)
    db.execute("PRAGMA synchronous = OFF")
    return db


def end_at_statement(monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    """Has the process killed where the store's connection begins its ``number``-th statement."""
    left, connect = [number], connection._connect

    def count(_: str) -> None:
        left[0] -= 1
        if left[0] < 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def traced(path: Path) -> Database:
        db = connect(path)
        db.conn.set_trace_callback(count)
        return db

    monkeypatch.setattr(connection, "_connect", traced)


def version(data: Path) -> int:
    with closing(sqlite3.connect(data / "store.db")) as db:
        return int(db.execute("PRAGMA user_version").fetchone()[0])


def test_killed_at_each_statement(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "_connect", unsynced)
    (tmp_path / "old").mkdir()
    old = made(tmp_path / "old", FEW)
    undisturbed = copied(old, tmp_path / "undisturbed")
    Store.open(undisturbed, write=True).close()
    expected = content(undisturbed)
    seen = set()
    for number in range(STATEMENTS):
        data = copied(old, tmp_path / "data")
        with monkeypatch.context() as patched:
            if not killed(data, lambda _: None, lambda n=number: end_at_statement(patched, n)):
                break
        seen.add(version(data))
        Store.open(data, write=True).close()
        assert content(data) == expected
    else:
        raise AssertionError(f"more than {STATEMENTS} statements")
    assert seen == set(range(1, VERSION + 1)), "killed before, between and after the migrations"


def kill_at_random(
    old: Path, expected: tuple[str, float], data: Path, seed: int, times: int
) -> tuple[int, set[int]]:
    """Kills migrations at random moments, some again and again; returns how many hit, and what they left."""
    chance, hit, left = random.Random(seed), 0, set()

    def kill(child: int) -> None:
        time.sleep(chance.uniform(0, expected[1]))
        os.kill(child, signal.SIGKILL)

    for _ in range(times):
        copied(old, data)
        while killed(data, kill):
            hit += 1
            left.add(version(data))
            if chance.random() < 0.5:
                break
        Store.open(data, write=True).close()
        assert content(data) == expected[0]
    return hit, left


def test_killed_at_random(old: Path, expected: tuple[str, float], tmp_path: Path) -> None:
    kill_at_random(old, expected, tmp_path / "data", 1, QUICK)


@pytest.mark.long
def test_killed_often(old: Path, expected: tuple[str, float], tmp_path: Path) -> None:
    hit, left = kill_at_random(old, expected, tmp_path / "data", 2, FULL)
    print(f"{hit} kills left versions {left}")
    assert hit > FULL // 5
