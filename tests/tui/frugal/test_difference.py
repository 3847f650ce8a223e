"""What is sent, read by a terminal emulator, shows the very same screen as what Textual would have sent."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

import pyte
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from wcwidth import wcwidth

from roomtui.tui.frugal.difference import Terminal
from roomtui.tui.frugal.grid import _PLAIN, Grid
from roomtui.tui.frugal.traits import Traits
from roomtui.tui.lines import fit
from tests.tui.frugal.emulator import LikeXterm, seen
from tests.whole.strangers.screen import Screen

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.tui.frugal.emulator import Seen

WIDTH, HEIGHT = 24, 6

_STYLES = st.sampled_from(
    [
        "",
        "1",
        "31",
        "2;38;2;10;20;30;48;2;1;1;1",
        "38;2;10;20;30;48;2;1;1;1",
        "7;38;5;200",
        "48;5;16",
        "4;91;104",
        "3;9",
    ]
)
_NONE = Traits()
_TRAITS = st.builds(Traits, line_feeds=st.booleans(), erases=st.booleans())
_NARROW = "ab01:       ~ é│─…≤"
_WIDE = "会議한Ｗ"


@st.composite
def _frames(draw: st.DrawFn, alphabet: str) -> str:
    """A frame as the compositor makes them: address, styled text, line ends, and the cursor at last."""
    texts = st.text(alphabet=st.sampled_from(alphabet), min_size=1, max_size=WIDTH)
    pieces = []
    for _ in range(draw(st.integers(1, 6))):
        x, y = draw(st.integers(0, WIDTH - 1)), draw(st.integers(0, HEIGHT - 1))
        pieces.append(f"\x1b[{y + 1};{x + 1}H")
        room = WIDTH - x
        for _ in range(draw(st.integers(1, 3))):
            text = _cut(draw(texts), room)
            style = draw(_STYLES)
            room -= _cells(text)
            pieces.append(f"\x1b[{style}m{text}\x1b[0m" if style else text)
        if y < HEIGHT - 1 and draw(st.booleans()):
            pieces.append("\n")
    pieces.append(f"\x1b[{draw(st.integers(1, HEIGHT))};{draw(st.integers(1, WIDTH))}H")
    return "".join(pieces)


def _cells(text: str) -> int:
    return sum(2 if character in _WIDE else 1 for character in text)


def _cut(text: str, room: int) -> str:
    while _cells(text) > room:
        text = text[:-1]
    return text


class Emulator:
    """A terminal that reads what is sent, over a line that makes two characters of a line feed, or leaves it alone."""

    def __init__(self, *, adds_returns: bool = False) -> None:
        self._line_feed = "\r\n" if adds_returns else "\n"
        self.screen = LikeXterm(WIDTH, HEIGHT)
        self.screen.reset_mode(pyte.modes.DECAWM)
        self._stream = pyte.Stream(self.screen)

    def read(self, data: str) -> None:
        self._stream.feed(data.replace("\n", self._line_feed))

    def cells(self) -> list[list[Seen]]:
        return [seen(self.screen, row) for row in range(HEIGHT)]


def _pair(traits: Traits) -> tuple[Emulator, Emulator]:
    """A terminal for the frames, and one for the differences."""
    return Emulator(adds_returns=True), Emulator(adds_returns=not traits.line_feeds)


def _seen(frames: Sequence[str], traits: Traits = _NONE) -> tuple[Emulator, Emulator, Grid, list[str]]:
    """A terminal that is sent the frames, one that is sent the differences, what both are to show, and the latter."""
    stock, frugal = _pair(traits)
    wanted, terminal = Grid(WIDTH, HEIGHT), Terminal(Grid(WIDTH, HEIGHT), traits)
    sent = []
    for frame in frames:
        stock.read(frame)
        wanted.feed(frame)
        sent.append(terminal.approach(wanted, most=10**6))
        frugal.read(sent[-1])
    return stock, frugal, wanted, sent


@settings(max_examples=50)
@given(st.lists(_frames(_NARROW), min_size=1, max_size=12), _TRAITS)
def test_the_screen_is_the_same_as_with_whole_frames(frames: list[str], traits: Traits) -> None:
    stock, frugal, *_ = _seen(frames, traits)
    assert frugal.cells() == stock.cells()


@settings(max_examples=50)
@given(st.lists(_frames(_NARROW + _WIDE), min_size=1, max_size=12), _TRAITS)
def test_wide_characters_are_written_and_cut_as_a_terminal_does(frames: list[str], traits: Traits) -> None:
    # Not compared with the emulator that got the frames: it leaves halves of wide characters behind.
    _, frugal, wanted, _ = _seen(frames, traits)
    shown = [[cell[0] for cell in row] for row in frugal.cells()]
    assert shown == wanted.texts


@settings(max_examples=20)
@given(st.lists(_frames(_NARROW + _WIDE), min_size=1, max_size=6))
def test_the_same_frame_again_costs_nothing(frames: list[str]) -> None:
    *_, sent = _seen([frames[-1], frames[-1]])
    assert sent[-1] == ""


@settings(max_examples=40)
@given(st.lists(_frames(_NARROW), min_size=2, max_size=12), st.integers(1, 60), _TRAITS)
def test_frames_that_are_skipped_leave_no_trace(frames: list[str], most: int, traits: Traits) -> None:
    stock, frugal = _pair(traits)
    wanted, terminal = Grid(WIDTH, HEIGHT), Terminal(Grid(WIDTH, HEIGHT), traits)
    for frame in frames:
        stock.read(frame)
        wanted.feed(frame)
        frugal.read(terminal.approach(wanted, most=most))  # as much as the line takes
    while rest := terminal.approach(wanted, most=most):
        frugal.read(rest)
    assert frugal.cells() == stock.cells()


def test_the_answer_to_the_latest_key_is_sent_first_and_in_the_order_of_its_frames() -> None:
    wanted, terminal = Grid(WIDTH, HEIGHT), Terminal(Grid(WIDTH, HEIGHT))
    wanted.feed("\x1b[1;1Hone\x1b[2;1Htwo")
    wanted.key_pressed()
    wanted.feed("\x1b[5;1Hfive")
    wanted.feed("\x1b[4;1Hfour")
    wanted.feed("\x1b[5;1Hfifth")
    sent = [terminal.approach(wanted, most=1) for _ in range(4)]
    assert [word for piece, word in zip(sent, ("fifth", "four", "two", "one"), strict=True) if word in piece] == [
        "fifth",
        "four",
        "two",
        "one",
    ]


def test_what_is_taken_for_one_cell_a_character_is_just_that() -> None:
    plain = [each for each in map(chr, range(0x2FFFF)) if _PLAIN.fullmatch(each)]
    assert {"~", "│", "━", "█", "…"} <= set(plain)
    for each in plain:
        assert cell_len(each) == 1
        assert cell_len(f"a{each}") == 2, "and it joins no other"


def test_of_one_frame_the_row_with_the_cursor_is_sent_first_and_those_next_to_it_after_it() -> None:
    wanted, terminal = Grid(WIDTH, HEIGHT), Terminal(Grid(WIDTH, HEIGHT))
    wanted.feed("\x1b[1;1Hone\x1b[2;1Htwo\x1b[5;1Hfive\x1b[5;3H")
    for word in ("five", "two", "one"):
        assert word in terminal.approach(wanted, most=1)


def test_the_row_with_the_cursor_goes_before_what_ticked_between_the_key_and_its_answer() -> None:
    wanted, terminal = Grid(WIDTH, HEIGHT), Terminal(Grid(WIDTH, HEIGHT))
    wanted.key_pressed()
    wanted.feed("\x1b[1;9H1\x1b[2;9H2\x1b[3;9H3\x1b[1;1H")
    wanted.feed("\x1b[5;1H>five\x1b[5;1H")
    assert ">five" in terminal.approach(wanted, most=1)


@pytest.mark.parametrize(("before", "now"), [(3, 4), (4, 3), (1, 6)])
def test_a_mark_goes_from_where_it_was_in_the_same_piece_however_long_its_row_is(before: int, now: int) -> None:
    wanted, terminal = Grid(200, HEIGHT), Terminal(Grid(200, HEIGHT))
    rows = [f"\x1b[{row + 1};1H  {'x' * 190}" for row in range(HEIGHT)]
    wanted.feed("".join(rows) + f"\x1b[{before};1H>\x1b[{before};1H")
    terminal.approach(wanted, most=10**6)
    wanted.key_pressed()
    wanted.feed("".join(f"\x1b[{row + 1};200H{row}" for row in range(HEIGHT)) + f"\x1b[{before};1H")
    wanted.feed(f"\x1b[{before};1H {'y' * 190}\x1b[{now};1H>{'y' * 190}\x1b[{now};1H")
    terminal.approach(wanted, most=128)
    assert [row + 1 for row, texts in enumerate(terminal.shown.texts) if texts[0] == ">"] == [now]
    rest = [terminal.approach(wanted, most=128) for _ in range(20)]
    assert "y" * 50 in "".join(rest)
    assert not wanted.dirty
    assert terminal.shown.texts == wanted.texts


def test_where_something_else_than_the_cursors_row_has_the_focus_its_first_row_is_sent_first() -> None:
    wanted, terminal = Grid(WIDTH, HEIGHT), Terminal(Grid(WIDTH, HEIGHT))
    wanted.focus = range(2, 5)
    wanted.feed("\x1b[1;1Hone\x1b[3;1Hthree\x1b[6;1Hsix\x1b[6;1H")
    for word in ("three", "one", "six"):
        assert word in terminal.approach(wanted, most=1)
    wanted.feed("\x1b[3;1HTHREE\x1b[4;1HFOUR\x1b[4;1H")
    assert "FOUR" in terminal.approach(wanted, most=1)


def _tick(wanted: Grid, style: str, second: int) -> None:
    for row in range(HEIGHT):
        wanted.feed(f"\x1b[{row + 1};1H\x1b[{style}m  0:0{second} room {row}   \x1b[0m")


def test_a_countdown_costs_little_more_than_its_digits() -> None:
    wanted, terminal = Grid(WIDTH, HEIGHT), Terminal(Grid(WIDTH, HEIGHT))
    for second in (9, 8):
        _tick(wanted, "38;2;10;20;30;48;2;1;1;1", second)
        sent = terminal.approach(wanted, most=10**6)
    # The address of the first digit, then for each row a digit, a step back and one up or down.
    assert len(sent) <= len("\x1b[;6H") + HEIGHT * len("8") + (HEIGHT - 1) * len("\x1bD\b")


def test_to_what_ticks_and_its_look_it_is_four_bytes_wherever_something_else_ticks() -> None:
    wanted, terminal = Grid(WIDTH, HEIGHT), Terminal(Grid(WIDTH, HEIGHT))
    emulator = Emulator()
    ticking, other = "38;2;10;20;30;48;2;1;1;1", "1;38;2;40;50;60;48;2;7;7;7"
    for second in (9, 8, 7, 6, 5):
        _tick(wanted, ticking, second)
        wanted.feed(f"\x1b[1;20H\x1b[{other}m{second}\x1b[0m")
        sent = terminal.approach(wanted, most=10**6)
        emulator.read(sent)
    there = len("\x1b8\x1b7") + HEIGHT * len("8") + (HEIGHT - 1) * len("\x1bD\b")
    assert len(sent) <= there + len("\x1b[;20H") + len(f"\x1b[{other}m") + len("8")
    assert [row[5][0] for row in emulator.cells()] == ["5"] * HEIGHT
    assert emulator.cells()[0][5] != emulator.cells()[0][19]


def test_an_attribute_after_a_recalled_look_does_not_bring_another_background_back() -> None:
    wanted, terminal = Grid(WIDTH, HEIGHT), Terminal(Grid(WIDTH, HEIGHT))
    emulator = Emulator()
    for second in (9, 8, 7, 6):
        _tick(wanted, "38;5;100;48;5;200", second)
        wanted.feed(
            f"\x1b[2;20H\x1b[1;7;38;5;100;48;5;200m{second}\x1b[0m\x1b[1;20H\x1b[1;38;5;101;48;5;17m{second}\x1b[0m"
        )
        emulator.read(terminal.approach(wanted, most=10**6))
    assert [emulator.screen.buffer[row][19].bg for row in (0, 1)] == ["00005f", "ff00d7"]


def test_looks_are_changed_once_for_all_rows_where_that_is_shorter() -> None:
    wanted, terminal = Grid(WIDTH, HEIGHT), Terminal(Grid(WIDTH, HEIGHT))
    left, right = "38;2;10;20;30;48;2;1;1;1", "38;2;40;50;60;48;2;1;1;1"
    for text in ("a", "b"):
        for row in range(HEIGHT):
            wanted.feed(f"\x1b[{row + 1};3H\x1b[{left}m{text}\x1b[0m\x1b[{row + 1};12H\x1b[{right}m{text}\x1b[0m")
        sent = terminal.approach(wanted, most=10**6)
    assert sent.count("m") <= 2


def test_after_something_unknown_was_written_everything_is_sent_again() -> None:
    wanted, terminal = Grid(WIDTH, HEIGHT), Terminal(Grid(WIDTH, HEIGHT))
    wanted.feed("\x1b[1;1Hone")
    first = terminal.approach(wanted, most=10**6)
    terminal.forget()
    wanted.touch_all()
    assert "one" in first
    assert "one" in terminal.approach(wanted, most=10**6)


def test_where_line_feeds_only_go_down_a_countdown_costs_three_bytes_a_row() -> None:
    wanted, terminal = Grid(WIDTH, HEIGHT), Terminal(Grid(WIDTH, HEIGHT), Traits(line_feeds=True))
    for second in (9, 8):
        _tick(wanted, "38;2;10;20;30;48;2;1;1;1", second)
        sent = terminal.approach(wanted, most=10**6)
    assert len(sent) <= len("\x1b[;6H") + HEIGHT * len("8") + (HEIGHT - 1) * len("\n\b")


def test_a_line_that_becomes_empty_is_erased_where_that_takes_the_background() -> None:
    wanted, terminal = Grid(WIDTH, HEIGHT), Terminal(Grid(WIDTH, HEIGHT), Traits(erases=True))
    emulator = Emulator()
    for text in ("x" * WIDTH, " " * WIDTH):
        wanted.feed(f"\x1b[2;1H\x1b[48;5;17m{text}\x1b[0m")
        sent = terminal.approach(wanted, most=10**6)
        emulator.read(sent)
    assert sent.endswith("\x1b[K")
    assert len(sent) < 10
    assert set(emulator.cells()[1]) == {(" ", "00005f")}


@pytest.mark.parametrize("style", ["4", "7", "9;48;5;17"])
def test_spaces_that_show_more_than_a_background_are_written(style: str) -> None:
    wanted, terminal = Grid(WIDTH, HEIGHT), Terminal(Grid(WIDTH, HEIGHT), Traits(erases=True))
    wanted.feed(f"\x1b[2;1H\x1b[{style}m{' ' * WIDTH}\x1b[0m")
    assert " " * WIDTH in terminal.approach(wanted, most=10**6)


def test_what_answers_no_key_comes_last_and_makes_nothing_else_more_urgent() -> None:
    wanted, terminal = Grid(WIDTH, HEIGHT), Terminal(Grid(WIDTH, HEIGHT))
    wanted.key_pressed()
    wanted.feed("\x1b[3;1Hasked for\x1b[4;1Hthis, too")
    wanted.feed("\x1b[1;1Hticks\x1b[3;1Hticks as well", late=True)
    sent = [terminal.approach(wanted, most=1, late=False) for _ in range(4)]
    assert "ticks as well" in "".join(sent)
    assert "this, too" in "".join(sent)
    assert sent[-1] == ""
    assert list(wanted.dirty) == [0]
    assert "ticks" in terminal.approach(wanted, most=1)


@settings(max_examples=40)
@given(st.lists(_frames(_NARROW + _WIDE), min_size=2, max_size=8), st.lists(st.integers(1, 40), min_size=8), _TRAITS)
def test_a_slice_is_hardly_longer_than_asked_for_and_the_newest_frame_follows_from_any(
    frames: list[str], sizes: list[int], traits: Traits
) -> None:
    _, frugal = _pair(traits)
    wanted, terminal = Grid(WIDTH, HEIGHT), Terminal(Grid(WIDTH, HEIGHT), traits)
    for frame in frames:
        wanted.feed(frame)
        for most in sizes:
            sent = terminal.approach(wanted, most=most)
            # A run of wide characters is not cut, and begins with an address and a whole look.
            assert len(sent) <= most + WIDTH + len("\x1b[6;24H\x1b[;2;38;2;10;20;30;48;2;1;1;1m\x1b7")
            frugal.read(sent)
    while rest := terminal.approach(wanted, most=1):
        frugal.read(rest)
    assert [[cell[0] for cell in row] for row in frugal.cells()] == wanted.texts


@pytest.mark.parametrize("traits", [_NONE, Traits(line_feeds=True, erases=True)])
@pytest.mark.parametrize("cells", [0, 1])
def test_what_stands_behind_vowels_stays_in_its_column_however_wide_a_terminal_draws_them(
    monkeypatch: pytest.MonkeyPatch, cells: int, traits: Traits
) -> None:
    """Most terminals give them a cell each, some draw them into that of their letter."""
    monkeypatch.setattr(
        "tests.whole.strangers.screen.wcwidth",
        lambda character: cells if unicodedata.category(character) == "Mc" else wcwidth(character),
    )
    screen = Screen(WIDTH, 1)
    wanted, terminal = Grid(WIDTH, 1), Terminal(Grid(WIDTH, 1), traits)
    names = (
        "x" * 14,
        "\u0939\u093f\u0928\u094d\u0926\u0940",
        "\u0939\u0940\u0928\u0940",
        "\u0939\u093f \u0939\u0940 a",
        "",
    )
    for number, name in enumerate((*names, *reversed(names))):
        wanted.feed(f"\x1b[1;1H{fit(name, 14)}  {number:02}  \x1b[1mb\x1b[0m")
        screen.feed(terminal.approach(wanted, most=1000).encode())
        (row,) = screen.rows
        assert screen.columns_of(0, 14, 21) == f"  {number:02}  b"
        assert row.replace(" ", "") == f"{name}{number:02}b".replace(" ", "")
        assert cells == 0 or row == f"{fit(name, 14)}  {number:02}  b"
    assert screen.violations == []
