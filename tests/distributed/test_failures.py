"""What goes wrong on the way is refused or survived, and said with its mend."""

import pytest

from crawler.distributed.engine import EngineError, Round
from crawler.distributed.worker import work
from gongkai.cli import run as run_command
from pipelines.store import Store

ROUND = Round(1, "crawl --all", "2027-01-10T00:00:00Z", ())


def test_a_worker_of_another_version_is_refused(server, tmp_path, monkeypatch):
    server.engine().open_round(ROUND, [])
    monkeypatch.setattr("crawler.distributed.worker.VERSION", "0.0, schema 0, parser 0")
    with (
        Store.open(tmp_path / "shard", write=True) as store,
        pytest.raises(EngineError, match="同一版本 install the same version"),
    ):
        work(store, server.engine())


def test_a_second_worker_on_a_directory_is_refused(server, tmp_path, capsys):
    server.engine().open_round(ROUND, [])
    with Store.open(tmp_path / "shard", write=True):
        assert run_command(["crawl", "--engine", server.url, "--data", str(tmp_path / "shard")]) == 3
    assert "held by another run" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["crawl"], "没有进行中的轮次 no round is open"),
        (["crawl", "--all"], "引擎不接受密码 the engine does not take the password"),
    ],
)
def test_what_the_engine_says_is_told_by_the_command(server, tmp_path, capsys, arguments, told):
    if "password" in told:
        server.engine()._redis.config_set("requirepass", "secret")
    where = ["--engine", server.url, "--data", str(tmp_path / "shard")]
    assert run_command([*arguments, *where]) == 2
    assert told in capsys.readouterr().err


@pytest.fixture
def country(tmp_path, monkeypatch, sample_sites):
    with sample_sites(tmp_path / "sites", 3, 2, range(2025, 2026), monkeypatch) as sites:
        yield sites


@pytest.mark.long
def test_an_engine_that_lost_its_data_ends_the_round_and_nothing_else_is_lost(
    country, server, start, tmp_path, gongkai, differences
):
    where = ("--sites", tmp_path / "sites", "--no-publish", "--data")
    gongkai("crawl", "--all", *where, tmp_path / "one")
    gongkai("crawl", "--all", *where, tmp_path / "merged", "--engine", server.url)
    a = start(server.url, "a")
    a.until(12)
    server.engine()._redis.flushall()
    assert a.process.wait(60) != 0
    a.stop()
    assert "gongkai merge" in "".join(a.errors)
    gongkai("merge", tmp_path / "a", "--data", tmp_path / "merged", "--no-publish")
    gongkai("crawl", "--all", *where, tmp_path / "merged", "--engine", server.url)
    assert start(server.url, "b").ended() == "complete"
    gongkai("merge", tmp_path / "b", tmp_path / "a", "--data", tmp_path / "merged", "--no-publish")
    told = differences(tmp_path / "one", tmp_path / "merged")
    assert [
        line for line in told if line.startswith(("reports:", "report_versions:", "cells:", "sections:"))
    ] == []
