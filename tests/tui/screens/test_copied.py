"""What was copied, shown for selecting by hand."""

from __future__ import annotations

import asyncio
import sys
from contextlib import contextmanager
from io import StringIO
from typing import TYPE_CHECKING

import pytest

from roomtui.tui import mouse
from roomtui.tui.clipboard import Copied
from roomtui.tui.screens.copied import CopiedScreen
from roomtui.tui.widgets.line_view import LineView
from tests.tui import scene
from tests.tui.driving import press, settle, told

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.tui.scene import Stage


def shown(stage: Stage) -> list[str]:
    """The lines of the text, as they are folded."""
    view = stage.app.screen.query_one("#text", LineView)
    return ["".join(piece.text for piece in each) for each in view.lines]


def on_screen(stage: Stage) -> list[str]:
    """What stands on the whole screen, line by line."""
    return [
        "".join(segment.text for segment in strip)
        for strip in stage.app.screen._compositor.render_strips()  # what a terminal would select from
    ]


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (200, 50)])
async def test_nothing_stands_beside_the_text_that_would_be_selected_with_it(size: tuple[int, int]) -> None:
    stage = scene.stage()
    text = '<Response>\n  <Room participantIdentity="' + "東" * 128 + '">board</Room>\n</Response>'
    async with stage.app.run_test(size=size) as pilot:
        await settle(pilot)
        await stage.app.copy("TwiML for board", text)
        await press(pilot, "Y")
        await settle(pilot)
        assert "".join(shown(stage)) == text.replace("\n", "")
        lines = on_screen(stage)
        first = next(number for number, each in enumerate(lines) if each.startswith("<Response>"))
        folded = shown(stage)
        assert [each.rstrip() for each in lines[first : first + len(folded)]] == [each.rstrip() for each in folded]
        assert lines[0].startswith("TwiML for board: ")
        assert all(not each.strip() for each in lines[first + len(folded) : -1]), "nothing of what lies behind it"
        assert not lines[first - 1].strip()
        assert any("esc closes" in each for each in lines)
        await press(pilot, "escape")
        assert not isinstance(stage.app.screen, CopiedScreen)


async def test_what_a_stranger_wrote_is_shown_and_not_obeyed() -> None:
    stage = scene.stage()
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        stage.app.copier.last = Copied(
            "[@click=app.quit]x", "a\x1b]52;c;QUFB\x07b[/b]\n\tc", "being copied", sure=False
        )
        await press(pilot, "Y")
        await settle(pilot)
        assert shown(stage) == ["a^[]52;c;QUFB^Gb[/b]", "^Ic"]
        assert on_screen(stage)[0].startswith("[@click=app.quit]x: being copied; it holds control characters.")


async def test_a_long_text_is_scrolled_and_the_hint_stays() -> None:
    stage = scene.stage()
    async with stage.app.run_test(size=(60, 20)) as pilot:
        await settle(pilot)
        await stage.app.copy("JSON", "\n".join(map(str, range(1000))))
        await press(pilot, "Y", "G")
        await settle(pilot)
        lines = [each.rstrip() for each in on_screen(stage)]
        assert "999" in lines
        assert "0" not in lines
        assert "esc closes" in lines[-1]
        await press(pilot, "g")
        await settle(pilot)
        assert "0" in [each.rstrip() for each in on_screen(stage)]


async def test_the_mouse_is_the_terminal_s_as_long_as_it_is_open(monkeypatch: pytest.MonkeyPatch) -> None:
    stage = scene.stage()
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        done: list[bool] = []

        def listen(driver: object, *, on: bool) -> bool:  # noqa: ARG001 - as it is called
            done.append(on)
            return True

        monkeypatch.setattr(mouse, "listens", lambda _: not done or done[-1])
        monkeypatch.setattr(mouse, "listen", listen)
        await stage.app.copy("SID", "RM1")
        await press(pilot, "Y")
        assert done == [False]
        await press(pilot, "escape")
        assert done == [False, True]
        done.append(False)
        await press(pilot, "Y", "escape")
        assert done == [False, True, False], "it was the terminal's before"


async def test_where_there_is_no_other_screen_that_is_said() -> None:
    stage = scene.stage()
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await stage.app.copy("SID", "RM1")
        await press(pilot, "Y", "p")
        await settle(pilot)
        assert "no other screen" in told(stage)


async def test_keys_that_were_read_together_with_the_one_that_prints_leave_the_shell_s_screen_to_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stage = scene.stage()
    pressed, lent = asyncio.Event(), []

    @contextmanager
    def suspend() -> Iterator[None]:
        lent.append("to the shell")
        yield
        lent.append("back")

    async def any_key(_: object) -> None:
        await pressed.wait()

    monkeypatch.setattr(stage.app, "suspend", suspend)
    monkeypatch.setattr("roomtui.tui.screens.copied._any_key", any_key)
    monkeypatch.setattr(sys, "__stderr__", StringIO())
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "y", "Y")
        await pilot.press("p", "p", "escape", "q", "Y")
        assert isinstance(stage.app.screen, CopiedScreen)
        assert lent == ["to the shell"]
        pressed.set()
        await settle(pilot)
        assert lent == ["to the shell", "back"]
        await press(pilot, "escape")
        assert not isinstance(stage.app.screen, CopiedScreen)


async def test_a_copy_that_takes_its_time_stops_no_key_and_gives_way_to_the_next(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stage = scene.stage()
    asked: list[str] = []
    answers = asyncio.Event()

    async def slowly(what: str, text: str) -> Copied:
        asked.append(what)
        await answers.wait()
        return Copied(what, text, "in tmux's buffer", sure=True)

    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        monkeypatch.setattr("roomtui.tui.app._A_MOMENT", 0)
        monkeypatch.setattr(stage.app.copier, "copy", slowly)
        await stage.app.copy("first", "1")
        await stage.app.copy("second", "2")
        await press(pilot, "question_mark")
        assert len(stage.app.screen_stack) == 2, "the help is open"
        answers.set()
        await settle(pilot)
        assert asked[-1] == "second"
        assert told(stage) == "second: in tmux's buffer."


async def test_what_is_selected_in_a_field_goes_the_same_way_as_everything_else() -> None:
    stage = scene.stage()
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "slash", *"board", "shift+home", "ctrl+c")
        await settle(pilot)
        assert stage.app.copier.last is not None
        assert (stage.app.copier.last.what, stage.app.copier.last.text) == ("Selection", "board")
        assert told(stage) == stage.app.copier.last.sentence
        assert stage.app.clipboard == "board"
