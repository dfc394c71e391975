"""metadata.yml: the part that people write, and below it the part that is made from the codebook."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml

from pipelines.publish import codebook

METADATA = Path(__file__).parents[2] / "metadata.yml"
_MARK = (
    "    # --- made from pipelines/publish/codebook.toml (python -m pipelines.publish): change it there ---\n"
)


@cache
def load() -> dict[str, Any]:
    """The metadata as Datasette takes it."""
    return dict(yaml.safe_load(METADATA.read_text(encoding="utf-8")))


def queries() -> dict[str, dict[str, str]]:
    """The canned queries: by name, title, description and sql."""
    return dict(load()["databases"]["archive"]["queries"])


def refreshed(text: str) -> str:
    """``text`` of metadata.yml with its lower part made anew from the codebook."""
    written = text.partition(_MARK)[0]
    made = yaml.safe_dump({"tables": codebook.metadata()}, allow_unicode=True, sort_keys=False, width=1000)
    return written + _MARK + "".join(f"    {line}\n" for line in made.splitlines())
