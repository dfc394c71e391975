"""The options that every command shares."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])

_DATA = click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("data"),
    envvar="GONGKAI_DATA",
    show_default=True,
    show_envvar=True,
    help="数据目录 The directory of the archive.",
)
_JSON = click.option("--json", "as_json", is_flag=True, help="输出 JSON Print JSON instead of text.")
workers = click.option(
    "--workers",
    type=click.IntRange(1),
    envvar="GONGKAI_WORKERS",
    show_envvar=True,
    help="读取进程数，默认为全部核心 Worker processes; all cores if not given.",
)
publish = click.option(
    "--publish/--no-publish",
    default=True,
    help="结束时更新发布库 Update archive.db at the end.",
)


def common(function: F) -> F:
    """Adds ``--data`` and ``--json`` (parameters ``data``, ``as_json``)."""
    return _DATA(_JSON(function))


def stated(_context: click.Context, _option: click.Parameter, why: str | None) -> str | None:
    """A reason without the blanks around it, as the callback of an option; one of blanks alone is none."""
    if why is not None and not why.strip():
        raise click.BadParameter("不能为空 must say something")
    return why and why.strip()


def answer(as_json: bool, result: dict[str, Any], text: str) -> None:
    """Prints a result to stdout, for a program or for a person."""
    click.echo(json.dumps(result, ensure_ascii=False, indent=2) if as_json else text)
