"""VSB 博达: list pages are counted down, so the address of an old page changes when a new one comes."""

from __future__ import annotations

import re
from typing import ClassVar

from crawler.family import Ask, Context, Family, next_pages
from crawler.page import Page


class Vsb(Family):
    """Page 1 is ``zbgg.htm``, page 2 of 11 is ``zbgg/10.htm``, the last ``zbgg/1.htm``: only 下页 is sure."""

    name: ClassVar[str] = "vsb"
    # its pager's classes, its content ids, its address forms
    signs: ClassVar[dict[str, float]] = {
        r"(?i)vsb_content|v_news_content|_vsb_|visual sitebuilder": 0.5,
        r"p_pages|p_next|p_fun\b|line_u\d+_\d+": 0.4,
        r"urltype=news\.NewsContentUrl|urltype=tree\.TreeTempUrl": 0.5,
        r"/info/\d+/\d+\.html?": 0.3,
        r"_sitegray|/system/resource/js/": 0.2,
    }
    total = re.compile(r"""class=["']?p_t["']?[^>]*>\s*共\s*(\d+)\s*条""")

    def more(self, page: Page, context: Context) -> tuple[Ask, ...]:
        """下页 only, page after page: numbers would be wrong at the next visit."""
        return next_pages(page)[:1]
