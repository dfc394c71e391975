"""In tables, an id leads to its page, and an archived address is marked as somebody else's."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from markupsafe import Markup

from pipelines.publish.plugins import hookimpl

_PAGES = {"report_id": "report", "agency_id": "agency", "region_code": "region"}
_ADDRESSES = ("url", "home")


@hookimpl
def render_cell(value: Any, column: str, database: str) -> Markup | None:
    """A link for the cell, or None for Datasette's own way."""
    label = value
    if isinstance(value, dict):  # a foreign key that Datasette has looked up
        value, label = value["value"], value["label"]
    if database != "archive" or not isinstance(value, str) or not value:
        return None
    if column in _PAGES:
        return Markup('<a href="/{}/{}">{}</a>').format(_PAGES[column], quote(value), label)
    if column in _ADDRESSES and value.startswith(("http://", "https://")):
        return Markup('<a href="{}" rel="nofollow noopener noreferrer ugc">{}</a>').format(value, value)
    return None
