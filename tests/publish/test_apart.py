"""Visitors' own queries have processes of their own, and a cap that no header gets around."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest

from benchmarks.scale import served
from pipelines.publish.apart import processes
from pipelines.publish.plugins import site_guard

pytestmark = pytest.mark.slow

ENDLESS = "with recursive n(i) as (select 1 union all select i + 1 from n) select max(i) from n"
PROXY, STRANGER = "127.0.0.2", "127.0.0.3"
ONE = "archive.json?sql=select+1&_shape=arrays"


@pytest.fixture(scope="module")
def site(site_data: Path) -> Iterator[tuple[str, int]]:
    with served(site_data, [PROXY]) as (address, pid):
        until_answered(address)
        yield address, pid


def until_answered(address: str, path: str = ONE, cookies: dict[str, str] | None = None) -> httpx.Response:
    """The answer to a small query, from when there is one: a process that was ended is replaced."""
    for _ in range(120):
        answer = httpx.get(address + path, cookies=cookies, timeout=60)
        if answer.status_code == 200:
            return answer
        time.sleep(0.5)
    raise AssertionError(answer.text)


def children(pid: int) -> list[int]:
    found: list[int] = []
    for thread in Path(f"/proc/{pid}/task").iterdir():
        found += map(int, (thread / "children").read_text().split())
    return found


def asked(address: str, local: str, forwarded: list[str]) -> list[int]:
    """The status of endless queries sent at once from ``local``, each with its X-Forwarded-For."""

    def ask(header: str) -> int:
        transport = httpx.HTTPTransport(local_address=local)
        with httpx.Client(transport=transport, timeout=60) as client:
            headers = {"x-forwarded-for": header, "forwarded": f"for={header}", "x-real-ip": header}
            path = f"{address}archive.json?sql={quote(ENDLESS)}"
            return client.get(path, headers=headers).status_code

    with ThreadPoolExecutor(len(forwarded)) as threads:
        return sorted(threads.map(ask, forwarded))


def test_a_process_that_is_ended_takes_none_that_is_forked_meanwhile_with_it(site_data):
    with closing(processes.Origin(site_data)) as origin:
        before = processes.Process(origin, 0)
        started = before.origin
        for _ in range(6):
            before.end()
            before = processes.Process(origin, 0)
            before.await_start()
        assert before.origin is started and started.poll() is None
        before.end()


@pytest.mark.parametrize(
    ("local", "forwarded", "expected"),
    [
        (STRANGER, ["10.1.1.1", "10.1.1.2"], [400, 429]),
        (STRANGER, [PROXY, f"10.1.1.2, {PROXY}"], [400, 429]),
        (PROXY, ["203.0.113.1", "203.0.113.2"], [400, 400]),
        (PROXY, ["203.0.113.1", "203.0.113.1"], [400, 429]),
        (PROXY, ["10.9.9.1, 203.0.113.1", "10.9.9.2, 203.0.113.1"], [400, 429]),
        (PROXY, ["2001:db8::1", "2001:db8::2:1"], [400, 429]),
        (PROXY, ["2001:db8::1", "2001:db8:1::1"], [400, 400]),
        (PROXY, ["203.0.113.1", "::ffff:203.0.113.1"], [400, 429]),
    ],
)
def test_a_visitor_is_who_connects_or_whom_a_known_proxy_names(site, local, forwarded, expected):
    address, _ = site
    until_answered(address)
    # on a slow machine the first may have ended before the second begins
    assert any(asked(address, local, forwarded) == expected for _ in range(8))


def answering(pid: int) -> list[int]:
    """The processes that answer apart: forked from the one that the site has started for it."""
    (origin,) = children(pid)
    return children(origin)


@pytest.mark.parametrize(
    ("whom", "how"), [(answering, signal.SIGSTOP), (answering, signal.SIGKILL), (children, signal.SIGKILL)]
)
def test_a_process_that_does_not_answer_is_replaced(site, whom, how):
    address, pid = site
    until_answered(address)
    before = whom(pid)
    for child in before:
        os.kill(child, how)
    started = time.monotonic()
    answer = httpx.get(address + ONE, timeout=60)
    assert answer.status_code in (400, 503)
    assert "查询" in answer.text
    assert httpx.get(f"{address}about", timeout=60).status_code == 200
    assert time.monotonic() - started < 30
    assert until_answered(address).json()["rows"] == [[1]]
    assert set(whom(pid)) != set(before)


def test_where_none_can_be_forked_another_origin_is_started(site_data, monkeypatch):
    monkeypatch.setattr(processes, "_STARTED_IN", 0.5)
    with closing(processes.Origin(site_data)) as origin:
        stopped = processes.Process(origin, 0)
        os.kill(stopped.origin.pid, signal.SIGSTOP)
        monkeypatch.setattr(processes, "_STARTED_IN", 60)
        stopped.await_start()
        stopped.end()
        fresh = processes.Process(origin, 0)
        fresh.await_start()
        answer = httpx.get(f"http://127.0.0.1:{fresh.port}/{ONE}", timeout=60)
        assert answer.status_code == 200
        assert stopped.origin.poll() == -signal.SIGKILL
        fresh.end()


@pytest.mark.parametrize(
    "path",
    [
        ONE,
        "archive?sql=select+1",
        "archive.csv?sql=select+%27%3D1%27+as+a",
        "archive/agencies.csv?_stream=on",
        "archive/reports.json?_size=3&_sort=year",
        "archive.json?sql=nonsense",
        "archive/nothing.json?_size=3",
    ],
)
def test_answers_are_those_of_the_site_itself(site, ask_site, path):
    address, _ = site
    (expected,) = ask_site(f"{address}{path}")
    answer = httpx.get(address + path, timeout=60)
    assert answer.status_code == expected.status_code
    if path.endswith("csv"):
        assert answer.text == expected.text
    for name in ("content-type", *site_guard.HEADERS):
        assert answer.headers.get_list(name) == expected.headers.get_list(name)
    assert len(answer.headers.get_list("date")) == 1


def test_nothing_is_left_running_when_the_site_is_killed(site_data):
    with served(site_data) as (address, pid):
        until_answered(address)
        left = [*children(pid), *answering(pid)]
        assert len(left) == 5
        os.kill(pid, signal.SIGKILL)
    deadline = time.monotonic() + 60
    while any(map(is_running, left)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not any(map(is_running, left))


def is_running(pid: int) -> bool:
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except FileNotFoundError:
        return False


@pytest.mark.parametrize("path", ["archive/reports", "archive?sql=select+1", "search?q=%E5%85%AC%E5%BC%80"])
def test_an_answer_from_apart_is_in_the_readers_language(site, path):
    address, _ = site
    cookies = {"lang": "en", "other": "1"}
    for asked in (f"{path}{'&' if '?' in path else '?'}lang=en", path):
        assert '<html lang="en">' in until_answered(address, asked, cookies).text
    assert '<html lang="zh-CN">' in until_answered(address, path).text
