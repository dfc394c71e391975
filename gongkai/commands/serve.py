"""``gongkai serve``: the archive as a web site."""

from __future__ import annotations

from pathlib import Path

import click
from pipelines.publish.serve import serve

from gongkai.options import common


@click.command("serve")
@click.option("--port", type=click.IntRange(0, 65535), default=8001, show_default=True, help="端口 Port.")
@click.option("--host", default="127.0.0.1", show_default=True, help="地址 Address to listen on.")
@common
def command(port: int, host: str, data: Path, as_json: bool) -> int:
    """以网站提供档案 Serve the archive, read-only; a newly published file is noticed.

    \b
    例 Example:
        gongkai serve --port 8001
    """
    serve(data, port=port, host=host)
    return 0
