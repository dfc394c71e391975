"""A picture of a page set upright: turned by quarters, then levelled by its ruling lines."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Final

from pipelines.parse.read import ocr

if TYPE_CHECKING:
    from pipelines.parse.read.ocr import Picture, Word

# a page leans by no more than this, in degrees
_MAX_TILT: Final = 10.0
_MIN_TILT: Final = 0.15
# text is recognised less surely than this, on average, where it stands on its head
_SURE: Final = 0.85
_LONG_SIDE: Final = 1.5
# rows in the middle of a page that tell which way up it is
_STRIP: Final = 640

#: from a point of the upright picture to the same of the original
Back = Callable[[float, float], tuple[float, float]]


def upright(picture: Picture) -> tuple[Picture, list[Word], Back]:
    """The picture with its lines level, the words on it, and the way back to its own points."""
    level, unlevel = _levelled(picture)
    found = ocr.words(level)
    if _lies_on_its_side(found):
        return _surest(level, unlevel, (1, 3))
    if found and _sureness(found) < _SURE:
        return _surest(level, unlevel, (0, 2))
    return level, found, unlevel


def dark_of(picture: Picture) -> Any:
    """255 where a pixel is darker than its surroundings."""
    import cv2

    grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
    return cv2.adaptiveThreshold(grey, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, 31, 15)


def _surest(level: Picture, unlevel: Back, quarters: Sequence[int]) -> tuple[Picture, list[Word], Back]:
    """Of the ways to turn a picture, the one in which a strip of it is recognised best."""
    turned = {n: _turned(level, n) for n in quarters}
    best = max(quarters, key=lambda n: _sureness(ocr.words(_strip(turned[n]))))
    return turned[best], ocr.words(turned[best]), _unturned(level.shape, best, unlevel)


def _strip(picture: Picture) -> Picture:
    middle = picture.shape[0] // 2
    return picture[max(0, middle - _STRIP // 2) : middle + _STRIP // 2]


def _turned(picture: Picture, quarters: int) -> Picture:
    """Turned clockwise by quarters."""
    import numpy as np

    return np.ascontiguousarray(np.rot90(picture, -quarters))


def _unturned(shape: tuple[int, ...], quarters: int, then: Back) -> Back:
    height, width = shape[:2]
    ways: dict[int, Back] = {
        0: lambda x, y: (x, y),
        1: lambda x, y: (y, height - x),
        2: lambda x, y: (width - x, height - y),
        3: lambda x, y: (width - y, x),
    }
    return lambda x, y: then(*ways[quarters](x, y))


def _lies_on_its_side(words: Sequence[Word]) -> bool:
    """Whether most of the text runs up or down; single characters run nowhere."""
    across = up = 0
    for word in words:
        width, height = word.box[2] - word.box[0], word.box[3] - word.box[1]
        across += len(word.text) * (width > _LONG_SIDE * height)
        up += len(word.text) * (height > _LONG_SIDE * width and len(word.text) > 1)
    return up > across


def _sureness(words: Sequence[Word]) -> float:
    """How surely the characters of a page were recognised, on average."""
    length = sum(len(word.text) for word in words)
    return sum(len(word.text) * word.confidence for word in words) / length if length else 0.0


def _levelled(picture: Picture) -> tuple[Picture, Back]:
    import cv2
    import numpy as np

    tilt = _tilt(picture)
    if abs(tilt) < _MIN_TILT:
        return picture, lambda x, y: (x, y)
    height, width = picture.shape[:2]
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), tilt, 1.0)
    level = cv2.warpAffine(picture, turn, (width, height), flags=cv2.INTER_CUBIC, borderValue=(255, 255, 255))
    inverse = cv2.invertAffineTransform(turn)

    def back(x: float, y: float) -> tuple[float, float]:
        left, top = inverse @ np.array([x, y, 1.0])
        return float(left), float(top)

    return np.asarray(level, dtype=np.uint8), back


def _tilt(picture: Picture) -> float:
    """By how many degrees the long lines of the page lean; 0 where it has none.

    The longer a line, the more it says: short ones are also found across the characters of a line of text.
    """
    import cv2
    import numpy as np

    short = min(picture.shape[:2])
    lines = cv2.HoughLinesP(
        dark_of(picture), 1, np.pi / 1800, 200, minLineLength=short // 4, maxLineGap=short // 100
    )
    if lines is None:
        return 0.0
    x0, y0, x1, y1 = np.asarray(lines, dtype=float).reshape(-1, 4).T
    angles = np.degrees(np.arctan2(y1 - y0, x1 - x0))
    weights = np.where(np.abs(angles) < _MAX_TILT, (x1 - x0) ** 2 + (y1 - y0) ** 2, 0.0)
    order = np.argsort(angles)
    reached = np.cumsum(weights[order])
    return float(angles[order][np.searchsorted(reached, reached[-1] / 2)]) if reached[-1] else 0.0
