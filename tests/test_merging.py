"""Shards that come late, or twice, or beside what people decided. A shard is a folder: no engine is here."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from crawler.distributed.merge import merge
from crawler.enrolment import put_sites
from crawler.frontier import Lease
from crawler.registry import Site
from crawler.sharing import shared
from gongkai.cli import run as run_command
from pipelines.address import member_url
from pipelines.archive import Exchange, Provenance
from pipelines.decisions.accept import accept_reading
from pipelines.decisions.takedowns import take_down
from pipelines.errors import Damaged
from pipelines.gathered import exchanges_of, is_zip
from pipelines.merging import Merged, NotMergeable
from pipelines.publish import publish
from pipelines.rebuild import rebuild
from pipelines.store import Capture, Store
from pipelines.verify import verify
from tests.test_accepting import GRANTED, READ, SAID, _in_this_process, look, page

pytestmark = pytest.mark.slow

__all__ = ["_in_this_process"]

HOST = "http://www.yanchi.example"
SITE = Site("640323", "盐池县", "640323", f"{HOST}/", hosts=("www.yanchi.example:80",))
STARTED = {1: "2027-01-10T00:00:00Z", 2: "2027-02-10T00:00:00Z"}


def shard(folder: Path, run: int, pages: Mapping[str, bytes | int], at: str = "01:00:00") -> Path:
    """A worker's directory after a round: each page was asked for once, and answered, or refused."""
    with Store.open(folder, write=True) as store:
        store.know_crawl(run, "crawl", "crawl --all", STARTED[run])
        put_sites(store, [SITE], ())
        archive = store.archive(run)
        for number, (name, body) in enumerate(pages.items(), 100 * run):
            url = f"{HOST}/{name}.html"
            exchange = _exchange(store, run, number, url, body, f"{STARTED[run][:10]}T{at}Z")
            for member in exchanges_of(store, exchange, exchange.body, run) if is_zip(exchange.body) else ():
                store.add_capture(Capture.of(member, archive.write(member)))
            stored = archive.write(exchange)
            with store.transaction() as db:
                store.add_capture(Capture.of(exchange, stored))
                root = f"www.yanchi.example/{name}.html"
                db.execute(
                    """INSERT INTO requests (site, sweep, fingerprint, url, host, role, root, state, attempts)
                       VALUES (?, ?, ?, ?, 'www.yanchi.example:80', 'article', ?, 'done', 1)""",
                    (SITE.site, run, url, url, root),
                )
        store.end_crawl(run, "complete")
    return folder


_REFUSED = {404: "gone", 412: "blocked"}


def _exchange(store: Store, run: int, number: int, url: str, body: bytes | int, at: str) -> Exchange:
    outcome = _REFUSED[body] if isinstance(body, int) else "new"
    about = Provenance(
        crawl_id=run, outcome=outcome, site=SITE.site, request_id=number, role="article", elapsed=0.1,
        media_type="text/html",
    )  # fmt: skip
    status, content = (body, b"") if isinstance(body, int) else (200, body)
    return Exchange(
        url=url, fetched_at=at, about=about, status=status, reason="OK", body=content,
        headers=(("Content-Type", "text/html"),), request_headers=(("Host", "www.yanchi.example"),),
    )  # fmt: skip


def bring(data: Path, *shards: Path) -> Merged:
    with Store.open(data, write=True) as store:
        return merge(store, shards, workers=1)


def versions(data: Path) -> list[tuple[Any, ...]]:
    """Every version of every report, with what it says."""
    sql = """SELECT v.report_id, v.version, v.url, v.sha256, v.first_seen_at FROM report_versions v
             ORDER BY v.report_id, v.version"""
    changes = (
        "SELECT report_id, from_version, to_version, row, column_name, old_raw, new_raw FROM report_changes"
    )
    with Store.open(data) as store:
        return [*(tuple(row.values()) for query in (sql, changes) for row in store.rows(query))]


def captures(data: Path) -> list[tuple[Any, ...]]:
    with Store.open(data) as store:
        rows = store.rows("SELECT record_id, url, sha256, crawl_id FROM captures ORDER BY record_id")
        return [tuple(row.values()) for row in rows]


OLD, NEW, OTHER = page("1 0 0 0 0 0 1"), page("2 0 0 0 0 0 2"), page(said="，另一件")


@pytest.fixture
def rounds(tmp_path: Path) -> tuple[Path, Path, Path]:
    """Shards of two rounds; the second one of the first round is to come late."""
    other = OTHER.replace("教育局".encode(), "民政局".encode())
    early = shard(tmp_path / "early", 1, {"b": other})
    late = shard(tmp_path / "late", 1, {"a": OLD, "c": OLD.replace("教育局".encode(), "司法局".encode())})
    second = shard(tmp_path / "second", 2, {"a": NEW, "b": other})
    return early, late, second


@pytest.fixture
def ordered(rounds: tuple[Path, Path, Path], tmp_path: Path) -> Path:
    """An archive that had the shards in the order of their rounds."""
    early, late, second = rounds
    data = tmp_path / "ordered"
    bring(data, early, late)
    bring(data, second)
    return data


def test_what_comes_late_is_archived_and_put_in_its_place_by_a_rebuild(
    rounds: tuple[Path, Path, Path], ordered: Path, tmp_path: Path
) -> None:
    early, late, second = rounds
    data = tmp_path / "data"
    bring(data, early)
    bring(data, second)
    merged = bring(data, late)
    assert (merged.captures, merged.late, merged.documents) == (2, 1, 1)
    assert captures(data) == captures(ordered)
    with Store.open(data) as store:
        agencies = {row["agency"] for row in store.rows("SELECT agency FROM reports")}
        assert agencies == {"盐池县教育局", "盐池县民政局", "盐池县司法局"}
        shown = store.value("SELECT sha256 FROM resources WHERE url LIKE '%/a.html'")
        assert shown == store.value("SELECT sha256 FROM reports WHERE agency LIKE '%教育局'")
        assert store.value("SELECT max(version) FROM reports") == 1  # and not the old one on top of the new
    assert versions(data) != versions(ordered)
    assert verify(data).clean
    again = bring(data, late, early)
    assert (again.files, again.captures, again.documents, again.late) == (0, 0, 0, 1)
    rebuild(data, workers=1)
    assert versions(data) == versions(ordered)
    assert bring(data, late).late == 0


def test_a_shard_that_comes_after_the_next_round_was_opened_is_merged_as_ever(
    rounds: tuple[Path, Path, Path], ordered: Path, tmp_path: Path
) -> None:
    early, late, second = rounds
    data = tmp_path / "data"
    bring(data, early)
    with Store.open(data, write=True) as store:
        store.know_crawl(2, "crawl", "crawl --all", STARTED[2])
    assert bring(data, late).late == 0
    bring(data, second)
    assert versions(data) == versions(ordered)


def test_a_page_that_had_gone_before_its_shard_came_is_not_lost(tmp_path: Path) -> None:
    late = shard(tmp_path / "late", 1, {"a": OLD})
    data = tmp_path / "data"
    bring(data, shard(tmp_path / "second", 2, {"a": 404}))
    assert bring(data, late).late == 1
    rebuild(data, workers=1)
    with Store.open(data) as store:
        assert [row["year"] for row in store.rows("SELECT year FROM reports")] == [2023]
        assert store.value("SELECT gone_at FROM report_sources") is not None


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_a_body_counts_whichever_shard_of_a_round_comes_first(order: tuple[int, int], tmp_path: Path) -> None:
    """One worker had the page and lost the site; the next one was kept out."""
    shards = [
        shard(tmp_path / "a", 1, {"a": OLD}, at="01:00:00"),
        shard(tmp_path / "b", 1, {"a": 412}, at="02:00:00"),
    ]
    data = tmp_path / "data"
    for nth in order:
        bring(data, shards[nth])
    with Store.open(data) as store:
        assert store.value("SELECT count(*) FROM reports") == 1
        assert store.value("SELECT count(*) FROM captures") == 2


def test_the_command_says_what_came_late_and_how_it_is_put_in_its_place(
    rounds: tuple[Path, Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    early, late, second = rounds
    data = tmp_path / "data"
    bring(data, early)
    bring(data, second)
    assert run_command(["merge", str(late), "--data", str(data), "--no-publish"]) == 0
    told = capsys.readouterr().out
    assert "迟到 late: 1" in told
    assert f"gongkai rebuild --data {data}" in told


def test_a_shard_of_another_archive_is_refused_and_nothing_changed(tmp_path: Path) -> None:
    with Store.open(tmp_path / "data", write=True) as store:
        store.know_crawl(1, "crawl", "crawl --all", "2026-12-31T00:00:00Z")
    with pytest.raises(NotMergeable, match="不属于此存档"):
        bring(tmp_path / "data", shard(tmp_path / "a", 1, {"a": OLD}))
    assert captures(tmp_path / "data") == []


def test_the_archive_is_no_shard_of_itself_and_a_shard_given_twice_is_taken_once(tmp_path: Path) -> None:
    first = shard(tmp_path / "a", 1, {"a": OLD})
    with pytest.raises(NotMergeable, match="去处"):
        bring(tmp_path / "data", tmp_path / "data")
    assert bring(tmp_path / "data", first, tmp_path / "b" / ".." / "a").files == 1


# --- what people decided -----------------------------------------------------------------


def test_a_shard_whose_store_was_made_again_brings_its_articles(tmp_path: Path) -> None:
    folder = shard(tmp_path / "shard", 1, {"a": OLD})
    as_it_was, data = tmp_path / "as it was", tmp_path / "data"
    bring(as_it_was, folder)
    (folder / "store.db").unlink()
    rebuild(folder, workers=1)
    assert (bring(data, folder).documents, bring(data, folder).documents) == (1, 0)
    assert versions(data) == versions(as_it_was)


@pytest.mark.parametrize("kept", [0, -9])
def test_a_shard_that_was_copied_in_part_is_said_to_be_and_taken_once_it_is_whole(
    kept: int, tmp_path: Path
) -> None:
    folder, data = shard(tmp_path / "shard", 1, {"a": OLD}), tmp_path / "data"
    (file,) = (folder / "warc").iterdir()
    whole = file.read_bytes()
    file.write_bytes(whole[:kept]) if kept else file.unlink()
    with pytest.raises(Damaged, match="copy all of it again"):
        bring(data, folder)
    assert not list((data / "warc").iterdir())
    file.write_bytes(whole)
    assert bring(data, folder).documents == 1


def test_captures_of_an_address_are_found_by_the_address(tmp_path: Path) -> None:
    """Not among all of the run: that takes the square of their number."""
    brought = shard(tmp_path / "shard", 1, {"a": page("5"), "gone": 404})
    asked: set[str] = set()
    with Store.open(tmp_path / "archive", write=True) as store:
        store.db.conn.set_trace_callback(asked.add)
        merge(store, [brought], workers=1)
        store.db.conn.set_trace_callback(None)
        of_an_address = [sql for sql in asked if "SELECT" in sql[:8] and "captures c WHERE c.url = " in sql]
        plans = [row["detail"] for sql in of_an_address for row in store.rows(f"EXPLAIN QUERY PLAN {sql}")]
    assert of_an_address
    assert not [plan for plan in plans if "captures_by_crawl" in plan]


def test_what_a_person_read_is_laid_over_what_a_shard_brings_again(tmp_path: Path) -> None:
    data = tmp_path / "data"
    bring(data, shard(tmp_path / "a", 1, {"a": page()}))
    with Store.open(data, write=True) as store:
        report_id = store.value("SELECT report_id FROM reports")
        accept_reading(store, report_id, GRANTED, "1", "", SAID)
    assert look(data) == READ
    # the next round meets the same words in other bytes, and so does a shard that had the page before
    bring(data, shard(tmp_path / "b", 2, {"a": page(noise="第 12 位访客")}))
    bring(data, tmp_path / "a")
    assert look(data) == READ
    fresh = tmp_path / "fresh"
    fresh.mkdir()
    (fresh / "decisions.toml").write_bytes((data / "decisions.toml").read_bytes())
    bring(fresh, tmp_path / "a")
    assert look(fresh) == READ


def test_what_was_taken_down_stays_so_when_a_shard_brings_it_again(tmp_path: Path) -> None:
    secret = "张琥珀".encode()
    data = tmp_path / "data"
    one = shard(tmp_path / "a", 1, {"a": page("1 0 0 0 0 0 1", said="张琥珀")})
    bring(data, one)
    with Store.open(data, write=True) as store:
        take_down(store, store.value("SELECT report_id FROM reports"), "点名个人 names a person")
    bring(data, shard(tmp_path / "b", 2, {"a": page("3 0 0 0 0 0 3", said="张琥珀")}))
    bring(data, one)
    publish(data)
    assert secret not in (data / "archive.db").read_bytes()


SHEET = f"{HOST}/2023.xls"


def test_members_of_a_zip_are_filed_from_a_shard_and_seen_with_it_in_the_next(tmp_path: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for agency in ("教育局", "财政局", "审计局"):
            title = f"盐池县{agency}2023年政府信息公开工作年度报告"
            archive.writestr(f"{agency}.txt", f"{title}\n一、总体情况\n{'依法公开政府信息。' * 30}\n")
    data, pages = tmp_path / "data", {"all": packed.getvalue()}
    bring(data, shard(tmp_path / "first", 1, pages))
    bring(data, shard(tmp_path / "second", 2, pages))
    with Store.open(data) as store:
        found = list(store.rows("SELECT url, last_seen_at, gone_at FROM report_sources ORDER BY url"))
    inside = sorted(member_url(f"{HOST}/all.html", f"{name}局.txt") for name in ("教育", "财政", "审计"))
    assert found == [{"url": url, "last_seen_at": "2027-02-10T01:00:00Z", "gone_at": None} for url in inside]
    before = versions(data)
    rebuild(data, workers=1)
    assert versions(data) == before


def attaching(folder: Path, run: int, *names: str, sheet: bytes) -> Path:
    """A shard of articles that attach one file: asked for once by this worker, for the first of them."""
    shard(folder, run, {name: OLD.replace("教育局".encode(), f"{name}局".encode()) for name in names})
    with Store.open(folder, write=True) as store:
        archive = store.archive(run)
        for number, name in enumerate(names, 100 * run + 50):
            root = f"www.yanchi.example/{name}.html"
            lease = Lease(
                number, SITE.site, run, "GET", SHEET, "", "", "attachment", root, {"ordinal": 1}, 1, 1
            )
            about = Provenance(
                crawl_id=run, outcome="new", site=SITE.site, request_id=number, role="attachment", root=root,
                ordinal=1, media_type="application/vnd.ms-excel",
            )  # fmt: skip
            at = f"{STARTED[run][:10]}T02:00:00Z"
            answer = Exchange(url=SHEET, fetched_at=at, about=about, status=200, reason="OK", body=sheet)
            exchange = shared(store, lease, run) or answer
            assert exchange.is_shared == (name != names[0])
            store.add_capture(Capture.of(exchange, archive.write(exchange)))
            store.db.execute(
                """INSERT INTO requests (request_id, site, sweep, fingerprint, url, host, role, root, context,
                                         state, attempts)
                   VALUES (?, ?, ?, ?, ?, 'www.yanchi.example:80', 'attachment', ?, '{"ordinal": 1}',
                           'done', 1)""",
                (number, SITE.site, run, f"{SHEET} {name}", SHEET, root),
            )
    return folder


def test_a_file_that_articles_of_two_shards_attach_is_with_each_of_them(tmp_path: Path) -> None:
    sheet = b"\xd0\xcf\x11\xe0" * 99
    shards = [
        attaching(tmp_path / "a", 1, "x", "y", sheet=sheet),
        attaching(tmp_path / "b", 1, "z", "w", sheet=sheet),
    ]
    data = tmp_path / "data"
    for one in reversed(shards):
        bring(data, one)
    assert verify(data).clean
    held = parts(data)
    assert [root for root, *_ in held] == [f"www.yanchi.example/{name}.html" for name in "wxyz"]
    assert len({sha256 for *_, sha256 in held}) == 1
    with Store.open(data) as store:
        assert store.value("SELECT requests FROM crawls") == 6  # four articles, and the file by each worker
        assert store.value("SELECT count(*) FROM captures WHERE role = 'attachment'") == 4
    assert bring(data, *shards).captures == 0
    rebuild(data, workers=1)
    assert parts(data) == held


def parts(data: Path) -> list[tuple[Any, ...]]:
    sql = """SELECT p.root, p.ordinal, r.url, r.sha256 FROM parts p JOIN resources r USING (address)
             ORDER BY p.root"""
    with Store.open(data) as store:
        return [tuple(row.values()) for row in store.rows(sql)]
