"""One writer, whole transactions, and what a capture says of its address."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from pipelines import clock
from pipelines.archive import Exchange, Provenance
from pipelines.schema import VERSION, statements
from pipelines.store import Capture, Damaged, DiskLow, Held, NewerSchema, NoArchive, NotWritable, Store, base
from tests import forked

DAY = ["2026-03-01T00:00:00Z", "2026-03-02T00:00:00Z", "2026-03-03T00:00:00Z", "2026-03-04T00:00:00Z"]


@pytest.fixture
def store(tmp_path: Path) -> Any:
    with Store.open(tmp_path / "data", write=True) as opened:
        opened.begin_crawl("crawl", "test")
        yield opened


def snapshot(folder: Path) -> dict[str, tuple[int, int, bytes]]:
    return {
        str(path): (path.stat().st_mtime_ns, path.stat().st_size, path.read_bytes())
        for path in folder.rglob("*")
        if path.is_file()
    }


def capture(day: int = 0, outcome: str = "new", **more: Any) -> Capture:
    row: dict[str, Any] = {
        "crawl_id": 1,
        "outcome": outcome,
        "fetched_at": DAY[day],
        "url": "http://h/a",
        "role": "article",
        **more,
    }
    return Capture(**row)


# --- opening -----------------------------------------------------------------


def test_a_second_writer_is_refused_at_once_and_told_who_holds_it(tmp_path: Path) -> None:
    with Store.open(tmp_path, write=True):
        before = snapshot(tmp_path)
        with pytest.raises(Held, match=str(os.getpid())) as refused:
            Store.open(tmp_path, write=True)
        assert snapshot(tmp_path) == before
    assert refused.value.exit_code == 3
    Store.open(tmp_path, write=True).close()


@pytest.mark.slow
def test_of_several_starts_one_wins(tmp_path: Path) -> None:
    code = (
        "import sys, time; from pathlib import Path; from pipelines.store import Store, StoreError\n"
        "try: Store.open(Path(sys.argv[1]), write=True)\n"
        "except StoreError as error: sys.exit(error.exit_code)\n"
        "print('held', flush=True); sys.stdin.read()"
    )
    starts = [
        forked.Popen(
            [sys.executable, "-c", code, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        for _ in range(4)
    ]
    losers = []
    deadline = time.monotonic() + 30
    while len(losers) < 3 and time.monotonic() < deadline:
        losers = [start for start in starts if start.poll() is not None]
        time.sleep(0.05)
    for start in starts:
        start.communicate()
    assert sorted(start.returncode for start in starts) == [0, 3, 3, 3]


def test_a_reader_reads_beside_the_writer_and_cannot_write(store: Store) -> None:
    with Store.open(store.data) as reader:
        assert len(reader.crawls()) == 1
        with pytest.raises(NotWritable):
            reader.begin_crawl("crawl")


def test_a_newer_schema_is_refused_and_nothing_touched(tmp_path: Path) -> None:
    Store.open(tmp_path, write=True).close()
    (tmp_path / "lock").unlink()
    connection = sqlite3.connect(tmp_path / "store.db")
    connection.execute(f"PRAGMA user_version = {VERSION + 1}")
    connection.close()
    before = snapshot(tmp_path)
    for write in (True, False):
        with pytest.raises(NewerSchema) as refused:
            Store.open(tmp_path, write=write)
        assert refused.value.exit_code == 4
    assert snapshot(tmp_path) == before


@pytest.mark.parametrize("content", [b"not a database" * 20, b"SQLite format 3\x00" + b"\x07" * 200])
def test_a_file_that_is_no_store_is_damaged(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "store.db").write_bytes(content)
    for write in (True, False):
        with pytest.raises((Damaged, NewerSchema)) as refused:
            Store.open(tmp_path, write=write)
        assert refused.value.exit_code == 4
    assert (tmp_path / "store.db").read_bytes() == content


@pytest.mark.parametrize("page", [1, 5, 20])
def test_a_page_of_noise_is_noticed_at_opening(tmp_path: Path, page: int) -> None:
    Store.open(tmp_path, write=True).close()
    with (tmp_path / "store.db").open("r+b") as file:
        file.seek(page * 4096)
        file.write(bytes(range(256)) * 16)
    with pytest.raises(Damaged) as refused:
        Store.open(tmp_path, write=True)
    assert refused.value.exit_code == 4


def test_an_archive_without_its_store_is_not_begun_anew(tmp_path: Path) -> None:
    (tmp_path / "warc").mkdir()
    (tmp_path / "warc" / "gongkai-000001-0001-00000000.warc.gz").write_bytes(b"")
    with pytest.raises(Damaged, match="rebuild"):
        Store.open(tmp_path, write=True)
    assert not (tmp_path / "store.db").exists()


def test_reading_where_nothing_is_archived(tmp_path: Path) -> None:
    with pytest.raises(NoArchive):
        Store.open(tmp_path / "none")
    assert not (tmp_path / "none").exists()


def test_a_disk_that_runs_low_is_not_begun_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GONGKAI_MIN_FREE", "100000GB")
    with pytest.raises(DiskLow) as refused:
        Store.open(tmp_path / "a" / "b", write=True)
    assert refused.value.exit_code == 5
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(NotWritable) as refused:
        Store.open(tmp_path / "file" / "data", write=True)
    assert refused.value.exit_code == 5


def test_settings_under_which_a_commit_lasts(store: Store) -> None:
    pragmas = {
        name: store.value(f"PRAGMA {name}") for name in ("journal_mode", "synchronous", "foreign_keys")
    }
    assert pragmas == {"journal_mode": "truncate", "synchronous": 2, "foreign_keys": 1}
    tables = store.rows("SELECT name FROM pragma_table_list WHERE schema = 'main' AND NOT strict")
    assert {row["name"] for row in tables} == {"sqlite_schema", "_sqlite_migrations"}


@pytest.mark.slow
def test_a_reader_after_a_writer_died_in_a_commit(tmp_path: Path) -> None:
    """A hot journal is rolled back, not read around."""
    code = (
        "import sys; from pathlib import Path; from pipelines.store import Store\n"
        "store = Store.open(Path(sys.argv[1]), write=True)\n"
        "store.db.execute('PRAGMA cache_size = 5'); store.db.execute('BEGIN IMMEDIATE')\n"
        "for n in range(4000): store.db.execute('INSERT INTO regions (code, name, level) VALUES (?, ?, ?)',"
        " (str(n), 'x' * 200, 'county'))\n"
        "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"
    )
    ended = forked.run([sys.executable, "-c", code, str(tmp_path)])
    assert ended.returncode == -signal.SIGKILL
    assert (tmp_path / "store.db-journal").stat().st_size > 0
    with Store.open(tmp_path) as reader:
        assert reader.value("SELECT count(*) FROM regions") == 0
        assert reader.value("PRAGMA integrity_check") == "ok"


# --- transactions ------------------------------------------------------------


def test_a_transaction_is_whole_or_nothing(store: Store) -> None:
    with pytest.raises(RuntimeError), store.transaction():
        store.put_regions([{"code": "640323", "name": "盐池县", "level": "county"}])
        raise RuntimeError
    assert list(store.rows("SELECT * FROM regions")) == []


def test_an_inner_failure_can_be_survived(store: Store) -> None:
    with store.transaction():
        store.put_regions([{"code": "64", "name": "宁夏", "level": "province"}])
        with pytest.raises(sqlite3.IntegrityError), store.attempt():
            store.put_regions([{"code": "6403", "name": "吴忠市", "level": "prefecture"}])
            store.db.execute("INSERT INTO regions (code) VALUES ('x')")
    assert [row["code"] for row in store.rows("SELECT code FROM regions")] == ["64"]


def test_a_part_that_failed_takes_the_whole_with_it(store: Store) -> None:
    half = [{"code": "64", "name": "宁夏", "level": "province"}]
    refused = pytest.raises(RuntimeError, match="took it back")
    with refused, store.transaction(), suppress(ValueError), store.transaction():
        store.put_regions(half)
        raise ValueError
    assert list(store.rows("SELECT * FROM regions")) == []


def test_a_writer_waits_for_a_reader_and_drops_nothing(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    store.db.execute("PRAGMA busy_timeout = 50").fetchall()
    reader = sqlite3.connect(store.data / "store.db", check_same_thread=False)
    reader.execute("BEGIN")
    reader.execute("SELECT * FROM crawls").fetchall()
    release = threading.Timer(0.4, reader.rollback)
    release.start()
    store.put_regions([{"code": "64", "name": "宁夏", "level": "province"}])
    release.join()
    reader.close()
    assert store.value("SELECT count(*) FROM regions") == 1


def test_a_reader_who_never_goes_ends_the_run_not_the_archive(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(base, "COMMIT_TRIES", 2)
    store.db.execute("PRAGMA busy_timeout = 10").fetchall()
    other = sqlite3.connect(store.data / "store.db")
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(Held):
        store.begin_crawl("crawl")
    other.rollback()
    other.close()
    assert store.begin_crawl("crawl") == 2


def test_a_full_disk_is_named(store: Store) -> None:
    store.db.execute(f"PRAGMA max_page_count = {store.value('PRAGMA page_count')}").fetchall()
    with pytest.raises(DiskLow), store.transaction():
        for number in range(5000):
            store.put_regions([{"code": str(number), "name": "x" * 500, "level": "county"}])
    assert store.value("SELECT count(*) FROM regions") == 0


# --- captures ----------------------------------------------------------------


def test_a_capture_brings_a_document_and_what_is_known_of_its_address(store: Store) -> None:
    found = store.add_capture(
        capture(sha256="aa", bytes=3, etag='"1"', site="640323", hints={"link_text": "报告", "agency": ""})
    )
    known = store.resource("h/a")
    assert known
    assert (known["sha256"], known["capture_id"], known["etag"]) == ("aa", found, '"1"')
    assert (known["root"], known["role"], json.loads(known["hints"])) == (
        "h/a",
        "article",
        {"link_text": "报告"},
    )
    owner = store.capture_of("aa")
    assert owner
    assert owner["capture_id"] == found


@pytest.mark.parametrize(
    "outcome", ["blocked", "soft_404", "truncated", "error", "redirect", "timeout", "refused"]
)
def test_a_bad_answer_never_takes_the_place_of_a_good_body(store: Store, outcome: str) -> None:
    good = store.add_capture(capture(0, sha256="aa", bytes=3, etag='"1"'))
    store.add_capture(capture(1, outcome, sha256="bb", bytes=3))
    known = store.resource("h/a")
    assert known
    assert (known["sha256"], known["capture_id"], known["etag"]) == ("aa", good, '"1"')
    assert known["checked_at"] == DAY[1]


def test_a_clock_that_jumps_takes_nothing_back(store: Store) -> None:
    store.add_capture(capture(2, sha256="aa", bytes=3))
    store.add_capture(capture(0, "unchanged", sha256="aa"))
    document = store.row("SELECT * FROM documents")
    known = store.resource("h/a")
    assert document
    assert known
    for row in (document, known):
        assert (row["first_seen_at"], row["last_seen_at"]) == (DAY[0], DAY[2])


def test_a_page_that_goes_and_comes_back(store: Store) -> None:
    def gone_at() -> str | None:
        known = store.resource("h/a")
        assert known
        return known["gone_at"]

    store.add_capture(capture(0, sha256="aa", bytes=3))
    store.add_capture(capture(1, "gone"))
    store.add_capture(capture(2, "removed"))
    assert gone_at() == DAY[1]
    store.add_capture(capture(3, "unchanged", sha256="aa"))
    assert gone_at() is None


def test_a_changed_body_moves_the_address_and_an_unchanged_one_does_not(store: Store) -> None:
    first = store.add_capture(capture(0, sha256="aa", bytes=3))
    assert (store.outcome_of("h/a", "aa"), store.outcome_of("h/a", "bb"), store.outcome_of("h/b", "aa")) == (
        "unchanged",
        "changed",
        "new",
    )
    store.add_capture(capture(1, "unchanged", sha256="aa"))
    assert store.resource("h/a")["capture_id"] == first  # type: ignore[index]
    second = store.add_capture(capture(2, "changed", sha256="bb", bytes=4))
    assert store.resource("h/a")["capture_id"] == second  # type: ignore[index]
    document = store.row("SELECT * FROM documents WHERE sha256 = 'aa'")
    assert document
    assert (document["first_seen_at"], document["last_seen_at"]) == (DAY[0], DAY[1])


def test_a_record_is_taken_in_once(store: Store) -> None:
    one = capture(record_id="urn:uuid:1", sha256="aa", bytes=3)
    found = store.add_capture(one)
    store.add_capture(capture(1, "gone"))
    assert store.add_capture(one) == found
    assert store.resource("h/a")["gone_at"] == DAY[1]  # type: ignore[index]
    assert store.value("SELECT count(*) FROM captures") == 2


def test_pages_that_lead_on_are_no_resources(store: Store) -> None:
    store.add_capture(capture(role="list", sha256="aa", bytes=3))
    assert store.resource("h/a") is None


def test_parts_stand_with_their_article_in_order(store: Store) -> None:
    for ordinal, name in ((2, "b.pdf"), (1, "c.pdf")):
        store.add_capture(
            capture(
                url=f"http://h/{name}", role="attachment", root="h/a", ordinal=ordinal, sha256=name, bytes=1
            )
        )
    store.add_capture(capture(sha256="aa", bytes=3))
    assert [row["address"] for row in store.parts_of("h/a")] == ["h/a", "h/c.pdf", "h/b.pdf"]


def test_hints_are_added_to_and_blank_ones_take_nothing_away(store: Store) -> None:
    store.put_resource("h/a", role="article", seen_at=DAY[0], hints={"agency": "教育局"})
    store.put_resource("h/a", role="page", seen_at=DAY[1], hints={"agency": "", "published_on": "2026-01-20"})
    known = store.resource("h/a")
    assert known
    assert json.loads(known["hints"]) == {"agency": "教育局", "published_on": "2026-01-20"}
    assert known["role"] == "article"


# --- runs, sites, issues -----------------------------------------------------


def test_a_run_is_counted_from_its_rows(store: Store) -> None:
    archive = store.archive(1)
    bodies = {"/a": b"1", "/b": b"1", "/c": b"2"}
    for path, body in bodies.items():
        about = Provenance(crawl_id=1, outcome="new", role="article")
        asked = Exchange(url="http://h" + path, fetched_at=DAY[0], about=about, status=200, body=body)
        store.add_capture(Capture.of(asked, archive.write(asked)))
    store.add_capture(capture(1, "changed", sha256="x", bytes=1, status_code=200))
    store.add_capture(capture(1, "timeout"))
    store.add_issue("site.failed", "error", "d", subject="s", crawl_id=1)
    store.add_issue("site.late", "warning", "d", subject="s", crawl_id=1)
    ended = store.end_crawl(1, "partial")
    counts = ("requests", "captures", "new_documents", "changed_documents", "new_reports", "errors")
    assert [ended[name] for name in counts] == [5, 4, 2, 1, 0, 1]
    assert ended["outcome"] == "partial"
    (file,) = store.warc_files()
    assert file["closed_at"] is not None
    assert (store.data / "warc" / file["warc_file"]).stat().st_size == file["bytes"]


def test_to_count_a_run_no_document_is_looked_at_for_each_of_its_captures(store: Store) -> None:
    asked: list[str] = []
    store.db.conn.set_trace_callback(asked.append)
    store.recount(1)
    store.db.conn.set_trace_callback(None)
    plans = [
        row["detail"] for sql in asked if "crawls" in sql for row in store.rows(f"EXPLAIN QUERY PLAN {sql}")
    ]
    assert any("sqlite_autoindex_documents" in plan for plan in plans)
    assert not any(plan.startswith("SCAN d") for plan in plans)


def test_a_site_keeps_its_state_when_it_is_registered_again(store: Store) -> None:
    days = iter([datetime(2026, 3, day, tzinfo=UTC) for day in range(1, 9)])
    with clock.using(lambda: next(days)):
        site = {
            "name": "盐池县",
            "home": "http://h/",
            "definition": {"name": "盐池县"},
            "region_code": "640323",
        }
        store.put_site("640323", family="trs", **site)  # type: ignore[arg-type]
        store.set_site_state("640323", "failing", detail="timeout")
        store.set_site_state("640323", "failing", detail="timeout")
        store.put_site("640323", **site)  # type: ignore[arg-type]
        known = store.site("640323")
        assert known
        assert (known["state"], known["failures"], known["state_since"]) == ("failing", 2, DAY[0])
        assert (known["family"], known["last_attempt_at"]) == ("trs", DAY[1])
        store.set_site_state("640323", "ok", succeeded=True)
    known = store.site("640323")
    assert known
    assert (known["failures"], known["last_success_at"], known["last_full_sweep_at"]) == (0, DAY[2], None)


def test_columns_keep_what_is_known(store: Store) -> None:
    store.put_site("640323", name="盐池县", home="http://h/", definition={})
    store.put_column("640323", "http://h/nb/", found_by="text", title="年报", score=0.9, declared_total=20)
    store.put_column("640323", "http://h/nb/", found_by="registry", found_total=18)
    (column,) = store.columns_of("640323")
    assert (column["title"], column["declared_total"], column["found_total"]) == ("年报", 20, 18)
    assert column["found_by"] == "registry"


def test_an_issue_is_one_however_often_it_is_found_and_new_when_it_returns(store: Store) -> None:
    def note(crawl_id: int) -> int:
        return store.add_issue("file.unreadable", "error", "空文件", subject="a.pdf", crawl_id=crawl_id)

    first = note(1)
    assert note(2) == first
    assert [issue["issue_id"] for issue in store.new_errors(1)] == [first]
    assert store.new_errors(2) == []
    assert store.close_issues("a.pdf", keep=[first]) == 0
    assert store.close_issues("a.pdf", codes=["other"]) == 0
    assert store.close_issues("a.pdf") == 1
    assert store.open_issues() == []
    assert note(3) == first
    assert [issue["issue_id"] for issue in store.new_errors(3)] == [first]


def test_the_wrong_type_is_refused(store: Store) -> None:
    with pytest.raises(sqlite3.IntegrityError):
        store.add_capture(capture(bytes="3600万元"))


def test_a_script_is_cut_where_statements_end_and_nowhere_else():
    script = (
        "-- one; of two\nCREATE TABLE a (b TEXT DEFAULT ';'); INSERT INTO a VALUES ('x;\n');\n"
        "CREATE TRIGGER t AFTER INSERT ON a BEGIN\n  DELETE FROM a; SELECT 1;\nEND;\nSELECT 2 -- the last"
    )
    found = statements(script)
    assert "".join(found) == script
    assert [one.split()[-1] for one in found] == ["';');", "');", "END;", "last"]
