"""The site as people use it: a citizen, a journalist, a researcher, a clerk; on a desk and on a phone."""

from __future__ import annotations

import csv
import io
import re
import sqlite3
from contextlib import closing
from xml.etree import ElementTree

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser

SAYS = {
    "zh": {"gap": "期限后已查遍网站，没有", "sql": "运行查询", "evidence": "这个数字出自哪里"},
    "en": {
        "gap": "searched after the legal date",
        "sql": "Run SQL",
        "evidence": "Where this number comes from",
    },
}


def county(page: Page) -> None:
    page.locator(".counties a").first.click()
    expect(page.locator("table.matrix")).to_be_visible()


def test_a_citizen_finds_the_countys_report(page: Page):
    county(page)
    page.locator("table.matrix a.status.have").first.click()
    expect(page).to_have_url(re.compile(r"/report/"))
    expect(page.locator("h1")).to_contain_text("政府信息公开")


@pytest.mark.parametrize("kind", ["html", "pdf"])
def test_a_number_leads_to_its_marked_cell(page: Page, lang: str, world, archive, kind: str):
    wanted = next(
        e
        for e in world.expected
        if (e.layout == "pdf") == (kind == "pdf") and set(e.states.values()) == {"table"}
    )
    with closing(sqlite3.connect(archive / "archive.db")) as db:
        sql = "SELECT report_id FROM reports WHERE year = ? AND title = ?"
        (report_id,) = db.execute(sql, (wanted.year, wanted.title)).fetchone()
    page.goto(f"/report/{report_id}")
    number = page.locator("#applications a.cell.number").first
    printed = number.inner_text().strip()
    number.click()
    expect(page.locator("h1")).to_have_text(SAYS[lang]["evidence"])
    frame = page.frame_locator("iframe.original")
    here = frame.locator("#here")
    # by its place: an observer inside a sandboxed frame is not told in time
    for _ in range(60):
        page.screenshot()  # a frame that is drawn scrolls to its mark
        box, around = here.bounding_box(), page.locator("iframe.original").bounding_box()
        if box and _within(box, around):
            break
        page.wait_for_timeout(200)
    assert _within(box, around)
    if kind == "pdf":
        assert frame.locator("img").evaluate("image => image.naturalWidth") > 500
    else:
        assert here.inner_text().strip() == printed


def _within(box, around) -> bool:
    """Whether the middle of a box stands inside another."""
    middle = (box["x"] + box["width"] / 2 - around["x"], box["y"] + box["height"] / 2 - around["y"])
    return 0 <= middle[0] <= around["width"] and 0 <= middle[1] <= around["height"]


def test_a_journalist_sees_why_a_year_is_missing(page: Page, lang: str, world):
    county(page)
    agency, _ = world.missing[0]
    row = page.locator("table.matrix tr", has_text=agency.name)
    gap = row.locator(".status.not_found").first
    assert SAYS[lang]["gap"] in gap.get_attribute("title")
    gap.click()  # the list page that was searched is the proof
    expect(page).to_have_url(re.compile(r"/archive/captures/\d+"))


def test_a_researcher_writes_sql_and_takes_the_csv_home(page: Page, lang: str, world):
    page.goto("/archive")
    page.locator("textarea#sql").fill("select agency, year, title from reports order by year desc, agency")
    page.get_by_role("button", name=SAYS[lang]["sql"]).click()
    expect(page.locator("table.data tbody tr")).to_have_count(len(world.expected))
    address = page.locator(".actions a", has_text="CSV").get_attribute("href")
    rows = list(csv.DictReader(io.StringIO(page.request.get(address).text())))
    assert {(row["agency"], int(row["year"])) for row in rows} == {(e.agency, e.year) for e in world.expected}


def test_a_ready_question_is_explained_where_it_is_asked(page: Page, lang: str):
    page.locator(".cards a").first.click()
    expect(page.locator(".lead")).to_contain_text("÷")
    expect(page.locator("table.data tbody tr")).not_to_have_count(0)


def test_a_clerk_finds_the_flag_of_the_agency(page: Page, world):
    broken = next(e for e in world.expected if e.broken)
    page.goto("/quality")
    page.get_by_role("link", name=broken.agency).first.click()
    expect(page).to_have_url(re.compile(r"/report/.+#checks"))
    expect(page.locator("#checks .outcome.fail").first).to_be_visible()


def test_a_feed_can_be_followed(page: Page):
    county(page)
    address = page.locator("link[type='application/atom+xml']").get_attribute("href")
    feed = ElementTree.fromstring(page.request.get(address).text())
    link = feed.find("{*}entry/{*}link").get("href")
    assert page.request.get(link).ok


def test_words_are_found_and_marked(page: Page):
    page.locator("#q").fill("依申请公开")
    page.locator("#q").press("Enter")
    expect(page.locator(".found mark").first).to_have_text("依申请公开")


def test_the_other_language_is_one_switch_away(page: Page, lang: str):
    page.goto("/coverage")
    page.locator("a.language").click()
    expect(page.locator("html")).to_have_attribute("lang", {"zh": "en", "en": "zh-CN"}[lang])


def test_the_keyboard_reaches_the_text_and_shows_where_it_is(page: Page):
    page.keyboard.press("Tab")
    expect(page.locator("a.skip")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    within = page.evaluate("document.querySelector('main').contains(document.activeElement)")
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert within and outline != "none"


def test_a_citizen_types_the_name_of_the_county_or_agency(page: Page, world):
    wanted = world.expected[0]
    page.locator("#q").fill(wanted.agency)
    page.locator("#q").press("Enter")
    page.locator(".named").get_by_role("link", name=wanted.agency, exact=True).click()
    expect(page.locator("h1")).to_have_text(wanted.agency)


def test_a_search_is_narrowed_by_year_and_section(page: Page):
    page.locator("#q").fill("公开")
    page.locator("#q").press("Enter")
    page.locator(".facets details").first.get_by_role("link", name="2023").click()
    page.locator(".facets details").nth(1).get_by_role("link").nth(1).click()
    expect(page).to_have_url(re.compile(r"year=2023.*section=\d"))
    titles = page.locator(".found li > a").all_inner_texts()
    assert titles and all("2023" in title for title in titles)


def test_a_citation_is_copied(page: Page, site: str, lang: str):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=site)
    county(page)
    page.locator("table.matrix a.status.have").first.click()
    button = page.locator("button.copy")
    button.click()
    expect(button).to_have_text({"zh": "已复制", "en": "Copied"}[lang])
    assert page.url in page.evaluate("navigator.clipboard.readText()")


def test_a_chart_is_taken_home_as_a_picture(page: Page):
    county(page)
    page.locator("table.matrix tbody th a").first.click()
    button = page.locator("button[data-png]").first
    with page.expect_download() as waiting:
        button.click()
    assert waiting.value.suggested_filename.endswith(".png")


def test_a_researcher_sees_what_columns_mean_while_writing(page: Page, lang: str):
    page.goto("/archive?sql=select+1+as+one")
    page.locator(".schema > summary").click()
    name = page.locator("code", has_text=re.compile("^applications$"))
    page.locator(".schema details > summary", has=name).click()
    meaning = {"zh": "自然人", "en": "Natural persons"}[lang]
    expect(page.locator(".schema dd", has_text=meaning).first).to_be_visible()
    page.locator("textarea#sql").fill("select 2 as two")
    page.locator("textarea#sql").press("Control+Enter")
    expect(page.locator("table.answer thead")).to_contain_text("two")


@pytest.mark.parametrize("size", ["desktop"], indirect=True)
def test_a_researcher_sees_numbers_beside_their_rows(page: Page):
    page.goto("/archive/applications")
    frame, number = page.locator(".scroll").first, page.locator("td.col-natural_person").first
    ends = [(box["x"] + box["width"]) for box in (number.bounding_box(), frame.bounding_box()) if box]
    assert len(ends) == 2 and ends[0] <= ends[1]
