"""The commands as an operator runs them, each in a process of its own, killed when a test wants it."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from pipelines.store import NoArchive, Store
from samples.counties import World
from samples.registry import write_registry
from samples.server import serve
from tests import forked
from tests.rowwise import spread

KILLED = -signal.SIGKILL
# What differs between two visits of the same site: times, ids that count, and bytes, for the pages count
# their visitors. What the reports say does not.
PASSING = {
    "reports": ("changed_at", "first_seen_at", "crawl_id", "root", "url", "sha256"),
    "report_versions": ("first_seen_at", "last_seen_at", "url", "sha256", "body"),
    "report_sources": ("first_seen_at", "last_seen_at"),
    "resources": ("first_seen_at", "last_seen_at", "checked_at", "capture_id", "sha256", "etag"),
    "readings": ("read_at", "bundle", "main_sha256"),
    "cells": ("location",),
}
TABLES = (
    "agencies", "agency_names", "reports", "report_versions", "report_changes", "report_sources", "sections",
    "cells", "stated_figures", "checks", "resources", "readings",
)  # fmt: skip


@contextmanager
def county(folder: Path, *, edited: bool) -> Iterator[Path]:
    """A county site of three agencies on loopback; yields its registry folder.

    ``edited``: one of its reports says something else from the second reading on.
    """
    world = World.build(counties=2, agencies=3, years=(2022, 2023, 2024), families=("trs",))
    world = replace(world, sites=world.sites[:1] if edited else world.sites[1:])
    with serve(world, port=0) as server:
        write_registry(server.world, folder)
        yield folder


@dataclass(frozen=True)
class Gongkai:
    """The command line on one data directory."""

    data: Path

    def __call__(self, *arguments: str, kill: str = "") -> int:
        """Runs a command to its end, or to the checkpoint ``kill``; returns how it ended."""
        process = self.start(*arguments, kill=kill)
        _, errors = process.communicate(timeout=120)
        assert process.returncode in (0, 1, KILLED), errors.decode()
        assert b"Traceback" not in errors, errors.decode()
        return process.returncode

    def killed_after(self, seconds: float, *arguments: str) -> bool:
        """Runs a command and kills it, unless it ends before; says whether it was killed."""
        process = self.start(*arguments)
        try:
            process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
        return process.returncode == KILLED

    def start(self, *arguments: str, kill: str = "") -> subprocess.Popen[bytes]:
        environment = {**os.environ, "GONGKAI_MIN_FREE": "0", "GONGKAI_WORKERS": "1"}
        environment.pop("GONGKAI_KILLPOINT", None)
        if kill:
            environment["GONGKAI_KILLPOINT"] = kill
        return forked.Popen(
            [sys.executable, "-m", "gongkai", *arguments, "--data", str(self.data)],
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            cwd=Path(__file__).parents[2],
        )

    def seconds(self, *arguments: str) -> float:
        """How long a command takes that must end well."""
        began = time.monotonic()
        assert self(*arguments) == 0
        return time.monotonic() - began


def rows(
    data: Path, tables: tuple[str, ...] = TABLES, passing: dict[str, tuple[str, ...]] | None = None
) -> dict[str, list[str]]:
    """What the store says, without what differs from run to run; comparable."""
    dropped = PASSING if passing is None else passing
    with Store.open(data) as store:
        spread(store.db.conn)
        return {
            table: sorted(
                repr({k: v for k, v in row.items() if k not in dropped.get(table, ())})
                for row in store.rows(f"SELECT * FROM {table}")
            )
            for table in tables
        }


def asked(data: Path) -> dict[str, int]:
    """How often each address was captured. A probe's address is made up anew each time."""
    with Store.open(data) as store:
        sql = "SELECT url, count(*) AS n FROM captures WHERE role IS NOT 'probe' GROUP BY url"
        return {row["url"]: row["n"] for row in store.rows(sql)}


def left_to_ask(data: Path) -> bool:
    """Whether a run after this one goes on with its work; if not, it is another visit and asks again."""
    try:
        with Store.open(data) as store:
            states = {row["state"] for row in store.rows("SELECT DISTINCT state FROM requests")}
    except NoArchive:  # not even made yet
        return True
    return states != {"done"}


def chances(seed: int, count: int, most: float) -> list[float]:
    """Seconds after which to kill."""
    chance = random.Random(seed)
    return [chance.uniform(0, most) for _ in range(count)]
