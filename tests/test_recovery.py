"""A run killed at any stage is taken up by the next as if nothing had happened."""

from __future__ import annotations

import itertools
import os
import random
import signal
import struct
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pipelines.archive import Exchange, Stored, read
from pipelines.rebuild import rebuild
from pipelines.recovery import recover
from pipelines.store import Capture, Damaged, NoArchive, Row, Store
from pipelines.verify import verify
from tests import forked

pytestmark = pytest.mark.slow

DRIVER = Path(__file__).with_name("kill_driver.py")
COUNT = 7

WRITING = (
    "in_migration",
    "segment_created",
    "before_append",
    "mid_append",
    "after_append",
    "after_fsync",
    "in_transaction",
    "after_commit",
    "before_rename",
    "after_rename",
)
RECOVERING = ("recovery_settled", "recovery_quarantined", "recovery_truncated", "recovery_renamed")


def start(data: Path, killpoint: str = "", count: int = COUNT) -> subprocess.Popen[bytes]:
    environment = {**os.environ, "PYTHONPATH": str(DRIVER.parents[1])}
    environment.pop("GONGKAI_KILLPOINT", None)
    if killpoint:
        environment["GONGKAI_KILLPOINT"] = killpoint
    return forked.Popen(
        [sys.executable, str(DRIVER), str(data), str(count)], env=environment, stderr=subprocess.PIPE
    )


def run(data: Path, killpoint: str = "", count: int = COUNT) -> int:
    process = start(data, killpoint, count)
    _, errors = process.communicate()
    assert process.returncode in (0, -signal.SIGKILL), errors.decode()
    return process.returncode


def assert_whole(data: Path, count: int = COUNT) -> None:
    """Each exchange is there once, every byte of it reads back, no file is left open."""
    findings = verify(data)
    assert findings.found == []
    assert findings.unfinished == []
    with Store.open(data) as store:
        urls = sorted(row["url"] for row in store.rows("SELECT url FROM captures"))
        assert urls == sorted(f"http://county.example/{number}" for number in range(count))
        assert store.value("SELECT count(*) FROM crawls WHERE finished_at IS NULL") == 0
        assert store.value("SELECT sum(captures + (requests - captures)) FROM crawls") == count
    assert findings.captures == count
    assert_rebuilt(data)


def archived(data: Path) -> dict[str, list[Row]]:
    """What the WARC files tell of: runs with captures, and what came of them."""
    tables = ("captures", "documents", "resources")
    with Store.open(data) as store:
        found = {table: list(store.rows(f"SELECT * FROM {table} ORDER BY 1")) for table in tables}
        found["crawls"] = list(store.rows("SELECT * FROM crawls WHERE requests > 0"))
    return found


def assert_rebuilt(data: Path) -> None:
    """The WARC files alone give the same rows, down to the ids."""
    before = archived(data)
    rebuild(data)
    assert archived(data) == before


@pytest.mark.parametrize("point", [*WRITING, "after_fsync:4", "mid_append:5", "in_transaction:6"])
def test_killed_while_writing(tmp_path: Path, point: str) -> None:
    assert run(tmp_path, point) == -signal.SIGKILL
    assert run(tmp_path) == 0
    assert_whole(tmp_path)


@pytest.mark.parametrize("point", RECOVERING)
def test_killed_again_while_recovering(tmp_path: Path, point: str) -> None:
    assert run(tmp_path, "mid_append:5") == -signal.SIGKILL
    assert run(tmp_path, point) == -signal.SIGKILL
    assert run(tmp_path) == 0
    assert_whole(tmp_path)


def test_a_power_cut_while_the_store_was_made_needs_nobody(tmp_path: Path) -> None:
    """Its journal was on the disk, its first page not yet."""
    # a journal of SQLite: magic, records, nonce, pages before (none), sizes of sector and page
    head = struct.pack(">8s5I", bytes.fromhex("d9d505f920a163d7"), 0, 1, 0, 512, 4096)
    (tmp_path / "store.db-journal").write_bytes(head.ljust(512, b"\0"))
    (tmp_path / "store.db").write_bytes(bytes(5632))
    with pytest.raises(NoArchive):
        Store.open(tmp_path)
    assert run(tmp_path) == 0
    assert_whole(tmp_path)


def test_a_store_overwritten_with_nothing_is_damaged(tmp_path: Path) -> None:
    assert run(tmp_path) == 0
    (tmp_path / "store.db").write_bytes(bytes(5632))
    with pytest.raises(Damaged):
        Store.open(tmp_path, write=True)


def limited(data: Path, size: int) -> int:
    """A run whose files may grow to ``size`` bytes; returns how it ended."""
    environment = {**os.environ, "PYTHONPATH": str(DRIVER.parents[1])}
    limit = (
        "import resource, runpy, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]),) * 2); "
    )
    command = limit + "sys.argv = sys.argv[2:]; runpy.run_path(sys.argv[0], run_name='__main__')"
    ended = forked.run(
        [sys.executable, "-c", command, str(size), str(DRIVER), str(data), "60"],
        env=environment,
        capture_output=True,
    )
    assert ended.returncode in (0, 5), ended.stderr.decode()
    return ended.returncode


def fill(data: Path, sizes: range) -> None:
    """A run of 20 finds its disk full at each of these sizes, and then goes on with room."""
    assert run(data, count=20) == 0
    assert {limited(data, size) for size in sizes} >= {5}
    assert run(data, count=60) == 0
    assert_whole(data, 60)


@pytest.mark.parametrize("size", [100, 5_000, 20_000, 270_000])
def test_a_full_disk_ends_the_run_with_5_and_loses_nothing(tmp_path: Path, size: int) -> None:
    fill(tmp_path, range(size, size + 1))


@pytest.mark.slow
def test_a_disk_that_is_full_at_every_turn(tmp_path: Path) -> None:
    fill(tmp_path, range(100, 300_000, 6_000))


@pytest.mark.slow
@pytest.mark.parametrize(
    "seed", [*range(8), *(pytest.param(n, marks=pytest.mark.long) for n in range(8, 100))]
)
def test_killed_at_random_until_it_is_done(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    for kills in itertools.count():
        process = start(tmp_path, count=60)
        try:
            process.communicate(timeout=chance.uniform(0.01, 0.4) + 0.05 * kills)
            break
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
    assert process.returncode == 0
    assert_whole(tmp_path, 60)


def killed_after_fsync(data: Path) -> None:
    """Three captures, the last of them without its row."""
    assert run(data, "after_fsync:4") == -signal.SIGKILL


def test_what_was_archived_but_not_acknowledged_goes_to_the_caller(tmp_path: Path) -> None:
    killed_after_fsync(tmp_path)
    settled: list[tuple[Exchange, Stored]] = []

    with Store.open(tmp_path, write=True) as store:

        def settle(exchange: Exchange, stored: Stored) -> None:
            settled.append((exchange, stored))
            store.add_capture(Capture.of(exchange, stored))

        recovery = recover(store, settle)
        assert recovery.settled == 1
        assert recover(store, settle).settled == 0

    ((exchange, stored),) = settled
    assert exchange.about.request_id == 2
    assert exchange.about.hints == {"link_text": "第2份"}
    assert stored.warc_file in recovery.finished


def test_a_revisit_goes_to_the_caller_with_its_body(tmp_path: Path) -> None:
    assert run(tmp_path, "after_fsync:3") == -signal.SIGKILL
    with Store.open(tmp_path, write=True) as store:
        bodies: list[bytes] = []
        recover(store, lambda exchange, stored: bodies.append(exchange.body))
        first = store.location_of(store.value("SELECT sha256 FROM captures"))
        assert first
        assert bodies == [read(tmp_path, first.warc_file, first.warc_offset).exchange.body]


def test_interrupted_runs_are_closed_and_counted(tmp_path: Path) -> None:
    killed_after_fsync(tmp_path)
    with Store.open(tmp_path, write=True) as store:
        recover(store)
        (crawl,) = store.crawls()
    assert crawl["outcome"] == "interrupted"
    assert crawl["finished_at"] is not None
    assert (crawl["requests"], crawl["captures"]) == (3, 2)


def test_a_torn_tail_is_kept_in_quarantine_and_named(tmp_path: Path) -> None:
    run(tmp_path, "mid_append:4")
    with Store.open(tmp_path, write=True) as store:
        recovery = recover(store)
        (torn,) = recovery.quarantined
        assert torn.read_bytes().startswith(b"\x1f\x8b")
        assert [issue["code"] for issue in store.open_issues()] == ["archive.torn"]
        assert store.captures_in(recovery.finished[0]) == 2


def test_damage_is_no_longer_told_of_a_file_that_was_brought_back(tmp_path: Path) -> None:
    run(tmp_path, "")
    (segment,) = (tmp_path / "warc").iterdir()
    whole = segment.read_bytes()
    segment.write_bytes(whole[:-1])
    with Store.open(tmp_path, write=True) as store:
        store.segment_damaged(segment.name, "a record of it", crawl_id=1)
        for content, told in ((whole[:-1], 1), (whole, 0)):
            segment.write_bytes(content)
            recover(store)
            assert len(store.open_issues()) == told


def test_damage_before_good_records_is_reported_and_nothing_cut(tmp_path: Path) -> None:
    killed_after_fsync(tmp_path)
    (segment,) = (tmp_path / "warc").glob("*.open")
    content = bytearray(segment.read_bytes())
    with Store.open(tmp_path) as store:
        place = store.value("SELECT warc_offset FROM captures ORDER BY capture_id LIMIT 1")
    content[place + 40] ^= 0x10
    segment.write_bytes(content)

    with Store.open(tmp_path, write=True) as store:
        recovery = recover(store)
        assert len(recovery.damaged) == 1
        assert recovery.settled == 1
        assert recovery.quarantined == []
        assert [issue["severity"] for issue in store.open_issues()] == ["error"]
    (finished,) = (tmp_path / "warc").iterdir()
    assert finished.read_bytes() == bytes(content)


def test_a_whole_record_at_the_end_that_rotted_stays_where_it_is(tmp_path: Path) -> None:
    assert run(tmp_path, "after_commit:5") == -signal.SIGKILL
    (segment,) = (tmp_path / "warc").glob("*.open")
    size = segment.stat().st_size
    with segment.open("r+b") as file:
        file.seek(size - 30)
        byte = file.read(1)
        file.seek(size - 30)
        file.write(bytes([byte[0] ^ 1]))
    with Store.open(tmp_path, write=True) as store:
        recovery = recover(store)
        assert recovery.damaged
    (finished,) = (tmp_path / "warc").iterdir()
    assert finished.stat().st_size == size


def test_the_run_that_died_after_its_last_word_is_complete(tmp_path: Path) -> None:
    appended = 1 + COUNT + 1  # warcinfo, the exchanges, the note on the run
    assert run(tmp_path, f"after_fsync:{appended}") == -signal.SIGKILL
    with Store.open(tmp_path, write=True) as store:
        assert [crawl["outcome"] for crawl in store.crawls()] == ["interrupted"]
        recover(store)
        assert [crawl["outcome"] for crawl in store.crawls()] == ["complete"]


def test_a_lock_dies_with_its_holder(tmp_path: Path) -> None:
    process = start(tmp_path, count=2000)
    while not (tmp_path / "store.db").exists():
        time.sleep(0.02)
    process.kill()
    process.communicate()
    Store.open(tmp_path, write=True).close()
