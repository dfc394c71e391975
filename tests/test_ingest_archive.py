"""Web archives that others made: pages with their files, each with its address and its date."""

from __future__ import annotations

import gzip
import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from pipelines.ingest import Ingested, ingest
from pipelines.rebuild import rebuild
from pipelines.store import Store
from pipelines.verify import verify

pytestmark = pytest.mark.slow

PAGE = "http://qh.example/nb/2023/t1.html"
FILE = "http://qh.example/nb/2023/t1.txt"


def title(year: int) -> str:
    return f"盐池县教育局{year}年政府信息公开工作年度报告"


def page(year: int, more: str = "", count: int = 7) -> bytes:
    text = f"<p>一、总体情况</p><p>本年度收到申请{count}件。</p><p>六、其他需要报告的事项</p><p>无。</p>"
    return (
        f"<html><head><meta charset=utf-8><title>{title(year)}</title></head><body><h1>{title(year)}</h1>"
        f"{text}{more}</body></html>"
    ).encode()


class Making:
    """A WARC file in the making."""

    def __init__(self, packed: bool = True) -> None:
        self.buffer = BytesIO()
        self.writer = WARCWriter(self.buffer, gzip=packed, warc_version="1.1")

    def response(
        self, url: str, body: bytes, *, date: str = "2024-01-20T08:00:00.123Z", status: str = "200 OK",
        protocol: str = "HTTP/1.1", headers: tuple[tuple[str, str], ...] = (("Content-Type", "text/html"),),
    ) -> None:  # fmt: skip
        http = StatusAndHeaders(status, list(headers), protocol=protocol)
        record = self.writer.create_warc_record(
            url, "response", payload=BytesIO(body), length=len(body), http_headers=http,
            warc_headers_dict={"WARC-Date": date},
        )  # fmt: skip
        self.writer.write_record(record)

    def resource(self, url: str, body: bytes, media_type: str) -> None:
        record = self.writer.create_warc_record(
            url, "resource", payload=BytesIO(body), length=len(body), warc_content_type=media_type,
            warc_headers_dict={"WARC-Date": "2024-01-20T08:00:00Z"},
        )  # fmt: skip
        self.writer.write_record(record)

    def revisit(self, url: str, body: bytes, date: str) -> None:
        digest = self.writer.create_warc_record(url, "resource", payload=BytesIO(body), length=len(body))
        self.writer.ensure_digest(digest, block=False, payload=True)
        record = self.writer.create_revisit_record(
            url, digest.rec_headers.get_header("WARC-Payload-Digest"), url, "2024-01-20T08:00:00Z",
            http_headers=StatusAndHeaders("200 OK", [("Content-Type", "text/html")], protocol="HTTP/1.1"),
            warc_headers_dict={"WARC-Date": date},
        )  # fmt: skip
        self.writer.write_record(record)


@pytest.fixture
def take(tmp_path: Path) -> Callable[[str, bytes], Ingested]:
    def run(name: str, content: bytes) -> Ingested:
        (tmp_path / name).write_bytes(content)
        with Store.open(tmp_path / "data", write=True) as store:
            return ingest(store, store.data, [tmp_path / name], workers=1)

    return run


def rows(tmp_path: Path, sql: str) -> list[tuple[object, ...]]:
    with Store.open(tmp_path / "data") as store:
        return [tuple(row.values()) for row in store.rows(sql)]


@pytest.mark.parametrize("packed", [True, False])
def test_a_page_comes_with_its_address_and_date(
    packed: bool, take: Callable[[str, bytes], Ingested], tmp_path: Path
) -> None:
    made = Making(packed)
    made.response(PAGE, page(2023))
    made.response("http://qh.example/style.css", b"p { color: red }", headers=(("Content-Type", "text/css"),))
    made.response("http://qh.example/gone.html", b"<html>gone</html>", status="404 Not Found")
    found = take("a.warc.gz" if packed else "a.warc", made.buffer.getvalue())
    assert len(found.reports) == 1
    assert rows(tmp_path, "SELECT url, fetched_at, status_code, outcome FROM captures") == [
        (PAGE, "2024-01-20T08:00:00Z", 200, "new")
    ]
    assert rows(tmp_path, "SELECT url, year, first_seen_at FROM reports") == [
        (PAGE, 2023, "2024-01-20T08:00:00Z")
    ]
    assert verify(tmp_path / "data").clean


def chunked(body: bytes) -> bytes:
    return b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)


@pytest.mark.parametrize(
    ("body", "headers", "protocol"),
    [
        (chunked(page(2023)), (("Transfer-Encoding", "chunked"),), "HTTP/1.1"),
        (gzip.compress(page(2023)), (("Content-Encoding", "gzip"),), "HTTP/1.1"),
        (chunked(gzip.compress(page(2023))), (("Transfer-Encoding", "chunked"), ("Content-Encoding", "gzip")),
         "HTTP/1.1"),
        (page(2023), (("Transfer-Encoding", "chunked"), ("Content-Encoding", "gzip")), "HTTP/1.1"),
        (page(2023), ((":status", "200"),), "HTTP/2"),
    ],
    ids=["chunked", "gzip", "both", "unpacked but named so", "http2"],
)  # fmt: skip
def test_bodies_as_tools_write_them(
    body: bytes,
    headers: tuple[tuple[str, str], ...],
    protocol: str,
    take: Callable[[str, bytes], Ingested],
    tmp_path: Path,
) -> None:
    made = Making()
    status = "200" if protocol == "HTTP/2" else "200 OK"
    made.response(
        PAGE, body, headers=(("Content-Type", "text/html"), *headers), protocol=protocol, status=status
    )
    assert len(take("a.warc.gz", made.buffer.getvalue()).reports) == 1
    assert verify(tmp_path / "data").clean


def test_a_file_belongs_to_the_page_that_links_to_it(
    take: Callable[[str, bytes], Ingested], tmp_path: Path
) -> None:
    made = Making()
    links = "".join(f'<a href="{n}.txt">{n}</a>' for n in range(9)) + '<a href="2023/t1.txt">x</a>'
    made.response("http://qh.example/nb/", f"<html><body>{links}</body></html>".encode())
    for number in range(9):
        made.resource(f"http://qh.example/nb/{number}.txt", b"notes %d" % number, "text/plain")
    made.response(PAGE, page(2023, '<a href="t1.txt">attachment</a>'))
    made.resource(FILE, f"{title(2023)}\n\n一、总体情况\n\n无。".encode(), "text/plain")
    take("a.warc.gz", made.buffer.getvalue())
    assert rows(tmp_path, f"SELECT role, root, ordinal FROM resources WHERE url = '{FILE}'") == [
        ("attachment", "qh.example/nb/2023/t1.html", 1)
    ]
    assert rows(tmp_path, "SELECT DISTINCT role FROM resources WHERE url LIKE '%nb/_.txt'") == [("article",)]


def test_a_page_archived_twice_has_two_versions(
    take: Callable[[str, bytes], Ingested], tmp_path: Path
) -> None:
    made = Making()
    made.response(PAGE, page(2023))
    made.response(PAGE, page(2023, count=8), date="2024-03-02T08:00:00Z")
    made.revisit(PAGE, page(2023, count=8), "2024-04-01T08:00:00Z")
    take("a.warc.gz", made.buffer.getvalue())
    for _ in range(2):
        assert rows(tmp_path, "SELECT version, first_seen_at, last_seen_at FROM report_versions") == [
            (1, "2024-01-20T08:00:00Z", "2024-01-20T08:00:00Z"),
            (2, "2024-03-02T08:00:00Z", "2024-04-01T08:00:00Z"),
        ]
        assert len(rows(tmp_path, "SELECT * FROM report_changes")) == 1
        assert verify(tmp_path / "data").clean
        rebuild(tmp_path / "data", workers=1)


def test_an_older_copy_does_not_take_the_place_of_a_newer(
    take: Callable[[str, bytes], Ingested], tmp_path: Path
) -> None:
    new, old = Making(), Making()
    new.response(PAGE, page(2023, count=8), date="2024-03-02T08:00:00Z")
    old.response(PAGE, page(2023))
    take("new.warc.gz", new.buffer.getvalue())
    take("old.warc.gz", old.buffer.getvalue())
    assert rows(tmp_path, "SELECT max(version) FROM reports") == [(1,)]
    assert len(rows(tmp_path, "SELECT * FROM captures")) == 2
    assert rows(tmp_path, "SELECT last_seen_at FROM resources") == [("2024-03-02T08:00:00Z",)]


def test_what_cannot_be_read_is_told_and_the_rest_taken(
    take: Callable[[str, bytes], Ingested], tmp_path: Path
) -> None:
    made = Making()
    made.response("http://qh.example/other.html", page(2022))
    start = made.buffer.tell()
    made.response("http://qh.example/broken.html", page(2021))
    end = made.buffer.tell()
    made.response(PAGE, page(2023))
    made.revisit("http://qh.example/nowhere.html", b"not there", "2024-04-01T08:00:00Z")
    content = bytearray(made.buffer.getvalue())
    content[start + 60 : end - 60] = bytes(end - start - 120)
    assert len(take("a.warc.gz", bytes(content)).reports) == 2
    codes = rows(tmp_path, "SELECT code, severity FROM issues WHERE code = 'unreadable_record'")
    assert codes == [("unreadable_record", "error")] * 2


@pytest.mark.parametrize("content", [b"", b"no archive", b"\x1f\x8b\x08nothing", b"WARC/1.0\r\nx"])
def test_no_archive_at_all_is_an_issue(
    content: bytes, take: Callable[[str, bytes], Ingested], tmp_path: Path
) -> None:
    assert take("a.warc.gz", content).reports == []
    assert rows(tmp_path, "SELECT count(*) > 0 FROM issues") == [(1,)]
    assert take("a.wacz", content).reports == []


def test_a_wacz_is_read(take: Callable[[str, bytes], Ingested], tmp_path: Path) -> None:
    made = Making()
    made.response(PAGE, page(2023))
    package = BytesIO()
    with zipfile.ZipFile(package, "w") as target:
        target.writestr("archive/data.warc.gz", made.buffer.getvalue())
        target.writestr("pages/pages.jsonl", "{}")
        target.writestr("datapackage.json", "{}")
    assert len(take("a.wacz", package.getvalue()).reports) == 1


def test_further_pages_and_what_a_page_shows_belong_to_it(
    take: Callable[[str, bytes], Ingested], tmp_path: Path
) -> None:
    made = Making()
    near = "http://qh.example/nb/2023/"
    shown = '<iframe src="/js/viewer.html?file=/nb/2023/a.pdf"></iframe><object data="b.txt"></object>'
    pictures = '<img src="w1.png"><img src="logo_1.png"><img src="small1.png">'
    made.response(PAGE, page(2023, shown + pictures))
    further = page(2023, '<a href="c.txt">attachment</a>').replace(
        "度报告</title>".encode(), "度报告(2)</title>".encode()
    )
    made.response(near + "t1_1.html", further)
    made.response(near + "t1_2.html", page(2022))
    made.resource(near + "a.pdf", b"%PDF-1.4\n", "application/pdf")
    for name in "bc":
        made.resource(f"{near}{name}.txt", f"附表{name}".encode(), "text/plain")
    drawn = BytesIO()
    Image.effect_noise((180, 180), 90).save(drawn, "PNG")
    picture = drawn.getvalue()
    for name in ("w1.png", "logo_1.png", "w2.png"):
        made.resource(near + name, picture, "image/png")
    made.resource(near + "small1.png", picture[:9000], "image/png")
    take("a.warc.gz", made.buffer.getvalue())
    assert rows(tmp_path, "SELECT replace(url, rtrim(url, replace(url, '/', '')), ''), role FROM resources"
                " WHERE root LIKE '%/t1.html' ORDER BY ordinal") == [
        ("t1.html", "article"), ("t1_1.html", "page"), ("a.pdf", "attachment"), ("b.txt", "attachment"),
        ("c.txt", "attachment"), ("w1.png", "attachment"),
    ]  # fmt: skip
    assert rows(tmp_path, "SELECT role FROM resources WHERE url LIKE '%/t1_2.html'") == [("article",)]
    assert rows(tmp_path, "SELECT count(*) FROM resources WHERE url LIKE '%.png'") == [(1,)]
    assert verify(tmp_path / "data").clean


def test_reports_of_several_offices_that_a_page_lists_are_each_its_own(
    take: Callable[[str, bytes], Ingested], tmp_path: Path
) -> None:
    made = Making()
    offices = ("财政局", "民政局", "审计局")
    links = "".join(f'<li><a href="{n}.txt">盐池县{office}</a></li>' for n, office in enumerate(offices))
    made.response("http://qh.example/nb/", f"<html><body><ul>{links}</ul></body></html>".encode())
    for number, office in enumerate(offices):
        text = f"盐池县{office}2023年政府信息公开工作年度报告\n\n一、总体情况\n\n本年度公开信息{number}条。\n"
        made.resource(f"http://qh.example/nb/{number}.txt", text.encode(), "text/plain")
    take("a.warc.gz", made.buffer.getvalue())
    assert {name for (name,) in rows(tmp_path, "SELECT agency FROM reports")} == {
        f"盐池县{office}" for office in offices
    }
