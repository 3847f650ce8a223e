"""What a text takes on a terminal: as tmux, GNU screen and xterm count it, whatever Rich's table says."""

from __future__ import annotations

import unicodedata

import pytest
from rich.segment import Segment
from textual.strip import Strip

from roomtui.rooms.untrusted import safe
from roomtui.tui.widths import cell_len, chop_cells, is_vowel


@pytest.mark.parametrize(
    ("text", "cells"),
    [
        ("\u0939\u093f\u0928\u094d\u0926\u0940 \u092e\u0940\u091f\u093f\u0902\u0917", 11),
        ("\u0ba8\u0bbf\u0bb1\u0bc1\u0bb5\u0ba9\u0bae\u0bcd", 7),
        ("\u09ac\u09be\u0982\u09b2\u09be", 5),
        ("e\u0301", 1),
        ("\u4f1a\u8b70", 4),
        ("\u0e17\u0e35\u0e48", 1),
        ("plain", 5),
        ("", 0),
    ],
)
def test_a_text_takes_as_many_cells_as_terminals_give_it(text: str, cells: int) -> None:
    assert cell_len(text) == cells
    assert Strip([Segment(text)]).cell_length == cells
    assert "".join(chop_cells(text, 2)) == text
    assert all(cell_len(part) <= 2 for part in chop_cells(text, 2))


def test_a_mark_has_a_cell_of_its_own_where_unicode_says_so() -> None:
    shown = [chr(point) for point in range(0x20, 0x20000) if safe(f"a{chr(point)}") == f"a{chr(point)}"]
    marks = {each: unicodedata.category(each) for each in shown if unicodedata.category(each).startswith("M")}
    assert len(marks) > 1000
    assert {each for each, kind in marks.items() if cell_len(each) != (kind == "Mc")} == set()
    assert {each for each, kind in marks.items() if is_vowel(each) != (kind == "Mc")} == set()
