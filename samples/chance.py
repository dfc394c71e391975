"""Chance that repeats: the same names give the same numbers, on every machine and in any order."""

from __future__ import annotations

import random


def chance(*names: object) -> random.Random:
    """A generator of random numbers of its own for ``names``."""
    return random.Random("/".join(map(str, names)))  # noqa: S311  invented content, no secrets
