"""Group commit: one wait for the disk for many, each told of their own fate, nobody before it is durable."""

import asyncio

import pytest

from crawler.grouping import CROWD, LONGEST, Grouping
from pipelines.archive import Exchange, Provenance
from pipelines.errors import DiskLow
from pipelines.store import Capture, Store


def exchange(number, crawl_id):
    return Exchange(
        url=f"http://www.x.gov.cn/{number}.html",
        fetched_at="2026-01-02T03:04:05Z",
        about=Provenance(crawl_id=crawl_id, outcome="new", role="article"),
        status=200,
        headers=(("Content-Type", "text/html"),),
        body=f"<p>{number}</p>".encode(),
    )


@pytest.fixture
def store(tmp_path):
    with Store.open(tmp_path, write=True) as opened:
        yield opened


@pytest.fixture
def archive(store):
    return store.archive(store.begin_crawl("crawl"))


def settle(store, asked):
    return lambda stored: store.add_capture(Capture.of(asked, stored))


async def keep_all(grouping, store, crawl_id, count):
    asked = [exchange(n, crawl_id) for n in range(count)]
    return await asyncio.gather(*(grouping.keep(e, settle(store, e)) for e in asked))


def test_answers_that_come_together_are_each_found_again(store, archive, monkeypatch):
    synced = []
    append = archive.write_all
    monkeypatch.setattr(archive, "write_all", lambda group: synced.append(len(group)) or append(group))
    ids = asyncio.run(keep_all(Grouping(store, archive), store, archive.crawl_id, 20))
    assert sorted(ids) == list(range(1, 21))
    assert synced == [20], "one wait for the disk"
    for number, row in enumerate(store.rows("SELECT * FROM captures ORDER BY capture_id")):
        held = archive.read(row["warc_file"], row["warc_offset"])
        assert held.content == f"<p>{number}</p>".encode()


def test_one_that_fails_takes_nothing_from_the_others(store, archive):
    async def run():
        grouping = Grouping(store, archive)
        good, bad = exchange(1, archive.crawl_id), exchange(2, archive.crawl_id)

        def fail(stored):
            store.add_capture(Capture.of(bad, stored))
            raise KeyError("mistake")

        return await asyncio.gather(
            grouping.keep(good, settle(store, good)), grouping.keep(bad, fail), return_exceptions=True
        )

    kept, failed = asyncio.run(run())
    assert isinstance(failed, KeyError)
    assert [row["capture_id"] for row in store.rows("SELECT capture_id FROM captures")] == [kept]


def test_nobody_is_told_of_success_when_the_archive_fails(store, archive, monkeypatch):
    def full(group):
        raise DiskLow("full")

    monkeypatch.setattr(archive, "write_all", full)

    async def run():
        grouping = Grouping(store, archive)
        asked = exchange(1, archive.crawl_id)
        writes = (grouping.keep(asked, settle(store, asked)), grouping.write(lambda: store.add_issue))
        return await asyncio.gather(*writes, return_exceptions=True)

    assert [type(failure) for failure in asyncio.run(run())] == [DiskLow, DiskLow]
    assert store.value("SELECT count(*) FROM captures") == 0


def test_a_full_disk_fails_all_who_wait_and_keeps_nothing_of_any(store, archive):
    store.db.execute(f"PRAGMA max_page_count = {store.value('PRAGMA page_count')}").fetchall()
    region = {"name": "x" * 9_000, "level": "county"}

    async def run():
        grouping = Grouping(store, archive)
        writes = (
            grouping.write(lambda code=code: store.put_regions([{"code": str(code), **region}]))
            for code in range(20)
        )
        return await asyncio.gather(*writes, return_exceptions=True)

    assert [type(failure) for failure in asyncio.run(run())] == [DiskLow] * 20
    assert store.value("SELECT count(*) FROM regions") == 0


def test_what_touches_no_archive_leaves_no_file(store, archive):
    async def run():
        return await Grouping(store, archive).write(lambda: 7)

    assert asyncio.run(run()) == 7
    assert not list((store.data / "warc").iterdir())


@pytest.mark.slow
def test_a_commit_waits_for_others_only_where_many_come(store, archive):
    grouping = Grouping(store, archive)

    async def run(count):
        await asyncio.gather(*(grouping.write(lambda: None) for _ in range(count)))
        return grouping._patience

    assert asyncio.run(run(1)) == 0
    crowded = [asyncio.run(run(CROWD)) for _ in range(10)]
    assert crowded == sorted(crowded)
    assert crowded[-1] == LONGEST
    alone = [asyncio.run(run(1)) for _ in range(6)]
    assert alone[-1] == 0


def test_what_nobody_waits_for_joins_the_commit_of_others(store, archive, monkeypatch):
    commits = []
    patiently = store._patiently
    monkeypatch.setattr(store, "_patiently", lambda word: commits.append(word) or patiently(word))
    grouping = Grouping(store, archive)

    async def run():
        patient = [asyncio.create_task(grouping.write(lambda: 1, patient=True)) for _ in range(3)]
        await asyncio.sleep(0)
        assert commits == [], "they wait"
        assert await grouping.write(lambda: 2) == 2
        return await asyncio.gather(*patient)

    assert asyncio.run(run()) == [1, 1, 1]
    assert commits == ["BEGIN IMMEDIATE", "COMMIT"]
    assert grouping._patience == 0, "a lone answer waits for nobody, whatever else is written with it"
    assert asyncio.run(grouping.write(lambda: 3, patient=True)) == 3, "nor do they wait without end"
