"""Layouts: the ways authors publish the same report, found by being in this folder.

A module offers one as ``LAYOUT`` or a family of them as ``LAYOUTS``.
"""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType

from samples.render.layout import Layout


def _found() -> dict[str, Layout]:
    modules = (import_module(f"{__name__}.{info.name}") for info in iter_modules(__path__))
    return {layout.name: layout for module in modules for layout in _offered(module)}


def _offered(module: ModuleType) -> tuple[Layout, ...]:
    one: tuple[Layout, ...] = (module.LAYOUT,) if hasattr(module, "LAYOUT") else ()
    family: tuple[Layout, ...] = getattr(module, "LAYOUTS", ())
    return one + family


#: layout's name → layout
LAYOUTS: dict[str, Layout] = _found()
