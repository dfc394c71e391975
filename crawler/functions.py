"""Functions that a page's scripts define: what they are called, their parameters, where they stand. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from crawler.javascript import until_closed

HEAD = re.compile(
    r"""(?:\bfunction\s+(?P<name>\w+)|\b(?P<variable>\w+)\s*[=:]\s*(?:async\s+)?function)\s*\((?P<parameters>[^()]*)\)
        |\b(?P<arrow>\w+)\s*=\s*(?:async\s*)?\(?(?P<more>[\w\s,]*)\)?\s*=>
        |\b(?!if\b|for\b|while\b|switch\b|catch\b|function\b)(?P<method>\w+)\s*\((?P<given>[\w\s,]*)\)\s*(?=\{)""",
    re.VERBOSE,
)
_NEAR: Final = 20  # characters from a function's head to its statements
_LONGEST: Final = 4_000  # characters of a function's statements


@dataclass(frozen=True, slots=True)
class Function:
    """A function's parameters, and where its statements stand."""

    parameters: list[str]
    begins: int
    ends: int


@lru_cache(maxsize=2)  # asked for each handler of a page
def functions_in(scripts: str) -> dict[str, Function]:
    """The functions that scripts define, by name."""
    found: dict[str, Function] = {}
    for head in HEAD.finditer(scripts):
        begins = scripts.find("{", head.end(), head.end() + _NEAR) + 1
        if begins:
            ends = begins + len(until_closed(scripts[begins : begins + _LONGEST]))
            found.setdefault(name_of(head), Function(parameters_of(head), begins, ends))
    return found


def name_of(head: re.Match[str]) -> str:
    """What the function is called that begins so."""
    return head["name"] or head["variable"] or head["arrow"] or head["method"] or ""


def parameters_of(head: re.Match[str] | None) -> list[str]:
    """The parameters of the function that begins so; none of no function."""
    stated = (head["parameters"] or head["more"] or head["given"] or "") if head else ""
    return [name for each in stated.split(",") if (name := each.strip())]
