"""A worker that dies, hangs or eats memory takes down nothing but its own call."""

import gzip
import hashlib
import os
import signal
import socket
import subprocess
import time
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pipelines.archive import Kept
from pipelines.errors import Damaged
from pipelines.parse.records import Document
from pipelines.reading import BeingRead, read_in_worker
from pipelines.workers import Pool, WorkerFailed

HERE = "tests.test_workers"


def echo(arguments: Any, blobs: list[bytes]) -> Any:
    return [arguments, [len(b) for b in blobs], os.getpid()]


def die(arguments: Any, blobs: list[bytes]) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def hang(arguments: Any, blobs: list[bytes]) -> None:
    time.sleep(60)


def spin(arguments: Any, blobs: list[bytes]) -> None:
    while True:
        pass


def eat(arguments: Any, blobs: list[bytes]) -> int:
    return len(bytearray(4 << 30))


def fail(arguments: Any, blobs: list[bytes]) -> None:
    raise ValueError("坏 broken")


def connect(arguments: Any, blobs: list[bytes]) -> None:
    socket.create_connection(("127.0.0.1", 9))


def say(arguments: Any, blobs: list[bytes]) -> str:
    print("a library that prints")
    return "said"


def standing(arguments: Any, blobs: list[bytes]) -> list[Any]:
    return [os.nice(0), os.getsid(0), os.getpgid(0) == os.getpid()]


@pytest.fixture
def path(monkeypatch: pytest.MonkeyPatch) -> None:
    """Workers import this module by name."""
    root = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    monkeypatch.setenv("PYTHONPATH", root)


@pytest.mark.usefixtures("path")
class TestPool:
    def test_a_worker_is_a_python_of_its_own(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("pipelines.workers.subprocess", subprocess)  # those of other tests are forked
        with Pool(1) as pool:
            assert pool.submit(f"{HERE}:say", 0).result() == "said"

    def test_it_gives_way_to_the_run_and_leaves_ctrl_c_to_it(self) -> None:
        with Pool(1) as pool:
            niceness, session, leads_a_group = pool.submit(f"{HERE}:standing", 0).result()
        assert niceness == os.nice(0) + 3
        assert leads_a_group and session == os.getsid(0)  # priorities count within a session

    def test_answers_with_arguments_and_blobs(self) -> None:
        with Pool(1) as pool:
            blobs = [b"a" * 70_000, b""]
            first, second = (pool.submit(f"{HERE}:echo", {"年": 2023}, blobs) for _ in range(2))
            assert first.result()[:2] == [{"年": 2023}, [70_000, 0]]
            assert first.result()[2] == second.result()[2], "the worker persists"

    def test_a_death_is_an_outcome_and_the_next_call_is_answered(self) -> None:
        with Pool(1) as pool:
            dead, alive = pool.submit(f"{HERE}:die", 0), pool.submit(f"{HERE}:echo", 1)
            with pytest.raises(WorkerFailed, match="killed"):
                dead.result()
            assert alive.result()[0] == 1

    @pytest.mark.slow
    @pytest.mark.parametrize(
        ("name", "reason"), [("hang", {"timeout"}), ("spin", {"timeout"}), ("eat", {"memory"})]
    )
    def test_limits(self, name: str, reason: set[str]) -> None:
        with Pool(1, cpu_seconds=1) as pool:
            failed, alive = pool.submit(f"{HERE}:{name}", 0), pool.submit(f"{HERE}:echo", 1)
            with pytest.raises(WorkerFailed) as raised:
                failed.result()
            assert raised.value.reason in reason
            assert alive.result()[0] == 1

    @pytest.mark.parametrize(("name", "words"), [("fail", "坏 broken"), ("connect", "no network")])
    def test_errors_are_told(self, name: str, words: str) -> None:
        with Pool(1) as pool, pytest.raises(WorkerFailed, match=words):
            pool.submit(f"{HERE}:{name}", 0).result()

    def test_what_is_kept_is_fetched_by_the_worker_and_missed_without_a_second_try(
        self, tmp_path: Path
    ) -> None:
        (tmp_path / "warc").mkdir()
        record = gzip.compress(b"WARC/1.1\r\nWARC-Type: resource\r\n\r\nkept\r\n\r\n")
        (tmp_path / "warc/a.warc.gz").write_bytes(record)
        kept = Kept(str(tmp_path), "a.warc.gz", 0, hashlib.sha256(b"kept").hexdigest())
        with Pool(1) as pool:
            found = pool.submit(f"{HERE}:echo", 0, [b"sent", kept, b""])
            missed = pool.submit(f"{HERE}:echo", 0, [replace(kept, warc_file="gone.warc.gz")])
            after = pool.submit(f"{HERE}:echo", 0)
            assert found.result()[1] == [4, 4, 0]
            with pytest.raises(WorkerFailed, match=r"gone\.warc\.gz") as raised:
                missed.result()
            assert raised.value.reason == "archive"
            assert after.result()[2] == found.result()[2], "the worker persists"

    def test_a_document_that_the_archive_lost_ends_the_run(self, tmp_path: Path) -> None:
        with Pool(1) as pool, pytest.raises(Damaged):
            read_in_worker(pool, Document(b""), [Kept(str(tmp_path), "gone.warc.gz", 0, "00")]).result()

    def test_prints_do_not_break_answers(self) -> None:
        with Pool(1) as pool:
            assert pool.submit(f"{HERE}:say", 0).result() == "said"


@pytest.mark.parametrize(
    ("reason", "code", "mend"),
    [("killed", "reader_killed", "reparse --accept"), ("timeout", "reader_timeout", "split the file")],
)
def test_a_document_whose_reader_failed_is_named_with_what_to_do(reason, code, mend):
    answer: Future[bytes] = Future()
    answer.set_exception(WorkerFailed(reason, "SIGKILL"))
    (issue,) = BeingRead(Document(b"", name="a.pdf"), answer).result().issues
    assert (issue.code, issue.severity) == (code, "error")
    assert issue.detail.startswith("a.pdf: ") and mend in issue.detail
