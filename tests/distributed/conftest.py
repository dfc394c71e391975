"""A real engine for each test, workers in processes of their own, and archives held against each other."""

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from crawler.distributed.engine import Engine, EngineError
from pipelines.store import Store
from samples.counties import World
from samples.registry import write_registry
from samples.server import Server, serve
from samples.sites import FAMILIES
from samples.sites.http import Request, Response
from tests import forked
from tests.rowwise import spread

WORK = """
import json, sys
from pathlib import Path
from crawler.distributed.engine import Engine
from crawler.distributed.worker import work
from pipelines.store import Store
url, data, lease, at_once = sys.argv[1:]
def progress(p):
    print(json.dumps([p.requests, p.site]), flush=True)
with Store.open(Path(data), write=True) as store:
    engine = Engine(url, lease=float(lease))
    result = work(store, engine, workers=1, at_once=int(at_once), progress=progress)
print(json.dumps(result.outcome))
"""
_SERVER = shutil.which("valkey-server") or shutil.which("redis-server")


@pytest.fixture(autouse=True)
def _needs_an_engine() -> None:
    pytest.importorskip("redis", reason="the extra `distributed` is not installed")
    if _SERVER is None:
        pytest.skip("neither valkey-server nor redis-server is installed")


@dataclass
class EngineServer:
    """A Redis or Valkey server on a socket in a folder of its own, as the docs say to start it."""

    folder: Path
    process: subprocess.Popen[bytes] | None = None
    _engines: list[Engine] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"unix://{self.folder}/engine.sock"

    def start(self) -> None:
        assert _SERVER is not None
        durable = ["--appendonly", "yes", "--appendfsync", "always", "--save", ""]
        here = ["--port", "0", "--unixsocket", f"{self.folder}/engine.sock", "--dir", str(self.folder)]
        self.process = subprocess.Popen([_SERVER, *here, *durable], stdout=subprocess.DEVNULL)
        engine = self.engine()
        while True:
            try:
                engine.check()
                return
            except EngineError:
                assert self.process.poll() is None, "the engine did not start"
                time.sleep(0.02)

    def kill(self) -> None:
        if self.process:
            self.process.kill()
            self.process.wait()

    def engine(self, owner: str = "", lease: float = 60.0) -> Engine:
        self._engines.append(Engine(self.url, owner=owner, lease=lease))
        return self._engines[-1]

    def stop(self) -> None:
        for engine in self._engines:
            engine.close()
        self.kill()


@pytest.fixture
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EngineServer]:
    folder = tmp_path_factory.mktemp("engine")  # a socket's path must be short
    running = EngineServer(folder)
    running.start()
    yield running
    running.stop()


@dataclass
class Worker:
    """``gongkai crawl --engine`` in a process, with a lease as short as a test needs it."""

    data: Path
    process: subprocess.Popen[str]
    requests: int = 0
    outcome: str = ""
    site: str = ""
    errors: list[str] = field(default_factory=list)
    _moved: threading.Condition = field(default_factory=threading.Condition)

    def __post_init__(self) -> None:
        self._readers = [
            threading.Thread(target=read, daemon=True) for read in (self._listen, self._complain)
        ]
        for reader in self._readers:
            reader.start()

    def _listen(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            told = json.loads(line)
            with self._moved:
                if isinstance(told, str):
                    self.outcome = told
                else:
                    self.requests, self.site = told
                self._moved.notify_all()
        with self._moved:
            self._moved.notify_all()

    def _complain(self) -> None:
        assert self.process.stderr is not None
        self.errors.extend(self.process.stderr)

    def until(self, requests: int) -> None:
        """Wait until so many answers came, or the end."""
        with self._moved:
            assert self._moved.wait_for(
                lambda: self.requests >= requests or self.process.poll() is not None, 60
            ), "".join(self.errors)

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGCONT)
            self.kill()
        for reader in self._readers:
            reader.join()
        for stream in (self.process.stdout, self.process.stderr):
            assert stream is not None
            stream.close()

    def ended(self, seconds: float = 240) -> str:
        code = self.process.wait(seconds)
        for reader in self._readers:
            reader.join(10)
        assert code == 0, "".join(self.errors)
        return self.outcome


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Worker]]:
    """Starts workers: ``start(url, "a", lease=2, at_once=2, within=["ip", "netns", "exec", "name"])``."""
    started: list[Worker] = []

    def begin(
        url: str, name: str, lease: float = 60.0, at_once: int = 100, within: Sequence[str] = ()
    ) -> Worker:
        command = [*within, sys.executable, "-c", WORK, url, str(tmp_path / name), str(lease), str(at_once)]
        begun = subprocess.Popen if within else forked.Popen
        process = begun(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        worker = Worker(tmp_path / name, process)
        started.append(worker)
        return worker

    yield begin
    for worker in started:
        worker.stop()


class Calm(Server):
    """Sample sites whose pages never change, each request noted with its time."""

    def __init__(self, world: World, visits) -> None:
        visits.mark = lambda page: None
        super().__init__(world, visits)
        self.log: list[tuple[float, str, str]] = []

    def answer(self, host: str, request: Request) -> Response:
        self.log.append((time.monotonic(), host, request.path))
        return super().answer(host, request)


@pytest.fixture
def sample_sites() -> Callable[..., Any]:
    """Serves sample counties that never change; writes their registry."""
    return _sample_sites


@contextmanager
def _sample_sites(folder: Path, counties: int, agencies: int, years: range, monkeypatch) -> Iterator[Calm]:
    monkeypatch.setattr("samples.server.Server", Calm)
    world = World.build(counties=counties, agencies=agencies, years=years, families=sorted(FAMILIES))
    with serve(world, 0) as running:
        write_registry(running.world, folder)
        yield running


@pytest.fixture
def gongkai() -> Callable[..., str]:
    """Runs the command in a process of its own; gives what it printed."""
    return _gongkai


def _gongkai(*arguments: str | Path, killpoint: str = "", codes: tuple[int, ...] = (0, 1)) -> str:
    done = forked.run(
        [sys.executable, "-m", "gongkai", *map(str, arguments)], capture_output=True, text=True,
        env=os.environ | ({"GONGKAI_KILLPOINT": killpoint} if killpoint else {}),
    )  # fmt: skip
    assert done.returncode in codes, (done.returncode, done.stderr)
    return done.stdout


# What two archives of the same sites must have in common, whoever fetched what and when. Pages carry counters
# and dates of the moment, so no digest of a page is among it; that of what a report says is.
SAME = {
    "reports": """SELECT report_id, agency_id, agency, region_code, year, title, format, published_on, url,
        version, state, proactive_state, applications_state, reviews_state, root, fingerprint FROM reports""",
    "cells": """SELECT report_id, table_name, ordinal, item, row, column_name, label, raw, value, unit, state,
        method, confidence, json_remove(location, '$.part') FROM cells""",
    "sections": "SELECT * FROM sections",
    "stated_figures": "SELECT * FROM stated_figures",
    "checks": "SELECT * FROM checks",
    "report_evidence": "SELECT * FROM report_evidence",
    "report_sources": "SELECT report_id, url, site, gone_at IS NULL FROM report_sources",
    "report_versions": "SELECT report_id, version, url FROM report_versions",
    "report_changes": """SELECT report_id, from_version, to_version, table_name, row, column_name, old_raw,
        new_raw FROM report_changes""",
    "agencies": "SELECT * FROM agencies",
    "agency_names": "SELECT * FROM agency_names",
    "regions": "SELECT * FROM regions",
    "documents": """SELECT url, media_type FROM documents JOIN captures USING (capture_id, media_type)
        WHERE role NOT IN ('probe', 'robots')""",
    "resources": "SELECT address, url, site, role, root, ordinal, hints, gone_at IS NULL FROM resources",
    "readings": "SELECT root, kind, report_id, state, fingerprint, main_address FROM readings",
    "sites": "SELECT site, region_code, name, home, family, state, failures FROM sites",
    "site_columns": """SELECT site, url, title, family, found_by, declared_total, found_total
        FROM site_columns""",
    "issues": """SELECT code, severity, report_id, site, subject, detail, closed_at IS NULL FROM issues
        WHERE code NOT LIKE 'archive.%'""",
}


@pytest.fixture
def differences() -> Callable[[Path, Path], list[str]]:
    """Where two archives differ in what they must have in common."""
    return _differences


def _differences(one: Path, other: Path) -> list[str]:
    with Store.open(one) as left, Store.open(other) as right:
        for store in (left, right):
            spread(store.db.conn)
        return [
            f"{table}: {row}"
            for table, sql in SAME.items()
            for row in _rows(left, sql).symmetric_difference(_rows(right, sql))
        ]


def _rows(store: Store, sql: str) -> set[tuple[object, ...]]:
    return {tuple(row.values()) for row in store.rows(sql)}


@pytest.fixture
def dump() -> Callable[[Path], dict[str, list[str]]]:
    """Every row of every table of an archive, as it stands."""
    return _dump


def _dump(data: Path) -> dict[str, list[str]]:
    with Store.open(data) as store:
        names = [row["name"] for row in store.rows("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {name: sorted(map(repr, _rows(store, f"SELECT * FROM {name}"))) for name in names}
