"""What several articles share is fetched once, and is each one's: in store and archive, and after a kill."""

import pytest

from pipelines.rebuild import rebuild
from pipelines.verify import verify

pytestmark = pytest.mark.slow

AGENCIES = ("青河县教育局", "青河县财政局", "青河县水利局")
FILE = "/files/2023.xls"


def shared_site(web):
    """Three articles that attach one file."""
    web.page("/", '<a href="/nb/">政府信息公开年报</a>')
    entries = []
    for at, agency in enumerate(AGENCIES):
        path = f"/nb/202401/t2024010{at}_1.html"
        entries.append(web.report(path, 2023, agency))
        status, headers, body = web.routes[path]
        link = f'<a href="{FILE}">附件：{agency}年报.xls</a></div>'.encode()
        web.routes[path] = (status, headers, body.replace(b"</div>", link))
    web.column("/nb/", f"<ul>{''.join(entries)}</ul>")
    web.routes[FILE] = (
        200,
        {"Content-Type": "application/vnd.ms-excel", "ETag": '"1"'},
        b"\xd0\xcf\x11\xe0" * 99,
    )


def tied(store):
    """Each article's parts with the bytes held of them, what was told of them, and their validators."""
    return [
        tuple(row.values())
        for row in store.rows(
            """SELECT p.root, p.ordinal, r.address, r.sha256, r.hints, r.etag FROM parts p JOIN resources r
               USING (address) ORDER BY p.root"""
        )
    ]


def asked(web, path=FILE):
    return web.asked().count(path)


def test_a_file_of_three_articles_is_asked_for_once_a_run(webs, crawl):
    web = webs()
    shared_site(web)
    crawl.register(web)
    ended = crawl()
    assert ended["outcome"] == "complete"
    assert asked(web) == 1
    rows = crawl.captures(url=f"{web.base}{FILE}")
    assert [(row["outcome"], row["detail"]) for row in rows] == [
        ("new", None), *[("unchanged", "fetched for another article")] * 2
    ]  # fmt: skip
    assert len({(row["sha256"], row["fetched_at"], row["warc_offset"]) for row in rows}) == 3
    with crawl.store() as store:
        before = tied(store)
        requests = store.value("SELECT requests FROM crawls")
    assert [(root.rpartition("/")[2], etag) for root, *_, etag in before] == [
        (f"t2024010{at}_1.html", '"1"') for at in range(3)
    ]
    assert requests == sum(ended["outcomes"].values()) == len(web.log)
    assert not verify(crawl.data).found
    rebuild(crawl.data, workers=1)
    with crawl.store() as store:
        assert tied(store) == before
    # the next run asks again, once, whether it is another one by now
    web.log.clear()
    web.routes[FILE] = (200, web.routes[FILE][1], b"\xd0\xcf\x11\xe0" * 100)
    crawl()
    assert asked(web) == 1
    assert [row["outcome"] for row in crawl.captures(url=f"{web.base}{FILE}")[3:]] == [
        "changed", "unchanged", "unchanged"
    ]  # fmt: skip
    with crawl.store() as store:
        assert {row[3] for row in tied(store)}.isdisjoint({row[3] for row in before})
        bundles = store.value("SELECT count(DISTINCT bundle) FROM readings")
    assert bundles == 3


def test_what_failed_or_leads_elsewhere_is_asked_for_by_each(webs, crawl):
    web = webs()
    shared_site(web)
    web.routes["/moved.xls"] = web.routes[FILE]
    web.redirect(FILE, "/moved.xls")
    crawl.register(web)
    crawl()
    assert (asked(web), asked(web, "/moved.xls")) == (3, 1)
    with crawl.store() as store:
        held = [row for row in tied(store) if row[3]]
    assert len(held) == 3
    web.log.clear()
    web.routes[FILE] = (404, {}, b"")
    crawl()
    assert asked(web) == 3


@pytest.mark.parametrize("killpoint", ["mid_append:9", "after_fsync:9"])
def test_a_kill_while_a_shared_answer_is_taken_in_loses_nothing(webs, crawl, killpoint):
    web = webs()
    shared_site(web)
    crawl.register(web)
    assert crawl(killpoint=killpoint)["outcome"] == "killed"
    crawl()
    assert asked(web) == 1
    rows = crawl.captures(url=f"{web.base}{FILE}")
    assert [row["outcome"] for row in rows] == ["new", "unchanged", "unchanged"]
    with crawl.store() as store:
        before = tied(store)
        assert len(before) == 3
        assert store.value("SELECT count(*) FROM requests WHERE state <> 'done'") == 0
    rebuild(crawl.data, workers=1)
    with crawl.store() as store:
        assert tied(store) == before


def test_a_column_that_shows_an_article_is_asked_for_once_a_run(webs, crawl):
    """A table of agencies whose names lead to their reports, at addresses that tell nothing."""
    web = webs()
    web.page("/", '<a href="/nb/">政府信息公开年报</a>')
    for at, agency in enumerate(AGENCIES):
        web.report(f"/nb/{at}.html", 2023, agency)
    names = "".join(f'<td><a href="{at}.html">{agency}</a></td>' for at, agency in enumerate(AGENCIES))
    web.column("/nb/", f"<table><tr>{names}</tr></table>")
    crawl.register(web)
    crawl()
    assert [asked(web, f"/nb/{at}.html") for at in range(3)] == [1, 1, 1]
    rows = crawl.captures(url=f"{web.base}/nb/0.html")
    assert [(row["role"], row["outcome"], row["detail"]) for row in rows] == [
        ("column", "new", None), ("article", "unchanged", "fetched as a column")
    ]  # fmt: skip
    with crawl.store() as store:
        before = store.value("SELECT count(*) FROM readings"), store.value("SELECT requests FROM crawls")
    assert before == (3, len(web.log))
    assert not verify(crawl.data).found
    rebuild(crawl.data, workers=1)
    with crawl.store() as store:
        assert (
            store.value("SELECT count(*) FROM readings"),
            store.value("SELECT requests FROM crawls"),
        ) == before
