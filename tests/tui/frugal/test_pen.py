"""Moving the cursor and changing the pen: read by a terminal emulator, and never longer than the plain way."""

from __future__ import annotations

import pyte
from hypothesis import given
from hypothesis import strategies as st

from roomtui.tui.frugal.pen import blanking, blanks, erasable, ground, look, move, restyle, restyle_and_tell_the_ground
from tests.tui.frugal.emulator import seen

_CELLS = st.tuples(st.integers(0, 79), st.integers(0, 23))
_COLOURS = st.sampled_from(["", "31", "97", "38;5;200", "38;2;1;2;3", "38;2;9;8;7"])
_GROUNDS = st.sampled_from(["", "41", "104", "48;5;16", "48;2;3;2;1", "48;2;7;8;9"])
_ATTRIBUTES = st.lists(st.sampled_from(["1", "3", "4", "5", "7", "9"]), unique=True)


@st.composite
def _styles(draw: st.DrawFn) -> str:
    return ";".join(part for part in (*draw(_ATTRIBUTES), draw(_COLOURS), draw(_GROUNDS)) if part)


def _screen(data: str) -> pyte.Screen:
    screen = pyte.Screen(80, 24)
    pyte.Stream(screen).feed(data)
    return screen


@given(_CELLS, _CELLS)
def test_a_move_ends_where_it_should_and_is_never_longer_than_the_address(
    before: tuple[int, int], after: tuple[int, int]
) -> None:
    address = f"\x1b[{after[1] + 1};{after[0] + 1}H"
    for known in (before, (None, before[1])):
        sequence = move(known, after)
        screen = _screen(move(None, before) + sequence)
        assert (screen.cursor.x, screen.cursor.y) == after
        assert len(sequence) <= len(address)


@given(_CELLS, _CELLS)
def test_a_line_feed_that_only_goes_down_is_one_byte_a_line(before: tuple[int, int], after: tuple[int, int]) -> None:
    sequence = move(before, after, line_feeds=True)
    screen = _screen(move(None, before) + sequence)
    assert (screen.cursor.x, screen.cursor.y) == after
    assert len(sequence) <= len(move(before, after))
    if before[0] == after[0] and 0 < after[1] - before[1] <= 3:
        assert sequence == "\n" * (after[1] - before[1])


@given(st.text("ab      ", max_size=60), st.sampled_from(["edge", "middle"]))
def test_erased_spaces_look_like_written_ones_and_the_cursor_comes_to_stand_where_it_is_told(
    text: str, place: str
) -> None:
    at_edge = place == "edge"
    start = (80 - len(text) if at_edge else 10, 3)
    begin = "\x1b[41m" + "\x1b[2J" + move(None, start) + "\x1b[44m"
    sequence, length = blanks(text, to_edge=at_edge)
    erased, written = _screen(begin + sequence), _screen(begin + text)
    assert seen(erased, 3) == seen(written, 3)
    assert len(sequence) <= len(text)
    if start[0] + length < 80:
        assert erased.cursor.x == start[0] + length


@given(_CELLS)
def test_to_stay_costs_nothing_and_from_nowhere_the_address_is_told(cell: tuple[int, int]) -> None:
    assert move(cell, cell) == ""
    screen = _screen(move(None, cell))
    assert (screen.cursor.x, screen.cursor.y) == cell


@given(st.none() | _styles(), _styles())
def test_after_a_restyle_the_pen_is_as_if_it_had_been_told_whole(before: str | None, after: str) -> None:
    start = f"\x1b[0;{before}m" if before else "\x1b[0m"
    changed = _screen(start + restyle(before, after) + "x").buffer[0][0]
    told = _screen(f"\x1b[0;{after}mx" if after else "\x1b[0mx").buffer[0][0]
    assert changed == told


@given(_styles(), _styles())
def test_a_restyle_is_never_longer_than_the_whole_style(before: str, after: str) -> None:
    assert len(restyle(before, after)) <= len(f"\x1b[0;{after}m")
    assert restyle(before, before) == ""


@given(_styles(), _styles())
def test_a_space_is_written_in_any_style_that_looks_the_same_there(before: str, after: str) -> None:
    style = blanking(before, ground(after))
    assert ground(style) == ground(after)
    if ground(before) == ground(after):
        assert restyle(before, style) == ""
    as_told, as_written = (seen(_screen(f"\x1b[{each}m "), 0)[0] for each in (after, style))
    assert as_written == as_told


@given(_styles(), _styles())
def test_two_styles_of_one_ground_look_the_same_in_a_space_and_of_two_grounds_do_not(one: str, other: str) -> None:
    looks = [seen(_screen(f"\x1b[{each}m "), 0)[0] for each in (one, other)]
    if ground(one) == ground(other):
        assert looks[0] == looks[1]
    elif looks[0] == looks[1]:
        assert sorted(ground(one).split(";")) == sorted(ground(other).split(";")), "said in another order"


@given(_styles())
def test_what_may_be_erased_looks_like_a_space_that_is_written(style: str) -> None:
    written, erased = (_screen(f"\x1b[{style}m{each}").buffer[0][0] for each in (" ", "\x1b[X"))
    if erasable(style) and not written.reverse:
        assert written.bg == erased.bg
        assert not (written.underscore)
        assert not (written.strikethrough)
        assert not (written.blink)
    assert erasable(style) or look(style).attributes


def test_an_inverse_space_is_one_on_a_ground_of_its_own_colour() -> None:
    assert erasable(ground("7;38;5;239;48;5;17"))
    assert ground("7;38;5;239;48;5;17") == ground("48;5;239")
    assert ground("7;91") == "101"
    assert ground("7;1;31") != ground("41"), "some terminals show it brighter"


@given(_styles(), _styles())
def test_the_background_can_be_told_where_it_stays_what_it_is(before: str, after: str) -> None:
    told = restyle_and_tell_the_ground(before, after)
    start = f"\x1b[0;{before}m" if before else "\x1b[0m"
    assert _screen(f"{start}\x1b[45m{told}x").buffer[0][0] == _screen(f"\x1b[0;{after}mx").buffer[0][0]


def test_what_one_switch_puts_out_beside_what_it_should_is_put_on_again() -> None:
    assert restyle("1;2;38;2;10;20;30", "2;38;2;10;20;30") == "\x1b[22;2m"
    assert restyle("1;38;2;10;20;30", "38;2;10;20;30") == "\x1b[22m"
    assert restyle("53;38;2;10;20;30", "38;2;10;20;30") == "\x1b[;38;2;10;20;30m", "few know how to end an overline"


def test_only_the_colour_that_differs_is_told() -> None:
    assert restyle("1;38;2;1;2;3;48;2;9;9;9", "1;38;2;4;5;6;48;2;9;9;9") == "\x1b[38;2;4;5;6m"
    assert restyle("38;5;1;48;5;2", "38;5;1;48;5;3") == "\x1b[48;5;3m"


def test_a_style_is_taken_apart() -> None:
    assert look("1;4;38;2;1;2;3;48;5;16") == ("38;2;1;2;3", "48;5;16", ("1", "4"))
    assert look("91;104;7") == ("91", "104", ("7",))
    assert look("") == ("", "", ())
