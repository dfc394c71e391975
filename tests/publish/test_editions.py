"""Where files can't share blocks, the archive before the last is brought up instead of a copy of the last."""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from pipelines.errors import DiskLow
from pipelines.publish import PublishError, editions, gate, publication
from pipelines.publish.public import Public

pytestmark = pytest.mark.slow

_LATER = "UPDATE reports SET changed_at = ? WHERE report_id = '990101-aaaa-2023'"


@pytest.fixture(autouse=True)
def copied(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Every archive is large and no file shares blocks; gives what was copied."""
    copies: list[Path] = []
    copyfile = shutil.copyfile

    def copy(source: Path, target: Path) -> None:
        copies.append(source)
        copyfile(source, target)

    monkeypatch.setattr(editions, "_QUICKLY_COPIED", 0)
    monkeypatch.setattr(editions, "share", lambda _source, _target: False)
    monkeypatch.setattr(editions.shutil, "copyfile", copy)
    return copies


@pytest.fixture
def again(store, run):
    """Publishes after a report was read anew; gives the inode of the archive."""
    times = iter(range(10, 60))

    def publish_again() -> int:
        store.connection.execute(_LATER, (f"2027-01-01T00:00:{next(times)}Z",))
        assert run().incremental
        return (store.data / "archive.db").stat().st_ino

    run()
    return publish_again


def rows(archive: Path) -> dict[str, list[str]]:
    views = ("reports", "cells", "checks", "sections", "applications", "v_quality", "totals", "coverage")
    with closing(sqlite3.connect(f"{archive.as_uri()}?immutable=1", uri=True)) as db:
        return {view: sorted(map(repr, db.execute(f"SELECT * FROM {view}"))) for view in views}


def test_two_files_take_turns_without_a_copy(store, run, again, copied):
    inodes = [again() for _ in range(4)]
    assert copied == [store.data / "archive.db"]
    assert inodes[0] == inodes[2] and inodes[1] == inodes[3] and inodes[0] != inodes[1]
    store.add_report("990101-bbbb", "清溪县财政局", 2024)
    assert run().updated == 2  # and what the publication between has brought
    brought_up = rows(store.data / "archive.db")
    for path in (store.data / "archive.db", editions.spare_of(store.data / "archive.db")):
        path.unlink()
    assert not run().incremental and rows(store.data / "archive.db") == brought_up


def test_what_is_being_read_is_left_alone(store, again, copied):
    again()
    archive = store.data / "archive.db"
    before, site = archive.read_bytes(), Public(immutables=[str(archive)])
    with archive.open("rb") as reading:
        again()
        again()
        assert reading.read() == before and len(copied) == 2
    del site


def test_a_spare_is_free_once_its_reader_has_gone(store, again, copied):
    again()
    with editions.held(store.data / "archive.db"):
        again()
    again()
    assert len(copied) == 1


def test_a_failed_publication_harms_neither_the_last_archive_nor_the_next(store, again, copied, monkeypatch):
    again()
    again()
    archive = store.data / "archive.db"
    before = archive.read_bytes()
    with monkeypatch.context() as patched:
        patched.setattr(gate, "problems", lambda *_arguments, **_options: ["something"])
        with pytest.raises(PublishError):
            again()
    assert archive.read_bytes() == before
    assert [path.name for path in store.data.glob(".archive*")] == []
    again()
    assert len(copied) == 2


def test_nothing_withdrawn_stays_beside_the_archive(store, run, again):
    store.add_report("990101-bbbb", "清溪县财政局", 2024, text="窗口在饕餮路七号。")
    again()
    again()
    assert editions.spare_of(store.data / "archive.db").exists()
    store.connection.execute("PRAGMA foreign_keys = ON")
    store.connection.execute("DELETE FROM reports WHERE report_id = '990101-bbbb-2024'")
    assert run().removed == 1
    kept = [path for path in store.data.glob("*archive.db*") if "饕餮路".encode() in path.read_bytes()]
    assert kept == [] and not editions.spare_of(store.data / "archive.db").exists()


def test_a_spare_that_is_the_archive_itself_is_not_written_to(store, again, copied):
    """As a process leaves it that dies between keeping the last archive and replacing it."""
    again()
    archive = store.data / "archive.db"
    editions.spare_of(archive).unlink()
    os.link(archive, editions.spare_of(archive))
    before = archive.read_bytes()
    editions.lay_down(archive, store.data / "partial")
    assert len(copied) == 2 and (store.data / "partial").stat().st_ino != archive.stat().st_ino
    assert archive.read_bytes() == before


def test_no_spare_is_kept_on_a_full_disk(store, again, monkeypatch):
    def refuse(_folder: Path, needed: int = 0) -> None:
        if needed:
            raise DiskLow("low")

    again()
    monkeypatch.setattr(editions, "check_space", refuse)
    monkeypatch.setattr(publication, "check_space", refuse)
    again()
    assert not editions.spare_of(store.data / "archive.db").exists()
