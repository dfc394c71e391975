"""``gongkai serve``: the archive as a web site."""

from __future__ import annotations

import socket
from collections.abc import Callable, Sequence
from ipaddress import ip_network
from pathlib import Path

import click

from gongkai.options import answer, common
from pipelines.folder import ARCHIVE
from pipelines.publish.serve import serve

_HERE = "127.0.0.1"


def keep_serving(
    data: Path,
    port: int,
    tell: Callable[[str], None],
    host: str = _HERE,
    proxies: Sequence[str] = (),
) -> None:
    """Tells the address of the site and serves it until Ctrl-C, which is its ordinary end."""
    try:
        serve(data, port=port, host=host, ready=tell, proxies=proxies)
    except KeyboardInterrupt:
        return
    except OSError as error:
        raise _not_free(host, port, error) from None


def check_port(port: int) -> None:
    """Raises click.UsageError where the site could not be served, before anything is done for it."""
    try:
        socket.create_server((_HERE, port)).close()
    except OSError as error:
        raise _not_free(_HERE, port, error) from None


def _not_free(host: str, port: int, error: OSError) -> click.UsageError:
    return click.UsageError(f"{host}:{port}: {error.strerror}; 请用 --port 或 --host 另选 choose another")


def _network(value: str) -> str:
    try:
        return str(ip_network(value))
    except ValueError:
        raise click.BadParameter(
            f"{value}: 不是地址或网段 not an address or network, as 10.0.0.0/8"
        ) from None


def served_at(url: str) -> str:
    """What a person is told of the site's address."""
    return f"网站 The archive is served at {url}  (Ctrl-C 结束 ends it)"


@click.command("serve")
@click.option("--port", type=click.IntRange(0, 65535), default=8001, show_default=True, help="端口 Port.")
@click.option("--host", default=_HERE, show_default=True, help="地址 Address to listen on.")
@click.option(
    "--proxy",
    "proxies",
    multiple=True,
    callback=lambda _context, _option, values: [_network(value) for value in values],
    help="反向代理的地址或网段 Address or network of a reverse proxy, whose X-Forwarded-For is believed.",
)
@common
def command(port: int, host: str, proxies: list[str], data: Path, as_json: bool) -> int:
    """以网站提供档案 Serve the archive as a web site, read-only.

    \b
    只读；发布新档案后自动换用。

    A newly published archive is noticed.

    \b
    例 Example:
        gongkai serve --port 8001
    """
    if not (data / ARCHIVE).exists():
        click.echo(
            f"{data / ARCHIVE}: 尚未发布，发布后即可看到 nothing is published there yet",
            err=True,
        )
    keep_serving(data, port, lambda url: answer(as_json, {"url": url}, served_at(url)), host, proxies)
    return 0
