"""`make audit` never says that all is well where nothing was looked up."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[1] / "scripts" / "audit"
LOCK = "aiofiles==25.1.0 \\\n    --hash=sha256:aa\nlxml[html]==6.1.3 \\\n    --hash=sha256:bb\n"
KNOWN = [{"name": name, "version": "1", "vulns": []} for name in ("aiofiles", "lxml")]
UNKNOWN = [{"name": "aiofiles", "skip_reason": "not found"}, KNOWN[1]]


@pytest.mark.parametrize(
    ("lock", "answer", "ended", "expected", "told"),
    [
        (LOCK, KNOWN, 0, 0, "2 packages"),
        (LOCK, KNOWN, 1, 1, ""),  # something is known against one of them
        (LOCK, [], 0, 1, "0 of 2"),
        (LOCK, None, 1, 1, "0 of 2"),  # the advisories could not be reached
        (LOCK, None, 0, 1, "0 of 2"),
        (LOCK, UNKNOWN, 0, 1, "1 of 2"),
        ("", [], 0, 1, "0 of 0"),
    ],
)
def test_an_audit_of_nothing_fails(
    tmp_path: Path, lock: str, answer: object, ended: int, expected: int, told: str
) -> None:
    (tmp_path / "lock").write_text(lock, encoding="utf-8")
    written = json.dumps({"dependencies": answer}) if answer is not None else ""
    tool = tmp_path / "pip-audit"
    tool.write_text(
        f"#!/bin/sh\nwhile [ $# -gt 0 ]; do [ $1 = --output ] && printf '%s' '{written}' >$2; shift; done\n"
        f"exit {ended}\n",
        encoding="utf-8",
    )
    tool.chmod(0o755)
    done = subprocess.run(
        ["sh", SCRIPT, tmp_path / "lock", tool], capture_output=True, text=True, check=False
    )
    assert done.returncode == expected
    assert told in done.stdout + done.stderr


def test_every_package_that_runs_here_is_locked_with_its_hashes() -> None:
    for name in ("run", "test"):
        lock = (SCRIPT.parents[1] / "requirements" / f"{name}.lock").read_text(encoding="utf-8")
        entries = [line for line in lock.splitlines() if line[:1].isalnum()]
        assert len(entries) > 50
        assert all("==" in line and line.endswith("\\") for line in entries)
        assert lock.count("--hash=sha256:") >= len(entries)
