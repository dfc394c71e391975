"""The same faults on what this project builds on, used as it comes: docs/reliability.md compares with it.

These tests say how many they lost (pytest -rP) and fail when a plain tool loses nothing any more: then the
table is out of date.
"""

from __future__ import annotations

import random
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

pytestmark = pytest.mark.long
PAGES, TRIALS = 2000, 5


class Tree(BaseHTTPRequestHandler):
    """Page n links to pages 3n+1, 3n+2 and 3n+3."""

    def do_GET(self) -> None:
        number = int(self.path.strip("/") or 0)
        links = "".join(f'<a href="/{n}">{n}</a>' for n in range(3 * number + 1, 3 * number + 4) if n < PAGES)
        body = f"<html><body>{links}</body></html>".encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@pytest.fixture
def tree() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Tree)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}/"
    server.shutdown()
    server.server_close()


def crawl(tree: str, folder: Path, seconds: float | None) -> bool:
    """Runs plain Scrapy, and kills it after that time; whether it ended by itself, well as it says."""
    program = Path(__file__).with_name("plain_scrapy.py")
    command = [sys.executable, str(program), tree, str(folder / "job"), str(folder / "seen")]
    process = subprocess.Popen(command)
    try:
        assert process.wait(seconds) == 0
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        return False
    return True


def test_plain_scrapy_loses_pages_when_killed(tree: str, tmp_path: Path) -> None:
    chance = random.Random(1)
    lost, kills = [], 0
    for trial in range(TRIALS):
        folder = tmp_path / str(trial)
        folder.mkdir()
        for _ in range(3):
            kills += not crawl(tree, folder, chance.uniform(2, 8))
        crawl(tree, folder, None)
        seen = (folder / "seen").read_text().split()
        lost.append(PAGES - len(set(seen)))
    share = 100 * sum(lost) / (PAGES * TRIALS)
    print(f"Scrapy with JOBDIR: {kills} kills, lost {lost} of {PAGES} pages each, {share:.1f} %")
    assert any(lost)


def record(number: int) -> bytes:
    buffer = BytesIO()
    writer = WARCWriter(buffer, gzip=True)
    head = StatusAndHeaders("200 OK", [("Content-Type", "text/plain")], protocol="HTTP/1.1")
    body = b"page %d " % number * 40
    made = writer.create_warc_record(f"http://a/{number}", "response", BytesIO(body), http_headers=head)
    writer.write_record(made)
    made.raw_stream.close()  # a temporary file, from which warcio took the digest
    return buffer.getvalue()


def test_plain_warcio_does_not_see_what_is_cut_off() -> None:
    """A file of 20 records, cut at any byte of the last."""
    records = [record(number) for number in range(20)]
    whole = b"".join(records)
    silent = 0
    for cut in range(1, len(records[-1])):
        try:
            list(ArchiveIterator(BytesIO(whole[:-cut]), check_digests="raise"))
            silent += 1
        except Exception:  # noqa: BLE001 - any word would do
            pass
    print(f"warcio: {silent} of {len(records[-1]) - 1} cuts of the last record raise no error")
    assert silent
