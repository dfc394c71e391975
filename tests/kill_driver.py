"""A small run in a process of its own, to be killed: ``python kill_driver.py DATA COUNT``.

It takes in COUNT exchanges of every kind, each of them once however often it is run.
"""

import gzip
import sys
from pathlib import Path

from pipelines.archive import Exchange, Location, Provenance
from pipelines.clock import now
from pipelines.recovery import recover
from pipelines.store import Capture, Store, StoreError


def _earlier(store: Store, url: str) -> Location | None:
    known = store.resource(url.removeprefix("http://"))
    return store.location_of(known["sha256"]) if known and known["sha256"] else None


def exchange(store: Store, crawl_id: int, number: int) -> Exchange:
    url = f"http://county.example/{number}"
    kind = ("page", "same", "timeout", "file", "blocked")[number % 5]
    about = Provenance(
        crawl_id=crawl_id,
        outcome={"timeout": "timeout", "blocked": "blocked"}.get(kind, "new"),
        site="640323",
        request_id=number,
        role="file" if kind == "file" else "article",
        elapsed=0.25,
        media_type="text/html",
        hints={"link_text": f"第{number}份"},
    )
    if kind == "timeout":
        return Exchange(url=url, fetched_at=now(), about=about, kind="outcome")
    if kind == "file":
        return Exchange(url=url, fetched_at=now(), about=about, kind="resource", body=b"file %d" % number)
    earlier = _earlier(store, f"http://county.example/{number - 1}") if kind == "same" else None
    page = number - 1 if kind == "same" else number
    return Exchange(
        url=url,
        fetched_at=now(),
        about=about,
        status=412 if kind == "blocked" else 200,
        reason="OK",
        headers=(("Content-Encoding", "gzip"), ("Content-Type", "text/html")),
        request_headers=(("Host", "county.example"),),
        body=gzip.compress(b"page %d " % page * 50, mtime=0),
        earlier=earlier,
    )


def main(data: Path, count: int) -> None:
    with Store.open(data, write=True) as store:
        recover(store)
        done = {row["url"] for row in store.rows("SELECT url FROM captures")}
        crawl_id = store.begin_crawl("crawl", "kill_driver")
        archive = store.archive(crawl_id)
        for number in range(count):
            if f"http://county.example/{number}" in done:
                continue
            asked = exchange(store, crawl_id, number)
            stored = archive.write(asked)
            with store.transaction():
                store.add_capture(Capture.of(asked, stored))
        store.end_crawl(crawl_id, "complete")


if __name__ == "__main__":
    try:
        main(Path(sys.argv[1]), int(sys.argv[2]))
    except StoreError as error:
        print(error, file=sys.stderr)
        sys.exit(error.exit_code)
