"""Sums of money in whole fen: in figures and in capitals."""

from __future__ import annotations

import re

FEN_A_YUAN = 100
_DIGITS = "零壹贰叁肆伍陆柒捌玖"  # numerals
_PLACES = ("", "拾", "佰", "仟")  # numerals
_GROUPS = ("", "万", "亿", "万亿")  # numerals
_YUAN, _JIAO, _FEN, _WHOLE = "元", "角", "分", "整"  # numerals
_SUM = re.compile(r"(\d{1,3}(?:,\d{3})+|\d+)(?:\.(\d{1,2}))?")
_THOUSAND = 1_000
_LIMIT = 10 ** (4 * len(_GROUPS)) * FEN_A_YUAN


def read_yuan(text: str) -> int:
    """Return the fen of a sum in yuan such as ``2,316.50``; or ValueError."""
    match = _SUM.fullmatch(text.strip())
    if match is None:
        raise ValueError(text)
    yuan, cents = match.groups(default="0")
    return int(yuan.replace(",", "")) * FEN_A_YUAN + int(cents.ljust(2, "0"))


def yuan_figures(fen: int) -> str:
    """Return the sum in yuan with two decimals, such as ``2,316.50``."""
    sign = "-" if fen < 0 else ""
    yuan, cents = divmod(abs(fen), FEN_A_YUAN)
    return f"{sign}{yuan:,}.{cents:02d}"


def capital_amount(fen: int) -> str:
    """Return the sum in capital numerals, as bills and decisions write it.

    Raises ValueError for a negative sum and for one beyond the last place.
    """
    if not 0 <= fen < _LIMIT:
        raise ValueError(fen)
    yuan, cents = divmod(fen, FEN_A_YUAN)
    jiao, last = divmod(cents, 10)
    words = _capital_integer(yuan) + _YUAN if yuan else ""
    if jiao:
        words += _DIGITS[jiao] + _JIAO
    elif last and yuan:
        words += _DIGITS[0]
    if last:
        return words + _DIGITS[last] + _FEN
    return (words or _DIGITS[0] + _YUAN) + _WHOLE


def _capital_integer(number: int) -> str:
    groups: list[int] = []
    while number:
        number, group = divmod(number, 10_000)
        groups.append(group)
    words = ""
    gap = False  # a zero stands between what is written and what follows
    for index in reversed(range(len(groups))):
        group = groups[index]
        if not group:
            gap = bool(words)
            continue
        if words and (gap or group < _THOUSAND):
            words += _DIGITS[0]
        words += _capital_group(group) + _GROUPS[index]
        gap = False
    return words


def _capital_group(group: int) -> str:
    words = ""
    for place in reversed(range(len(_PLACES))):
        digit = group // 10**place % 10
        if digit:
            words += _DIGITS[digit] + _PLACES[place]
        elif words and not words.endswith(_DIGITS[0]):
            words += _DIGITS[0]
    return words.rstrip(_DIGITS[0])
