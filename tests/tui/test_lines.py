from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.style import Style

from roomtui.rooms.untrusted import safe
from roomtui.tui.lines import Tone, draw, fit, line, wrap

STYLES = {tone: Style(color="red" if tone is Tone.BAD else "white", bgcolor="black") for tone in Tone}
NOTHING = Style.null()

outside_text = st.text(max_size=40).map(safe)


@given(outside_text, st.integers(0, 50), st.booleans())
def test_fitted_text_has_exactly_the_width(text: str, width: int, right: bool) -> None:  # noqa: FBT001 - hypothesis hands it in
    assert cell_len(fit(text, width, right=right)) == width


@pytest.mark.parametrize(
    ("text", "width", "fitted"),
    [("abc", 5, "abc  "), ("abcdef", 5, "abcd…"), ("東京都", 5, "東京…"), ("東京都", 4, "東… "), ("a", 0, "")],
)
def test_what_is_too_long_is_cut_with_an_ellipsis(text: str, width: int, fitted: str) -> None:
    assert fit(text, width) == fitted


@given(st.lists(st.tuples(outside_text, st.sampled_from(list(Tone))), max_size=6), st.integers(0, 60))
def test_a_drawn_line_has_exactly_the_width(pieces: list[tuple[str, Tone]], width: int) -> None:
    strip = draw(line(*pieces), STYLES, Style(bgcolor="black"), width, over=NOTHING)
    assert strip.cell_length == width
    assert sum(cell_len(segment.text) for segment in strip) == width


def test_blanks_do_not_cost_a_style_of_their_own() -> None:
    strip = draw(line(("a", Tone.BAD), ("  ", Tone.TEXT), ("b", Tone.BAD)), STYLES, STYLES[Tone.TEXT], 6, over=NOTHING)
    assert [segment.text for segment in strip] == ["a  b  "]


def test_an_overlay_reaches_the_end_of_the_line() -> None:
    strip = draw(line("ab"), STYLES, STYLES[Tone.TEXT], 5, over=Style(bgcolor="blue"))
    assert {segment.style.bgcolor.name for segment in strip if segment.style and segment.style.bgcolor} == {"blue"}


@given(st.text(alphabet="ab 東 ", max_size=80), st.integers(2, 30))
def test_wrapped_lines_fit_and_lose_nothing_but_blanks(text: str, width: int) -> None:
    lines = wrap(text, width)
    assert all(cell_len(each) <= width for each in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")


def test_markup_in_a_line_is_only_text() -> None:
    strip = draw(line("[red]x[/red]"), STYLES, STYLES[Tone.TEXT], 12, over=NOTHING)
    assert strip.text == "[red]x[/red]"
