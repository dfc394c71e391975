"""Plain Scrapy with JOBDIR, as its documentation has it: ``python plain_scrapy.py URL JOBDIR OUT``.

Every page's address goes to OUT, one a line, when its callback runs.
"""

from __future__ import annotations

import sys

import scrapy
from scrapy.crawler import CrawlerProcess


class Tree(scrapy.Spider):
    """Follows every link."""

    name = "tree"

    def parse(self, response: scrapy.http.Response):
        with open(sys.argv[3], "a", encoding="ascii") as out:
            out.write(response.url + "\n")
        for address in response.css("a::attr(href)").getall():
            yield response.follow(address)


if __name__ == "__main__":
    process = CrawlerProcess(
        {
            "JOBDIR": sys.argv[2],
            "LOG_ENABLED": False,
            "TELNETCONSOLE_ENABLED": False,
            "REMOTE_CONTROL_ENABLED": False,
            "DOWNLOAD_DELAY": 0,
            "CONCURRENT_REQUESTS": 8,
        }
    )
    process.crawl(Tree, start_urls=[sys.argv[1]])
    process.start()
