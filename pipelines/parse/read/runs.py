"""How a run of WordprocessingML looks, by its own properties or its style's."""

from __future__ import annotations

from typing import Final

from lxml import etree

from pipelines.parse.read.looks import Look, look_of

Element = etree._Element

W: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_OFF: Final = frozenset({"0", "false", "off", "none"})
# where a shade, a highlight, or a table's style that may give one is named
_PROPERTIES: Final = ("rPr", "pPr", "tcPr", "tblPr")
_SHADES: Final = ("shd", "highlight", "tblStyle")


def style_looks(styles: Element | None) -> dict[str, Look]:
    """Id of a character style → how letters look in it, where that is not plain."""
    found = {style.get(f"{W}styleId", ""): _own_look(style) for style in _character_styles(styles)}
    return {name: seen for name, seen in found.items() if seen is not Look.PLAIN}


def look(run: Element, styles: dict[str, Look]) -> Look:
    """How the letters of a run look, by its own properties or else by its style's."""
    own = _own_look(run)
    style = run.find(f"{W}rPr/{W}rStyle") if styles and own is Look.PLAIN else None
    return own if style is None else styles.get(style.get(f"{W}val", ""), own)


def _character_styles(styles: Element | None) -> list[Element]:
    every = styles.iter(f"{W}style") if styles is not None else ()
    return [style for style in every if style.get(f"{W}type") == "character"]


def _own_look(element: Element) -> Look:
    properties = element.find(f"{W}rPr")
    if properties is None or not len(properties):
        return Look.PLAIN
    values = {e.tag: e.get(f"{W}val") for e in properties if isinstance(e.tag, str)}
    return look_of(
        hidden=_is_on(values, "vanish"),
        struck=_is_on(values, "strike") or _is_on(values, "dstrike"),
        raised=values.get(f"{W}vertAlign") == "superscript",
        lowered=values.get(f"{W}vertAlign") == "subscript",
        white=(values.get(f"{W}color") or "").upper().lstrip("#") == "FFFFFF" and not _is_on_colour(element),
    )


def _is_on(values: dict[str, str | None], name: str) -> bool:
    tag = f"{W}{name}"
    return tag in values and values[tag] not in _OFF


def _is_on_colour(run: Element) -> bool:
    """Whether a run, or what it stands in, may have a colour behind it."""
    return any(
        element.find(f"{W}{properties}/{W}{shade}") is not None
        for element in (run, *run.iterancestors())
        for properties in _PROPERTIES
        for shade in _SHADES
    )
