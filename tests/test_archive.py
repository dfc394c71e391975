"""What is written is there, is valid to other readers, and reads back as it was."""

from __future__ import annotations

import errno
import gzip
import hashlib
import os
import resource
import zlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import brotli
import pytest
import zstandard
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator
from warcio.cli import main as warcio

from pipelines.archive import (
    Archive,
    Exchange,
    Kept,
    Location,
    Provenance,
    Stored,
    clean_headers,
    decode_body,
    read,
)
from pipelines.archive.exchange import Headers
from pipelines.archive.headers import clean_uri, clean_value
from pipelines.archive.members import Gap, Member, walk
from pipelines.archive.parsing import Group, groups
from pipelines.errors import Damaged, DiskLow, NotWritable

AT = "2026-03-01T08:00:00Z"


class Log:
    """Takes every exchange for settled."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.closed: dict[str, tuple[int, str]] = {}
        self.settled: int | None = None
        self.damaged: list[str] = []

    def segment_opened(self, warc_file: str, crawl_id: int) -> None:
        assert crawl_id == 7

    def segment_closed(self, warc_file: str, size: int, sha256: str) -> None:
        self.closed[warc_file] = (size, sha256)

    def segment_damaged(self, warc_file: str, detail: str, crawl_id: int | None = None) -> None:
        assert crawl_id == 7
        self.damaged.append(warc_file)

    def captures_in(self, warc_file: str) -> int:
        if self.settled is not None:
            return self.settled
        path = next((self.data / "warc").glob(f"{warc_file}*"))
        with path.open("rb") as source:
            return sum("about" in (item.note() or {}) for item in groups(source) if isinstance(item, Group))

    def facts_of(self, site: str | None) -> dict[str, Any]:
        return {}


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    (tmp_path / "warc").mkdir()
    with Archive(tmp_path, 7, Log(tmp_path), {"software": "测试"}) as opened:
        yield opened


def about(**more: object) -> Provenance:
    return Provenance(**{"crawl_id": 7, "outcome": "new", **more})  # type: ignore[arg-type]


def page(body: bytes = b"<p>1</p>", headers: Headers = (), **more: object) -> Exchange:
    given: dict[str, object] = {
        "url": "http://county.example/a",
        "fetched_at": AT,
        "about": about(),
        "status": 200,
        "reason": "OK",
        "headers": headers,
        "body": body,
        **more,
    }
    return Exchange(**given)  # type: ignore[arg-type]


def location(stored: Stored, exchange: Exchange) -> Location:
    assert stored.sha256
    return Location(
        stored.warc_file,
        stored.warc_offset,
        stored.record_id,
        stored.sha256,
        exchange.url,
        exchange.fetched_at,
    )


def warc_paths(archive: Archive) -> list[Path]:
    return sorted((archive.data / "warc").iterdir())


# --- round trips -------------------------------------------------------------


def test_a_response_reads_back_with_all_that_is_known_of_it(archive: Archive) -> None:
    known = about(
        site="640323",
        request_id=12,
        role="attachment",
        attempt=2,
        elapsed=1.5,
        detail="重定向",
        root="county.example/a",
        ordinal=3,
        hints={"link_text": "盐池县2024年报告", "n": None},
    )
    sent = page(
        gzip.compress("教育局".encode()),
        (("Content-Encoding", "gzip"), ("ETag", '"x"'), ("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")),
        about=known,
        url="http://county.example/公开?年=2024",
        method="POST",
        request_headers=(("Host", "county.example"),),
        request_body=b"page=1&x=\x00\xff",
        truncated="disconnect",
        ip="192.0.2.1",
    )
    stored = archive.write(sent)
    found = archive.read(stored.warc_file, stored.warc_offset)
    assert found.exchange == sent
    assert found.stored == stored
    assert found.content == "教育局".encode()
    assert found.truncated


def test_a_file_and_a_failure_read_back(archive: Archive) -> None:
    file = Exchange(
        url=None, fetched_at=AT, kind="resource", body=b"%PDF", about=about(media_type="application/pdf")
    )
    failure = Exchange(
        url="http://county.example/x", fetched_at=AT, kind="outcome", about=about(outcome="timeout")
    )
    for sent in (file, failure):
        stored = archive.write(sent)
        assert archive.read(stored.warc_file, stored.warc_offset).exchange == sent
    assert stored.sha256 is None


def test_equal_bytes_become_a_revisit_that_reads_as_the_first(archive: Archive) -> None:
    first = page(gzip.compress(b"once", mtime=0), (("Content-Encoding", "gzip"),))
    stored = archive.write(first)
    second = page(first.body, first.headers, url="http://county.example/b", earlier=location(stored, first))
    again = archive.write(second)
    found = archive.read(again.warc_file, again.warc_offset)
    assert (found.content, found.exchange) == (b"once", second)
    assert again.sha256 == stored.sha256
    assert again.warc_length < stored.warc_length + 200


def test_a_file_ingested_again_is_not_stored_again(archive: Archive) -> None:
    body = os.urandom(5000)
    first = Exchange(url=None, fetched_at=AT, kind="resource", body=body, about=about())
    stored = archive.write(first)
    second = Exchange(
        url=None,
        fetched_at=AT,
        kind="resource",
        body=body,
        about=about(outcome="unchanged"),
        earlier=location(stored, first),
    )
    again = archive.write(second)
    found = archive.read(again.warc_file, again.warc_offset)
    assert (found.exchange, found.content, again.sha256) == (second, body, stored.sha256)
    assert again.warc_length < 1000


def test_what_is_kept_is_fetched_by_place_and_digest(archive: Archive) -> None:
    coded = page(gzip.compress(b"once\r\n\r\n"), (("Content-Encoding", "gzip"),))
    first = archive.write(coded)
    sent = (
        page(b"plain"),
        page(b"odd", (("X", "\x85Content-Encoding: gzip"),)),
        Exchange(url=None, fetched_at=AT, kind="resource", body=b"file\r\n\r\n", about=about()),
        page(coded.body, coded.headers, url="http://county.example/b", earlier=location(first, coded)),
        page(b"", status=304, reason="Not Modified", earlier=location(first, coded)),
    )
    for stored in (first, *map(archive.write, sent)):
        assert stored.sha256
        content = archive.read(stored.warc_file, stored.warc_offset).content
        kept = Kept(str(archive.data), stored.warc_file, stored.warc_offset, stored.sha256)
        assert kept.content() == content
        for elsewhere in (
            replace(kept, warc_offset=kept.warc_offset + 1),
            replace(kept, warc_file="gone.warc.gz"),
        ):
            with pytest.raises(Damaged):
                elsewhere.content()


def test_the_same_bytes_under_another_coding_are_other_content(archive: Archive) -> None:
    first = page(gzip.compress(b"once"), (("Content-Encoding", "gzip"),))
    stored = archive.write(first)
    again = archive.write(page(first.body, (), earlier=location(stored, first)))
    assert archive.read(again.warc_file, again.warc_offset).content == first.body


def test_a_304_is_known_by_what_it_confirms(archive: Archive) -> None:
    first = page(b"once")
    stored = archive.write(first)
    again = archive.write(page(b"", status=304, reason="Not Modified", earlier=location(stored, first)))
    assert again.sha256 == stored.sha256
    assert archive.read(again.warc_file, again.warc_offset).content == b"once"


def test_other_bytes_are_kept_whole_whatever_the_caller_believed(archive: Archive) -> None:
    first = page(b"once")
    stored = archive.write(first)
    again = archive.write(page(b"twice", earlier=location(stored, first)))
    found = archive.read(again.warc_file, again.warc_offset)
    assert found.content == b"twice"
    assert found.exchange.earlier is None


def test_what_came_again_is_kept_whole_where_its_first_record_is_damaged(tmp_path: Path) -> None:
    (tmp_path / "warc").mkdir()
    log = Log(tmp_path)
    with Archive(tmp_path, 7, log, {}) as archive:
        first = page(b"once")
        stored = archive.write(first)
        (path,) = (tmp_path / "warc").iterdir()
        content = bytearray(path.read_bytes())
        content[stored.warc_offset + 40] ^= 1
        path.write_bytes(content)
        again = archive.write(page(first.body, earlier=location(stored, first)))
        confirmed = archive.write(page(b"", status=304, earlier=location(stored, first)))
        assert archive.read(again.warc_file, again.warc_offset).content == first.body
        assert confirmed.sha256 == stored.sha256
        assert log.damaged == [stored.warc_file] * 2


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    body=st.binary(max_size=300),
    pairs=st.lists(st.tuples(st.binary(max_size=20), st.binary(max_size=40)), max_size=6),
    reason=st.text(max_size=20),
    url=st.text(max_size=30),
    hint=st.text(max_size=20),
)
def test_any_exchange_reads_back(
    archive: Archive, body: bytes, pairs: list[tuple[bytes, bytes]], reason: str, url: str, hint: str
) -> None:
    sent = page(
        body,
        clean_headers([pair for pair in pairs if pair[0].lower() != b"content-encoding"]),
        reason=clean_value(reason),
        url="http://county.example/" + url,
        about=about(hints={"h": hint}),
    )
    stored = archive.write(sent)
    found = read(archive.data, stored.warc_file, stored.warc_offset)
    assert found.exchange == sent
    assert found.content == body


@given(st.binary(max_size=80))
def test_cleaned_values_are_one_line_of_ascii_and_stay_so(raw: bytes) -> None:
    cleaned = clean_value(raw)
    assert all(0x20 <= ord(char) < 0x7F for char in cleaned)
    assert clean_value(cleaned) == cleaned


@given(st.lists(st.tuples(st.binary(max_size=30), st.binary(max_size=60)), max_size=8))
def test_cleaning_headers_twice_changes_nothing(pairs: list[tuple[bytes, bytes]]) -> None:
    cleaned = clean_headers(pairs)
    assert clean_headers(cleaned) == cleaned
    assert all(name for name, _ in cleaned)


def test_cleaning_headers_keeps_bytes_and_hides_the_transfer_coding() -> None:
    raw = [
        (b"X-Name", "喆".encode("gb18030")),
        (b"Transfer-Encoding", b"chunked"),
        (b"A\r\nB: c", b"1\r\n\r\n2\x00"),
    ]
    assert clean_headers(raw) == (
        ("X-Name", "%86%B4"),
        ("X-Archive-Orig-Transfer-Encoding", "chunked"),
        ("ABc", "1 2"),
    )


def test_headers_end_somewhere() -> None:
    assert len(clean_headers([("X", "y" * 8000)] * 400)) < 40


def test_a_uri_is_ascii_without_blanks() -> None:
    assert clean_uri(" http://h/盐 池\n?a=<b> ") == "http://h/%E7%9B%90%20%E6%B1%A0%0A?a=%3Cb%3E"


# --- other readers -----------------------------------------------------------


def write_all_kinds(archive: Archive) -> list[Stored]:
    first = page(gzip.compress(b"once"), (("Content-Encoding", "gzip"), ("Transfer-Encoding", "chunked")))
    stored = archive.write(first)
    again = page(first.body, first.headers, earlier=location(stored, first))
    rest = [
        again,
        page(b"", status=304, reason="", earlier=location(stored, first)),
        page(b"", status=302, headers=(("Location", "/x"),)),
        Exchange(url=None, fetched_at=AT, kind="resource", body=b"file", about=about()),
        Exchange(url="http://h/", fetched_at=AT, kind="outcome", about=about(outcome="timeout")),
    ]
    return [stored, *map(archive.write, rest)]


def test_warcio_reads_every_record_where_we_say_it_is(archive: Archive) -> None:
    stored = write_all_kinds(archive)
    archive.note_end("complete", AT)
    archive.close()
    (path,) = warc_paths(archive)
    places = {}
    with path.open("rb") as file:
        reader = ArchiveIterator(file, check_digests="raise")
        for record in reader:
            content = record.content_stream().read()
            identity = record.rec_headers.get_header("WARC-Record-ID").strip("<>")
            places[identity] = (
                record.rec_type,
                content,
                reader.get_record_offset(),
                reader.get_record_length(),
            )
    for one in stored:
        assert places[one.record_id][2:] == (one.warc_offset, one.warc_length)
    kinds = [places[one.record_id][0] for one in stored]
    assert kinds == ["response", "revisit", "revisit", "response", "resource", "metadata"]
    assert places[stored[0].record_id][1] == b"once"


def test_warcio_check_finds_nothing(archive: Archive, capsys: pytest.CaptureFixture[str]) -> None:
    write_all_kinds(archive)
    archive.note_end("complete", AT)
    archive.close()
    (path,) = warc_paths(archive)
    with pytest.raises(SystemExit) as ended:
        warcio(["check", str(path)])
    assert ended.value.code in (0, None)
    assert capsys.readouterr().out == ""


def test_every_member_and_byte_of_a_file_is_accounted_for(archive: Archive) -> None:
    write_all_kinds(archive)
    archive.close()
    (path,) = warc_paths(archive)
    with path.open("rb") as source:
        members = list(walk(source))
    assert all(isinstance(member, Member) for member in members)
    assert sum(member.length for member in members if isinstance(member, Member)) == path.stat().st_size


@pytest.mark.parametrize("cut", [1, 8, 50, 200])
def test_a_cut_file_has_a_torn_tail(archive: Archive, cut: int) -> None:
    write_all_kinds(archive)
    archive.close()
    (path,) = warc_paths(archive)
    os.truncate(path, path.stat().st_size - cut)
    *whole, last = groups(BytesIO(path.read_bytes()))
    assert all(isinstance(item, Group) for item in whole)
    assert isinstance(last, Gap)
    assert last.torn
    assert last.end == path.stat().st_size


def test_a_damaged_response_takes_its_whole_group_and_no_other(archive: Archive) -> None:
    stored = write_all_kinds(archive)
    archive.close()
    (path,) = warc_paths(archive)
    content = bytearray(path.read_bytes())
    content[stored[0].warc_offset + 60] ^= 4
    path.write_bytes(content)
    found = list(groups(BytesIO(bytes(content))))
    gaps = [item for item in found if isinstance(item, Gap)]
    assert [(gap.offset, gap.end, gap.torn) for gap in gaps] == [
        (stored[0].warc_offset, stored[1].warc_offset, False)
    ]
    assert len(found) == 1 + len(stored)
    with pytest.raises(Damaged):
        read(archive.data, stored[0].warc_file, stored[0].warc_offset)


# --- segments ----------------------------------------------------------------


def test_a_file_is_open_until_the_end_and_its_digest_is_known(archive: Archive) -> None:
    stored = archive.write(page())
    assert [path.name for path in warc_paths(archive)] == [stored.warc_file + ".open"]
    archive.close()
    assert [path.name for path in warc_paths(archive)] == [stored.warc_file]
    log: Log = archive._log  # type: ignore[assignment]
    content = warc_paths(archive)[0].read_bytes()
    assert log.closed == {stored.warc_file: (len(content), hashlib.sha256(content).hexdigest())}


def test_a_file_with_an_exchange_that_has_no_row_stays_open_for_recovery(archive: Archive) -> None:
    archive.write(page())
    archive._log.settled = 0  # type: ignore[attr-defined]
    archive.close()
    assert warc_paths(archive)[0].name.endswith(".open")


def test_large_archives_are_split(tmp_path: Path) -> None:
    (tmp_path / "warc").mkdir()
    with Archive(tmp_path, 7, Log(tmp_path), {}, largest=3000) as archive:
        stored = [archive.write(page(os.urandom(500))) for _ in range(8)]
        for one in stored:
            assert archive.read(one.warc_file, one.warc_offset).content
    assert len(warc_paths(archive)) == len({one.warc_file for one in stored}) > 2
    assert [one.warc_file for one in stored] == sorted(one.warc_file for one in stored)


def test_a_run_without_captures_leaves_no_file(archive: Archive) -> None:
    archive.note_end("complete", AT)
    archive.close()
    assert warc_paths(archive) == []


# --- disks -------------------------------------------------------------------


@pytest.mark.parametrize(("number", "error"), [(errno.ENOSPC, DiskLow), (errno.EIO, NotWritable)])
def test_a_failed_write_leaves_the_file_as_it_was(
    archive: Archive, monkeypatch: pytest.MonkeyPatch, number: int, error: type[Exception]
) -> None:
    archive.write(page())
    (path,) = warc_paths(archive)
    before = path.read_bytes()
    real_write = os.write
    room = [200]

    def full(handle: int, content: memoryview) -> int:
        if room[0] == 0:
            raise OSError(number, os.strerror(number))
        taken = real_write(handle, content[: room[0]])
        room[0] -= taken
        return taken

    monkeypatch.setattr(os, "write", full)
    with pytest.raises(error):
        archive.write(page(os.urandom(2000)))
    monkeypatch.undo()
    assert path.read_bytes() == before
    stored = archive.write(page(b"after"))
    assert archive.read(stored.warc_file, stored.warc_offset).content == b"after"


def test_a_failed_fsync_acknowledges_nothing(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    archive.write(page())
    (path,) = warc_paths(archive)
    before = path.read_bytes()

    def fails(handle: int) -> None:
        raise OSError(errno.EIO, "I/O error")

    monkeypatch.setattr(os, "fsync", fails)
    with pytest.raises(NotWritable):
        archive.write(page(b"lost"))
    monkeypatch.undo()
    assert path.read_bytes() == before
    stored = archive.write(page(b"after"))
    assert stored.warc_file + ".open" != path.name, "a file that could not be synced is not trusted again"


@pytest.mark.parametrize("limit", [1500, 2000, 2500, 4000])
def test_a_real_limit_of_the_system(archive: Archive, limit: int) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    stored = []
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, hard))
    try:
        with pytest.raises(DiskLow):
            for _ in range(10):
                stored.append(archive.write(page(os.urandom(300))))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    for one in stored:
        assert len(archive.read(one.warc_file, one.warc_offset).content) == 300
    for path in warc_paths(archive):
        assert not any(isinstance(item, Gap) for item in groups(BytesIO(path.read_bytes())))


def test_a_disk_that_runs_low_is_not_written_to(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GONGKAI_MIN_FREE", "1000000G")
    with pytest.raises(DiskLow):
        archive.write(page())
    assert warc_paths(archive) == []


# --- content coding ----------------------------------------------------------

TEXT = "政府信息公开工作年度报告。".encode() * 300
PACKED = {
    "gzip": gzip.compress(TEXT),
    "x-gzip": gzip.compress(TEXT[:100]) + gzip.compress(TEXT[100:]),
    "deflate": zlib.compress(TEXT),
    "br": brotli.compress(TEXT),
    "zstd": zstandard.compress(TEXT),
}


@pytest.mark.parametrize("coding", PACKED)
def test_content_codings_come_off(coding: str) -> None:
    decoded = decode_body((("content-encoding", coding.upper()),), PACKED[coding])
    assert (decoded.content, decoded.problem) == (TEXT, None)


@pytest.mark.parametrize("coding", ["gzip", "deflate"])
def test_what_stands_before_damage_is_kept(coding: str) -> None:
    noise = os.urandom(3000)
    packed = bytearray(gzip.compress(noise) if coding == "gzip" else zlib.compress(noise))
    packed[-4] ^= 0xFF
    decoded = decode_body((("Content-Encoding", coding),), bytes(packed))
    assert decoded.problem == "truncated"
    assert noise.startswith(decoded.content)
    assert len(decoded.content) > 2000


def test_raw_deflate_comes_off() -> None:
    machine = zlib.compressobj(wbits=-15)
    assert (
        decode_body((("Content-Encoding", "deflate"),), machine.compress(TEXT) + machine.flush()).content
        == TEXT
    )


@pytest.mark.parametrize("coding", [name for name in PACKED if name != "x-gzip"])
def test_every_cut_is_noticed_and_what_is_there_is_kept(coding: str) -> None:
    packed = PACKED[coding]
    for cut in range(1, len(packed)):
        decoded = decode_body((("Content-Encoding", coding),), packed[:cut])
        assert decoded.problem in ("truncated", "mislabelled"), cut
        assert decoded.problem == "mislabelled" or TEXT.startswith(decoded.content)


@pytest.mark.parametrize("coding", PACKED)
def test_a_lying_label_leaves_the_body(coding: str) -> None:
    decoded = decode_body((("Content-Encoding", coding),), b"<html>plain</html>")
    assert (decoded.content, decoded.problem) == (b"<html>plain</html>", "mislabelled")


@given(st.text(alphabet="<html> 公开年报abc\n", min_size=1, max_size=300))
@example("c年a公开")
def test_no_text_is_taken_for_deflate(text: str) -> None:
    decoded = decode_body((("Content-Encoding", "deflate"),), text.encode())
    assert (decoded.problem, decoded.content) == ("mislabelled", text.encode())


@pytest.mark.parametrize("word", ["utf-8", "identity", "none", ""])
def test_words_that_are_no_coding_mean_none(word: str) -> None:
    assert decode_body((("Content-Encoding", word),), TEXT).content == TEXT


ZEROS = bytes(1 << 20)


def _gzip_bomb() -> bytes:
    machine = zlib.compressobj(1, zlib.DEFLATED, 31)
    return b"".join(machine.compress(ZEROS) for _ in range(200)) + machine.flush()


def _brotli_bomb() -> bytes:
    machine = brotli.Compressor(quality=1)
    return b"".join(machine.process(ZEROS) for _ in range(200)) + machine.finish()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("coding", "bomb"),
    [
        ("gzip", _gzip_bomb),
        ("gzip, gzip", lambda: gzip.compress(_gzip_bomb())),
        ("br", _brotli_bomb),
        ("zstd", lambda: zstandard.compress(ZEROS * 200)),
        ("gzip, gzip, gzip, gzip", lambda: b"x"),
    ],
    ids=["gzip", "twice", "br", "zstd", "layers"],
)
def test_bombs_are_cut(coding: str, bomb: Callable[[], bytes]) -> None:
    decoded = decode_body((("Content-Encoding", coding),), bomb())
    assert decoded.problem in ("bomb", "too_large")
    assert len(decoded.content) <= 64 * 1024**2


def test_the_limit_holds_for_honest_content_too() -> None:
    noise = os.urandom(50_000)
    decoded = decode_body((("Content-Encoding", "gzip"),), gzip.compress(noise), limit=10_000)
    assert (decoded.problem, decoded.content) == ("too_large", noise[:10_000])


@given(st.binary(max_size=200), st.sampled_from(sorted(PACKED)))
def test_no_body_breaks_the_decoder(body: bytes, coding: str) -> None:
    decode_body((("Content-Encoding", coding),), body)


@given(st.binary(max_size=60), st.integers(0, 400), st.sampled_from(sorted(PACKED)))
def test_no_damaged_body_breaks_the_decoder(noise: bytes, place: int, coding: str) -> None:
    packed = PACKED[coding]
    decode_body((("Content-Encoding", coding),), packed[:place] + noise + packed[place + len(noise) :])


def test_walking_noise_ends() -> None:
    (gap,) = walk(BytesIO(b"\x1f\x8b\x08" * 500 + os.urandom(5000)))
    assert isinstance(gap, Gap)
    assert (gap.offset, gap.torn) == (0, True)
    assert list(walk(BytesIO())) == []
