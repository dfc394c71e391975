"""Telling a person, or a program, what a run left for them: a command or a webhook, called once."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from typing import Any

import click

_TIMEOUT = 30.0  # seconds


def alert(target: str, message: Mapping[str, Any]) -> bool:
    """Send ``message`` as JSON: by POST to an http(s) address, else on the standard input of a shell command.

    Returns whether it was taken. A failure is told on stderr; it is no reason to fail a run.
    """
    text = json.dumps(dict(message), ensure_ascii=False)
    try:
        if target.startswith(("http://", "https://")):
            _post(target, text)
        else:
            subprocess.run(target, shell=True, input=text, text=True, timeout=_TIMEOUT, check=True)  # noqa: S602 - the operator's own command
    except (subprocess.SubprocessError, OSError) as error:
        click.echo(f"gongkai: 通知未送达 the alert was not taken: {error}", err=True)
        return False
    return True


def _post(url: str, text: str) -> None:
    """Raises OSError for an address that doesn't take it."""
    import httpx  # a run that needs nobody does without it

    headers = {"Content-Type": "application/json"}
    try:
        httpx.post(url, content=text.encode(), headers=headers, timeout=_TIMEOUT).raise_for_status()
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise OSError(str(error)) from error
