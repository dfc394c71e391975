"""Layouts: the ways authors publish the same report, one module each (those with ``LAYOUT``)."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from samples.render.layout import Layout


def _found() -> dict[str, Layout]:
    modules = (import_module(f"{__name__}.{info.name}") for info in iter_modules(__path__))
    layouts = (module.LAYOUT for module in modules if hasattr(module, "LAYOUT"))
    return {layout.name: layout for layout in layouts}


#: layout's name → layout, found by being in this folder
LAYOUTS: dict[str, Layout] = _found()
