"""Text recognition, offline: the extra ``ocr``, loaded when the first picture comes."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from pipelines.parse.records import Unreadable

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Picture = NDArray[np.uint8]


class Word(NamedTuple):
    """A recognised run of text: its box in pixels (x0, top, x1, bottom) and how sure it is (0–1)."""

    text: str
    box: tuple[float, float, float, float]
    confidence: float


@lru_cache(maxsize=1)
def _engine() -> Any:
    """The recogniser; its models are part of the package and are loaded once a process."""
    try:
        from rapidocr import RapidOCR
    except ImportError as error:
        raise Unreadable(
            "needs_ocr",
            '图片须经文字识别，请安装 / pictures need OCR: pip install "gongkai[ocr]"',
        ) from error
    # what it is unsure of is kept and marked, never left out
    return RapidOCR(params={"Global.log_level": "critical", "Global.text_score": 0.0})


def require() -> None:
    """Raise :class:`Unreadable` needs_ocr where the extra is missing."""
    _engine()


def words(picture: Picture) -> list[Word]:
    """Everything that stands on a picture, in no order."""
    found = _engine()(picture, use_det=True, use_cls=False, use_rec=True)
    if found.boxes is None:
        return []
    return [
        Word(text, (box[:, 0].min(), box[:, 1].min(), box[:, 0].max(), box[:, 1].max()), float(score))
        for box, text, score in zip(found.boxes, found.txts, found.scores, strict=True)
    ]


def one_line(picture: Picture) -> tuple[str, float]:
    """What a picture of one line says, and how sure that is; ("", 0.0) for nothing."""
    found = _engine()(picture, use_det=False, use_cls=False, use_rec=True)
    if not found.txts:
        return "", 0.0
    return found.txts[0], float(found.scores[0])
