"""A document that was taken down leaves no byte in what is published, and stays sealed in the store."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pyarrow.parquet as pq
import pytest

from pipelines.decisions import Takedown, load_decisions
from pipelines.decisions.takedowns import UnknownDocument, take_down
from pipelines.decisions.writing import add_takedown
from pipelines.ingest import ingest
from pipelines.known import Known
from pipelines.publish import publish, serve
from pipelines.publish.release import release
from pipelines.store import Store
from pipelines.verify import verify

pytestmark = pytest.mark.slow

URL = "http://qh.example/nb/2023/zhang.html"
SECRET = "张琥珀"
WHY = "点名个人 names a person"


def report(year: int, said: str) -> str:
    title = f"盐池县教育局{year}年政府信息公开工作年度报告"
    prose = f"<p>一、总体情况</p><p>本年度{said}提出申请{year - 2000}件。</p>"
    text = f"<h1>{title}</h1>{prose}<p>六、其他需要报告的事项</p><p>无。</p>"
    return f"<html><head><meta charset=utf-8><title>{title}</title></head><body>{text}</body></html>"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Two reports, one of which names a person, published."""
    kept, taken = tmp_path / "kept.html", tmp_path / f"{SECRET}.html"
    kept.write_text(report(2022, "公民"), encoding="utf-8")
    taken.write_text(report(2023, SECRET), encoding="utf-8")
    with Store.open(tmp_path / "data", write=True) as store:
        found = ingest(store, store.data, [kept, taken], known={taken.resolve(): Known(url=URL)}, workers=1)
        assert len(found.reports) == 2
        store.add_issue("odd", "warning", f"{SECRET}: odd", subject="qh.example/nb/2023/zhang.html")
    publish(tmp_path / "data")
    return tmp_path / "data"


def archived(data: Path, sql: str) -> list[Any]:
    with closing(sqlite3.connect(data / "archive.db")) as connection:
        return connection.execute(sql).fetchall()


def indexed(data: Path) -> set[str]:
    """Every term of the full text: what it holds of a word is not one piece of the file."""
    with closing(sqlite3.connect(data / "archive.db")) as connection:
        for table in ("sections_fts", "reports_fts"):
            connection.execute(
                f"CREATE VIRTUAL TABLE temp.{table}_terms USING fts5vocab('main', '{table}', 'row')"
            )
        terms = connection.execute(
            "SELECT term FROM sections_fts_terms UNION SELECT term FROM reports_fts_terms"
        )
        return {term for (term,) in terms}


def id_of(data: Path, kind: str) -> str:
    if kind == "report_id":
        return str(archived(data, "SELECT report_id FROM reports WHERE year = 2023")[0][0])
    if kind == "sha256":
        return hashlib.sha256(report(2023, SECRET).encode()).hexdigest()
    return {"url": URL, "other spelling": "https://QH.example/nb/2023/zhang.html#top"}[kind]


@pytest.mark.parametrize("kind", ["report_id", "sha256", "url", "other spelling"])
def test_no_byte_is_left(data: Path, kind: str) -> None:
    wanted = id_of(data, kind)
    assert SECRET.encode() in (data / "archive.db").read_bytes()
    assert {"琥", "琥珀", "张琥"} <= indexed(data)
    with Store.open(data, write=True) as store:
        covered = take_down(store, wanted, WHY)
        take_down(store, wanted, WHY)
    publish(data)

    content = (data / "archive.db").read_bytes()
    assert SECRET.encode() not in content
    assert b"zhang.html" not in content
    assert hashlib.sha256(report(2023, SECRET).encode()).hexdigest().encode() not in content
    assert archived(data, "SELECT year FROM reports") == [(2022,)]
    assert not [term for term in indexed(data) if set(term) & set("琥珀")]
    assert archived(data, "PRAGMA freelist_count") == [(0,)]
    (row,) = archived(data, "SELECT report_id, why FROM takedowns")
    (place,) = archived(data, "SELECT status, evidence_kind, evidence FROM coverage WHERE year = 2023")
    assert place == ("unparsed", "takedown", row[0]), "the agency had published it: that is no gap of its own"
    assert row == (*covered.reports, WHY)
    assert archived(data, "PRAGMA integrity_check") == [("ok",)]

    publish(data)
    assert SECRET.encode() not in (data / "archive.db").read_bytes()
    assert verify(data).clean


def content_of(path: Path) -> bytes:
    """A file of a release as its readers see it, unpacked."""
    if path.suffix == ".parquet":
        return path.read_bytes() + repr(pq.read_table(path).to_pylist()).encode()
    return gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()


def feeds_of(data: Path) -> Iterator[bytes]:
    """What the site announces of the archive: its feeds, its map, its search, and the page of the agency."""

    async def ask() -> list[bytes]:
        site = serve.app(data)
        (agency,) = archived(data, "SELECT agency_id FROM agencies")[0]
        addresses = (
            *("/", "/changes.atom", "/quality.atom", f"/agency/{agency}.atom", f"/agency/{agency}"),
            *("/search?q=提出申请", "/sitemap.xml", "/sitemap-1.xml", "/llms.txt", "/archive/reports.csv"),
        )
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(app=site), base_url="http://localhost"
        ) as client:
            answers = [await client.get(address) for address in addresses]
        site.close()
        assert [answer.status_code for answer in answers] == [200] * len(answers)
        return [answer.content for answer in answers]

    yield from asyncio.run(ask())


def test_a_release_and_the_feeds_hold_nothing_of_it(data: Path, tmp_path: Path) -> None:
    digest = hashlib.sha256(report(2023, SECRET).encode()).hexdigest()
    traces = [trace.encode() for trace in (SECRET, "琥珀", "zhang", URL, digest, "提出申请23件")]
    with Store.open(data, write=True) as store:
        known = (data / "archive.db").read_bytes()
        assert all(trace in known for trace in traces), "all of it was published before"
        take_down(store, id_of(data, "report_id"), WHY)
    publish(data)
    made = release(data, tmp_path / "release")

    files = {path.name: content_of(path) for path in made.path.rglob("*") if path.is_file()}
    assert {"datapackage.json", "reports.parquet", "gongkai.sqlite"} <= files.keys()
    feeds = {f"feed {number}": content for number, content in enumerate(feeds_of(data))}
    left = [(name, t.decode()) for name, text in (files | feeds).items() for t in traces if t in text]
    assert left == []
    assert any("提出申请22件".encode() in content for content in files.values()), "the other report stays"


def test_it_comes_back_when_the_decision_is_deleted(data: Path) -> None:
    wanted = id_of(data, "report_id")
    with Store.open(data, write=True) as store:
        take_down(store, wanted, WHY)
    publish(data)
    (data / "decisions.toml").unlink()
    publish(data)
    assert archived(data, "SELECT count(*) FROM reports") == [(2,)]
    assert archived(data, "SELECT count(*) FROM takedowns") == [(0,)]


def test_what_is_not_there_is_refused_and_nothing_written(data: Path) -> None:
    with Store.open(data, write=True) as store, pytest.raises(UnknownDocument):
        take_down(store, "640323-00000000-2023", WHY)
    assert not (data / "decisions.toml").exists()


def test_what_stands_in_the_file_stays(tmp_path: Path) -> None:
    before = '# 决定\n[[agency]]\nregion = "640323"\nnames = ["甲局", "乙局"]'
    (tmp_path / "decisions.toml").write_text(before, encoding="utf-8")
    takedown = Takedown("x", 'said "no"\nand more', "2026-03-01T00:00:00Z")
    add_takedown(tmp_path, takedown)
    assert (tmp_path / "decisions.toml").read_text(encoding="utf-8").startswith(before)
    found = load_decisions(tmp_path)
    assert (len(found.agencies), found.takedowns) == (1, (takedown,))
