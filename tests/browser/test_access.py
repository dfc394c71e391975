"""No page shuts anybody out: no serious finding of axe, nothing wider than the screen."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

SERIOUS = ("serious", "critical")


def addresses(archive: Path) -> list[str]:
    with closing(sqlite3.connect(archive / "archive.db")) as db:
        report, agency, region = db.execute(
            "SELECT r.report_id, r.agency_id, r.region_code FROM reports r JOIN cells c USING (report_id)"
            " WHERE c.location LIKE '%\"table\"%' AND c.table_name = 'applications' LIMIT 1"
        ).fetchone()
    cell = "table=applications&row=new_received&column=total"
    pages = ["/", f"/region/{region}", f"/agency/{agency}", f"/report/{report}", f"/evidence/{report}?{cell}"]
    pages += ["/coverage", "/quality", "/changes", "/codebook", "/about", "/search?q=%E5%85%AC%E5%BC%80"]
    return [
        *pages,
        "/archive",
        "/archive/reports",
        "/archive/grant_rates",
        "/archive?sql=select+1",
        "/none",
        "/search",
    ]


@pytest.mark.parametrize(("size", "lang"), [("desktop", "zh"), ("phone", "en")], indirect=True)
def test_axe_has_no_serious_finding(page: Page, archive: Path, axe: str):
    found = []
    for address in addresses(archive):
        page.goto(address)
        # the site allows no script but its own: the browser is told, the page is not
        page.evaluate(axe)
        result = page.evaluate("axe.run(document, {resultTypes: ['violations'], preload: false})")
        found += [
            f"{address}: {v['id']} {v['help']} {v['nodes'][0]['html'][:160]}"
            for v in result["violations"]
            if v["impact"] in SERIOUS
        ]
    assert not found, "\n".join(found)


def test_no_page_is_wider_than_the_screen(page: Page, archive: Path):
    wide = []
    for address in addresses(archive):
        page.goto(address)
        if page.evaluate("document.documentElement.scrollWidth > window.innerWidth + 1"):
            wide.append(address)
    assert not wide


@pytest.mark.parametrize(("size", "lang"), [("desktop", "zh")], indirect=True)
def test_no_heading_of_a_form_runs_over_its_border(page: Page, archive: Path):
    page.goto(next(address for address in addresses(archive) if "/report/" in address))
    assert not page.evaluate(
        "[...document.querySelectorAll('.form th')].filter(th => th.scrollWidth > th.clientWidth)"
        ".map(th => th.innerText)"
    )


def test_pages_load_no_script_but_the_sites_own(page: Page, archive: Path):
    for address in addresses(archive):
        page.goto(address)
        assert page.locator("script").count() == page.locator("script[src='/static/site.js']").count() == 1
        assert page.locator("h1").count() == 1


def test_whatever_can_be_done_can_be_done_without_a_script(browser: Browser, site: str, archive: Path):
    context = browser.new_context(base_url=site, java_script_enabled=False)
    page = context.new_page()
    report = next(address for address in addresses(archive) if address.startswith("/report/"))
    page.goto(report)
    assert page.get_by_role("button", name="复制").count() == 0  # what needs a script is not offered
    assert f"{site}{report}" in page.locator("#citation").inner_text()
    page.locator("#applications a.cell.number").first.click()
    assert page.frame_locator("iframe.original").locator("#here").count() == 1
    page.goto("/search")
    page.locator("#q").fill("公开")
    page.locator("#q").press("Enter")
    page.locator(".facets a").first.click()
    assert page.locator(".found mark").count()
    context.close()


@pytest.mark.parametrize(("size", "lang"), [("desktop", "zh")], indirect=True)
def test_a_printed_report_has_its_tables_whole(page: Page, archive: Path):
    page.goto(next(address for address in addresses(archive) if address.startswith("/report/")))
    page.emulate_media(media="print")
    assert not page.locator("header nav").is_visible() and not page.locator(".actions").is_visible()
    clipped = page.evaluate(
        "[...document.querySelectorAll('.scroll')]"
        ".filter(part => getComputedStyle(part).overflowX != 'visible').length"
    )
    assert not clipped and page.locator("#citation").is_visible()
