"""The archive read again by Dask workers: the same differences, the same archive, whoever is killed."""

import os
import signal
import sys
import threading
from types import SimpleNamespace
from unittest.mock import MagicMock

import pytest

from pipelines.folder import READINGS
from pipelines.memo import Memo
from pipelines.parse.version import PARSER_VERSION
from pipelines.reparse import reparse, roots_of
from pipelines.spread import SpreadFailed, read_on
from pipelines.store import Store

YEARS = range(2025, 2026)


@pytest.fixture
def read(tmp_path, monkeypatch, sample_sites, gongkai):
    """An archive read by an earlier parser, which took a report for none."""
    with sample_sites(tmp_path / "sites", 2, 4, YEARS, monkeypatch):
        data = tmp_path / "data"
        gongkai("crawl", "--all", "--sites", tmp_path / "sites", "--data", data, "--no-publish")
    with Store.open(data, write=True) as store, store.transaction() as db:
        lost = store.value("SELECT min(report_id) FROM reports")
        db.execute("DELETE FROM reports WHERE report_id = ?", (lost,))
        none = "(kind, report_id, fingerprint) = ('not_report', NULL, NULL)"
        db.execute(f"UPDATE readings SET {none} WHERE report_id = ?", (lost,))
        db.execute("UPDATE readings SET parser_version = '0'")
    return data


@pytest.fixture
def cluster():
    distributed = pytest.importorskip("distributed", reason="the extra `distributed` is not installed")
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=":0", host="127.0.0.1"
    ) as cluster:
        yield cluster


def differences(data, memos=(), accept=False):
    with Store.open(data, write=True) as store:
        run = store.begin_crawl("ingest", "reparse")
        found = [str(d) for d in reparse(store, data, run, accept=accept, workers=1, memos=memos)]
        store.end_crawl(run, "complete")
    return sorted(found)


@pytest.mark.long
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")
def test_other_machines_read_the_same_though_one_is_killed(read, cluster, gongkai):
    alone = differences(read)
    assert any("— → report" in line for line in alone)
    with Store.open(read) as store:
        roots = roots_of(store)
    victim = next(iter(cluster.workers.values())).process.pid
    threading.Timer(0.5, os.kill, (victim, signal.SIGKILL)).start()
    memo = Memo(read / READINGS)
    seen = []
    read_on(cluster.scheduler_address, read, roots, memo, lambda done, total: seen.append((done, total)))
    assert seen[-1] == (len(roots), len(roots))
    assert differences(read, [memo]) == alone
    memo.close()
    gongkai("reparse", "--accept", "--data", read, "--no-publish")
    assert not (read / READINGS).exists()
    with Store.open(read) as store:
        assert store.value("SELECT count(*) FROM readings WHERE parser_version = '0'") == 0


class Task:
    """One that a machine has done."""

    held = 0

    def __init__(self, count):
        self._count = count
        Task.held += 1

    def result(self):
        return PARSER_VERSION, self._count, []

    def release(self):
        Task.held -= 1


def test_answers_that_came_are_held_by_no_machine(tmp_path, monkeypatch):
    client = MagicMock()
    client.return_value.map = lambda function, tasks, **how: [Task(len(roots)) for _, roots in tasks]
    machines = SimpleNamespace(Client=client, as_completed=iter)
    monkeypatch.setitem(sys.modules, "distributed", machines)
    told = []
    roots = [f"file:{number}" for number in range(60)]
    read_on("tcp://engine", tmp_path, roots, MagicMock(), lambda *at: told.append((*at, Task.held)))
    assert told == [(25, 60, 2), (50, 60, 1), (60, 60, 0)]


@pytest.mark.slow
def test_a_scheduler_that_is_not_there_is_said_to_be(tmp_path, monkeypatch):
    monkeypatch.setattr("pipelines.spread._ANSWERS", 1)
    pytest.importorskip("distributed", reason="the extra `distributed` is not installed")
    memo = Memo(tmp_path / READINGS)
    with pytest.raises(SpreadFailed, match="no scheduler"):
        read_on("tcp://127.0.0.1:9", tmp_path, ["a"], memo, lambda done, total: None)
    memo.close()
