"""Articles are read side by side and saved in the order in which they came."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from crawler.grouping import Grouping
from crawler.reading import Reader
from pipelines.store import Store


class Readings:
    """A processor whose documents are read when the test says so."""

    crawl_id = 1

    def __init__(self) -> None:
        self.begun: dict[str, Future[str]] = {}
        self.saved: list[str] = []

    def start(self, root: str) -> Any:
        if root == "known":
            return None
        self.begun[root] = Future()
        answer = self.begun[root]
        return SimpleNamespace(weight=1, answer=answer, result=answer.result)

    def read_of(self, job: Any) -> str:
        return job.result()

    def set_apart(self):
        return []

    def finish(self, job: Any, read: str) -> None:
        if read == "broken":
            raise ValueError("not to be saved")
        self.saved.append(read)


@pytest.fixture
def grouping(tmp_path: Path) -> Iterator[tuple[Store, Grouping]]:
    with Store.open(tmp_path, write=True) as store:
        yield store, Grouping(store, store.archive(store.begin_crawl("crawl")))


async def turns() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


def test_what_is_read_first_waits_for_what_came_first(grouping: tuple[Store, Grouping]) -> None:
    store, group = grouping
    readings = Readings()

    async def crawl() -> None:
        reader = Reader(readings, group, store, at_once=2)  # type: ignore[arg-type]
        for root in ("a", "known", "b", "c", "d", "e"):
            reader.read(root)
        await turns()
        assert list(readings.begun) == ["a", "b"]
        readings.begun["b"].set_result("b")
        await turns()
        assert list(readings.begun) == ["a", "b", "c"], "the worker goes on"
        readings.begun["c"].set_result("broken")
        await turns()
        readings.begun["d"].set_result("d")
        await turns()
        assert readings.saved == []
        readings.begun["a"].set_result("a")
        await turns()
        readings.begun["e"].set_result("e")
        await reader.finish()
        assert reader.done == 5

    asyncio.run(crawl())
    assert readings.saved == ["a", "b", "d", "e"]
    assert [row["subject"] for row in store.rows("SELECT subject FROM issues")] == ["c"]


@pytest.mark.slow
def test_what_waits_to_be_saved_is_not_without_end(grouping: tuple[Store, Grouping]) -> None:
    store, group = grouping
    readings = Readings()

    async def crawl() -> None:
        reader = Reader(readings, group, store, at_once=2)  # type: ignore[arg-type]
        roots = [f"{n:03}" for n in range(30)]
        for root in roots:
            reader.read(root)
        for root in roots[1:]:
            await turns()
            if root in readings.begun:
                readings.begun[root].set_result(root)
        assert 2 < len(readings.begun) < len(roots)
        readings.begun["000"].set_result("000")
        while len(readings.saved) < len(roots):
            await turns()
            for root, read in readings.begun.items():
                if not read.done():
                    read.set_result(root)
        await reader.finish()
        assert readings.saved == roots

    asyncio.run(crawl())


def test_all_that_waited_for_a_slow_one_join_a_commit_at_once(grouping: tuple[Store, Grouping]) -> None:
    """One a turn of the loop would be few where a turn takes long, as with hundreds of hosts."""
    store, group = grouping
    readings = Readings()
    roots = [f"{n:03}" for n in range(40)]

    async def crawl() -> None:
        reader = Reader(readings, group, store, at_once=len(roots))  # type: ignore[arg-type]
        for root in roots:
            reader.read(root)
        await turns()
        for root in roots[1:]:
            readings.begun[root].set_result(root)
        await turns()
        readings.begun["000"].set_result("000")
        await turns()
        group._commit()
        assert readings.saved == roots
        await reader.finish()

    asyncio.run(crawl())
