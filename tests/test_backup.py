"""An archive is copied while it is written, brought back whole, and made again from its WARC files."""

from __future__ import annotations

import errno
import io
import json
import os
import shutil
import signal
import sqlite3
import sys
from pathlib import Path
from typing import Any

import pytest

import pipelines.backup
from gongkai.cli import run
from pipelines.archive import Exchange, Provenance
from pipelines.archive.reader import open_segment
from pipelines.backup import NoBackup, NotEmpty, backup, restore
from pipelines.errors import Damaged, Held, NoArchive
from pipelines.rebuild import rebuild
from pipelines.recovery import recover
from pipelines.store import Capture, Store
from pipelines.verify import verify
from tests import forked
from tests.kill_driver import main as crawl

pytestmark = pytest.mark.slow

ARCHIVED = ("crawls", "captures", "documents", "resources")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    crawl(tmp_path / "data", 6)
    crawl(tmp_path / "data", 12)
    return tmp_path / "data"


def rows(data: Path, tables: tuple[str, ...] = ARCHIVED) -> dict[str, list[Any]]:
    with Store.open(data) as store:
        return {table: list(store.rows(f"SELECT * FROM {table} ORDER BY 1")) for table in tables}


def write_one(store: Store, number: int) -> None:
    """One more capture in a run that does not end."""
    archive = store._archive or store.archive(store.begin_crawl("crawl"))
    about = Provenance(crawl_id=archive.crawl_id, outcome="new", role="article")
    asked = Exchange(
        url=f"http://h/{number}",
        fetched_at="2026-03-01T00:00:00Z",
        about=about,
        status=200,
        body=b"%d" % number,
    )
    store.add_capture(Capture.of(asked, archive.write(asked)))


# --- backup and restore ------------------------------------------------------


def test_what_is_brought_back_is_what_was_there(data: Path, tmp_path: Path) -> None:
    (data / "decisions.toml").write_text("# 决定\n", encoding="utf-8")
    (data / "quarantine" / "x.torn").write_bytes(b"torn")
    (data / "runs").mkdir()
    (data / "runs" / "1.json").write_text("{}", encoding="utf-8")
    copied = backup(data, tmp_path / "backup")
    restored = restore(tmp_path / "backup", tmp_path / "again")
    assert copied == restored
    assert rows(tmp_path / "again") == rows(data)
    assert verify(tmp_path / "again").clean
    assert (tmp_path / "again" / "decisions.toml").read_text(encoding="utf-8") == "# 决定\n"
    assert (tmp_path / "again" / "quarantine" / "x.torn").read_bytes() == b"torn"
    assert (tmp_path / "again" / "runs" / "1.json").read_text(encoding="utf-8") == "{}"


def test_a_live_archive_is_copied_with_its_last_capture(data: Path, tmp_path: Path) -> None:
    with Store.open(data, write=True) as store:
        write_one(store, 1)
        with (data / "warc").joinpath(next((data / "warc").glob("*.open")).name).open("ab") as segment:
            segment.write(b"\x1f\x8b\x08 half a record")
        backup(data, tmp_path / "backup")
        expected = store.value("SELECT count(*) FROM captures")
    restore(tmp_path / "backup", tmp_path / "again")
    with Store.open(tmp_path / "again", write=True) as store:
        assert recover(store).damaged == []
        assert store.value("SELECT count(*) FROM captures") == expected
    findings = verify(tmp_path / "again")
    assert findings.clean
    assert findings.unfinished == []


def test_a_copy_made_while_a_crawl_runs_is_whole(tmp_path: Path) -> None:
    driver = Path(__file__).with_name("kill_driver.py")
    environment = {**os.environ, "PYTHONPATH": str(driver.parents[1])}
    process = forked.Popen([sys.executable, str(driver), str(tmp_path / "data"), "5000"], env=environment)
    try:
        while not list((tmp_path / "data").glob("warc/*")):
            assert process.poll() is None
        for number in range(3):
            out = tmp_path / f"backup{number}"
            backup(tmp_path / "data", out)
            restore(out, tmp_path / f"again{number}")
            with Store.open(tmp_path / f"again{number}", write=True) as store:
                recover(store)
            assert verify(tmp_path / f"again{number}").clean
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()


def test_nothing_is_overwritten(data: Path, tmp_path: Path) -> None:
    backup(data, tmp_path / "backup")
    with pytest.raises(NotEmpty):
        backup(data, tmp_path / "backup")
    with pytest.raises(NotEmpty):
        restore(tmp_path / "backup", data)


def test_a_backup_without_its_manifest_is_none(data: Path, tmp_path: Path) -> None:
    backup(data, tmp_path / "backup")
    (tmp_path / "backup" / "manifest.json").unlink()
    with pytest.raises(NoBackup):
        restore(tmp_path / "backup", tmp_path / "again")
    assert not (tmp_path / "again").exists()


@pytest.mark.parametrize("harm", ["flip", "remove", "escape"])
def test_a_damaged_backup_is_refused_before_anything_is_written(
    data: Path, tmp_path: Path, harm: str
) -> None:
    out = tmp_path / "backup"
    backup(data, out)
    victim = sorted((out / "warc").iterdir())[0]
    if harm == "flip":
        content = bytearray(victim.read_bytes())
        content[5] ^= 1
        victim.write_bytes(content)
    elif harm == "remove":
        victim.unlink()
    else:
        manifest = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
        manifest["files"][0]["path"] = "../stray"
        (out / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    with pytest.raises(Damaged):
        restore(out, tmp_path / "again")
    assert not (tmp_path / "again").exists()


@pytest.mark.parametrize("harm", ["flip", "cut", "remove"])
def test_what_was_damaged_before_is_told_and_the_rest_is_copied(
    data: Path, tmp_path: Path, harm: str, capfd: pytest.CaptureFixture[str]
) -> None:
    before, victim = sorted((data / "warc").iterdir())
    content = bytearray(victim.read_bytes())
    if harm == "flip":
        content[len(content) // 2] ^= 1
        victim.write_bytes(content)
    elif harm == "cut":
        victim.write_bytes(content[:-9])
    else:
        victim.unlink()
    for arguments in (
        ["backup", str(tmp_path / "backup"), "--data", str(data)],
        ["restore", str(tmp_path / "backup"), "--data", str(tmp_path / "again")],
    ):
        assert run(arguments) == 4
        errors = capfd.readouterr().err
        assert victim.name in errors and before.name not in errors
        assert "gongkai rebuild" in errors
    assert (tmp_path / "again" / "warc" / before.name).read_bytes() == before.read_bytes()
    assert rows(tmp_path / "again") == rows(data)
    assert not verify(tmp_path / "again").clean


@pytest.mark.parametrize("harm", ["flip", "cut"])
def test_damage_in_the_file_that_is_being_written_is_told(data: Path, tmp_path: Path, harm: str) -> None:
    with Store.open(data, write=True) as store:
        for number in range(3):
            write_one(store, number)
        victim = next((data / "warc").glob("*.open"))
        content = bytearray(victim.read_bytes())
        if harm == "flip":
            at = store.value("SELECT warc_offset FROM captures WHERE url = 'http://h/1'")
            content[at + 30] ^= 1
            victim.write_bytes(content)
        else:
            victim.write_bytes(content[:-20])
        copied = backup(data, tmp_path / "backup")
        assert len(copied.damaged) == 1
        assert victim.name.removesuffix(".open") in copied.damaged[0]
        copy = tmp_path / "backup" / "warc" / victim.name
        assert copy.read_bytes() == victim.read_bytes()
        victim.write_bytes(b"")  # nothing is to be closed as if it were whole


def test_a_file_that_the_disk_does_not_give_back_is_told(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    victim = sorted((data / "warc").iterdir())[0]
    real = open_segment

    class Unread(io.BufferedReader):
        def read(self, size: int | None = -1, /) -> bytes:
            raise OSError(errno.EIO, "Input/output error")

    def opened(folder: Path, name: str) -> io.BufferedReader:
        return Unread(io.FileIO(victim)) if name == victim.name else real(folder, name)

    monkeypatch.setattr(pipelines.backup, "open_segment", opened)
    damaged = backup(data, tmp_path / "backup").damaged
    assert damaged and all(victim.name in flaw for flaw in damaged)
    assert len(list((tmp_path / "backup" / "warc").iterdir())) == 2


def test_a_store_whose_rows_contradict_each_other_is_told(data: Path, tmp_path: Path) -> None:
    with sqlite3.connect(data / "store.db") as db:
        db.execute("PRAGMA foreign_keys = OFF")
        db.execute("UPDATE documents SET capture_id = 4711 WHERE rowid = 1")
    db.close()
    copied = backup(data, tmp_path / "backup")
    assert any("documents" in flaw for flaw in copied.damaged)


def test_a_killed_restore_is_no_archive_and_may_be_run_again(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    backup(data, tmp_path / "backup")
    real, left = shutil.copyfile, [2]

    def fails(source: Path, target: Path) -> None:
        left[0] -= 1
        if left[0] < 0:
            raise KeyboardInterrupt
        real(source, target)

    monkeypatch.setattr(shutil, "copyfile", fails)
    with pytest.raises(KeyboardInterrupt):
        restore(tmp_path / "backup", tmp_path / "again")
    monkeypatch.undo()
    with pytest.raises(Damaged):
        Store.open(tmp_path / "again", write=True)
    restore(tmp_path / "backup", tmp_path / "again")
    assert verify(tmp_path / "again").clean


# --- rebuild -----------------------------------------------------------------


def test_the_store_is_made_again_from_the_warc_files(data: Path) -> None:
    expected = rows(data)
    (data / "store.db").unlink()
    rebuilt = rebuild(data)
    assert rebuilt.damaged == []
    assert (rebuilt.files, rebuilt.captures) == (2, 12)
    assert rows(data) == expected
    assert verify(data).clean


def test_a_damaged_store_is_kept_and_replaced(data: Path) -> None:
    expected = rows(data)
    (data / "store.db").write_bytes(b"noise" * 1000)
    (data / "store.db-journal").write_bytes(b"\xd9\xd5\x05\xf9\x20\xa1\x63\xd7" + b"\x00" * 600)
    rebuild(data)
    assert rows(data) == expected
    kept = sorted(path.name.split(".20")[0] for path in (data / "quarantine").iterdir())
    assert kept == ["store.db", "store.db-journal"]


def test_a_run_without_its_last_word_was_interrupted(tmp_path: Path) -> None:
    store = Store.open(tmp_path, write=True)
    write_one(store, 1)
    store.close()
    rebuild(tmp_path)
    assert [crawl["outcome"] for crawl in rows(tmp_path)["crawls"]] == ["interrupted"]


def test_an_open_file_is_rebuilt_and_left_to_recovery(tmp_path: Path) -> None:
    driver = Path(__file__).with_name("kill_driver.py")
    environment = {
        **os.environ,
        "PYTHONPATH": str(driver.parents[1]),
        "GONGKAI_KILLPOINT": "mid_append:6",
    }
    forked.run([sys.executable, str(driver), str(tmp_path), "9"], env=environment)
    (tmp_path / "store.db").unlink()
    assert len(rebuild(tmp_path).damaged) == 1
    crawl(tmp_path, 9)
    assert verify(tmp_path).clean
    assert len(rows(tmp_path)["captures"]) == 9


@pytest.mark.parametrize("point", ["rebuild_done", "after_commit:2"])
def test_a_killed_rebuild_leaves_the_old_store_and_may_be_run_again(data: Path, point: str) -> None:
    expected = rows(data)
    code = "import pathlib, sys, pipelines.rebuild as r; r.rebuild(pathlib.Path(sys.argv[1]))"
    environment = {**os.environ, "GONGKAI_KILLPOINT": point}
    ended = forked.run([sys.executable, "-c", code, str(data)], env=environment)
    assert ended.returncode == -signal.SIGKILL
    assert rows(data) == expected
    rebuild(data)
    assert rows(data) == expected
    assert not list(data.glob("store.db.new*"))


def test_rebuilding_needs_the_lock_and_something_to_read(data: Path, tmp_path: Path) -> None:
    with Store.open(data, write=True), pytest.raises(Held):
        rebuild(data)
    with pytest.raises(NoArchive):
        rebuild(tmp_path / "none")
