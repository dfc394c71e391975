"""How a run of WordprocessingML looks, by its own properties or its style's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from lxml import etree

from pipelines.parse.read.looks import Look, look_of

Element = etree._Element

W: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_OFF: Final = frozenset({"0", "false", "off", "none"})
_NO_COLOUR: Final = frozenset({"", "AUTO", "FFFFFF", "NONE", "WHITE"})
# where a shade or a highlight is named
_PROPERTIES: Final = ("rPr", "pPr", "tcPr", "tblPr")


@dataclass(frozen=True, slots=True)
class RunStyles:
    """What a document's styles say of runs: how letters look in a style of characters or paragraphs, by
    its id, where that is not plain; the styles of tables that paint something.
    """

    looks: dict[str, Look]
    painting: frozenset[str]


def run_styles(styles: Element | None) -> RunStyles:
    """What the part with the styles says; ``None`` where a document has none."""
    every = list(styles.iter(f"{W}style")) if styles is not None else []
    named = {style.get(f"{W}styleId", ""): style for style in every}
    painting = frozenset(name for name, style in named.items() if _paints(style, named))
    looks = {
        name: _own_look(style, painting) for name, style in named.items() if style.get(f"{W}type") != "table"
    }
    return RunStyles({name: seen for name, seen in looks.items() if seen is not Look.PLAIN}, painting)


def look(run: Element, styles: RunStyles) -> Look:
    """How the letters of a run look, by its own properties or else by its style's or its paragraph's."""
    own = _own_look(run, styles.painting)
    if own is not Look.PLAIN or not styles.looks:
        return own
    paragraph = next(run.iterancestors(f"{W}p"), None)
    named = (
        run.find(f"{W}rPr/{W}rStyle"),
        paragraph.find(f"{W}pPr/{W}pStyle") if paragraph is not None else None,
    )
    seen = (styles.looks.get(style.get(f"{W}val", "")) for style in named if style is not None)
    return next(filter(None, seen), own)


def _paints(style: Element, named: dict[str, Element]) -> bool:
    """Whether a style of tables, or one that it is based on, gives some of its cells a colour."""
    chain: list[Element] = []
    step: Element | None = style
    while step is not None and step not in chain:
        chain.append(step)
        above = step.find(f"{W}basedOn")
        step = named.get(above.get(f"{W}val", "")) if above is not None else None
    return any(_is_colour(shade) for step in chain for shade in step.iter(f"{W}shd"))


def _own_look(element: Element, painting: frozenset[str]) -> Look:
    properties = element.find(f"{W}rPr")
    if properties is None or not len(properties):
        return Look.PLAIN
    values = {e.tag: e.get(f"{W}val") for e in properties if isinstance(e.tag, str)}
    return look_of(
        hidden=_is_on(values, "vanish"),
        struck=_is_on(values, "strike") or _is_on(values, "dstrike"),
        raised=values.get(f"{W}vertAlign") == "superscript",
        lowered=values.get(f"{W}vertAlign") == "subscript",
        white=(values.get(f"{W}color") or "").upper().lstrip("#") == "FFFFFF"
        and not _is_on_colour(element, painting),
    )


def _is_on(values: dict[str, str | None], name: str) -> bool:
    tag = f"{W}{name}"
    return tag in values and values[tag] not in _OFF


def _is_on_colour(run: Element, painting: frozenset[str]) -> bool:
    """Whether a run, or what it stands in, may have a colour behind it."""
    around = [
        properties
        for element in (run, *run.iterancestors())
        for name in _PROPERTIES
        if (properties := element.find(f"{W}{name}")) is not None
    ]
    return any(
        _is_colour(shade) or shade.get(f"{W}val") in (painting if shade.tag == f"{W}tblStyle" else ())
        for properties in around
        for shade in properties.iterchildren(f"{W}shd", f"{W}highlight", f"{W}tblStyle")
    )


def _is_colour(shade: Element) -> bool:
    """Whether a shade or a highlight is any other than white: by its fill or its pattern."""
    if shade.tag == f"{W}tblStyle":
        return False
    if shade.tag == f"{W}highlight":
        return shade.get(f"{W}val", "").upper() not in _NO_COLOUR
    patterned = shade.get(f"{W}val", "clear") not in ("clear", "nil")
    return patterned or shade.get(f"{W}fill", "").upper() not in _NO_COLOUR
