"""Runs the notebooks in docs/notebook/ and keeps what they print: python scripts/notebook.py ARCHIVE."""

from __future__ import annotations

import contextlib
import io
import json
import os
import sys
from pathlib import Path
from typing import Any

NOTEBOOKS = Path(__file__).parents[1] / "docs" / "notebook"


def run(notebook: dict[str, Any], archive: Path) -> dict[str, Any]:
    """The notebook with the output of each code cell, as a kernel would leave it."""
    os.environ["GONGKAI_ARCHIVE"] = str(archive)
    names: dict[str, Any] = {}
    number = 0
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            number += 1
            printed = io.StringIO()
            with contextlib.redirect_stdout(printed):
                exec(compile("".join(cell["source"]), cell["id"], "exec"), names)  # noqa: S102
            text = printed.getvalue().splitlines(keepends=True)
            cell["execution_count"] = number
            cell["outputs"] = [{"name": "stdout", "output_type": "stream", "text": text}] if text else []
    names["db"].close()
    return notebook


def main() -> None:
    """Rewrites every notebook in place."""
    for path in sorted(NOTEBOOKS.glob("*.ipynb")):
        notebook = run(json.loads(path.read_text(encoding="utf-8")), Path(sys.argv[1]).resolve())
        path.write_text(json.dumps(notebook, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
