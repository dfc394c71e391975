"""What a visitor finds by following links, families one by one, without a server."""

import json
import re
from collections import Counter
from urllib.parse import parse_qsl, urldefrag, urlencode, urljoin, urlsplit

import pytest
from lxml import etree, html

from samples.counties import World
from samples.sites import FAMILIES
from samples.sites.http import Request
from samples.visits import Visits

pytestmark = pytest.mark.slow


class Visitor:
    """A naive crawler of one site that follows links and knows one family's way of paging."""

    def __init__(self, site):
        self.site = site
        self.pages = FAMILIES[site.family](site, Visits())
        self.base = site.base(8765)
        self.seen = {}

    def get(self, url, **form):
        parts = urlsplit(url)
        request = Request(
            parts.path,
            "POST" if form else "GET",
            dict(parse_qsl(parts.query)),
            form,
            {"host": parts.netloc},
        )
        return self.pages.respond(request)

    def text(self, url, **form):
        return self.decoded(self.get(url, **form))

    def decoded(self, response):
        charset = re.search(rb"charset=([\w-]+)", response.body)
        encoding = "gb18030" if charset and charset[1] == b"gb2312" else "utf-8"
        return response.body.decode(encoding)

    def walk(self, more=lambda url, text: []):
        queue = [self.base + "/"]
        while queue:
            url = queue.pop()
            if url in self.seen or not url.startswith(self.base):
                continue
            response = self.get(url)
            if response.status != 200:
                self.seen[url] = None
                continue
            if not response.headers["content-type"].startswith("text/html"):
                self.seen[url] = response
                continue
            text = self.seen[url] = self.decoded(response)
            links = html.fromstring(text.encode("utf-8"), parser=html.HTMLParser(encoding="utf-8"))
            hrefs = [str(link) for link in links.xpath("//a/@href")]
            queue += [urldefrag(urljoin(url, href))[0] for href in [*hrefs, *more(url, text)]]
        return self.seen


def trs_pages(url, text):
    """The other pages of a list or an article."""
    for pages in re.findall(r"var countPage = (\d+)", text):
        yield from (f"index_{n}.html" for n in range(1, int(pages)))
    for first, second in (
        (r"createPageHTML\((\d+), (\d+), ?[\"'](\w+)[\"'], ?[\"'](\w+)[\"']\)", 1),
        (r"createPageHTML\('page_div',(\d+), (\d+),'(\w+)','(\w+)',\d+\)", 2),
    ):
        for pages, _, prefix, suffix in re.findall(first, text):
            for n in range(int(pages) - 1):
                yield f"{prefix}_{n + second}.{suffix}"


def jcms_visitor(visitor):
    """The links of every record of a column, asked for by groups; the repeated record must come again."""

    def more(url, text):
        found = []
        for column, total, size in re.findall(
            r"columnid:(\d+).*?perPage:(\d+), totalRecord:(\d+)", text, re.S
        ):
            group = 3 * int(total)
            total = int(size)
            records = []
            for start in range(1, total + 1, group):
                answer = visitor.text(
                    visitor.base + "/module/web/jpage/dataproxy.jsp",
                    columnid=column,
                    startrecord=str(start),
                    endrecord=str(start + group - 1),
                )
                tree = etree.fromstring(answer.encode())
                assert int(tree.findtext("totalrecord")) == total
                got = [re.search(r'href="([^"]+)"', r.text)[1] for r in tree.iter("record")]
                assert len(got) == min(group, total - start + 1) + (start > 2 * group)
                assert (got[0] in records) == (start > 2 * group)
                records += got
            assert len(set(records)) == total
            found += records
        return found

    return more


def gkmlpt_visitor(visitor):
    def more(url, text):
        match = re.search(r"window\._CONFIG = (\{.*\});", text)
        config = json.loads(match[1]) if match else {}
        if "DETAIL" in config:
            return re.findall(r'href="([^"]+)"', config["DETAIL"]["content"])
        leaves, queue = [], list(config.get("TREE", ()))
        while queue:
            node = queue.pop()
            queue += node["children"]
            if not node["children"] and not node["jump_url"]:
                leaves.append(node["id"])
        return [link for leaf in leaves for link in api_links(visitor, leaf, config["SID"])]

    return more


def api_links(visitor, category, sid):
    def page(n):
        return json.loads(visitor.text(f"{visitor.base}/gkmlpt/api/all/{category}?page={n}&sid={sid}"))

    first, links = page(1), []
    assert page(0) == first
    n = 1
    while articles := page(n)["articles"]:
        assert len(articles) <= 100
        links += [article["url"] for article in articles]
        n += 1
    assert len(set(links)) == first["classify"]["post_count"]
    return links


def ucap_visitor(visitor):
    def more(url, text):
        yield from trs_pages(url, text)
        for tree in re.findall(r'url:"([^"]+treeNew[^"]+)"', text):
            answer = visitor.text(urljoin(url, tree))
            nodes = json.loads(re.fullmatch(r"null\((.*)\);", answer)[1])["children"]
            yield from (node["url"].replace("null.shtml", "xlist.shtml") for node in nodes)

    return more


def jpaas_visitor(visitor):
    """Asks for every page; where page 2 is page 1, the archives by year are followed anyway."""

    def more(url, text):
        for query, rows, count in re.findall(
            r'queryData="(.*?)".*?rows="(\d+)" count="(\d+)"', text, re.DOTALL
        ):
            asked = dict(re.findall(r"'(\w+)':'([^']*)'", query))
            for page in range(2, -(-int(count) // int(rows)) + 1):
                asked["paramJson"] = json.dumps({"pageNo": page, "pageSize": int(rows)})
                api = f"{visitor.base}/api-gateway/jpaas-publish-server/front/page/build/unit"
                rest = json.loads(visitor.text(f"{api}?{urlencode(asked)}"))["data"]["html"]
                assert (re.search(r"<ul>.*</ul>", rest, re.DOTALL)[0] in text) == (not visitor.pages.honest)
                yield from re.findall(r'href="([^"]+)"', rest)

    return more


def epoint_pages(url, text):
    """The pages that a script counts."""
    count = re.search(r"pageCount = (\d+)", text)
    return [f"{page}.html" for page in range(2, int(count[1]) + 1)] if count and "govlist" in url else []


def walked(site):
    visitor = Visitor(site)
    ways = {
        "jcms": jcms_visitor(visitor),
        "gkmlpt": gkmlpt_visitor(visitor),
        "jpaas": jpaas_visitor(visitor),
        "trs": trs_pages,
        "ucap": ucap_visitor(visitor),
        "epoint": epoint_pages,
        **dict.fromkeys(("anhui", "old_asp", "vsb", "xxgk"), lambda url, text: []),
    }
    assert ways.keys() == FAMILIES.keys()
    return visitor, visitor.walk(ways[site.family])


@pytest.fixture(scope="module")
def world():
    return World.build(seed=3, counties=12, agencies=5)


@pytest.fixture(scope="module")
def others():
    """Two sites of each family that the demo does not show."""
    families = ("ucap", "vsb", "jpaas", "anhui", "old_asp", "xxgk", "epoint")
    return World.build(seed=4, counties=14, agencies=6, families=families)


@pytest.fixture(scope="module")
def found(world, others):
    return {id(each): {site.region.code: walked(site)[1] for site in each.sites} for each in (world, others)}


@pytest.mark.parametrize("which", ["world", "others"])
def test_every_expected_report_is_reached_from_home_and_shows_its_cells(request, found, which):
    world = request.getfixturevalue(which)
    for expected in world.expected:
        pages = found[id(world)][expected.site]
        for url in expected.urls:
            text = pages[url]
            assert expected.title in text
            if (
                "two_pages" in expected.quirks
                and (stem := url.rpartition("."))
                and f"{stem[0]}_1.{stem[2]}" in pages
            ):
                text += pages[f"{stem[0]}_1.{stem[2]}"]
            if expected.layout == "html_plain":
                assert (
                    expected.states["applications"] == "stated_none" or "本年新收政府信息公开申请数量" in text
                )
                assert all(f">{cell.raw}<" in text for cell in expected.cells if cell.raw)
        for url in expected.attachment_urls:
            assert pages[url].body


@pytest.mark.parametrize("which", ["world", "others"])
def test_nothing_else_looks_like_an_article_with_the_official_tables(request, found, which):
    world = request.getfixturevalue(which)
    for site in world.sites:
        known = {url for e in world.expected for url in e.urls}
        with_tables = {
            url
            for url, text in found[id(world)][site.region.code].items()
            if isinstance(text, str) and "本年度办理结果" in text and not re.search(r"_1\.s?html$", url)
        }
        assert with_tables <= known


def test_lists_run_over_several_pages_in_all_signatures(world, found):
    signatures = Counter()
    for site in world.sites:
        text = "".join(t for t in found[id(world)][site.region.code].values() if isinstance(t, str))
        if site.family == "trs":
            pager = re.search(r"createPageHTML\(([^\d)]*)[2-9]|(var countPage = )[2-9]", text)
            signatures[pager.groups(), "'index'" in text] += 1
    assert len(signatures) == 4


def test_old_trs_articles_are_gbk_called_gb2312(world):
    visitor = Visitor(world.sites[0])
    old = next(
        e for e in world.expected if e.site == "980121" and e.published_on < "2021" and not e.attachment_urls
    )
    response = visitor.get(old.urls[0])
    assert "charset" not in response.headers["content-type"]
    assert b"charset=gb2312" in response.body
    assert world.sites[0].region.name in response.body.decode("gbk")
    with pytest.raises(UnicodeDecodeError):
        response.body.decode("gb2312")


def test_a_static_page_is_not_sent_twice_though_its_counter_moves(world):
    visitor = Visitor(world.sites[0])
    url = next(e.urls[0] for e in world.expected if e.site == "980121")
    first, second = visitor.get(url), visitor.get(url)
    assert first.body != second.body
    path = urlsplit(url).path
    for known in (
        {"if-none-match": first.headers["etag"]},
        {"if-modified-since": first.headers["last-modified"]},
    ):
        assert visitor.pages.respond(Request(path, headers=known)).status == 304
    assert visitor.pages.respond(Request(path, headers={"if-none-match": 'W/"other"'})).status == 200


def test_the_silent_edit_shows_after_the_first_visit_and_changes_one_cell(world, tmp_path):
    edited = next(e for e in world.expected if e.edit)
    site = next(s for s in world.sites if s.region.code == edited.site)
    path = urlsplit(edited.urls[0]).path

    def fetch(visits, **headers):
        return FAMILIES[site.family](site, visits).respond(Request(path, headers=headers))

    def cells(response):
        table = html.fromstring(response.body.decode())
        return ["".join(cell.text_content().split()) for cell in table.xpath("//td|//th")]

    first = fetch(Visits(tmp_path))
    assert cells(fetch(Visits(tmp_path))) == cells(first), "another archive's first visit"
    again = fetch(Visits(tmp_path), **{"if-none-match": first.headers["etag"]})
    assert again.status == 200
    changed = [(a, b) for a, b in zip(cells(first), cells(again), strict=True) if a != b]
    before = next(c for c in edited.cells if (c.item, c.row) == (edited.edit.item, edited.edit.row))
    assert set(changed) == {(before.raw, edited.edit.raw)}
    assert fetch(Visits(tmp_path), **{"if-none-match": again.headers["etag"]}).status == 304
    assert cells(fetch(Visits())) == cells(first)


def test_vsb_lists_count_down(others):
    visitor = Visitor(next(site for site in others.sites if site.family == "vsb"))
    first = visitor.text(visitor.base + "/zwgk/zfxxgk/zfxxgknb.htm")
    total = int(re.search(r"共(\d+)条", first)[1])
    pages = -(-total // 15)
    assert f'<span class="p_next p_fun"><a href="zfxxgknb/{pages - 1}.htm">下页' in first
    assert 'href="zfxxgknb/1.htm">尾页' in first
    last = visitor.text(visitor.base + "/zwgk/zfxxgk/zfxxgknb/1.htm")
    assert last.count("line_u7_") == (total - 1) % 15 + 1
    assert "下页" not in last


def test_pages_that_do_not_exist_say_so_some_with_status_200(world):
    answers = {site.soft_404: Visitor(site).get(site.base(1) + "/no/such/page.html") for site in world.sites}
    assert answers[False].status == 404
    assert answers[True].status == 200
    assert "不存在" in answers[True].body.decode()


def test_pictures_and_styles_that_pages_name_are_there(world):
    for site in world.sites[:3]:
        visitor = Visitor(site)
        picture = next(p for p in site.publications if p.kind == "infographic")
        page = visitor.get(visitor.base + visitor.pages.addresses(site, picture)[0]).body.decode(
            "gb18030", "ignore"
        )
        named = re.search(r'src=\\?"(/images/\d+\.jpg)', page)[1]
        assert visitor.get(visitor.base + named).body[:2] == b"\xff\xd8"
        assert visitor.get(visitor.base + "/images/common.css").status == 200


def test_robots_allow_the_reports(world):
    for site in world.sites:
        assert b"Disallow: /search/" in Visitor(site).get(site.base(1) + "/robots.txt").body
