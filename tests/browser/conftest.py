"""A small county, crawled from its sample site, on a site of ours, in a real browser."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tarfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from samples.counties import World
from samples.registry import write_registry
from samples.server import serve as serve_samples

CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "gongkai-tests"
AXE = "axe-core@4.14.1"  # MPL-2.0, for the tests only
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
SIZES = {"desktop": {"width": 1280, "height": 900}, "phone": {"width": 390, "height": 844}}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(*arguments: str) -> Iterator[None]:
    process = subprocess.Popen([sys.executable, "-m", "gongkai", *arguments], stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        process.terminate()
        process.wait(10)


@pytest.fixture(scope="session")
def world() -> World:
    return World.build(1, 1, 4, (2021, 2022, 2023, 2024), port=free_port())


@pytest.fixture(scope="session")
def archive(world: World, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The county of ``world`` crawled for real."""
    data = tmp_path_factory.mktemp("archive")
    write_registry(world, data / "sites")
    with serve_samples(world, state_dir=data / "sites"):
        crawl = ["crawl", "--all", "--sites", str(data / "sites"), "--data", str(data)]
        done = subprocess.run([sys.executable, "-m", "gongkai", *crawl], capture_output=True, text=True)
    assert done.returncode in (0, 1), done.stderr
    return data


@pytest.fixture(scope="session")
def site(archive: Path) -> Iterator[str]:
    """The address of the archive's site."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    with running("serve", "--data", str(archive), "--port", str(port)):
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            try:
                httpx.get(address)
                break
            except httpx.TransportError:
                time.sleep(0.1)
        yield address


# Not for the session: as long as Playwright is open, no other test of the process can run an event loop.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("chromium is not installed")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield opened
        opened.close()


@pytest.fixture(params=list(SIZES))
def size(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(params=["zh", "en"])
def lang(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def page(browser: Browser, site: str, size: str, lang: str) -> Iterator[Page]:
    """A page at home, in a size and a language."""
    context = browser.new_context(base_url=site, viewport=SIZES[size])
    context.add_cookies([{"name": "lang", "value": lang, "url": site}])
    context.set_default_timeout(10_000)
    opened = context.new_page()
    opened.goto("/")
    yield opened
    context.close()


@pytest.fixture(scope="session")
def axe(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The script of axe-core, fetched once for a machine."""
    script = CACHE / f"{AXE}.js"
    if not script.exists():
        npm = shutil.which("npm")
        if npm is None:
            pytest.skip("npm is not installed; it fetches axe-core")
        folder = tmp_path_factory.mktemp("axe")
        made = subprocess.run([npm, "pack", AXE], cwd=folder, capture_output=True, text=True, timeout=120)
        if made.returncode:
            pytest.skip(f"axe-core could not be fetched: {made.stderr[-200:]}")
        with tarfile.open(folder / made.stdout.strip().splitlines()[-1]) as packed:
            fresh = folder / "axe.js"
            fresh.write_bytes(packed.extractfile("package/axe.min.js").read())
        CACHE.mkdir(parents=True, exist_ok=True)
        shutil.copy(fresh, script.with_suffix(f".{os.getpid()}"))
        script.with_suffix(f".{os.getpid()}").replace(script)  # other processes fetch it too
    return script.read_text(encoding="utf-8")
