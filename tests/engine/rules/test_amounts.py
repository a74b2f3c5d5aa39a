from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.rules.amounts import (
    capital_amount,
    read_yuan,
    yuan_figures,
)


@pytest.mark.parametrize(
    ("fen", "words"),
    [
        (0, "零元整"),
        (1, "壹分"),
        (10, "壹角整"),
        (105, "壹元零伍分"),
        (150, "壹元伍角整"),
        (1_000, "壹拾元整"),
        (1_005, "壹拾元零伍分"),
        (140_950, "壹仟肆佰零玖元伍角整"),
        (600_714, "陆仟零柒元壹角肆分"),
        (10_700_053, "壹拾万柒仟元伍角叁分"),
        (23_160_000, "贰拾叁万壹仟陆佰元整"),
        (21_720_000, "贰拾壹万柒仟贰佰元整"),
        (100_000_100, "壹佰万零壹元整"),
        (1_000_000_000_00, "壹拾亿元整"),
        (10_000_000_500, "壹亿零伍元整"),
        (1_000_050_000_00, "壹拾亿零伍万元整"),
        (100_000_000_000_000, "壹万亿元整"),
    ],
)
def test_a_sum_in_capitals(fen, words):
    """Sums read as bills and decisions write them."""
    assert capital_amount(fen) == words


@pytest.mark.parametrize("fen", [-1, 10**18])
def test_a_sum_out_of_reach_is_refused(fen):
    """There are no capitals for less than nothing, nor beyond the last place."""
    with pytest.raises(ValueError, match=str(fen)):
        capital_amount(fen)


DIGITS = {word: value for value, word in enumerate("零壹贰叁肆伍陆柒捌玖")}
PLACES = {"拾": 10, "佰": 100, "仟": 1000}


def _read(words):
    """Return the fen that capitals say, by an independent reading."""
    total = group = digit = 0
    yuan, _, cents = words.rpartition("元")
    for letter in yuan:
        if letter in DIGITS:
            digit = DIGITS[letter]
        elif letter in PLACES:
            group, digit = group + digit * PLACES[letter], 0
        elif letter == "万":
            total, group, digit = total + (group + digit) * 10**4, 0, 0
        else:
            total, group, digit = (total + group + digit) * 10**8, 0, 0
    fen = (total + group + digit) * 100
    for digit, unit in itertools.pairwise(cents):
        fen += DIGITS.get(digit, 0) * {"角": 10, "分": 1}.get(unit, 0)
    return fen


@given(st.integers(0, 10**14 - 1))
def test_capitals_say_the_sum(fen):
    """Read back by other means, the capitals are the sum."""
    words = capital_amount(fen)

    assert _read(words) == fen
    assert "零零" not in words


@pytest.mark.parametrize(
    ("text", "fen"),
    [("231600", 23_160_000), ("2,316.5", 231_650), (" 0.07 ", 7), ("1,000,000", 10**8)],
)
def test_a_sum_in_yuan_is_read(text, fen):
    """Commas and one or two decimals are understood."""
    assert read_yuan(text) == fen


@pytest.mark.parametrize("text", ["", "-1", "1.234", "12,34", "一百", "1e3"])
def test_what_is_no_sum_is_refused(text):
    """Anything but a plain sum in yuan is an error."""
    with pytest.raises(ValueError, match=r".*"):
        read_yuan(text)


@given(st.integers(0, 10**15))
def test_figures_are_read_back(fen):
    """What is shown in figures is what was meant."""
    assert read_yuan(yuan_figures(fen)) == fen


def test_a_difference_may_be_negative():
    """A refund shows its sign."""
    assert yuan_figures(-231_650) == "-2,316.50"
