"""Shares as people read them."""

from __future__ import annotations


def percent(part: float, whole: float, digits: int = 0) -> str:
    """A share in percent, rounded, but never up to all or down to nothing: 99.996 % reads 99.99 %."""
    shown, least = round(100 * part / whole, digits), 10.0**-digits
    if part < whole:
        shown = min(shown, 100 - least)
    if part > 0:
        shown = max(shown, least)
    return f"{shown:.{digits}f}%"
