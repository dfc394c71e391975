"""A crawl as WACZ is read back, record by record, by its index and its hashes."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import shutil
import subprocess
import zipfile
from io import BytesIO
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator

from gongkai.cli import run
from pipelines.archive import read
from pipelines.archive.foreign import Copy, copies
from pipelines.archive.wacz import sort_key
from pipelines.decisions.takedowns import UnknownDocument, take_down
from pipelines.ingest import ingest
from pipelines.known import Known
from pipelines.store import Store
from pipelines.wacz import export
from tests.kill_driver import main as crawl

pytestmark = pytest.mark.slow


@pytest.fixture
def wacz(tmp_path: Path) -> Path:
    crawl(tmp_path / "data", 12)
    with Store.open(tmp_path / "data") as store:
        assert export(store, "1", tmp_path / "new" / "a.wacz") == 10
        with pytest.raises(UnknownDocument, match="no run"):
            export(store, "2", tmp_path / "b.wacz")
    return tmp_path / "new" / "a.wacz"


def test_every_hash_is_true(wacz: Path) -> None:
    with zipfile.ZipFile(wacz) as package:
        described = json.loads(package.read("datapackage.json"))
        for entry in described["resources"]:
            content = package.read(entry["path"])
            assert entry["hash"] == f"sha256:{hashlib.sha256(content).hexdigest()}"
            assert entry["bytes"] == len(content)
        digest = json.loads(package.read("datapackage-digest.json"))
        assert digest["hash"] == f"sha256:{hashlib.sha256(package.read('datapackage.json')).hexdigest()}"
        assert {entry["path"] for entry in described["resources"]} == {
            name for name in package.namelist() if not name.startswith("datapackage")
        }
        assert {info.compress_type for info in package.infolist()} == {zipfile.ZIP_STORED}


def test_the_index_leads_to_each_record(wacz: Path) -> None:
    with zipfile.ZipFile(wacz) as package:
        lines = package.read("indexes/index.cdx").decode().splitlines()
        assert lines == sorted(lines)
        assert len(lines) == 10
        for line in lines:
            key, time, fields = line.split(" ", 2)
            place = json.loads(fields)
            packed = package.read(f"archive/{place['filename']}")
            start = int(place["offset"])
            member = packed[start : start + int(place["length"])]
            assert gzip.decompress(member).startswith(b"WARC/1.1")
            record = next(iter(ArchiveIterator(BytesIO(member))))
            assert record.rec_headers.get_header("WARC-Target-URI") == place["url"]
            assert (key, len(time)) == (sort_key(place["url"]), 14)
        pages = [json.loads(line) for line in package.read("pages/pages.jsonl").splitlines()]
        assert pages[0]["format"] == "json-pages-1.0"
        assert all(page["url"].startswith("http://county.example/") for page in pages[1:])


def test_a_foreign_reader_finds_what_was_archived(wacz: Path, tmp_path: Path) -> None:
    found = [item for item in copies(wacz) if isinstance(item, Copy)]
    with Store.open(tmp_path / "data") as store:
        rows = list(store.rows("SELECT url FROM captures WHERE status_code IS NOT NULL OR role = 'file'"))
    assert sorted(item.url for item in found) == sorted(row["url"] for row in rows)


PARTS = "<p>一、总体情况</p><p>本年度主动公开{}条。</p><p>六、其他需要报告的事项</p><p>无。</p>"
PAGE = "<html><head><title>{0}</title></head><body><h1>{0}</h1>" + PARTS.format(7) + "</body></html>"


@pytest.fixture
def reports(tmp_path: Path) -> Path:
    """An archive of two reports, the first of which was read twice, edited between."""
    data, folder = tmp_path / "data", tmp_path / "reports"
    folder.mkdir()
    known = {}
    for year in (2022, 2023):
        file = folder / f"{year}.html"
        file.write_text(PAGE.format(f"盐池县教育局{year}年政府信息公开工作年度报告"), encoding="utf-8")
        known[file.resolve()] = Known(url=f"http://edu.example.gov.cn/nb/{year}.html")
    for _ in range(2):
        with Store.open(data, write=True) as store:
            ingest(store, data, sorted(folder.iterdir()), known=known, workers=1)
        first = folder / "2022.html"
        first.write_text(first.read_text(encoding="utf-8").replace("7条", "9条"), encoding="utf-8")
    return data


def indexed(wacz: Path) -> list[str]:
    with zipfile.ZipFile(wacz) as package:
        lines = package.read("indexes/index.cdx").decode().splitlines()
    return [json.loads(line.split(" ", 2)[2])["url"] for line in lines]


def test_a_report_is_exported_in_every_version_and_nothing_else(
    reports: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    url = "http://edu.example.gov.cn/nb/2022.html"
    with Store.open(reports) as store:
        report_id = store.value("SELECT report_id FROM reports WHERE year = 2022")
    out = tmp_path / "report.wacz"
    for wanted in (report_id, url):
        assert run(["wacz", wanted, str(out), "--data", str(reports), "--json"]) == 0
        assert json.loads(capsys.readouterr().out) == {"path": str(out), "records": 2}
        assert indexed(out) == [url, url]
        test_every_hash_is_true(out)
        bodies = [item.body.decode() for item in copies(out) if isinstance(item, Copy)]
        assert ["9条" in body for body in bodies] == [False, True]
        assert not any("2023年" in body for body in bodies)


def test_what_was_taken_down_is_not_exported(reports: Path, tmp_path: Path) -> None:
    with Store.open(reports, write=True) as store:
        report_id = store.value("SELECT report_id FROM reports WHERE year = 2022")
        take_down(store, report_id, "asked for")
    assert run(["wacz", report_id, str(tmp_path / "a.wacz"), "--data", str(reports)]) == 1
    assert not (tmp_path / "a.wacz").exists()


def test_what_cannot_be_exported_leaves_no_file(reports: Path, tmp_path: Path) -> None:
    data = ["--data", str(reports)]
    assert run(["wacz", "640323-00000000-2020", str(tmp_path / "a.wacz"), *data]) == 2
    (tmp_path / "file").touch()
    assert run(["wacz", "1", str(tmp_path / "file" / "a.wacz"), *data]) == 5
    for path in (reports / "warc").iterdir():
        path.write_bytes(path.read_bytes()[:900])
    assert run(["wacz", "1", str(tmp_path / "a.wacz"), *data]) == 4
    assert not list(tmp_path.glob("a.wacz*"))


@pytest.mark.skipif(not shutil.which("wacz"), reason="the tool wacz is not installed")
def test_the_formats_own_tool_finds_it_valid(wacz: Path, reports: Path, tmp_path: Path) -> None:
    report = tmp_path / "report.wacz"
    assert run(["wacz", "http://edu.example.gov.cn/nb/2022.html", str(report), "--data", str(reports)]) == 0
    for package in (wacz, report):
        done = subprocess.run(["wacz", "validate", "-f", str(package)], capture_output=True, check=False)
        assert done.returncode == 0, done.stderr.decode()


REPLAY = """
import sys
from pywb.apps.frontendapp import FrontEndApp
from werkzeug.test import Client
client = Client(FrontEndApp(config_file=None))
with open("asked") as asked, open("answered", "w") as answered:
    for line in asked:
        time, url = line.split()
        answered.write(client.get(f"/c/{time}id_/{url}").get_data().hex() + "\\n")
"""


@pytest.mark.skipif(not shutil.which("wayback"), reason="pywb is not installed")
def test_pywb_replays_every_record_by_our_index(wacz: Path, tmp_path: Path) -> None:
    collection = tmp_path / "collections" / "c"
    with zipfile.ZipFile(wacz) as package:
        package.extractall(collection)
    (collection / "indexes" / "index.cdx").rename(collection / "indexes" / "index.cdxj")
    asked, bodies = [], []
    with Store.open(tmp_path / "data") as store:
        for row in store.rows("SELECT * FROM captures"):
            archived = read(tmp_path / "data", row["warc_file"], row["warc_offset"])
            if archived.exchange.kind != "outcome":
                asked.append(f"{re.sub('[^0-9]', '', row['fetched_at'])[:14]} {row['url']}\n")
                bodies.append(archived.content.hex())
    (tmp_path / "asked").write_text("".join(asked), encoding="utf-8")
    python = Path(str(shutil.which("wayback"))).resolve().with_name("python")
    done = subprocess.run([python, "-c", REPLAY], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert len(bodies) == 10
    assert (tmp_path / "answered").read_text().splitlines() == bodies


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("http://www.yanchi.gov.cn/Xxgk/a.html?b=2&a=1", "cn,gov,yanchi)/xxgk/a.html?a=1&b=2"),
        ("https://example.gov.cn:8443/", "cn,gov,example:8443)/"),
        ("http://example.gov.cn:80", "cn,gov,example)/"),
        ("http://127.0.0.2:8765/x", "127.0.0.2:8765)/x"),
    ],
)
def test_keys_are_those_of_replay_tools(url: str, key: str) -> None:
    assert sort_key(url) == key
