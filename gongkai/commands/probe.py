"""``gongkai probe``: what a site is made with and where its annual reports stand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import click

from crawler.probe import ProbeResult, probe
from gongkai.options import answer, common


@click.command("probe")
@click.argument("url")
@click.option(
    "--write", is_flag=True, help="写出登记文件与页面样本 Write a registry file and the pages read."
)
@common
def command(url: str, write: bool, data: Path, as_json: bool) -> int:
    """探查网站 Find what a site is made with and where its reports stand.

    \b
    URL 是网站首页的网址。加 --write 时，登记文件和读过的网页写入 DATA/probe/<主机>/。

    URL is the address of its home page.

    With --write, the registry file and the pages that were read go to DATA/probe/<host>/.

    \b
    例 Example:
        gongkai probe http://www.yanchi.gov.cn/
    """
    try:
        result = probe(url)
    except ValueError as error:
        raise click.UsageError(
            f"网址应如 an address is such as http://www.example.gov.cn/ ({error})"
        ) from None
    plain = {**asdict(result), "pages": sorted(result.pages)}
    answer(as_json, plain, "\n".join(_text(result)))
    if write and result.pages:
        click.echo(f"已写入 written: {_write(result, data / 'probe')}", err=True)
    return 0 if result.columns else 1


def _text(result: ProbeResult) -> Iterator[str]:
    if not result.pages:
        yield f"{result.home} 没有应答，请核对网址 no answer: is this the address of the site?"
        yield from result.problems
        return
    yield f"{result.home} {result.name}"
    yield f"类型 family: {result.family} ({result.sure:.0%})"
    for column in result.columns:
        total = f"，共 {column.declared} 条 declared" if column.declared is not None else ""
        asked = f"〔页面脚本取得 fetched by a script: {column.asked}〕 " if column.asked else ""
        further = f"，另有 {column.further} 页未取 further pages, not asked for" if column.further else ""
        yield (
            f"栏目 column: {column.url} {column.title} {asked}"
            f"({column.why}; {column.entries} 条 entries{total}{further})"
        )
    if not result.columns:
        yield "未找到年报栏目 no annual-report column found"
    for problem in result.problems:
        yield f"问题 problem: {problem}"
    yield "\n" + result.registry.rstrip()


def _write(result: ProbeResult, below: Path) -> Path:
    """Names of pages are numbers: a stranger's address is no file name."""
    folder = below / "".join(c if c.isalnum() or c in ".-" else "_" for c in result.home.split("/")[2])
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "site.toml").write_text(result.registry, "utf-8")
    lines = []
    for number, (url, body) in enumerate(sorted(result.pages.items())):
        (folder / f"{number:03}.page").write_bytes(body)
        lines.append(f"{number:03}.page\t{url}\n")
    (folder / "pages.tsv").write_text("".join(lines), "utf-8")
    return folder
