"""Families of content management systems: one module each; a class with ``family`` set is one."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules
from typing import Any

from samples.sites.pages import SitePages


def _found() -> dict[str, type[SitePages[Any]]]:
    modules = (import_module(f"{__name__}.{info.name}") for info in iter_modules(__path__))
    pages = (module.PAGES for module in modules if hasattr(module, "PAGES"))
    return {made.family: made for made in pages}


#: family's name → its page maker, found by being in this folder
FAMILIES: dict[str, type[SitePages[Any]]] = _found()
