"""Files that people write in TOML: their text and table, or where and why they can't be read."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

from pipelines.errors import BadFile


def content_of(file: Path, refused: type[BadFile]) -> bytes:
    """The bytes of a file; raises ``refused`` where there are none to be had."""
    try:
        return file.read_bytes()
    except OSError as error:
        raise refused(file, 0, "", f"无法读取 can't be read: {error.strerror}") from error


def table_of(file: Path, content: bytes, refused: type[BadFile]) -> tuple[str, dict[str, Any]]:
    """The text of a file's content and what it holds; raises ``refused``, with the line that is no TOML."""
    try:
        text = content.decode("utf-8-sig")
        return text, tomllib.loads(text)
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise refused(file, line, "", "不是 UTF-8 is not UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"at line (\d+)", str(error))
        raise refused(file, int(found[1]) if found else 0, "", f"不是 TOML is not TOML: {error}") from error
