"""Every command that writes, killed at random moments and run again, ends as if nothing had happened."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from gongkai.cli import run
from pipelines.backup import backup
from pipelines.decisions import load_decisions
from pipelines.durable import sha256_of
from pipelines.verify import verify
from tests.crash.commands import Gongkai, chances, rows

pytestmark = pytest.mark.slow
REPORT = """盐池县{}2023年政府信息公开工作年度报告

一、总体情况

本年度主动公开{}条。

六、其他需要报告的事项

无。
"""
QUICK, FULL = 2, 15


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive of three reports, published, with a backup and a release beside it."""
    folder = tmp_path_factory.mktemp("pristine")
    documents = folder / "documents"
    documents.mkdir()
    for number, agency in enumerate(("教育局", "财政局", "民政局")):
        (documents / f"{number}.txt").write_text(REPORT.format(agency, number + 3), encoding="utf-8")
    gongkai = Gongkai(folder / "data")
    assert gongkai("ingest", str(documents)) == 0
    assert gongkai("release", str(folder / "release")) == 0
    backup(folder / "data", folder / "backup")
    return folder


def digests(folder: Path) -> dict[str, str]:
    return {p.relative_to(folder).as_posix(): sha256_of(p) for p in folder.rglob("*") if p.is_file()}


def is_whole(archive: Path) -> bool:
    with closing(sqlite3.connect(archive)) as connection:
        return bool(connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok")


class Case:
    """A command on a copy of the archive, and what must hold after a kill and after its end."""

    def __init__(self, pristine: Path, folder: Path, name: str) -> None:
        self.pristine, self.folder = pristine, folder
        self.data = folder / "data"
        self.taken = next(line.split("'")[3] for line in rows(pristine / "data", ("reports",))["reports"])
        if name != "restore":
            shutil.copytree(pristine / "data", self.data)
        if name == "publish":
            (self.data / "archive.db").unlink()
        arguments, self.after_kill, self.at_end = self.cases()[name]
        self.arguments = tuple(map(str, arguments))

    def cases(self) -> dict[str, tuple[tuple[object, ...], Callable[[], None], Callable[[], None]]]:
        data, out = self.data, self.folder / "out"
        return {
            "publish": (("publish",), self.archive_is_whole, self.as_before),
            "reparse": (("reparse", "--accept"), self.archive_is_whole, self.as_before),
            "rebuild": (("rebuild",), self.nothing, self.as_before),
            "takedown": (("takedown", self.taken, "--why", "x"), self.decisions_are_whole, self.taken_down),
            "release": (("release", out), self.nothing, self.released),
            "backup": (("backup", out), self.backup_is_whole_or_none, self.nothing),
            "restore": (("restore", self.pristine / "backup"), self.nothing, self.as_before),
            "wacz": (("wacz", "1", data / "a.wacz"), self.nothing, self.nothing),
        }

    def nothing(self) -> None:
        """There is nothing to hold."""

    def archive_is_whole(self) -> None:
        assert not (self.data / "archive.db").exists() or is_whole(self.data / "archive.db")

    def decisions_are_whole(self) -> None:
        assert len(load_decisions(self.data).takedowns) <= 1

    def taken_down(self) -> None:
        assert [one.id for one in load_decisions(self.data).takedowns] == [self.taken]
        with closing(sqlite3.connect(self.data / "archive.db")) as connection:
            assert connection.execute("SELECT count(*) FROM reports").fetchone() == (2,)

    def released(self) -> None:
        assert digests(self.folder / "out") == digests(self.pristine / "release")

    def backup_is_whole_or_none(self) -> None:
        out = self.folder / "out"
        if out.exists() and not (out / "manifest.json").exists():
            shutil.rmtree(out)

    def as_before(self) -> None:
        passing = {"reports": ("changed_at",)}
        tables = ("agencies", "reports", "report_versions", "sections", "cells", "checks", "captures")
        assert rows(self.data, tables, passing) == rows(self.pristine / "data", tables, passing)
        assert verify(self.data).clean


def kill_again_and_again(pristine: Path, folder: Path, name: str, seed: int, times: int) -> int:
    """Returns how many kills hit before the command had ended."""
    case = Case(pristine, folder, name)
    gongkai = Gongkai(case.data)
    kills = 0
    for seconds in chances(seed, times, 2.5):
        if gongkai.killed_after(seconds, *case.arguments):
            kills += 1
            case.after_kill()
        if (case.folder / "out" / "manifest.json").exists():  # the backup is whole; a second is refused
            return kills
    assert gongkai(*case.arguments) in (0, 1)
    case.at_end()
    return kills


@pytest.mark.parametrize(
    "command",
    ["ingest {0}/documents", "publish", "reparse --accept", "rebuild", "backup {1}/b", "release {1}/r",
     "wacz 1 {1}/a.wacz", "takedown x --why y", "accept x a b c 1 --why y", "restore {0}/backup"],
)  # fmt: skip
def test_a_disk_that_is_nearly_full_stops_every_command_that_writes(
    command: str, pristine: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = tmp_path / "data"
    if not command.startswith("restore"):
        shutil.copytree(pristine / "data", data)
    before = digests(tmp_path)
    monkeypatch.setenv("GONGKAI_MIN_FREE", "100000G")
    assert run([*command.format(pristine, tmp_path).split(), "--data", str(data)]) == 5
    assert {k: v for k, v in digests(tmp_path).items() if k != "data/lock"} == {
        k: v for k, v in before.items() if k != "data/lock"
    }


NAMES = ("publish", "reparse", "rebuild", "takedown", "release", "backup", "restore", "wacz")


@pytest.mark.parametrize("name", NAMES)
def test_a_command_killed_at_random_is_run_again(name: str, pristine: Path, tmp_path: Path) -> None:
    kill_again_and_again(pristine, tmp_path, name, 1, QUICK)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("name", NAMES)
def test_a_command_killed_often(name: str, seed: int, pristine: Path, tmp_path: Path) -> None:
    print("kills", name, kill_again_and_again(pristine, tmp_path, name, 100 + seed, FULL))
