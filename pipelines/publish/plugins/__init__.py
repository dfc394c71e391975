"""Datasette plugins, one job each. Every module here is registered when the site is served."""

from pluggy import HookimplMarker

hookimpl = HookimplMarker("datasette")  # datasette.hookimpl, which has no types
