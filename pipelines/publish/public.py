"""Datasette as it is used here: all of the archive is public, and pages are ready before anybody asks."""

from __future__ import annotations

import os
import weakref
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from datasette.app import Datasette

from pipelines.publish import editions

_SEEN = {"view-instance", "view-database", "view-table", "view-query", "execute-sql"}


class Public(Datasette):  # type: ignore[misc]  # Datasette has no types
    """Datasette without permissions to look up.

    Its own look through all metadata again for each table, view and query that a page names.
    """

    def __init__(self, *arguments: Any, immutables: Sequence[str] = (), **options: Any) -> None:
        super().__init__(*arguments, immutables=immutables, **options)
        for path in immutables:  # read as long as this is there
            weakref.finalize(self, os.close, editions.hold(Path(path)))

    async def permission_allowed(
        self, actor: Any, action: str, resource: Any = None, default: bool | None = False
    ) -> bool | None:
        """Whatever is there may be seen, by everybody; nothing else may be done."""
        database = resource[0] if isinstance(resource, tuple) else resource
        return action in _SEEN and database != "_internal"

    def compile_templates(self) -> None:
        """Compile the templates of the pages, which takes a hundred times as long as to fill one."""
        for name in self.jinja_env.list_templates(filter_func=_is_page):
            self.jinja_env.get_template(name)


def _is_page(name: str) -> bool:
    return name.endswith(".html") and not name.startswith("default:")
