"""A run that is to be cut off: ``python workload.py DATA MUTATION``. What it acknowledges it says on stdout.

Each line is ``capture NUMBER SHA256`` or ``published COUNT``. ``MUTATION`` takes one safeguard away, to see
whether the harness notices: no_warc_fsync, no_folder_fsync, synchronous_off, row_before_record; ``-``: none.
"""

import os
import shutil
import sys
from pathlib import Path

from pipelines import durable
from pipelines.archive import Archive, Exchange, Provenance, writer
from pipelines.archive.coding import decode_body
from pipelines.publish import publish
from pipelines.recovery import recover
from pipelines.store import Capture, Store, connection

COUNT = 20
SEGMENT = 6_000  # bytes: several files in so short a run


def exchange(crawl_id: int, number: int) -> Exchange:
    about = Provenance(
        crawl_id=crawl_id,
        outcome="new",
        site="990001",
        request_id=number + 1,
        role="article",
        media_type="text/html",
        hints={"link_text": f"第{number}份"},
    )
    noise = b"".join(b"%d " % (number * 7919 * n % 104729) for n in range(40 + 25 * (number % 7)))
    return Exchange(
        url=url_of(number),
        fetched_at="2026-03-01T00:00:00Z",
        about=about,
        status=200,
        reason="OK",
        headers=(("Content-Type", "text/html"),),
        request_headers=(("Host", "county.example"),),
        body=noise,
    )


def url_of(number: int) -> str:
    return f"http://county.example/{number}"


def say(line: str) -> None:
    os.write(1, f"{line}\n".encode())


def take_in(store: Store, archive: Archive, number: int) -> None:
    """As the crawl does it: the record, then one transaction for the row and the frontier, then the word."""
    asked = exchange(archive.crawl_id, number)
    stored = archive.write(asked)
    with store.transaction() as db:
        store.add_capture(Capture.of(asked, stored))
        done(db, number)
    say(f"capture {number} {stored.sha256}")


def done(db: object, number: int) -> None:
    db.execute(
        """INSERT OR IGNORE INTO requests (request_id, site, sweep, fingerprint, url, host, role, state)
           VALUES (?, '990001', 1, ?, ?, 'county.example', 'article', 'done')""",
        (number + 1, str(number), url_of(number)),
    )


def take_in_backwards(store: Store, archive: Archive, number: int) -> None:
    """The row before the record: what must never be done."""
    asked = exchange(archive.crawl_id, number)
    say(f"capture {number} {decode_body(asked.headers, asked.body).digest.sha256}")
    stored = archive.write(asked)
    with store.transaction() as db:
        store.add_capture(Capture.of(asked, stored))
        done(db, number)


def main(data: Path, count: int = COUNT, largest: int = SEGMENT, take=take_in) -> None:
    """Takes in what is not there yet, and publishes half-way and at the end."""
    with Store.open(data, write=True) as store:
        recover(store, settle_with(store))
        held = {row["url"] for row in store.rows("SELECT url FROM captures")}
        crawl_id = store.begin_crawl("crawl", "workload")
        archive = store.archive(crawl_id)
        archive._largest = largest
        for number in range(count):
            if url_of(number) not in held:
                take(store, archive, number)
            if number == count // 2:
                publish_now(data)
        store.end_crawl(crawl_id, "complete")
    publish_now(data)


def settle_with(store: Store):
    def settle(exchange: Exchange, stored) -> None:
        with store.transaction() as db:
            store.add_capture(Capture.of(exchange, stored))
            done(db, int(exchange.url.rsplit("/", 1)[1]))

    return settle


def publish_now(data: Path) -> None:
    publish(data)
    with Store.open(data) as store:
        say(f"published {store.value('SELECT count(*) FROM captures')}")


class _WithoutFsync:
    """``os`` for the writer of WARC files, but nothing is ever made durable."""

    def __getattr__(self, name: str) -> object:
        return getattr(os, name)

    def fsync(self, handle: int) -> None:
        pass


def mutate(name: str) -> None:
    if name == "no_warc_fsync":
        writer.os = _WithoutFsync()
    elif name == "no_folder_fsync":
        for module in (writer, durable):
            module.fsync_dir = lambda folder: None
    elif name == "synchronous_off":
        prepare = connection._prepare

        def careless(db: object) -> None:
            prepare(db)
            db.execute("PRAGMA synchronous = OFF").fetchall()

        connection._prepare = careless


if __name__ == "__main__":
    mutation = sys.argv[2]
    mutate(mutation)
    shutil._USE_CP_SENDFILE = False  # bytes that the kernel copies would not be in the log
    main(Path(sys.argv[1]), take=take_in_backwards if mutation == "row_before_record" else take_in)
