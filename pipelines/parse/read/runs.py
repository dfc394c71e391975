"""How a run of WordprocessingML looks: by its own properties, its style's and its paragraph's."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple

from lxml import etree

from pipelines.parse.read.looks import (
    PAPER,
    Look,
    are_alike,
    are_of_two_sizes,
    are_too_small,
    is_of_signs,
    look_of,
)

Element = etree._Element

W: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_W14: Final = "{http://schemas.microsoft.com/office/word/2010/wordml}"
OFF: Final = frozenset({"0", "false", "off", "none"})
_AUTO: Final = frozenset({"", "AUTO", "NONE"})
# where a shade or a highlight is named
_PROPERTIES: Final = ("rPr", "pPr", "tcPr", "tblPr")
_HIGHLIGHTS: Final = {"black": "000000", "white": PAPER}
_PAINT: Final = ""  # some colour that is not known
_LIGHT: Final = frozenset({"background1", "light1", "bg1", "lt1"})
_SEEN_THROUGH: Final = 90_000  # thousandths of a per cent of transparency, of letters that nobody sees
# of two styles that say it of one run, the one undoes the other (ECMA-376, part 1, 17.7.3)
_TOGGLES: Final = ("vanish", "strike")
_TOLD: Final = frozenset(
    W + name
    for name in ("vanish", "strike", "dstrike", "vertAlign", "color", "position", "sz", "w", "rFonts")
)
_HARMLESS: Final = frozenset({"sz", "w", "rFonts", "position"})
_NOTES: Final = (f"{W}footnoteReference", f"{W}endnoteReference")
_LINKS: Final = (f"{W}hyperlink", f"{W}fldSimple")
_USUAL_SIZE: Final = 20.0  # half points

_Told = dict[str, str]


class Manner(NamedTuple):
    """What may set digits apart from those beside them."""

    position: str
    size: float
    linked: bool


@dataclass(frozen=True, slots=True)
class RunStyles:
    """What a document's styles say of letters: ``told`` by each style, with what it is based on, by its id
    ("" for paragraphs without a style); ``usual`` where none says it; the styles of tables that paint.
    """

    told: dict[str, _Told]
    usual: _Told
    painting: frozenset[str]
    plain: bool  # none of them changes what is read


def run_styles(styles: Element | None) -> RunStyles:
    """What the part with the styles says; ``None`` where a document has none."""
    if styles is None:
        return RunStyles({}, {}, frozenset(), True)
    named = {style.get(f"{W}styleId", ""): style for style in styles.iter(f"{W}style")}
    painting = frozenset(name for name, style in named.items() if _paints(style, named))
    told = {
        name: _inherited(style, named) for name, style in named.items() if style.get(f"{W}type") != "table"
    }
    default = (
        name
        for name, style in named.items()
        if style.get(f"{W}type") == "paragraph" and style.get(f"{W}default", "0") not in OFF
    )
    told[""] = told.get(next(default, ""), {})
    usual = _told(styles.find(f"{W}docDefaults/{W}rPrDefault/{W}rPr"))
    plain = all(_is_plain(values) or _is_merely_coloured(values) for values in (usual, *told.values()))
    return RunStyles({name: values for name, values in told.items() if values}, usual, painting, plain)


def look(run: Element, styles: RunStyles) -> Look:
    """How the letters of a run look, by its own properties or else by its style's or its paragraph's."""
    if len(run) > 1 and any(element.tag in _NOTES for element in run):
        return Look.HIDDEN  # the letters of such a run are the mark of the note
    if styles.plain and _is_plain(_told(run.find(f"{W}rPr"))):
        return Look.PLAIN
    told = _resolved(run, styles)
    return look_of(
        hidden=told.get("vanish") == "1",
        struck="1" in (told.get("strike"), told.get("dstrike")),
        raised=told.get("vertAlign") == "superscript",
        lowered=told.get("vertAlign") == "subscript",
        white=_is_lost(run, told, styles),
    )


def manner(run: Element, styles: RunStyles) -> Manner:
    """How the digits of a run stand there."""
    told = _resolved(run, styles)
    parent = run.getparent()
    linked = parent is not None and parent.tag in _LINKS
    return Manner(told.get("position", "0"), _number(told.get("sz", ""), _USUAL_SIZE), linked)


def are_apart(one: Manner, other: Manner) -> bool:
    """Whether digits of two runs that touch may be two figures, as that of a note behind a number is."""
    return one.position != other.position or are_of_two_sizes(one.size, other.size)


def _resolved(run: Element, styles: RunStyles) -> _Told:
    """What holds for the letters of a run."""
    properties = run.find(f"{W}rPr")
    own = _told(properties)
    if not styles.told and not styles.usual:
        return own
    paragraph = next(run.iterancestors(f"{W}p"), None)
    of_run = _of_style(properties, "rStyle", styles)
    of_paragraph = _of_style(paragraph.find(f"{W}pPr") if paragraph is not None else None, "pStyle", styles)
    told = {**styles.usual, **of_paragraph, **of_run, **own}
    for name in _TOGGLES:
        if name not in own and of_run.get(name) == of_paragraph.get(name) == "1":
            told[name] = "0"
    return told


def _of_style(properties: Element | None, kind: str, styles: RunStyles) -> _Told:
    named = properties.find(f"{W}{kind}") if properties is not None else None
    if named is None and kind == "rStyle":
        return {}
    return styles.told.get(named.get(f"{W}val", "") if named is not None else "", {})


def _told(properties: Element | None) -> _Told:
    """What properties of letters say that may change what is read."""
    found: _Told = {}
    for element in properties if properties is not None else ():
        if element.tag in _TOLD:
            name = element.tag.removeprefix(W)
            found[name] = _value(name, element)
        elif element.tag == f"{_W14}textFill":  # stands behind the colour, which is for older readers
            found["color"] = _filling(element)
    return found


def _filling(element: Element) -> str:
    """The colour with which letters are filled, that of paper for none; "" for one that is not known."""
    if element.find(f"{_W14}noFill") is not None:
        return PAPER
    colour = element.find(f"{_W14}solidFill/*")
    if colour is None:
        return ""
    alpha = colour.find(f"{_W14}alpha")
    if alpha is not None and _number(alpha.get(f"{_W14}val", ""), 0.0) >= _SEEN_THROUGH:
        return PAPER
    value = colour.get(f"{_W14}val", "")
    if colour.tag == f"{_W14}srgbClr":
        return value.upper()
    return PAPER if value in _LIGHT and not len(colour) else ""


def _is_plain(told: _Told) -> bool:
    """Whether letters of which this is told are read as they are, whatever is behind them."""
    return not told or (told.keys() <= _HARMLESS and not _is_too_small(told))


def _is_merely_coloured(told: _Told) -> bool:
    """Whether letters of a style are of a colour, not that of paper, and plain otherwise."""
    others = {name: value for name, value in told.items() if name != "color"}
    return _is_plain(others) and not are_alike(told.get("color", ""), PAPER)


def _value(name: str, element: Element) -> str:
    value = element.get(f"{W}val")
    if name in ("vanish", "strike", "dstrike"):
        return "0" if value in OFF else "1"
    if name == "rFonts":
        return (element.get(f"{W}ascii") or "").lower()
    if name == "color":
        value = (value or "").upper().lstrip("#")
        light = element.get(f"{W}themeColor") in _LIGHT and element.get(f"{W}themeShade") is None
        return PAPER if light and value in _AUTO else value
    return value or ""


def _chain(style: Element, named: dict[str, Element]) -> list[Element]:
    """A style, and those that it is based on."""
    chain: list[Element] = []
    step: Element | None = style
    while step is not None and step not in chain:
        chain.append(step)
        above = step.find(f"{W}basedOn")
        step = named.get(above.get(f"{W}val", "")) if above is not None else None
    return chain


def _inherited(style: Element, named: dict[str, Element]) -> _Told:
    found: _Told = {}
    for step in reversed(_chain(style, named)):
        found |= _told(step.find(f"{W}rPr"))
    return found


def _paints(style: Element, named: dict[str, Element]) -> bool:
    """Whether a style of tables, or one that it is based on, gives some of its cells a colour."""
    return any(
        _shade(shade) not in (None, PAPER)
        for step in _chain(style, named)
        for shade in step.iter(f"{W}shd", f"{W}highlight")
    )


def _is_lost(run: Element, told: _Told, styles: RunStyles) -> bool:
    """Whether nobody can read the letters of a run: they are too small, or of the colour behind them."""
    colour = told.get("color", "")
    return _is_too_small(told) or (colour not in _AUTO and are_alike(colour, _behind(run, styles)))


def _is_too_small(told: _Told) -> bool:
    """Whether letters are too small to be read, pressed to nothing, or signs in the place of letters."""
    half_points, width = (_number(told.get(name, ""), 100.0) for name in ("sz", "w"))
    return are_too_small(half_points / 2, width) or is_of_signs(told.get("rFonts", ""))


def _behind(run: Element, styles: RunStyles) -> str:
    """The colour behind the letters of a run; that of paper where nothing says another one."""
    for properties in _around(run):
        for element in properties.iterchildren(f"{W}shd", f"{W}highlight", f"{W}tblStyle"):
            if element.tag == f"{W}tblStyle":
                if element.get(f"{W}val") in styles.painting:
                    return _PAINT
            elif (shade := _shade(element)) is not None:
                return shade
    return PAPER


def _around(run: Element) -> Iterator[Element]:
    """The properties of a run and of all that it stands in."""
    for element in (run, *run.iterancestors()):
        for name in _PROPERTIES:
            properties = element.find(f"{W}{name}")
            if properties is not None:
                yield properties


def _shade(element: Element) -> str | None:
    """The colour of a shade or a highlight, None where it has none."""
    value = element.get(f"{W}val", "clear")
    if element.tag == f"{W}highlight":
        return None if value.upper() in _AUTO else _HIGHLIGHTS.get(value, _PAINT)
    fill = element.get(f"{W}fill", "").upper()
    if value not in ("clear", "nil"):
        return _PAINT  # a pattern
    return None if fill in _AUTO else fill


def _number(text: str, default: float) -> float:
    return float(text) if text.isascii() and text.isdigit() else default
