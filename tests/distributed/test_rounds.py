"""Rounds on a real engine: whatever breaks on the way, the merged archive is that of one machine."""

import random
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from contextlib import suppress
from itertools import count

import pytest

from pipelines.store import Store
from samples.counties import World
from samples.registry import write_registry
from samples.server import serve

YEARS = range(2025, 2026)


@pytest.fixture
def country(tmp_path, monkeypatch, sample_sites):
    with sample_sites(tmp_path / "sites", 4, 2, YEARS, monkeypatch) as sites:
        yield sites


@pytest.fixture
def archive(tmp_path, gongkai):
    """Commands on the archive and the shards of a test."""
    return Archive(tmp_path, gongkai)


class Archive:
    def __init__(self, folder, gongkai):
        self.folder, self.gongkai = folder, gongkai

    def crawl(self, name="one"):
        self.gongkai("crawl", "--all", *self._where(name), "--no-publish")

    def open_round(self, server, name="merged", which="--all"):
        self.gongkai("crawl", which, *self._where(name), "--engine", server.url)

    def _where(self, name):
        return ("--sites", self.folder / "sites", "--data", self.folder / name)

    def merge(self, *shards, into="merged"):
        self.gongkai(*self.merging(*shards, into), codes=(0,))

    def is_killed_in_merging(self, *shards, into, killpoint):
        said = self.gongkai(*self.merging(*shards, into), killpoint=killpoint, codes=(0, -signal.SIGKILL))
        return not said

    def merging(self, *names):
        *shards, into = (self.folder / name for name in names)
        return ("merge", *map(str, shards), "--data", str(into), "--no-publish")


@pytest.mark.slow
def test_two_workers_one_killed_and_the_engine_in_turn_give_the_archive_of_one_machine(
    country, server, start, tmp_path, archive, differences, dump
):
    archive.crawl()
    undisturbed = Counter((host, path) for _, host, path in country.log)
    country.log.clear()
    archive.open_round(server)
    a = start(server.url, "a", lease=2, at_once=2)
    b = start(server.url, "b", lease=2, at_once=2)
    a.until(15)
    a.kill()
    b.until(25)
    server.kill()
    time.sleep(0.5)
    server.start()
    assert b.ended() == "complete"
    archive.merge("a", "b")
    assert differences(tmp_path / "one", tmp_path / "merged") == []
    asked = Counter((host, path) for _, host, path in country.log)
    pages = [page for page in undisturbed if page[1] != "/robots.txt"]
    assert (
        sum(asked[page] - undisturbed[page] for page in pages) <= 2
    )  # for each of its sites one was on its way
    before = dump(tmp_path / "merged")
    archive.merge("b", "a")
    assert dump(tmp_path / "merged") == before


@pytest.fixture
def brought(country, server, start, tmp_path, archive):
    """Two shards, and what they make of an archive that was never disturbed."""
    archive.open_round(server)
    workers = [start(server.url, name, at_once=1) for name in "ab"]
    assert [worker.ended() for worker in workers] == ["complete", "complete"]
    archive.merge("a", "b", into="whole")


@pytest.mark.long
@pytest.mark.parametrize("point", ["merge_copied", "in_transaction", "after_commit"])
def test_a_merge_killed_at_each_step_and_begun_again_gives_the_same(
    brought, tmp_path, archive, differences, point
):
    for nth in count(1):
        shutil.copytree(tmp_path / "merged", tmp_path / "again")
        if not archive.is_killed_in_merging("a", "b", into="again", killpoint=f"{point}:{nth}"):
            break
        archive.merge("b", "a", into="again")
        assert differences(tmp_path / "whole", tmp_path / "again") == [], nth
        shutil.rmtree(tmp_path / "again")
    assert nth > 2


@pytest.mark.long
def test_a_merge_killed_at_any_moment_and_begun_again_gives_the_same(brought, tmp_path, archive, differences):
    chance = random.Random(7)
    for _ in range(12):
        process = subprocess.Popen([sys.executable, "-m", "gongkai", *archive.merging("a", "b", "merged")])
        with suppress(subprocess.TimeoutExpired):
            process.wait(chance.uniform(0.5, 4))
        process.kill()
        process.wait()
    archive.merge("b", "a")
    assert differences(tmp_path / "whole", tmp_path / "merged") == []


@pytest.mark.long
def test_the_shards_of_a_round_may_be_merged_one_by_one(brought, tmp_path, archive, differences):
    archive.merge("a", into="halves")
    archive.merge("b", into="halves")
    assert differences(tmp_path / "whole", tmp_path / "halves") == []


@pytest.mark.long
def test_a_worker_that_was_asleep_past_its_lease_does_no_harm(
    country, server, start, tmp_path, archive, differences
):
    archive.crawl()
    archive.open_round(server)
    a = start(server.url, "a", lease=1, at_once=2)
    a.until(10)
    a.process.send_signal(signal.SIGSTOP)
    b = start(server.url, "b", lease=1, at_once=4)
    assert b.ended() == "complete"
    a.process.send_signal(signal.SIGCONT)
    assert a.ended() == "complete"
    archive.merge("a", "b")
    assert differences(tmp_path / "one", tmp_path / "merged") == []


@pytest.mark.long
def test_a_worker_started_again_goes_on_with_its_own(country, server, start, tmp_path, archive, differences):
    archive.crawl()
    country.log.clear()
    archive.open_round(server)
    a = start(server.url, "a")
    a.until(20)
    a.kill()
    assert start(server.url, "a").ended() == "complete"
    archive.merge("a")
    assert differences(tmp_path / "one", tmp_path / "merged") == []


@pytest.mark.long
def test_a_worker_cut_off_from_the_engine_asks_nothing_and_loses_its_sites(
    country, server, start, tmp_path, archive, differences
):
    archive.crawl()
    archive.open_round(server)
    with Wire(server) as wire:
        a = start(wire.url, "a", lease=1, at_once=2)
        a.until(10)
        wire.cut()
        before = a.requests
        b = start(server.url, "b", lease=1, at_once=4)
        assert b.ended() == "complete"
        assert a.requests <= before + 2  # one answer for each of its hosts was on its way
        wire.mend()
        assert a.ended() == "complete"
    archive.merge("a", "b")
    assert differences(tmp_path / "one", tmp_path / "merged") == []


class Wire:
    """A TCP connection to the engine that can be cut: bytes stop, nothing is closed."""

    def __init__(self, server):
        self._socket = f"{server.folder}/engine.sock"
        self._open = threading.Event()
        self._open.set()
        self._over = False

    def __enter__(self):
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"redis://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *error):
        self._over = True
        self._open.set()
        self._listener.close()

    def cut(self):
        self._open.clear()

    def mend(self):
        self._open.set()

    def _accept(self):
        while not self._over:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            far = socket.socket(socket.AF_UNIX)
            far.connect(self._socket)
            for one, other in ((near, far), (far, near)):
                threading.Thread(target=self._carry, args=(one, other), daemon=True).start()

    def _carry(self, one, other):
        with one, other:
            try:
                while data := one.recv(65536):
                    self._open.wait()
                    other.sendall(data)
            except OSError:
                return


@pytest.mark.long
def test_a_host_of_two_sites_is_asked_in_turns_and_never_faster_than_its_delay(
    country, server, start, tmp_path, archive
):
    delay = 0.15
    first, *others = sorted((tmp_path / "sites").glob("*.toml"))
    text = first.read_text("utf-8").replace("delay = 0", f"delay = {delay}")
    for path in (first, first.with_stem(f"{first.stem}-twin")):
        path.write_text(text, encoding="utf-8")
    for path in others:
        path.unlink()
    archive.open_round(server)
    a = start(server.url, "a", lease=2, at_once=1)
    b = start(server.url, "b", lease=2, at_once=1)
    a.until(8)
    a.kill()
    assert b.ended() == "complete"
    times = [at for at, _, _ in country.log]
    # an answer may be noted late, and the next one is then close behind: never a whole number of them
    assert all(late - early > 9 * delay - 1 for early, late in zip(times, times[9:], strict=False))
    assert times[-1] - times[0] > (len(times) - 1) * delay - 1


@pytest.mark.long
def test_later_rounds_know_what_earlier_ones_found(server, start, tmp_path, archive):
    world = World.build(counties=1, agencies=4, years=range(2023, 2026))
    versions = []
    with serve(world, 0) as sites:  # one report is edited in silence for those who come again
        write_registry(sites.world, tmp_path / "sites")
        for worker in "aab":
            archive.open_round(server)
            assert start(server.url, worker).ended() == "complete"
            archive.merge(worker)
            with Store.open(tmp_path / "merged") as store:
                versions.append(store.value("SELECT count(*) FROM report_versions"))
                changes = store.value("SELECT count(*) FROM report_changes WHERE to_version = 2")
                assert [row["state"] for row in store.sites()] == ["ok"]
    assert versions[1] == versions[0] + 1
    assert changes == 1
    with Store.open(tmp_path / "b") as shard:
        outcomes = {
            row["outcome"] for row in shard.rows("SELECT outcome FROM captures WHERE role = 'article'")
        }
    assert outcomes <= {"changed", "unchanged"}  # it had none of them before, but was told of them
