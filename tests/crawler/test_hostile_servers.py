"""Servers at their worst: every request ends in exactly one recorded outcome, nothing private is asked for.

One crawl over one loopback server of several addresses, asked side by side: a column links to
more than a hundred articles, each behind a fault of its own, and to places where no crawler
may go.
"""

import asyncio
import gzip
import random
import re
import socket
import threading
import time
import zlib
from collections import Counter, defaultdict

import pytest

TEXT = "本机关依法主动公开政府信息。" * 40
TITLE = "青河县教育局2024年政府信息公开工作年度报告"
HEAD = f"<head><meta charset=utf-8><title>{TITLE}</title></head>"
HTML = f"<html>{HEAD}<body><p>{TEXT}</p></body></html>".encode()
GZIP = gzip.compress(HTML)
GOOD = {"new", "changed", "unchanged"}
PLACE = re.compile(r"^http://127\.0\.0\.[1-6]:\d+(?=/(?:case|inside)/)")
HOSTS = [f"127.0.0.{n}" for n in range(1, 7)]


def answer(body=HTML, status="200 OK", length=None, kind="text/html; charset=utf-8", **headers):
    lines = [f"HTTP/1.1 {status}"] + [f"Content-Type: {kind}"] * bool(kind)
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    if length is not False:
        lines.append(f"Content-Length: {len(body) if length is None else length}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1", "replace") + body


def page(text):
    return f"<html><head><meta charset=utf-8></head><body>{text}</body></html>".encode()


def chunked(*parts, end=True):
    head = answer(b"", length=False, Transfer_Encoding="chunked")
    return head + b"".join(b"%x\r\n%b\r\n" % (len(p), p) for p in parts) + (b"0\r\n\r\n" if end else b"")


def bomb(bits=16 + zlib.MAX_WBITS):
    """96 MB packed: gzip, or with other ``bits`` another wrapping. Cases make it when they are asked for."""
    packer, made = zlib.compressobj(9, zlib.DEFLATED, bits), b""
    for _ in range(96):
        made += packer.compress(bytes(1 << 20))
    return made + packer.flush()


CASES = {}


def case(name, raw, *outcomes, **how):
    assert name not in CASES
    CASES[name] = (raw, set(outcomes), how)


for status in ("500 X", "502 X", "503 X", "504 X", "520 X", "522 X", "524 X", "507 X"):
    case(f"status{status[:3]}", answer(page("error"), status), "error")
for status in ("400 X", "408 X", "425 X", "429 X", "414 X", "431 X"):
    case(f"status{status[:3]}", answer(page("error"), status), "error")
for status in ("401 X", "403 X", "405 X", "412 X", "418 X", "451 X", "468 X", "521 X", "567 X"):
    case(f"status{status[:3]}", answer(page("blocked"), status), "blocked", walls=True)
for status in ("404 X", "410 X"):
    case(f"status{status[:3]}", answer(page("gone"), status), "gone")
for status in ("204 X", "205 X", "206 X", "300 X", "304 X", "305 X"):
    case(
        f"status{status[:3]}",
        answer(
            b"" if status[:3] in ("204", "304") else HTML,
            status,
            length=False if status[:3] in ("204", "304") else None,
        ),
        *GOOD,
        "removed",
        "error",
        "truncated",
    )
for value in ("1", "Wed, 21 Oct 2015 07:28:00 GMT", "99999999999999999999", "-5", "soon", ""):
    case(f"retry_after_{value[:3] or 'empty'}", answer(page("x"), "404 X", Retry_After=value), "gone")
for cut in (0, 1, 9, 18, 40, len(GZIP) // 2, len(GZIP) - 9, len(GZIP) - 4, len(GZIP) - 1):
    case(f"gzip_cut_{cut}", answer(GZIP[:cut], Content_Encoding="gzip"), "truncated", "removed")
case("gzip_lie", answer(HTML, Content_Encoding="gzip"), *GOOD, "truncated", "error")
case("gzip_unasked", answer(GZIP), *GOOD, "error", "removed")
case("gzip_twice", answer(gzip.compress(GZIP), Content_Encoding="gzip, gzip"), *GOOD)
case("gzip_tail", answer(GZIP + b"garbage", Content_Encoding="gzip"), *GOOD, "truncated")
case("gzip_bomb", lambda: answer(bomb(), Content_Encoding="gzip"), "too_large")
case("deflate_raw", answer(zlib.compress(HTML)[2:-4], Content_Encoding="deflate"), *GOOD)
case("deflate_zlib", answer(zlib.compress(HTML), Content_Encoding="deflate"), *GOOD)
case("brotli_lie", answer(b"\xff" * 200, Content_Encoding="br"), "truncated", "error", *GOOD)
case("unknown_coding", answer(HTML, Content_Encoding="x-own"), *GOOD, "error")
case("length_short", answer(HTML, length=len(HTML) + 500), "truncated", close=True)
case("length_long", answer(HTML, length=100), *GOOD, "error", "truncated", "removed")
case("length_negative", answer(HTML, length=-1), *GOOD, "error", close=True)
case("length_words", answer(HTML, length="many"), *GOOD, "error", close=True)
case("length_twice", answer(HTML, Content_length=5), *GOOD, "error", "removed", close=True)
case("length_huge", answer(HTML, length=3 << 30), "too_large", "truncated", close=True)
case("close_whole", answer(HTML, length=False), *GOOD, close=True)
case("close_cut", answer(HTML[:-30], length=False), "truncated", close=True)
case("chunks", chunked(HTML[:99], HTML[99:]), *GOOD)
case("chunks_cut", chunked(HTML[:99], end=False), "truncated", close=True)
case("chunks_bad", chunked(HTML[:99], end=False) + b"zz\r\nxx", "truncated", "error", close=True)
case("chunk_huge", chunked(end=False) + b"fffffffffff\r\nxx", "truncated", "error", close=True)
HINTS = b"HTTP/1.1 103 Early Hints\r\nLink: </x.css>; rel=preload\r\n\r\n"
case("early_hints", HINTS + answer(HTML), *GOOD, "error")
case("continued", b"HTTP/1.1 100 Continue\r\n\r\n" * 3 + answer(HTML), *GOOD, "error", close=True)
case(
    "continued_often",
    b"HTTP/1.1 100 Continue\r\n\r\n" * 5_000 + answer(HTML),
    *GOOD,
    "error",
    "timeout",
    close=True,
)
case(
    "switched", answer(b"", "101 X", length=False, Upgrade="h2c"), "error", "timeout", "truncated", close=True
)
case("http2", b"\x00\x00\x12\x04\x00\x00\x00\x00\x00" + b"\x00" * 18, "error", close=True)
case("length_and_chunks", answer(b"", length=5, Transfer_Encoding="chunked") + b"3\r\nabc\r\n0\r\n\r\n",
     *GOOD, "error", "removed", "truncated", close=True)  # fmt: skip
case(
    "lengths_in_one",
    answer(HTML, length=f"{len(HTML)}, 5"),
    *GOOD,
    "error",
    "truncated",
    "removed",
    close=True,
)
case("length_plus", answer(HTML, length=f"+{len(HTML)}"), *GOOD, "error", "truncated", close=True)
case("coding_chunked_gzip", answer(b"", length=False, Transfer_Encoding="gzip, chunked") + b"0\r\n\r\n",
     *GOOD, "error", "removed", "truncated", close=True)  # fmt: skip
case("folded", b"HTTP/1.1 200 OK\r\nX-Fold: a\r\n b\r\nContent-Length: 3\r\n\r\nabc", *GOOD, "error",
     "removed", close=True)  # fmt: skip
case("chunk_extension", chunked(end=False) + b"3;" + b"x" * 200_000 + b"\r\nabc\r\n0\r\n\r\n",
     *GOOD, "error", "removed", "truncated", close=True)  # fmt: skip
case("trailers", chunked(HTML, end=False) + b"0\r\n" + b"X-T: y\r\n" * 50_000 + b"\r\n",
     *GOOD, "error", "truncated", close=True)  # fmt: skip
case("chunks_endless", None, "too_large", endless=chunked(end=False), in_chunks=True)
case("deflate_bomb", lambda: answer(bomb(zlib.MAX_WBITS), Content_Encoding="deflate"), "too_large")
case("bomb_in_bomb", lambda: answer(gzip.compress(bomb()), Content_Encoding="gzip, gzip"), "too_large")
case("codings_many", answer(HTML, Content_Encoding=", ".join(["gzip"] * 500)), "error", "too_large", *GOOD)
case("reset", None, "error", "truncated", reset=b"")
case("reset_head", None, "error", "truncated", reset=b"HTTP/1.1 200 OK\r\nContent-")
case("reset_body", None, "truncated", "error", reset=answer(HTML)[:300])
case("close_at_once", b"", "error", close=True)
case("garbage", b"\x00\xff\xfe" * 50, "error", close=True)
case("http09", HTML, "error", close=True)
case("ssh", b"SSH-2.0-OpenSSH_8.0\r\n", "error", close=True)
case("status_words", b"HTTP/1.1 OK fine\r\n\r\n", "error", close=True)
case("status_999", answer(HTML, "999 X"), "error")
case("status_0", answer(HTML, "000 X"), "error")
case(
    "header_nocolon",
    b"HTTP/1.1 200 OK\r\nbroken header\r\nContent-Length: 3\r\n\r\nabc",
    *GOOD,
    "error",
    "removed",
    close=True,
)
case("header_line_1mb", answer(HTML, X_Long="x" * (1 << 20)), "error", *GOOD, close=True)
case("headers_400", answer(HTML, **{f"X_{n}": "y" * 2_000 for n in range(400)}), "error", *GOOD, close=True)
case("header_nul", answer(HTML, X_Nul="a\x00b"), *GOOD, "error")
case("header_8bit", answer(HTML, X_Bits="\xff\xfe\x80"), *GOOD)
case("header_injection", answer(HTML, X_Crlf="a\rb"), *GOOD, "error")
case("type_missing", answer(HTML, kind=""), *GOOD)
case("type_wrong", answer(HTML, kind="image/jpeg"), *GOOD)
case("type_garbage", answer(HTML, kind=";;;=\x00"), *GOOD, "error")
case("charset_unknown", answer(HTML, kind="text/html; charset=martian"), *GOOD)
case("charset_wrong", answer(HTML.decode().encode("gb18030"), kind="text/html; charset=utf-8"), *GOOD)
case(
    "pdf_cut",
    answer(b"%PDF-1.4\n" + b"x" * 500, kind="application/pdf", length=False),
    "truncated",
    close=True,
)
case("slow_head", None, "timeout", drip=b"HTTP/1.1 200 OK\r\nX-Slow: ")
case("slow_body", None, "truncated", "timeout", drip=answer(HTML, length=99999)[:200])
case("stalled_body", answer(HTML, length=99999), "truncated", "timeout")
case("stalled_chunks", chunked(HTML[:99], end=False) + b"9\r\n", "truncated", "timeout")
case("stalled_to_close", answer(HTML, length=False), "truncated", "timeout")
case("stalled_head", b"HTTP/1.1 200 OK\r\nX-Slow: ", "timeout")
case("silent", None, "timeout", drip=b"")
case("endless", None, "too_large", endless=answer(b"", length=False))
case("big", None, "too_large", endless=answer(b"", length=200 << 20))
case("loop_self", answer(b"", "302 X", Location="/case/loop_self"), "error", "redirect", many=True)
case("loop_two", answer(b"", "301 X", Location="/case/loop_back"), "error", "redirect", many=True)
case("loop_back", answer(b"", "301 X", Location="/case/loop_two"), "error", "redirect", many=True)
case("redirect_nowhere", answer(b"", "302 X"), "error")
case("redirect_empty", answer(b"", "302 X", Location=""), "error")
case("redirect_seen", answer(b"", "302 X", Location="/case/chunks"), "redirect")
for name, target in {
    "file": "file:///etc/passwd",
    "data": "data:text/html,x",
    "ftp": "ftp://127.0.0.1/x",
    "js": "javascript:alert(1)",
    "mail": "mailto:a@b.cn",
    "gopher": "gopher://127.0.0.1/",
    "tel": "tel:123",
}.items():
    case(f"redirect_{name}", answer(b"", "302 X", Location=target), "refused", "error")
PRIVATE = {
    "loopback": "http://127.0.0.9:{p}/secret",
    "other_port": "http://127.0.0.1:{p}/secret",
    "localhost": "http://localhost:{p}/secret",
    "decimal": "http://2130706433:{p}/secret",
    "hex": "http://0x7f.1:{p}/secret",
    "octal": "http://0177.0.0.1:{p}/secret",
    "short": "http://127.1:{p}/secret",
    "zero": "http://0.0.0.0:{p}/secret",
    "ten": "http://10.0.0.1/secret",
    "lan": "http://192.168.0.1/secret",
    "metadata": "http://169.254.169.254/secret",
    "v6": "http://[::1]:{p}/secret",
    "mapped": "http://[::ffff:127.0.0.1]:{p}/secret",
    "user": "http://127.0.0.1@127.0.0.9:{p}/secret",
    "slashes": "//127.0.0.9:{p}/secret",
    "mapped_hex": "http://[::ffff:7f00:9]:{p}/secret",
    "v6_any": "http://[::]:{p}/secret",
    "nat64": "http://[64:ff9b::7f00:9]:{p}/secret",
    "six_to_four": "http://[2002:7f00:9::]:{p}/secret",
    "link_local": "http://[fe80::1]:{p}/secret",
    "dot": "http://127.0.0.9.:{p}/secret",
    "percent": "http://%31%32%37.0.0.9:{p}/secret",
    "decimal_lan": "http://3232235521/secret",
    "octal_lan": "http://0300.0250.0.1/secret",
    "carrier": "http://100.64.0.1/secret",
    "backslashes": "http:\\\\127.0.0.9:{p}/secret",
    "padded": "http://127.0.0.009:{p}/secret",
    "password": "http://a:b@127.0.0.9:{p}/secret",
    "upper": "HTTP://127.0.0.9:{p}/secret",
}
case(
    "meta_wall",
    answer(page("<script>document.cookie='C3VK=1';location.reload()</script>")),
    "blocked",
    walls=True,
)
case("empty", answer(b""), "removed")
case("blank", answer(b" \n\n "), "removed")
case("stub", answer(page("OK")), "removed")
case("soft_404", answer(page("您访问的页面不存在或已被删除")), "soft_404")
case("maintenance", answer(page("网站系统维护中，请稍后访问")), "error")
case("tag_2mb", answer(page("<p " + "a='b' " * 350_000 + ">" + TEXT)), *GOOD)
case("nested", answer(page("<div>" * 20_000 + TEXT)), *GOOD)
case("nul_bytes", answer(HTML.replace(b"<p>", b"<p>\x00\x00")), *GOOD)
case("entities", answer(page("&#0;&#xD800;&#x110000;" + TEXT)), *GOOD)


class Server:
    """Serves the cases on a loopback port from a thread of its own; ``asked`` counts by path."""

    def __init__(self):
        self.asked, self.secret_hits = Counter(), 0
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        self._ready.wait()

    def _run(self):
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._start())
        self._loop.run_forever()

    async def _start(self):
        self._servers = [await asyncio.start_server(self._secret, "0.0.0.0", 0)]
        self.secret_port = self._servers[0].sockets[0].getsockname()[1]
        listening = socket.create_server(("0.0.0.0", 0))
        self.port = listening.getsockname()[1]
        self._servers.append(await asyncio.start_server(self._talk, sock=listening))
        self._ready.set()

    async def _stop(self):
        for server in self._servers:
            server.close()
        talking = asyncio.all_tasks() - {asyncio.current_task()}
        for task in talking:
            task.cancel()
        await asyncio.gather(*talking, return_exceptions=True)

    async def _secret(self, reader, writer):
        self.secret_hits += 1
        writer.close()

    async def _talk(self, reader, writer):
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                path = head.split(b" ")[1].decode()
                self.asked[path] += 1
                if not await self._answer(path, writer):
                    break
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def _answer(self, path, writer):
        raw, _, how = CASES.get(path.removeprefix("/case/"), (self._tree(path), None, {}))
        if "reset" in how:
            writer.write(how["reset"])
            await writer.drain()
            writer.get_extra_info("socket").setsockopt(
                socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0"
            )
            writer.transport.abort()
            return False
        if "drip" in how:
            writer.write(how["drip"])
            while not writer.is_closing():
                writer.write(b"x" if how["drip"] else b"")
                await writer.drain()
                await asyncio.sleep(0.3)
            return False
        if "endless" in how:
            writer.write(how["endless"])
            while not writer.is_closing():
                piece = random.randbytes(1 << 18)
                writer.write(b"40000\r\n" + piece + b"\r\n" if how.get("in_chunks") else piece)
                await writer.drain()
            return False
        writer.write(raw() if callable(raw) else raw)
        await writer.drain()
        return not how.get("close")

    def _tree(self, path):
        if path == "/":
            return answer(page('<a href="/nb/">政府信息公开年报</a>'))
        if path == "/nb/":
            private = [url.format(p=self.secret_port) for url in PRIVATE.values()]
            private += ["file:///etc/passwd", "data:text/html,x", "ftp://127.0.0.1/x"]
            paths = [f"/case/{name}" for name in CASES]
            paths += [f"/inside/{n}" for n in range(2 * len(PRIVATE))]
            links = [f"http://{HOSTS[n % len(HOSTS)]}:{self.port}{path}" for n, path in enumerate(paths)]
            links += private
            return answer(
                page(
                    "<ul>"
                    + "".join(f'<li><a href="{u}">{TITLE}</a><span>2025-01-20</span></li>' for u in links)
                    + "</ul>"
                )
            )
        if re.fullmatch(r"/inside/\d+", path):
            number = int(path.rpartition("/")[2])
            url = list(PRIVATE.values())[number // 2].format(p=self.secret_port)
            if number % 2:
                return answer(page(f'<meta http-equiv="refresh" content="0;url={url}">'))
            return answer(b"", "302 X", Location=url)
        return answer(page("404"), "404 X")

    def close(self):
        asyncio.run_coroutine_threadsafe(self._stop(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


@pytest.fixture
def hostile():
    server = Server()
    yield server
    server.close()


@pytest.mark.slow
def test_every_fault_ends_in_one_recorded_outcome(hostile, crawl):
    assert len(CASES) + 3 * len(PRIVATE) >= 150

    class Web:
        host, port, base = "127.0.0.1", hostile.port, f"http://127.0.0.1:{hostile.port}"

    crawl.register(Web, also=HOSTS[1:])
    started = time.monotonic()
    result = crawl(timeout=150, limits=IMPATIENT)
    assert time.monotonic() - started < 120
    assert result["own_mb"] < 600
    assert hostile.secret_hits == 0
    captures = defaultdict(list)
    for row in crawl.captures():
        captures[PLACE.sub("", row["url"])].append(row)
    wrong = {}
    for name, (_, outcomes, how) in CASES.items():
        rows = captures.get(f"/case/{name}", [])
        # on a machine with too much to do, a second attempt may run out of time
        in_time = [row["outcome"] for row in rows if row["outcome"] != "timeout" or "timeout" in outcomes]
        if not in_time or in_time[-1] not in outcomes:
            wrong[name] = [(row["outcome"], row["detail"]) for row in rows]
        # one row for each time it was asked for; a connection that was closed unseen is opened once more
        again = hostile.asked[f"/case/{name}"] - len(rows)
        assert again == 0 or how.get("many") or (again > 0 and rows[0]["status_code"] is None), name
    assert wrong == {}
    stalled = [row for name in ("body", "chunks", "to_close") for row in captures[f"/case/stalled_{name}"]]
    assert any(row["outcome"] == "truncated" and row["bytes"] for row in stalled)
    for number in range(2 * len(PRIVATE)):
        assert captures[f"/inside/{number}"], number
    assert not [
        url for url in captures if "secret" in url and captures[url][-1]["outcome"] not in ("refused",)
    ]
    with crawl.store() as store:
        assert store.value("SELECT count(*) FROM requests WHERE state <> 'done'") == 0
    assert result["outcome"] == "complete"


# a page is waited for less long, a body may be less large, neither walls nor failures in a row close the host
IMPATIENT = """
import crawler.settings, crawler.manners, crawler.middlewares
crawler.settings.DOWNLOAD_TIMEOUT = 5
crawler.middlewares.LARGEST = 4 << 20
crawler.manners._WALLS = 10**6
crawler.manners._BREAKER = 10**6
crawler.manners._LONGEST_WAIT = 1.0
"""
