"""A crawl as WACZ is read back, record by record, by its index and its hashes."""

from __future__ import annotations

import gzip
import hashlib
import json
import sys
import zipfile
from io import BytesIO
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator

from pipelines.archive.foreign import Copy, copies
from pipelines.archive.wacz import sort_key
from pipelines.store import Store
from pipelines.wacz import wacz_of_crawl

sys.path.insert(0, str(Path(__file__).parent))
from kill_driver import main as crawl

pytestmark = pytest.mark.slow


@pytest.fixture
def wacz(tmp_path: Path) -> Path:
    crawl(tmp_path / "data", 12)
    with Store.open(tmp_path / "data") as store:
        assert wacz_of_crawl(store, 1, tmp_path / "a.wacz") == 8
        with pytest.raises(ValueError, match="no run"):
            wacz_of_crawl(store, 2, tmp_path / "b.wacz")
    return tmp_path / "a.wacz"


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
        assert len(lines) == 8
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
