"""A disk that fills up, a real one: what was begun ends with one clear line, and with room it goes on."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pipelines.errors import DiskLow
from pipelines.verify import verify
from tests.crash.commands import Gongkai, county, rows

pytestmark = [pytest.mark.slow, pytest.mark.long]
_SAID = ("agencies", "agency_names", "reports", "report_changes", "sections", "cells", "checks", "readings")
_ROOMY = 64 << 20


class Disk:
    """A file system in memory of so many bytes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.size = 0

    def resize(self, size: int) -> None:
        options = f"size={size}" if not self.size else f"remount,size={size}"
        command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(self.folder)]
        if subprocess.run(command, capture_output=True, check=False).returncode:
            pytest.skip("a disk of its own can't be mounted here")
        self.size = size

    def used(self) -> int:
        return sum(path.stat().st_blocks * 512 for path in self.folder.rglob("*"))


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    disk = Disk(tmp_path)
    yield disk
    if disk.size:
        subprocess.run(["umount", "--lazy", str(tmp_path)], check=True)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("roomy")


@pytest.fixture(scope="module")
def crawling(folder: Path) -> Iterator[tuple[str, ...]]:
    with county(folder / "sites", edited=False) as sites:
        yield ("crawl", "--all", "--sites", str(sites))


@pytest.fixture(scope="module")
def crawled(folder: Path, crawling: tuple[str, ...]) -> Path:
    """The archive of a crawl that had room."""
    assert Gongkai(folder / "data")(*crawling) == 0
    return folder / "data"


@pytest.fixture
def full(disk: Disk) -> Callable[..., bool]:
    """Runs a command on the disk; says whether it was too small."""

    def run(*arguments: str) -> bool:
        process = Gongkai(disk.folder / "data").start(*arguments)
        _, errors = process.communicate(timeout=120)
        said = errors.decode()
        assert process.returncode in (0, DiskLow.exit_code) and "Traceback" not in said, said
        if process.returncode:
            assert "No space left on device" in said or "disk is full" in said or "disk low" in said
        return process.returncode != 0

    return run


@pytest.mark.parametrize("share", [0.02, 0.1, 0.25, 0.4, 0.55, 0.7, 0.85, 0.95])
def test_a_crawl_goes_on_when_there_is_room(
    share: float, disk: Disk, full: Callable[..., bool], crawling: tuple[str, ...], crawled: Path
) -> None:
    needed = sum(path.stat().st_blocks * 512 for path in crawled.rglob("*"))
    disk.resize(int(share * needed))
    assert full(*crawling)
    disk.resize(_ROOMY)
    assert not full(*crawling)
    data = disk.folder / "data"
    assert rows(data, _SAID) == rows(crawled, _SAID)
    findings = verify(data)
    assert (findings.found, findings.unfinished) == ([], [])


@pytest.mark.parametrize("room", [0, 1 << 16, 1 << 18, 1 << 19])
def test_a_publication_leaves_the_last_archive_until_there_is_room(
    room: int, disk: Disk, full: Callable[..., bool], crawling: tuple[str, ...]
) -> None:
    disk.resize(_ROOMY)
    assert not full(*crawling)
    archive = disk.folder / "data" / "archive.db"
    before = archive.read_bytes()
    disk.resize(disk.used() + room)
    assert full("publish")
    assert archive.read_bytes() == before
    assert not [path for path in archive.parent.iterdir() if path.name.startswith(f".{archive.name}")]
    disk.resize(_ROOMY)
    assert not full("publish")
    assert archive.read_bytes() != before
