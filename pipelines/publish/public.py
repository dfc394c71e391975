"""Datasette as it is used here: all of the archive is public, and pages are ready before anybody asks."""

from __future__ import annotations

import os
import weakref
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from datasette.app import Datasette
from jinja2 import Template
from jinja2.bccache import Bucket, BytecodeCache

from pipelines.publish import editions

_OWN: Final = "site/"  # where the templates of our own pages stand
_SEEN = {"view-instance", "view-database", "view-table", "view-query", "execute-sql"}


class Public(Datasette):  # type: ignore[misc]  # Datasette has no types
    """Datasette without permissions to look up.

    Its own look through all metadata again for each table, view and query that a page names.
    """

    def __init__(self, *arguments: Any, immutables: Sequence[str] = (), **options: Any) -> None:
        super().__init__(*arguments, immutables=immutables, **options)
        self.jinja_env.bytecode_cache = _COMPILED
        self.own_pages = self.jinja_env.overlay(enable_async=False)
        self.own_pages.template_class = _Own
        for path in immutables:  # read as long as this is there
            weakref.finalize(self, os.close, editions.hold(Path(path)))

    async def permission_allowed(
        self, actor: Any, action: str, resource: Any = None, default: bool | None = False
    ) -> bool | None:
        """Whatever is there may be seen, by everybody; nothing else may be done."""
        database = resource[0] if isinstance(resource, tuple) else resource
        return action in _SEEN and database != "_internal"

    async def render_template(self, templates: Any, *arguments: Any, **options: Any) -> str:
        """Fill a template; our own pages ask for nothing that is to be waited for."""
        if isinstance(templates, str) and templates.startswith(_OWN):
            templates = self.own_pages.get_template(templates)
        return str(await super().render_template(templates, *arguments, **options))

    def compile_templates(self) -> None:
        """Compile the templates of the pages, which takes a hundred times as long as to fill one."""
        for name in self.jinja_env.list_templates(filter_func=_is_page):
            (self.own_pages if name.startswith(_OWN) else self.jinja_env).get_template(name)


class _Own(Template):
    """A template that is filled in one go: looking at each value whether it is to be waited for takes as long
    as all the rest.
    """

    async def render_async(self, *arguments: Any, **options: Any) -> str:
        """The page; Datasette asks for it so."""
        return self.render(*arguments, **options)


class _Compiled(BytecodeCache):
    """Templates as they were compiled for the edition before, which takes a third of a second."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, bool], bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """The code of a template, where it is known."""
        known = self._known.get(_key(bucket))
        if known:
            bucket.bytecode_from_string(known)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Remember it."""
        self._known[_key(bucket)] = bucket.bytecode_to_string()


def _key(bucket: Bucket) -> tuple[str, bool]:
    return bucket.key, bucket.environment.is_async


_COMPILED: Final = _Compiled()


def _is_page(name: str) -> bool:
    return name.endswith(".html") and not name.startswith("default:")
