"""Text recognition, offline: the extra ``ocr``, loaded when the first picture comes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from pipelines.parse.records import Box, Unreadable

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Picture = NDArray[np.uint8]

# words are looked for in bands no higher than this: memory and sharpness don't depend on a picture's length
_BAND: Final = 1280
_BAND_LEAST: Final = 960
# the recogniser shrinks what is wider than this
_MAX_SIDE: Final = 2000
# and enlarges what is smaller than this
_LEAST_SIDE: Final = 736


class Word(NamedTuple):
    """A recognised run of text: its box in pixels (x0, top, x1, bottom) and how sure it is (0–1)."""

    text: str
    box: Box
    confidence: float


_allowances: list[Callable[[], None]] = []


def before_each_page(call: Callable[[], None]) -> None:
    """Has ``call`` called before each page is recognised: a process under limits allows itself more there."""
    _allowances[:] = [call]


def begin_page() -> None:
    """Raise :class:`Unreadable` needs_ocr where the extra is missing; else a page may begin."""
    for allow in _allowances:
        allow()
    _engine()


@lru_cache(maxsize=1)
def _engine() -> Any:
    """The recogniser; its models are part of the package and are loaded once a process.

    One thread: a run reads as many documents at once as there are cores.
    """
    try:
        import cv2
        from rapidocr import RapidOCR
    except ImportError as error:
        raise Unreadable(
            "needs_ocr",
            "图片须经文字识别，请安装 / pictures need OCR: .venv/bin/pip install -e '.[ocr]'",
        ) from error
    cv2.setNumThreads(1)
    return RapidOCR(
        params={
            "Global.log_level": "critical",
            "Global.text_score": 0.0,  # what it is unsure of is kept and marked, never left out
            "Global.max_side_len": _MAX_SIDE,
            "EngineConfig.onnxruntime.intra_op_num_threads": 1,
            "EngineConfig.onnxruntime.inter_op_num_threads": 1,
            "Rec.rec_batch_num": 1,
        }
    )


def words(picture: Picture) -> list[Word]:
    """Everything that stands on a picture, in no order."""
    return [
        word._replace(box=(word.box[0], word.box[1] + top, word.box[2], word.box[3] + top))
        for top, bottom in _bands(picture)
        for word in _words(picture[top:bottom])
    ]


def one_line(picture: Picture) -> tuple[str, float]:
    """What a picture of one line says, and how sure that is; ("", 0.0) for nothing."""
    found = _engine()(picture, use_det=False, use_cls=False, use_rec=True)
    if not found.txts:
        return "", 0.0
    return found.txts[0], float(found.scores[0])


def _words(band: Picture) -> list[Word]:
    found = _engine()(_padded(band), use_det=True, use_cls=False, use_rec=True)
    if found.boxes is None:
        return []
    return [
        Word(text, (box[:, 0].min(), box[:, 1].min(), box[:, 0].max(), box[:, 1].max()), float(score))
        for box, text, score in zip(found.boxes, found.txts, found.scores, strict=True)
    ]


def _padded(band: Picture) -> Picture:
    """The band with white to the right and below: a narrow one would be blown up without bound."""
    import cv2
    import numpy as np

    right, below = (max(0, _LEAST_SIDE - side) for side in (band.shape[1], band.shape[0]))
    padded = cv2.copyMakeBorder(band, 0, below, 0, right, cv2.BORDER_CONSTANT, value=(255, 255, 255))
    return np.asarray(padded, dtype=np.uint8)


def _bands(picture: Picture) -> Iterator[tuple[int, int]]:
    """Rows from top to bottom, cut where least is printed: between lines of text, not through them."""
    height, top = picture.shape[0], 0
    while height - top > _BAND:
        rows = picture[top + _BAND_LEAST : top + _BAND].min(axis=2)
        cut = top + _BAND_LEAST + int((rows < int(rows.mean()) // 2 + 64).sum(axis=1).argmin())
        yield top, cut
        top = cut
    yield top, height
