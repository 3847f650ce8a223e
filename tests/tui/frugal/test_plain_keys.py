"""An escape is never lost, whatever follows it and however the line cuts it."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual import events

from roomtui.tui.driver import TerminalDriver
from roomtui.tui.frugal import driver  # noqa: F401 - it installs the parser
from roomtui.tui.frugal.plain_keys import PlainKeys

if TYPE_CHECKING:
    from collections.abc import Iterable

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


def test_the_driver_parses_with_it() -> None:
    assert "parser = PlainKeys(" in inspect.getsource(TerminalDriver.run_input_thread)
