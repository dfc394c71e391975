"""The power goes at any moment: what was acknowledged is there, once, whole.

A real run is logged call by call; each trial replays a part of the log as a disk would that lost power, and
lets the archive recover from what is left.
"""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pipelines.errors import StoreError
from pipelines.recovery import recover
from pipelines.store import Store
from pipelines.verify import verify
from tests.crash import workload
from tests.crash.disk import Disk, Op, lay_down, record

QUICK, FULL = 400, 10_000
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not shutil.which("strace"), reason="strace is not installed"),
]


@pytest.fixture(scope="module")
def fast() -> Iterator[Path]:
    """A folder in memory, where there is one: the disk is simulated anyway."""
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if os.access(memory, os.W_OK) else None) as folder:
        yield Path(folder)


@pytest.fixture(scope="module")
def logged(fast: Path) -> Callable[[str], list[Op]]:
    """What a run with a safeguard taken away did; ``-`` for none."""
    known: dict[str, list[Op]] = {}

    def run(mutation: str) -> list[Op]:
        if mutation not in known:
            data = fast / f"run{mutation}"
            data.mkdir()
            environment = {
                **os.environ, "PYTHONPATH": str(Path(__file__).parents[2]), "GONGKAI_MIN_FREE": "0",
            }  # fmt: skip
            command = [sys.executable, str(Path(workload.__file__)), str(data), mutation]
            try:
                known[mutation] = record(command, data, fast / "log", environment)
            except AssertionError as error:
                if "PTRACE" in str(error) or "not permitted" in str(error):
                    pytest.skip("strace may not trace here")
                raise
        return known[mutation]

    return run


def moments(ops: list[Op], trials: int, chance: random.Random) -> list[int]:
    """After which change the power goes. Most of the log is the publication's pages, most trials are not."""
    telling = [n for n, op in enumerate(ops) if not op.path.startswith(".archive.db")]
    near = [n for n in telling if ops[n].kind != "write"]
    return sorted(chance.choice((telling, telling, near, range(len(ops)))[n % 4]) for n in range(trials))


def bad_cuts(ops: list[Op], trials: int, folder: Path, seed: int = 0) -> Counter[str]:
    """Trials that ended badly, by what was wrong."""
    chance = random.Random(seed)
    disk, done, found = Disk(), 0, Counter[str]()
    for number, moment in enumerate(moments(ops, trials, chance)):
        for op in ops[done : moment + 1]:
            disk.do(op)
        done = max(done, moment + 1)
        data = folder / "cut"
        lay_down(disk.cut(chance), data)
        found.update(set(wrong(data, disk.said)))
        if number % 20 == 0 and not found:
            found.update(set(wrong_after_all(data)))
        shutil.rmtree(data)
    return found


def wrong(data: Path, said: list[str]) -> Iterator[str]:
    """Recovers, and yields what does not hold."""
    try:
        with Store.open(data, write=True) as store:
            recover(store, workload.settle_with(store))
            yield from wrong_rows(store, said)
        findings = verify(data)
        yield from (finding.kind for finding in findings.found)
        yield from ("a file is left open" for _ in findings.unfinished)
    except (StoreError, sqlite3.Error) as error:
        yield f"not opened: {type(error).__name__}"
        return
    yield from wrong_archive(data, said)


def wrong_rows(store: Store, said: list[str]) -> Iterator[str]:
    rows = list(store.rows("SELECT url, sha256 FROM captures"))
    held = {row["url"]: row["sha256"] for row in rows}
    if len(held) != len(rows):
        yield "doubled"
    for line in said:
        what, number, *digest = line.split()
        if what == "capture" and held.get(workload.url_of(int(number))) != digest[0]:
            yield "lost"
    done = {row["url"] for row in store.rows("SELECT url FROM requests WHERE state = 'done'")}
    if done != set(held):
        yield "the frontier is not of one mind with the captures"


def wrong_archive(data: Path, said: list[str]) -> Iterator[str]:
    """What was published is whole, and not older than what was said to be."""
    told = [int(line.split()[1]) for line in said if line.startswith("published")]
    archive = data / "archive.db"
    if not archive.exists():
        yield from ("the archive is gone" for _ in told[:1])
        return
    connection = sqlite3.connect(archive)
    try:
        if connection.execute("PRAGMA integrity_check").fetchone()[0] != "ok":
            yield "the archive is damaged"
        elif connection.execute("SELECT count(*) FROM captures").fetchone()[0] < max(told, default=0):
            yield "the archive is older than it was said to be"
    except sqlite3.Error:
        yield "the archive is damaged"
    finally:
        connection.close()


def wrong_after_all(data: Path) -> Iterator[str]:
    """The next run ends as an undisturbed one."""
    workload.main(data)
    with Store.open(data) as store:
        urls = sorted(row["url"] for row in store.rows("SELECT url FROM captures"))
    if urls != sorted(map(workload.url_of, range(workload.COUNT))):
        yield "the next run does not make it whole"
    if not verify(data).clean:
        yield "the next run leaves faults"


@pytest.fixture(autouse=True)
def _room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GONGKAI_MIN_FREE", "0")
    monkeypatch.setattr(workload, "say", lambda line: None)


def test_the_log_replayed_whole_is_the_folder(logged: Callable[[str], list[Op]], fast: Path) -> None:
    disk = Disk()
    for op in logged("-"):
        disk.do(op)
    files = {path: content for path, content in disk.cut(None).items() if content is not None}
    real = fast / "run-"
    assert files == {
        path.relative_to(real).as_posix(): path.read_bytes() for path in real.rglob("*") if path.is_file()
    }
    assert len([path for path in files if path.endswith(".warc.gz")]) > 3
    assert [line.split()[0] for line in disk.said].count("published") == 2


@pytest.mark.slow
def test_nothing_acknowledged_is_lost(logged: Callable[[str], list[Op]], fast: Path) -> None:
    assert bad_cuts(logged("-"), QUICK, fast) == {}


@pytest.mark.slow
@pytest.mark.parametrize(
    "mutation", ["no_warc_fsync", "no_folder_fsync", "synchronous_off", "row_before_record"]
)
def test_the_harness_sees_a_safeguard_missing(
    mutation: str, logged: Callable[[str], list[Op]], fast: Path
) -> None:
    assert bad_cuts(logged(mutation), 100, fast)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(1, 5))
def test_nothing_acknowledged_is_lost_in_ten_thousand_cuts(
    seed: int, logged: Callable[[str], list[Op]], fast: Path
) -> None:
    assert bad_cuts(logged("-"), FULL // 4, fast, seed) == {}
