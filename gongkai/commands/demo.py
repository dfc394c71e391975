"""``gongkai demo``: the whole line on the bundled sample sites."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import click

from gongkai.commands.serve import check_port, keep_serving, served_at
from gongkai.options import answer, common
from gongkai.summary import summarise
from pipelines.errors import from_os_error
from pipelines.folder import STORE
from samples.counties import DEFAULT_PORT, World
from samples.registry import write_registry
from samples.server import PortTaken
from samples.server import serve as serve_samples

_SITES = "sites"  # the registry folder, which also remembers what visitors have seen
_VISITS = ("第一次采集 first visit", "再次采集 second visit: what changed since")


@click.command("demo")
@click.option("--port", type=click.IntRange(0, 65535), default=8001, show_default=True, help="端口 Port.")
@click.option("--no-serve", is_flag=True, help="采集、发布、小结后退出 Crawl, publish, sum up, and exit.")
@click.option("--sites-only", is_flag=True, help="只开放示例网站 Only keep the sample sites up, for `crawl`.")
@click.option(
    "--sites-port",
    type=click.IntRange(1024, 65535),
    default=DEFAULT_PORT,
    show_default=True,
    help="示例网站端口 Port of the sample sites; it is part of their addresses.",
)
@common
def command(port: int, no_serve: bool, sites_only: bool, sites_port: int, data: Path, as_json: bool) -> int:
    """演示 Crawl three bundled sample sites and serve the archive.

    \b
    在本机回环地址上真实采集，只写入 DATA/demo，不碰真正的存档；再运行一次不增加什么。

    A real crawl, over loopback. Works in DATA/demo, never in a real archive. Run twice, it adds nothing.

    \b
    例 Example:
        gongkai demo
        gongkai demo --sites-only
        gongkai crawl --all --sites data/demo/sites --data /tmp/trial
    """
    if not (no_serve or sites_only):
        check_port(port)
    folder = data / "demo"
    world = World.build(port=sites_port)
    started = time.monotonic()
    try:
        write_registry(world, folder / _SITES)
        with serve_samples(world, state_dir=folder / _SITES) as sites:
            if sites_only:
                return _keep_up(sites.homes, folder / _SITES, as_json)
            for visit in _visits(folder):
                click.echo(f"== {visit}", err=True)
                code = _crawl(folder)
                if code not in (0, 1):
                    return code
    except PortTaken as error:
        raise click.UsageError(f"{error}; 请用 --sites-port 另选 choose another") from None
    except OSError as error:
        raise from_os_error(error, f"写入 {folder} (writing)") from error
    summary = summarise(folder, world, time.monotonic() - started)
    answer(as_json, summary.plain(), summary.text())
    if no_serve:
        return 0 if summary.whole else 1
    keep_serving(folder, port, lambda url: click.echo(served_at(url), err=as_json))
    return 0


def _visits(folder: Path) -> Iterator[str]:
    """The sample counties are visited twice at first: one of them edits a report in between."""
    if not (folder / STORE).exists():
        yield _VISITS[0]
    yield _VISITS[1]


def _crawl(folder: Path) -> int:
    """A run of its own process, as an operator would start it."""
    arguments = ["crawl", "--all", "--sites", str(folder / _SITES), "--data", str(folder)]
    done = subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-m", "gongkai", *arguments], stdout=sys.stderr, check=False
    )
    return done.returncode


def _keep_up(homes: tuple[str, ...], folder: Path, as_json: bool) -> int:
    answer(as_json, {"sites": str(folder), "homes": homes}, str(folder))
    for home in homes:
        click.echo(f"  {home}", err=True)
    click.echo(
        f"示例网站已开放，Ctrl-C 结束 the sample sites are up; try: gongkai crawl --all --sites {folder}",
        err=True,
    )
    try:
        signal.pause()
    except KeyboardInterrupt:
        return 0
    return 0
