"""A ZIP with the reports of several agencies: each is filed as its own, in every way to the store."""

import io
import zipfile
from datetime import UTC, datetime
from urllib.parse import quote

import pytest

from pipelines.address import address, member_url
from pipelines.decisions.takedowns import covered_by
from pipelines.parse.file_names import are_of_several
from pipelines.parse.gathering import gathers
from pipelines.parse.read import members
from pipelines.parse.records import Document, Unreadable
from pipelines.rebuild import rebuild
from pipelines.reparse import reparse
from pipelines.rereading import reader_again
from pipelines.store import Store
from pipelines.verify import verify
from samples.publication import Publication
from samples.report import Agency

pytestmark = pytest.mark.slow

AGENCIES = ("教育局", "财政局", "审计局", "白水镇人民政府")
ZIPPED = "/nb/202401/P1.zip"
REPORTS = "SELECT name, year, version, url, root FROM reports JOIN agencies USING (agency_id) ORDER BY name"
VERSIONS = "SELECT report_id, version, first_seen_at, last_seen_at, url, sha256 FROM report_versions"
ADDRESSES = "SELECT address, root, role, sha256, last_seen_at, gone_at FROM resources"
ARTICLE = "/nb/202401/t20240115_1.html"


def text_of(agency, received=7):
    return f"""青河县{agency}2023年政府信息公开工作年度报告

一、总体情况
本年度收到依申请公开{received}件，均按期办结并答复申请人。{"依法公开政府信息。" * 12}

六、其他需要报告的事项
无。
"""


def zip_of(**received):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for agency in AGENCIES:
            name = f"部门/青河县{agency}2023年政府信息公开工作年度报告.txt"
            archive.writestr(zipfile.ZipInfo(name), text_of(agency, received.get(agency, 7)))
    return packed.getvalue()


def site(web):
    web.page("/", '<a href="/nb/">政府信息公开年报</a>')
    title = "青河县各部门2023年政府信息公开工作年度报告汇总"
    web.column("/nb/", f'<ul><li><a href="{ARTICLE}">{title}</a><span>2024-01-15</span></li></ul>')
    body = f'<h1>{title}</h1><div class="TRS_Editor"><p>附件：<a href="{ZIPPED}">{title}.zip</a></p></div>'
    web.page(ARTICLE, body, title)
    web.routes[ZIPPED] = (200, {"Content-Type": "application/zip"}, zip_of())


def is_read_again_alike(crawl) -> None:
    """Verified, rebuilt and read again, the store says what it said."""
    told = said(crawl)
    with reader_again() as read_again:
        assert verify(crawl.data, read_again=read_again).clean
    rebuild(crawl.data, workers=1)
    assert said(crawl) == told
    with crawl.store() as store:
        assert list(reparse(store, crawl.data, 0, accept=False)) == []


def filed(crawl):
    with crawl.store() as store:
        return list(store.rows(REPORTS))


def said(crawl):
    """What the store tells of reports, versions, changes and addresses."""
    with crawl.store() as store:
        asked = (
            REPORTS,
            f"{VERSIONS} ORDER BY 1, 2",
            "SELECT * FROM report_changes ORDER BY 1, 2, 3, 4",
            "SELECT report_id, url, last_seen_at, gone_at FROM report_sources ORDER BY 1, 2",
            f"{ADDRESSES} ORDER BY 1",
        )
        return [list(store.rows(sql)) for sql in asked]


def test_members_of_a_zip_are_reports_of_their_own(webs, crawl):
    web = webs()
    site(web)
    crawl.register(web)
    assert crawl()["outcome"] == "complete"
    assert {(row["name"], row["year"]) for row in filed(crawl)} == {
        (f"青河县{agency}", 2023) for agency in AGENCIES
    }
    inside = {quote(f"部门/青河县{agency}2023年政府信息公开工作年度报告.txt") for agency in AGENCIES}
    assert {row["url"] for row in filed(crawl)} == {f"{web.base}{ZIPPED}#member={name}" for name in inside}
    assert "several_documents" not in crawl.issues()
    with crawl.store() as store:
        every = covered_by(store, f"{web.base}{ZIPPED}")
        one = covered_by(store, min(every.reports))
        assert store.value("SELECT requests FROM crawls") == len(web.log)
    assert (len(every.reports), len(one.reports), len(one.documents)) == (4, 1, 2)
    assert address(f"{web.base}{ZIPPED}") in one.addresses
    told = said(crawl)
    rebuild(crawl.data, workers=1)
    assert said(crawl) == told


def damaged(packed):
    """A ZIP whose last member is not what it was packed from."""
    at = packed.rindex("依申请".encode())
    return packed[:at] + b"\0" + packed[at + 1 :]


def test_a_zip_with_a_damaged_member_gathers_nothing():
    assert gathers(Document(zip_of()))
    assert not gathers(Document(damaged(zip_of())))
    with pytest.raises(Unreadable, match=r"白水镇人民政府.*已损坏"):
        members(Document(damaged(zip_of())))


REPORT = text_of("教育局")
OF_2022 = REPORT.replace("2023年", "2022年")


@pytest.mark.parametrize(
    ("files", "several"),
    [
        ((REPORT, text_of("财政局")), True),
        ((REPORT, OF_2022, "说明"), True),
        (("各部门报告", REPORT, text_of("白水镇人民政府")), True),
        ((REPORT, REPORT.replace("青河县", "")), False),
        ((REPORT, "附表：申请情况\n自然人 3"), False),
        ((REPORT, b"\xff\xd8\xff\xe0 a picture", b"\x00\x01 no document"), False),
    ],
)
def test_where_names_do_not_tell_what_files_begin_with_does(files, several):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for at, text in enumerate(files, start=1):
            archive.writestr(zipfile.ZipInfo(f"附件{at}.txt"), text)
    assert gathers(Document(packed.getvalue())) is several
    assert not gathers(Document(REPORT.encode()))


@pytest.mark.long
def test_a_zip_with_a_damaged_member_is_told_of_and_filed_once_it_is_whole(webs, crawl):
    web = webs()
    site(web)
    _, headers, packed = web.routes[ZIPPED]
    web.routes[ZIPPED] = (200, headers, damaged(packed))
    crawl.register(web)
    crawl()
    assert filed(crawl) == []
    assert "corrupted" in crawl.issues()
    web.routes[ZIPPED] = (200, headers, packed)
    crawl()
    assert len(filed(crawl)) == len(AGENCIES)
    assert "corrupted" not in crawl.issues()


@pytest.mark.long
def test_later_visits_of_a_zip_are_told_of_its_members(webs, crawl):
    web = webs()
    site(web)
    crawl.register(web)
    crawl()
    crawl()  # nothing changed
    assert [row["version"] for row in filed(crawl)] == [1] * 4
    seen = said(crawl)
    assert {row["last_seen_at"] for row in seen[3]} == {row["last_seen_at"] for row in seen[1]}
    web.routes[ZIPPED] = (200, {"Content-Type": "application/zip"}, zip_of(财政局=8))
    crawl()
    versions = {row["name"]: row["version"] for row in filed(crawl)}
    assert (versions.pop("青河县财政局"), set(versions.values())) == (2, {1})
    web.routes[ZIPPED] = (404, {}, b"")
    crawl()
    told = said(crawl)
    assert len(told[0]) == 4
    assert all(row["gone_at"] for row in told[3])
    is_read_again_alike(crawl)
    web.routes[ZIPPED] = (200, {"Content-Type": "application/zip"}, zip_of(财政局=8))
    crawl()
    assert not any(row["gone_at"] for row in said(crawl)[3])


@pytest.mark.parametrize(
    ("names", "several"),
    [
        (("教育局.docx", "财政局.docx", "审计局.docx"), True),
        (("1.教育局.pdf", "2.财政局.pdf", "附件3：2023年审计局年报.doc"), True),
        (("教育局/年报.docx", "财政局/年报.docx", "白水镇/年报.docx"), True),
        (("2021年年报.pdf", "2022年年报.pdf", "2023年年报.pdf"), True),
        (("教育局2023年年报.docx", "教育局2023年年报.pdf", "统计表.xlsx", "教育局附表.xlsx"), False),
        (("教育局年报.docx", "财政局年报.docx"), False),
        (("2023年报告.docx", "2022年数据.xlsx", "2021年数据.xlsx"), False),
    ],
)
def test_names_tell_whether_files_are_of_several(names, several):
    assert are_of_several(names) is several


def test_a_members_url_leads_to_its_zip_and_is_an_address_of_its_own():
    url = member_url("http://qh.example/a.zip#top", "甲 局/年报.docx")
    assert url == "http://qh.example/a.zip#member=%E7%94%B2%20%E5%B1%80/%E5%B9%B4%E6%8A%A5.docx"
    assert address(url) == url.removeprefix("http://")
    assert address("http://qh.example/a.zip#top") == "qh.example/a.zip"


def loose(web, **received):
    """An article with the agencies' reports as files whose names do not tell whose."""
    for at, agency in enumerate(AGENCIES, start=1):
        content = text_of(agency, received.get(agency, 7)).encode()
        web.routes[f"/nb/202401/W{at}.doc"] = (200, {"Content-Type": "application/msword"}, content)


def loose_site(web, title="青河县各部门2023年政府信息公开工作年度报告汇总"):
    site(web)
    web.column("/nb/", f'<ul><li><a href="{ARTICLE}">{title}</a><span>2024-01-15</span></li></ul>')
    links = "".join(
        f'<p><a href="/nb/202401/W{at}.doc">附件{at}.doc</a></p>' for at in range(1, len(AGENCIES) + 1)
    )
    web.page(ARTICLE, f'<h1>{title}</h1><div class="TRS_Editor">{links}</div>', title)
    loose(web)


@pytest.mark.long
def test_attachments_that_are_reports_of_several_agencies_are_filed_each_on_its_own(webs, crawl):
    web = webs()
    loose_site(web)
    crawl.register(web)
    assert crawl()["outcome"] == "complete"
    assert {(row["name"], row["url"]) for row in filed(crawl)} == {
        (f"青河县{agency}", f"{web.base}/nb/202401/W{at}.doc") for at, agency in enumerate(AGENCIES, start=1)
    }
    assert "several_documents" not in crawl.issues()
    with crawl.store() as store:
        published = {row["published_on"] for row in store.rows("SELECT published_on FROM reports")}
        (alone,) = [r for r in store.parts_of(address(f"{web.base}{ARTICLE}")) if r["url"].endswith("W2.doc")]
    assert published == {"2024-01-15"}
    assert (alone["role"], alone["root"]) == ("file", alone["address"])
    crawl()  # nothing changed
    assert [row["version"] for row in filed(crawl)] == [1] * 4
    loose(web, 财政局=8)
    crawl()
    versions = {row["name"]: row["version"] for row in filed(crawl)}
    assert (versions.pop("青河县财政局"), set(versions.values())) == (2, {1})
    is_read_again_alike(crawl)
    with crawl.store() as store:
        assert covered_by(store, f"{web.base}/nb/202401/W2.doc").reports == {
            row["report_id"] for row in store.rows("SELECT report_id FROM reports WHERE url LIKE '%W2.doc'")
        }


AS_BEFORE = """
from dataclasses import replace
from pipelines.process import Processor
finish = Processor.finish
Processor.finish = lambda self, job, read, anew=False: finish(self, job, replace(read, own_parts=()), anew)
"""


def docx(agency, number):
    whose = Agency(f"青河县{agency}", "青河县", "654325", "department", "department", "bm")
    title = f"{whose.name}2023年政府信息公开工作年度报告"
    when = datetime(2024, 1, 15, tzinfo=UTC)
    return Publication(
        number, whose, 2023, "report", title, when, "loose", (2023,), frozenset({"docx"})
    ).attachment


@pytest.mark.long
def test_an_article_that_an_earlier_parser_took_for_its_first_attachment_is_set_apart(webs, crawl):
    web = webs()
    loose_site(web, "各部门年报")
    crawl.register(web)
    for at, agency in enumerate(AGENCIES, start=1):
        web.routes[f"/nb/202401/W{at}.doc"] = (200, {"Content-Type": "application/msword"}, docx(agency, at))
    crawl(limits=AS_BEFORE)
    (first,) = filed(crawl)
    assert first["root"] == address(f"{web.base}{ARTICLE}")
    with Store.open(crawl.data, write=True) as store:
        list(reparse(store, crawl.data, 1, accept=True))
    reports = filed(crawl)
    assert (len(reports), {row["version"] for row in reports}) == (4, {1})
    assert all(row["root"].endswith(".doc") for row in reports)
    with reader_again() as read_again:
        assert verify(crawl.data, read_again=read_again).clean
    with crawl.store() as store:
        assert list(reparse(store, crawl.data, 0, accept=False)) == []


@pytest.mark.long
def test_attachments_set_apart_by_a_run_that_was_killed_are_read_by_the_next(webs, crawl):
    web = webs()
    loose_site(web)
    crawl.register(web)
    crawl(limits="from pipelines.process import Processor\nProcessor.set_apart = lambda self: []\n")
    assert filed(crawl) == []
    crawl()
    assert len(filed(crawl)) == 4


def page_of(web, **received):
    """An article with the agencies' reports one below the other, as the tables of a yearbook stand."""
    title = "青河县各部门2023年政府信息公开工作年度报告"
    texts = "".join(whole(agency, received.get(agency, 7)) for agency in AGENCIES)
    web.page(ARTICLE, f'<h1>{title}</h1><div class="TRS_Editor">{texts}</div>', title)


def whole(agency, received):
    said = f"本年度收到依申请公开{received}件，均按期办结并答复申请人。" * 3
    heads = ("一、总体情况", "五、存在的主要问题及改进情况", "六、其他需要报告的事项")
    sections = "".join(f"<p>{head}</p><p>{said}</p>" for head in heads)
    return f"<p>青河县{agency}2023年政府信息公开工作年度报告</p>{sections}"


@pytest.mark.long
def test_reports_one_below_the_other_are_filed_each_on_its_own(webs, crawl):
    web = webs()
    site(web)
    page_of(web)
    crawl.register(web)
    assert crawl()["outcome"] == "complete"
    title = "青河县{}2023年政府信息公开工作年度报告"
    assert {(row["name"], row["url"]) for row in filed(crawl)} == {
        (f"青河县{agency}", member_url(f"{web.base}{ARTICLE}", title.format(agency))) for agency in AGENCIES
    }
    assert "several_reports" not in crawl.issues()
    crawl()  # nothing changed
    assert [row["version"] for row in filed(crawl)] == [1] * 4
    page_of(web, 财政局=8)
    crawl()
    versions = {row["name"]: row["version"] for row in filed(crawl)}
    assert (versions.pop("青河县财政局"), set(versions.values())) == (2, {1})
    is_read_again_alike(crawl)
    with crawl.store() as store:
        assert len(covered_by(store, f"{web.base}{ARTICLE}").reports) == 4
    web.routes[ARTICLE] = (404, {}, b"")
    crawl()
    assert all(row["gone_at"] for row in said(crawl)[3])


@pytest.mark.long
def test_reports_one_below_the_other_in_an_attachment_are_filed_each_on_its_own(webs, crawl):
    web = webs()
    site(web)
    title = "青河县各部门2023年政府信息公开工作年度报告"
    attached = '<p>附件：<a href="/nb/202401/W1.doc">各部门年报.doc</a></p>'
    web.page(ARTICLE, f'<h1>{title}</h1><div class="TRS_Editor">{attached}</div>', title)
    doc = f"<html><body>{''.join(whole(agency, 7) for agency in AGENCIES)}</body></html>".encode()
    web.routes["/nb/202401/W1.doc"] = (200, {"Content-Type": "application/msword"}, doc)
    crawl.register(web)
    assert crawl()["outcome"] == "complete"
    titles = [f"青河县{agency}2023年政府信息公开工作年度报告" for agency in AGENCIES]
    urls = {member_url(f"{web.base}/nb/202401/W1.doc", title) for title in titles}
    assert {row["url"] for row in filed(crawl)} == urls
    assert "several_reports" not in crawl.issues()
    crawl()
    assert [row["version"] for row in filed(crawl)] == [1] * 4
    is_read_again_alike(crawl)


@pytest.mark.long
def test_files_saved_as_html_are_attachments_and_no_further_pages(webs, crawl):
    web = webs()
    loose_site(web, "各部门年报")
    for at, agency in enumerate(AGENCIES, start=1):
        page = f"<html><body>{whole(agency, at)}</body></html>".encode()
        web.routes[f"/nb/202401/W{at}.doc"] = (200, {"Content-Type": "application/msword"}, page)
    crawl.register(web)
    crawl()
    assert sorted(row["url"][-6:] for row in filed(crawl)) == [f"W{at}.doc" for at in range(1, 5)]


@pytest.mark.long
def test_an_article_that_an_earlier_parser_took_for_its_first_report_is_taken_apart(webs, crawl):
    web = webs()
    site(web)
    page_of(web)
    crawl.register(web)
    crawl(limits=AS_BEFORE.replace("own_parts=()", "members=()"))
    assert [row["root"] for row in filed(crawl)] == [address(f"{web.base}{ARTICLE}")]
    assert "several_reports" in crawl.issues()
    with Store.open(crawl.data, write=True) as store:
        list(reparse(store, crawl.data, 1, accept=True))
    assert {row["version"] for row in filed(crawl)} == {1}
    assert len(filed(crawl)) == 4
    assert "several_reports" not in crawl.issues()
    with reader_again() as read_again:
        assert verify(crawl.data, read_again=read_again).clean
