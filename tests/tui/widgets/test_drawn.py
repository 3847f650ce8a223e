"""A row as it stands on the screen and as it is to stand there: what differs, and how it is drawn again."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st
from rich.style import Style

from roomtui.tui.columns import place
from roomtui.tui.lines import UNICODE, Piece, Tone, draw
from roomtui.tui.widgets.drawn import Drawn

if TYPE_CHECKING:
    from textual.strip import Strip

STYLES = {tone: Style(color=f"color({number})", bgcolor="black") for number, tone in enumerate(Tone, start=1)}
BASE = Style(color="white", bgcolor="black")
CURSOR = Style(reverse=True)
TEXTS = st.sampled_from(
    ["", "4:59 ", "4:58 ", "1:00 !", "≤23h41 ", "東京オフィス", "z\u0335\u0321a", "x" * 90, "a b", "?"]
)
TONES = st.sampled_from([Tone.TEXT, Tone.DIM, Tone.SOON])


@st.composite
def rows(chosen: st.DrawFn) -> tuple[int, Drawn, Drawn]:
    """A width, and one row of it twice: some of its cells are others the second time."""
    width = chosen(st.sampled_from([60, 80, 120, 200]))
    count = len(place(width))
    cells = chosen(st.lists(st.builds(Piece, TEXTS, TONES), min_size=count, max_size=count))
    before = Drawn("RM1", chosen(st.booleans()), tuple(cells), chosen(st.booleans()))
    for index in chosen(st.sets(st.integers(0, count - 1), max_size=2)):
        tone = cells[index].tone if chosen(st.booleans()) else chosen(TONES)
        cells[index] = Piece(chosen(TEXTS), tone)
    return width, before, replace(before, cells=tuple(cells))


def drawn(row: Drawn, width: int) -> Strip:
    over = CURSOR if row.is_cursor else Style.null()
    return draw(row.line(place(width), UNICODE), STYLES, BASE, width, over=over)


def cells_of(strip: Strip) -> list[object]:
    """What is seen in each cell, roughly: wide characters count where they begin."""
    seen: list[object] = []
    for segment in strip:
        for character in segment.text:
            style = segment.style
            assert style is not None
            on = style.color if style.reverse else style.bgcolor
            seen.append((character, None if character == " " else style.color, on))
    return seen


@given(rows())
def test_what_is_drawn_again_of_a_row_is_as_if_all_of_it_were(row: tuple[int, Drawn, Drawn]) -> None:
    width, before, wanted = row
    patched = before.patched(drawn(before, width), wanted, place(width))
    if patched is not None:
        assert list(patched) == list(drawn(wanted, width))
        assert patched.cell_length == width


@given(rows())
def test_what_differs_lies_within_the_changes(row: tuple[int, Drawn, Drawn]) -> None:
    width, before, wanted = row
    spans = before.changes(wanted, place(width), width)
    assert bool(spans) == (before != wanted)
    old, new = drawn(before, width), drawn(wanted, width)
    ends = [0, *(column for span in spans for column in span), width]
    for start, end in zip(ends[::2], ends[1::2], strict=True):
        assert cells_of(old.crop(start, end)) == cells_of(new.crop(start, end))


def test_a_digit_is_put_into_the_row_that_was_drawn() -> None:
    placed = place(80)
    cells = tuple(Piece("4:59 " if each.column.key == "closes" else "abc") for each in placed)
    before = Drawn("RM1", is_cursor=False, cells=cells)
    wanted = replace(before, cells=(Piece("4:58 "), *cells[1:]))
    assert before.changes(wanted, placed, 80) == [(placed[0].start, placed[0].end)]
    patched = before.patched(drawn(before, 80), wanted, placed)
    assert patched is not None
    assert "4:58" in patched.text


def test_where_the_look_changes_too_the_row_is_drawn_anew() -> None:
    placed = place(80)
    before = Drawn("RM1", is_cursor=False, cells=tuple(Piece("some text") for _ in placed))
    wanted = replace(before, cells=(Piece("some text", Tone.SOON), *before.cells[1:]))
    assert before.patched(drawn(before, 80), wanted, placed) is None
