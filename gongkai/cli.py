"""The command ``gongkai``: its options, its exit codes, and the list of its commands.

Messages go to stderr, results to stdout. Each command stands in a module of its own
in ``gongkai/commands/``.
"""

from __future__ import annotations

import ast
import importlib
import sys
import traceback
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click

from pipelines.errors import StoreError

FAULT = 70  # as in sysexits.h
_A_FAULT = (
    "gongkai: 程序有错，请报告以上内容；已存档的未受影响 a fault of the program: report the lines above; "
    "what is archived is as it was"
)
# In the order people need them; the module of a command has its name.
COMMANDS = (
    "demo",
    "crawl",
    "merge",
    "probe",
    "ingest",
    "status",
    "coverage",
    "serve",
    "publish",
    "release",
    "wacz",
    "reparse",
    "verify",
    "backup",
    "restore",
    "rebuild",
    "accept",
    "takedown",
)


# what click says of these is English only; the first that fits
_MISTAKES = (
    (click.MissingParameter, "缺少 "),
    (click.BadParameter, "取值不对 "),
    (click.NoSuchOption, "没有此选项 "),
    (click.exceptions.NoSuchCommand, "没有此命令 "),
)


# what click says in English of its own accord, wherever it stands in a help
_SAID = {
    "Show this message and exit.": "显示本说明 Show this message and exit.",
    "Show the version and exit.": "显示版本 Show the version and exit.",
    "env var:": "环境变量 env var:",
    "default:": "默认 default:",
    "[required]": "[必填 required]",
}
_HEADINGS = {"Options": "选项 Options", "Commands": "命令 Commands"}


class Help(click.HelpFormatter):
    """Says in Chinese, too, what click says of its own accord."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        """The line of usage."""
        super().write_usage(prog, args, prefix or "用法 Usage: ")

    def write_heading(self, heading: str) -> None:
        """The heading of a part."""
        super().write_heading(_HEADINGS.get(heading, heading))

    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        """A list of names and what they mean."""
        super().write_dl([(name, _said(text)) for name, text in rows], col_max, col_spacing)


def _said(text: str) -> str:
    for english, both in _SAID.items():
        text = text.replace(english, both)
    return text


class Context(click.Context):
    """A command's call, whose help is in both languages."""

    formatter_class = Help


class Commands(click.Group):
    """Loads a command's module when it is called, and none to list them: all take more than a second."""

    context_class = Context

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The commands in the order of COMMANDS."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name, or None."""
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"gongkai.commands.{cmd_name}")
        command: click.Command = module.command
        command.context_class = Context
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Each command with the first line of its help."""
        room = formatter.width - 6 - max(map(len, COMMANDS))
        with formatter.section("Commands"):
            formatter.write_dl([(name, _help(name).get_short_help_str(room)) for name in COMMANDS])


def _help(name: str) -> click.Command:
    """A command of which only its help is known, as its module's source has it."""
    source = Path(__file__).with_name("commands") / f"{name}.py"
    tree = ast.parse(source.read_bytes())
    (function,) = (n for n in tree.body if isinstance(n, ast.FunctionDef) and n.name == "command")
    return click.Command(name, help=ast.get_docstring(function))


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="gongkai")
def cli() -> None:
    """公开 gongkai：县级政府信息公开工作年度报告的采集、存档与发布。

    An archive of the yearly reports that Chinese county governments publish on
    how they disclose information: crawl, archive, read, check, publish.

    \b
    例 Example:
        gongkai demo
        gongkai ingest reports/ --data data
        gongkai serve --data data
    """


def main(arguments: list[str] | None = None) -> None:
    """Runs a command and ends the process with the exit code that the contract gives its outcome; FAULT for
    what nobody foresaw, which is no outcome: 1 would say that the command was done.
    """
    try:
        code = run(arguments)
    except Exception:  # noqa: BLE001 - told whole
        traceback.print_exc()
        click.echo(_A_FAULT, err=True)
        code = FAULT
    sys.exit(code)


def run(arguments: list[str] | None = None) -> int:
    """Runs a command; returns its exit code (0 done, 1 a person is needed, 2 usage, 3 held, 4 damaged,
    5 stopped to protect the archive, 130 interrupted).
    """
    try:
        outcome: Any = cli.main(args=arguments, prog_name="gongkai", standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        return error.exit_code
    except click.UsageError as error:
        command = error.ctx.command_path if error.ctx else "gongkai"
        click.echo(f"{command}: 用法有误 wrong usage: {_in_chinese(error)}{error.format_message()}", err=True)
        click.echo(f"见 see: {command} --help", err=True)
        return error.exit_code
    except click.ClickException as error:
        click.echo(f"gongkai: {error.format_message()}", err=True)
        return error.exit_code
    except StoreError as error:
        click.echo(f"gongkai: {error}", err=True)
        if error.mend:
            click.echo(error.mend, err=True)
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("gongkai: 已中断，可继续 interrupted; run the same command again to go on", err=True)
        return 130
    return outcome if isinstance(outcome, int) else 0


def _in_chinese(mistake: click.UsageError) -> str:
    return next((said for kind, said in _MISTAKES if isinstance(mistake, kind)), "")
