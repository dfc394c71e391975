"""Characters that only look like Chinese ones, put right.

PDF fonts often map a glyph to its Kangxi radical or compatibility ideograph
(⼀⾏⼈ for 一行人), so that no search finds the word. NFKC repairs these blocks
only in part and would change much else (full-width signs, ①, ㎡).
"""

from __future__ import annotations

import re
import unicodedata

# CJK Radicals Supplement: Unicode's EquivalentUnifiedIdeograph; NFKC knows two of them.
_SUPPLEMENT = (
    "⺁厂⺄乙⺅亻⺆冂⺉刂⺊卜⺎兀⺏尣⺐尢⺒巳⺓幺⺔彑⺕彐⺖忄⺘扌⺙攵⺛旡⺜日⺝月⺞歺⺟母⺠民⺡氵⺢氺⺣灬⺤爫"
    "⺥爫⺦丬⺧牛⺨犭⺩王⺪疋⺫目⺬示⺭礻⺮竹⺯糹⺰纟⺱罓⺲罒⺶羊⺷羊⺸羊⺹耂⺺肀⺻聿⺼肉⺽臼⺾艹⺿艹⻀艹⻁虎⻂衤⻃覀"
    "⻄西⻅见⻆角⻇角⻈讠⻉贝⻊足⻋车⻌辶⻍辶⻎辶⻏阝⻐钅⻑長⻒镸⻓长⻔门⻖阝⻗雨⻘青⻙韦⻚页⻛风⻜飞⻝食⻞食⻟飠"
    "⻠饣⻡首⻢马⻣骨⻤鬼⻥鱼⻦鸟⻧卤⻨麦⻩黄⻪黾⻫斉⻬齐⻭歯⻮齿⻯竜⻰龙⻱龜⻲亀⻳龟"
)
# Where the Kangxi radical's own form is the traditional one, simplified text means the other.
_SIMPLIFIED = "⼾户⾭青⿈黄⼽戈"
_BLOCKS = ((0x2F00, 0x2FD6), (0xF900, 0xFB00), (0x2F800, 0x2FA20))


def _table() -> dict[int, str]:
    table = {}
    for first, end in _BLOCKS:
        for code in range(first, end):
            plain = unicodedata.normalize("NFKC", chr(code))
            if plain != chr(code) and len(plain) == 1 and unicodedata.category(plain) == "Lo":
                table[code] = plain
    for pairs in (_SUPPLEMENT, _SIMPLIFIED):
        table.update({ord(odd): plain for odd, plain in zip(pairs[::2], pairs[1::2], strict=True)})
    return table


_REPAIRS = _table()
_ODD = re.compile("[⺀-\u2fff\uf900-\ufaff\U0002f800-\U0002fa1f]")  # quickly tells that there are none


def repair_glyphs(text: str) -> str:
    """``text`` with radicals and compatibility ideographs as plain ideographs; nothing else changes."""
    return text.translate(_REPAIRS) if _ODD.search(text) else text
