"""The WARC files alone give the store again: reports with their versions, dates and differences."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from pipelines.archive import Exchange, Provenance
from pipelines.process import Processor
from pipelines.rebuild import rebuild
from pipelines.store import Capture, Store
from pipelines.verify import verify
from pipelines.workers import Pool
from tests.crash.commands import TABLES, Gongkai, county, rows

pytestmark = pytest.mark.slow

EVERYTHING = (*TABLES, "regions", "crawls", "captures", "documents", "report_evidence", "sites", "issues")
# the state of sites is that of the next crawl; times at which something was noted are today's
NOTED = {
    "reports": ("changed_at",),
    "issues": ("issue_id", "first_seen_at", "last_seen_at", "closed_at"),
    "sites": (
        "state", "state_since", "state_detail", "last_attempt_at", "last_success_at", "last_full_sweep_at",
        "failures", "swept_requests", "swept_bytes",
    ),
    "agencies": ("expected",),
}  # fmt: skip
TITLE = "青河县教育局2023年政府信息公开工作年度报告"


def take_in(data: Path, day: str, received: int) -> None:
    """A run that fetches one report as it stands that day."""
    page = f"""<html><head><meta charset=utf-8><title>{TITLE}</title></head><body><h1>{TITLE}</h1>
        <p>一、总体情况</p><p>全年收到依申请公开{received}件，均按期办结并答复申请人。</p>
        <p>六、其他需要报告的事项</p><p>无。</p></body></html>"""
    with Store.open(data, write=True) as store, Pool(1) as pool:
        store.put_regions(
            [{"code": "990001", "name": "青河县", "level": "county", "province": "青省", "county": "青河县"}]
        )
        store.put_site(
            "990001", name="青河县", home="http://qh.example/", definition={}, region_code="990001"
        )
        crawl_id = store.begin_crawl("crawl", "test")
        about = Provenance(
            crawl_id=crawl_id, outcome="new" if received == 1 else "changed", site="990001", role="article",
            media_type="text/html",
        )  # fmt: skip
        asked = Exchange(
            url="http://qh.example/nb/1.html", fetched_at=f"{day}T08:00:00Z", about=about, status=200,
            body=page.encode(),
        )  # fmt: skip
        store.add_capture(Capture.of(asked, store.archive(crawl_id).write(asked)))
        Processor(store, data, pool, crawl_id).run(["qh.example/nb/1.html"], lambda done: None)
        store.end_crawl(crawl_id, "complete")


def test_an_edited_report_has_its_versions_again(tmp_path: Path) -> None:
    for day, received in (("2024-01-20", 1), ("2024-03-02", 2), ("2024-05-09", 3)):
        take_in(tmp_path, day, received)
    before = rows(tmp_path, EVERYTHING, NOTED)
    assert len(before["report_versions"]) == 3
    assert len(before["report_changes"]) == 2
    assert "990001" in before["agencies"][0]

    rebuilt = rebuild(tmp_path, workers=1)
    assert (rebuilt.captures, rebuilt.reports, rebuilt.damaged) == (3, 1, [])
    after = rows(tmp_path, EVERYTHING, NOTED)
    for table in EVERYTHING:
        assert after[table] == before[table]
    assert verify(tmp_path).clean


def test_what_the_registry_knew_is_archived_once_a_run(tmp_path: Path) -> None:
    take_in(tmp_path, "2024-01-20", 1)
    with Store.open(tmp_path) as store:
        assert set(store.facts_of("990001")["site"]) >= {"region_code", "name", "definition"}
        assert store.facts_of("990009") == {}
        assert [row["code"] for row in store.facts_of(None)["regions"]] == ["990001"]
        json.dumps(store.facts_of(None))


@pytest.mark.slow
def test_a_crawled_county_is_the_same_again(tmp_path: Path) -> None:
    with county(tmp_path / "sites", edited=True) as sites:
        for _ in range(2):
            assert Gongkai(tmp_path / "data")("crawl", "--all", "--sites", str(sites), "--no-publish") == 0
    before = rows(tmp_path / "data", EVERYTHING, NOTED)
    assert before["report_changes"]
    copy = shutil.copytree(tmp_path / "data", tmp_path / "copy")
    assert Gongkai(copy)("rebuild", "--no-publish") == 0
    after = rows(copy, EVERYTHING, NOTED)
    for table in EVERYTHING:
        assert after[table] == before[table]


def test_each_record_may_be_damaged_and_the_rest_is_there(tmp_path: Path) -> None:
    for day, received in (("2024-01-20", 1), ("2024-03-02", 2)):
        take_in(tmp_path / "whole", day, received)
    for number, path in enumerate(sorted((tmp_path / "whole" / "warc").iterdir())):
        content = path.read_bytes()
        begins = [at for at in range(len(content)) if content.startswith(b"\x1f\x8b\x08", at)]
        assert len(begins) > 3
        for at in begins:
            data = shutil.copytree(tmp_path / "whole", tmp_path / f"{number}-{at}")
            (data / "store.db").unlink()
            torn = content[: at + 30] + b"\0\xff" + content[at + 32 :]
            (data / "warc" / path.name).write_bytes(torn)
            rebuilt = rebuild(data, workers=1)
            assert len(rebuilt.damaged) == 1 and path.name in rebuilt.damaged[0]
            assert rebuilt.captures >= 1
            with Store.open(data) as store:
                assert {row["kind"] for row in store.rows("SELECT kind FROM crawls")} == {"crawl"}
            shutil.rmtree(data)
