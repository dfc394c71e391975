"""No page shuts anybody out: no serious finding of axe, nothing wider than the screen."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Page

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
    return [*pages, "/archive", "/archive/reports", "/archive/grant_rates", "/archive?sql=select+1", "/none"]


def test_axe_has_no_serious_finding(page: Page, archive: Path, axe: str):
    found = []
    for address in addresses(archive):
        page.goto(address)
        # the site allows no script but its own: the browser is told, the page is not
        page.evaluate(axe)
        result = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
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


def test_pages_work_without_a_script(page: Page, archive: Path):
    for address in addresses(archive):
        page.goto(address)
        assert page.locator("script").count() == 0
        assert page.locator("h1").count() == 1
