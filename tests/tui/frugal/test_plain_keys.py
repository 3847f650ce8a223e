"""An escape is never lost, whatever follows it and however the line cuts it."""

from __future__ import annotations

import inspect
import os
from contextlib import contextmanager
from itertools import combinations, pairwise
from threading import Event
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual import _parser, events
from textual._ansi_sequences import ANSI_SEQUENCES_KEYS
from textual._xterm_parser import XTermParser

from roomtui.tui.driver import TerminalDriver
from roomtui.tui.frugal import plain_keys
from roomtui.tui.frugal.plain_keys import PlainKeys

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from textual.message import Message

KEYS = {"\r": "enter", "e": "e", "/": "slash", "1": "1", "U": "U", "\x1a": "ctrl+z", " ": "space", "-": "minus"}


def pressed(*pieces: str) -> list[str]:
    parser = PlainKeys()
    return [each.key for piece in pieces for each in parser.feed(piece) if isinstance(each, events.Key)]


@pytest.mark.parametrize(("sent", "key"), KEYS.items(), ids=KEYS.values())
def test_a_key_in_one_piece_with_an_escape_comes_behind_it(sent: str, key: str) -> None:
    assert pressed(f"\x1b{sent}") == ["escape", key]
    assert pressed("\x1b", sent) == ["escape", key]


@given(st.lists(st.sampled_from(["\x1b", *KEYS, "\x1b[A", "\x1b[6~"])), st.data())
def test_all_that_is_pressed_arrives_in_its_order(sent: list[str], data: st.DataObject) -> None:
    names = {**KEYS, "\x1b": "escape", "\x1b[A": "up", "\x1b[6~": "pagedown"}
    text = "".join(sent) + "x"
    cut = data.draw(st.integers(0, len(text)))
    pieces: Iterable[str] = filter(None, (text[:cut], text[cut:]))
    assert pressed(*pieces) == [*(names[each] for each in sent), "x"]


@pytest.mark.parametrize(
    ("sent", "key"),
    [("\x1b[B", "down"), ("\x1bOP", "f1"), ("\x1b\t", "shift+tab"), ("\x1bb", "ctrl+left"), ("\x1b\x7f", "ctrl+w")],
)
def test_what_a_terminal_sends_for_one_key_stays_one(sent: str, key: str) -> None:
    assert pressed(sent) == [key]
    assert pressed(sent[:1], sent[1:]) == [key]


# What a terminal sends: keys, focus, pastes, answers, and what nobody knows.
SENT = [
    *KEYS, "\x1b", "\x1b[A", "\x1b[6~", "\x1bOP", "\x1b[1;5C", "\x1b[I", "\x1b[O", "\x1b[1;1R", "\x1b[<0;3;4M", "é",
    "界", "\x1b[?2026;2$y", "\x1b[?62;22c", "\x1b[200~", "\x1b[201~", "[", "O", "q", "~", "\x1b[20", "\x1b[99;1X",
    "\x1b[M #$",
]  # fmt: skip
WHOLE = {
    "\x1b\x1bq": ["escape", "escape", "q"],
    "\x1b[Oq": ["AppBlur", "q"],
    "\x1b[I\x1b": ["AppFocus"],  # the escape may still begin something
    "\x1b[Ie\x1b": ["AppFocus", "e"],
    "\x1b\x1b[Oq": ["escape", "AppBlur", "q"],
    "q\x1b[200~\x1b\x1bq\x1b[O é\x1b[201~q": ["q", "Paste \x1b\x1bq\x1b[O é", "q"],
    "\x1b\x1b[200~q\x1b[201~\x1b\x1bq": ["escape", "Paste q", "escape", "escape", "q"],
    "\x1b[200~\x1b[201~q": ["Paste ", "q"],
    "\x1b[?62;22cq": ["q"],
    "\x1b[99;1Xjq": ["j", "q"],
    "\x1b[1;1R\x1b\x1bq": ["CursorPosition", "escape", "escape", "q"],
    "\x1b[\x1bq": ["escape", "left_square_bracket", "escape", "q"],
    "\x1bO\x1bq": ["escape", "O", "escape", "q"],
    "\x1bOzq": ["escape", "O", "z", "q"],
    "\x1b[20\x1b\x1bq": ["escape", "escape", "q"],
    "é界\x1bü": ["é", "界", "escape", "ü"],
    "\x1b[M #$q": ["q"],
    "\x1b[?64;1;2;6;9;15;16;17;18;21;22;28;29cq": ["q"],
}


def heard(messages: Iterable[Message]) -> list[str]:
    """What was told, in words."""
    return [
        each.key if isinstance(each, events.Key) else f"Paste {each.text}" if isinstance(each, events.Paste)
        else type(each).__name__ for each in messages
    ]  # fmt: skip


def parsed(parser: XTermParser, pieces: Iterable[str]) -> list[str]:
    return heard(message for piece in pieces for message in parser.feed(piece))


def cut(text: bytes, *at: int) -> list[bytes]:
    """The text in pieces that begin there."""
    ends = [0, *sorted(at), len(text)]
    return [text[begin:end] for begin, end in pairwise(ends)]


@contextmanager
def time_at(seconds: list[float]) -> Iterator[None]:
    """The time by which the parsers say that a sequence should have gone on."""
    with pytest.MonkeyPatch.context() as patch:
        for module in (_parser, plain_keys):
            patch.setattr(module, "get_time", lambda: seconds[0])
        yield


def driven(pieces: Iterable[bytes]) -> list[str]:
    """What the driver makes of pieces that are read one by one, and then of a lost line."""
    told: list[Message] = []
    ready, keep = os.pipe()
    os.write(keep, b"something is there at all times")
    left = iter(pieces)
    driver = object.__new__(TerminalDriver)
    driver._debug, driver.exit_event, driver.fileno = False, Event(), ready
    driver.process_message = told.append  # type: ignore[assignment]  # to hear it
    driver._lost = lambda: None  # type: ignore[method-assign]  # it would end this process
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("roomtui.tui.driver.os.read", lambda *_: next(left, b""))
            driver.run_input_thread()
    finally:
        os.close(ready)
        os.close(keep)
    return heard(told)


@pytest.mark.parametrize(("sent", "keys"), WHOLE.items(), ids=map(ascii, WHOLE))
def test_wherever_the_line_cuts_it_is_the_same(sent: str, keys: list[str]) -> None:
    data = sent.encode()
    for count in range(3):
        for at in combinations(range(1, len(data)), count):
            assert driven(cut(data, *at)) == keys, cut(data, *at)
    assert driven(cut(data, *range(1, len(data)))) == keys


@given(st.lists(st.sampled_from(SENT), max_size=12), st.data())
def test_any_pieces_are_the_same_as_the_whole(sent: list[str], data: st.DataObject) -> None:
    text = "".join(sent).encode()
    at = data.draw(st.sets(st.integers(1, max(1, len(text) - 1)), max_size=len(text)))
    whole = driven(filter(None, [text]))
    assert driven(filter(None, cut(text, *at))) == whole


@pytest.mark.parametrize("sequence", [each for each in ANSI_SEQUENCES_KEYS if each.startswith(("\x1b[", "\x1bO"))])
def test_every_sequence_that_textual_knows_is_what_it_was(sequence: str) -> None:
    assert parsed(PlainKeys(), [sequence, "q"]) == parsed(XTermParser(), [sequence, "q"])


@pytest.mark.parametrize(
    ("begun", "keys"),
    [
        ("\x1b", ["escape"]),
        ("\x1b[", ["escape", "left_square_bracket"]),
        ("\x1bO", ["escape", "O"]),
        ("\x1b[20", []),  # the end of an answer is no key
        ("\x1b[1;5", []),
    ],
)
def test_what_does_not_go_on_in_time_is_what_was_pressed(begun: str, keys: list[str]) -> None:
    seconds = [0.0]
    with time_at(seconds):
        parser = PlainKeys()
        assert parsed(parser, begun) == []
        assert heard(parser.tick()) == []
        seconds[0] = 1.0
        assert heard(parser.tick()) == keys
        assert heard(parser.tick()) == []
        assert parsed(parser, ["q\x1b[A"]) == ["q", "up"]


def test_what_has_arrived_is_read_before_the_time_is_looked_at() -> None:
    seconds = [0.0]

    def late() -> Iterator[bytes]:
        yield b"\x1b"
        seconds[0] = 1.0  # the machine was busy; the rest of the key has been there for long
        yield b"[A"

    with time_at(seconds):
        assert driven(late()) == ["up"]


def test_the_driver_parses_with_it() -> None:
    assert "parser = PlainKeys(" in inspect.getsource(TerminalDriver.run_input_thread)
