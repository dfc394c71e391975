"""Commands killed with SIGKILL and run again end as if nothing had happened."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines.backup import restore
from pipelines.verify import verify
from tests.crash.commands import KILLED, Gongkai, asked, chances, county, left_to_ask, rows

pytestmark = pytest.mark.slow
SAID = ("agencies", "agency_names", "reports", "report_changes", "sections", "cells", "checks")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("killed")


@pytest.fixture(scope="module")
def crawling(folder: Path) -> Iterator[tuple[str, ...]]:
    with county(folder / "sites", edited=False) as sites:
        yield ("crawl", "--all", "--sites", str(sites))


@pytest.fixture(scope="module")
def lasting(folder: Path, crawling: tuple[str, ...]) -> float:
    """Seconds that an undisturbed crawl takes."""
    return Gongkai(folder / "crawled").seconds(*crawling)


@pytest.fixture(scope="module")
def crawled(folder: Path, lasting: float) -> Path:
    """The archive of an undisturbed crawl."""
    assert lasting
    return folder / "crawled"


def documents(folder: Path) -> Path:
    """Three reports and a file that can't be read."""
    folder.mkdir(exist_ok=True)
    for number, agency in enumerate(("教育局", "财政局", "民政局")):
        title = f"盐池县{agency}2023年政府信息公开工作年度报告"
        prose = f"一、总体情况\n\n本年度主动公开政府信息{number + 3}条。\n\n六、其他需要报告的事项\n\n无。"
        text = f"{title}\n\n{prose}\n"
        (folder / f"{number}.txt").write_text(text, encoding="utf-8")
    (folder / "broken.docx").write_bytes(b"PK\x03\x04 no archive")
    return folder


def ingesting(folder: Path) -> tuple[str, ...]:
    return ("ingest", str(documents(folder / "documents")))


@pytest.fixture(scope="module")
def ingested(folder: Path) -> Path:
    assert Gongkai(folder / "ingested")(*ingesting(folder)) == 1
    return folder / "ingested"


def assert_as_undisturbed(data: Path, whole: Path, tables: tuple[str, ...]) -> None:
    found, expected = rows(data, tables), rows(whole, tables)
    for table in tables:
        assert found[table] == expected[table]
    findings = verify(data)
    assert findings.found == []
    assert findings.unfinished == []
    assert not list((data / "warc").glob("*.open"))
    assert rows_published(data) == len(expected["reports"])


def rows_published(data: Path) -> int:
    connection = sqlite3.connect(data / "archive.db")
    try:
        return int(connection.execute("SELECT count(*) FROM reports").fetchone()[0])
    finally:
        connection.close()


def once(data: Path) -> set[str]:
    """Addresses captured more than once; robots.txt is asked for by every run."""
    return {url for url, count in asked(data).items() if count > 1 and not url.endswith("/robots.txt")}


CRAWLING = (*SAID, "report_sources", "resources", "readings")


@pytest.mark.parametrize(
    "point", ["segment_created", "mid_append:9", "after_fsync:12", "in_transaction:25", "after_commit:30"]
)
def test_a_crawl_killed(point: str, tmp_path: Path, crawling: tuple[str, ...], crawled: Path) -> None:
    gongkai = Gongkai(tmp_path)
    assert gongkai(*crawling, kill=point) == KILLED
    assert gongkai(*crawling) == 0
    assert_as_undisturbed(tmp_path, crawled, CRAWLING)
    assert once(tmp_path) == once(crawled)
    assert set(asked(tmp_path)) == set(asked(crawled))


def killed_at_random(
    gongkai: Gongkai, arguments: tuple[str, ...], seed: int, times: int, most: float
) -> tuple[int, bool]:
    """Starts a command again and again to kill it, then lets it end.

    Returns how many were killed before they ended, and whether each left work undone: a crawl begun after
    all was done is another visit.
    """
    kills, one_visit = 0, True
    for seconds in chances(seed, times, most):
        killed = gongkai.killed_after(seconds, *arguments)
        kills += killed
        one_visit = one_visit and killed and left_to_ask(gongkai.data)
    gongkai(*arguments)
    return kills, one_visit


@pytest.mark.parametrize("seed", range(2))
def test_a_crawl_killed_at_random(
    seed: int, tmp_path: Path, crawling: tuple[str, ...], crawled: Path, lasting: float
) -> None:
    _, one_visit = killed_at_random(Gongkai(tmp_path), crawling, seed, 2, lasting / 2)
    assert_as_undisturbed(tmp_path, crawled, CRAWLING)
    if one_visit:
        assert once(tmp_path) == once(crawled)


@pytest.mark.parametrize(
    "point",
    [
        "in_migration",
        "before_append:3",
        "after_append:2",
        "after_fsync:3",
        "in_transaction:9",
        "before_rename",
        "after_rename",
        "publish_checked",
        "publish_swapped",
    ],
)
def test_an_ingest_killed(point: str, tmp_path: Path, folder: Path, ingested: Path) -> None:
    gongkai = Gongkai(tmp_path)
    assert gongkai(*ingesting(folder), kill=point) == KILLED
    assert gongkai(*ingesting(folder)) in (0, 1)
    assert_as_undisturbed(tmp_path, ingested, SAID)


@pytest.fixture
def copy(tmp_path: Path, crawled: Path) -> Path:
    return shutil.copytree(crawled, tmp_path / "copy")


@pytest.mark.parametrize(
    ("command", "point"),
    [
        ("publish", "publish_checked"),
        ("reparse --accept", "in_transaction:5"),
        ("rebuild", "in_transaction:5"),
        ("rebuild", "rebuild_done"),
    ],
)
def test_a_command_on_an_archive_killed(command: str, point: str, copy: Path, crawled: Path) -> None:
    gongkai = Gongkai(copy)
    assert gongkai(*command.split(), kill=point) == KILLED
    assert gongkai(*command.split()) == 0
    assert_as_undisturbed(copy, crawled, CRAWLING)


def test_a_backup_killed_is_none_and_the_archive_is_untouched(
    copy: Path, crawled: Path, tmp_path: Path
) -> None:
    gongkai = Gongkai(copy)
    assert gongkai("backup", str(tmp_path / "half"), kill="backup_copied") == KILLED
    assert not (tmp_path / "half" / "manifest.json").exists()
    assert gongkai("backup", str(tmp_path / "whole")) == 0
    restore(tmp_path / "whole", tmp_path / "again")
    assert rows(tmp_path / "again") == rows(crawled)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(100, 150))
def test_a_thousand_kills(
    seed: int,
    tmp_path: Path,
    folder: Path,
    crawling: tuple[str, ...],
    crawled: Path,
    ingested: Path,
    lasting: float,
) -> None:
    of_crawl, _ = killed_at_random(Gongkai(tmp_path / "crawl"), crawling, seed, 8, lasting)
    assert_as_undisturbed(tmp_path / "crawl", crawled, CRAWLING)
    of_ingest, _ = killed_at_random(Gongkai(tmp_path / "ingest"), ingesting(folder), seed, 14, 2)
    assert_as_undisturbed(tmp_path / "ingest", ingested, SAID)
    print(f"kills {of_crawl} {of_ingest}")  # pytest -rP shows it
