"""Disclosure platforms of Anhui and Gansu: ``public/column/<organ>`` and ``Xxgk…/show``."""

from __future__ import annotations

import re
from typing import ClassVar
from urllib.parse import urlsplit

from crawler.family import Ask, Family
from crawler.page import Page

_ORGAN = re.compile(r"^(.*?/public/column/)(\d+)\b")
_REPORTS = "?type=3"  # 1 制度, 2 指南, 3 年报, 4 目录, 5 依申请公开


class Anhui(Family):
    """Every organ has its annual reports at ``public/column/<organ>?type=3``: enumerate the organs met."""

    name: ClassVar[str] = "anhui"
    signs: ClassVar[dict[str, float]] = {
        r"/public/column/\d+|/public/column/['\"]\s*\+|/public/column/\$\{": 0.6,
        r"/Xxgk\w+/show|/OpennessContent/show": 0.5,
        r"/public/\d+/\d+\.html": 0.3,
    }

    def recognise(self, page: Page) -> float:
        """The platform's own addresses, in the page or of it."""
        return max(super().recognise(page), 0.6 if _ORGAN.match(page.url) else 0.0)

    def branches(self, page: Page) -> tuple[Ask, ...]:
        """The annual-report column of each organ that the page links to, and of its own."""
        organs: dict[str, None] = {}
        for url in (page.url, *(link.url for link in page.links)):
            parts = urlsplit(url)
            found = _ORGAN.match(f"{parts.scheme}://{parts.netloc}{parts.path}")
            if found and "type=3" not in parts.query:
                organs.setdefault(found[1] + found[2] + _REPORTS)
        return tuple(Ask(url, kind="column", title="信息公开年报", optional=True) for url in organs)
