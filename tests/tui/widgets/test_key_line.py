"""The line of keys: what stands in it, what goes first where it is short, and what a click does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.app import App
from textual.binding import Binding

from roomtui.tui.widgets.key_line import KeyLine, _fitting, _Key
from tests.tui import scene
from tests.tui.driving import screen_text, settle

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType


def key(action: str, shown: str = "a", description: str = "") -> _Key:
    return _Key(shown, shown, description or action, action, enabled=True, tooltip="")


LATER = [key("view('ended')"), key("view('log')"), key("leave"), key("help"), key("quit")]
KEYS = [key("end"), key("dial_in"), key("remove"), key("filter"), *LATER]


@given(st.integers(0, 120))
def test_what_is_shown_fits_and_stands_in_the_order_of_the_bindings(width: int) -> None:
    shown = _fitting(KEYS, width)
    assert [each for each in KEYS if each in shown] == shown
    # The blank behind the last one need not be seen.
    assert sum(each.width for each in shown) - 1 <= max(width, sum(each.width for each in KEYS[-3:]) - 1)


def test_a_short_line_leaves_out_what_is_needed_less_and_keeps_the_ways_out_to_the_last() -> None:
    left: list[str] = []
    shown = KEYS
    for width in range(120, 0, -1):
        fewer = _fitting(KEYS, width)
        left += [each.action for each in shown if each not in fewer]
        shown = fewer
    assert left == ["view('log')", "view('ended')", "remove", "dial_in", "filter", "end"]
    assert [each.action for each in shown] == ["leave", "help", "quit"]


class Keys(App[None]):
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a,b", "first", "First", tooltip="What comes first"),
        Binding("c", "hidden", "Hidden", show=False),
        Binding("question_mark", "second", "東京", key_display="?"),
        Binding("d", "third", "Third"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.done: list[str] = []
        self.third: bool | None = None

    def compose(self) -> ComposeResult:
        yield KeyLine()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        del parameters
        return self.third if action == "third" else True

    def action_first(self) -> None:
        self.done.append("first")

    def action_second(self) -> None:
        self.done.append("second")

    def action_third(self) -> None:
        self.done.append("third")


async def test_it_tells_the_keys_that_work_does_them_when_clicked_and_is_drawn_anew_only_where_that_changes() -> None:
    app = Keys()
    async with app.run_test(size=(60, 5)) as pilot:
        line = app.query_one(KeyLine)
        drawn = 0
        refresh = line.refresh

        def counted(*args: Any, **options: Any) -> KeyLine:
            nonlocal drawn
            drawn += 1
            return refresh(*args, **options)

        line.refresh = counted  # type: ignore[method-assign] # to count
        assert line.render_line(0).text.rstrip() == " a First  ? 東京  d Third"
        third = next(segment for segment in line.render_line(0) if segment.text == " d ")
        assert third.style is not None
        assert third.style.dim
        await pilot.click(KeyLine, offset=(12, 0))
        await pilot.click(KeyLine, offset=(1, 0))
        await pilot.click(KeyLine, offset=(20, 0))
        await pilot.click(KeyLine, offset=(59, 0))
        assert app.done == ["second", "first"]
        await pilot.hover(KeyLine, offset=(3, 0))
        assert str(line.tooltip) == "What comes first"
        await pilot.hover(KeyLine, offset=(59, 0))
        assert line.tooltip is None
        before = drawn
        app.refresh_bindings()
        await pilot.pause()
        assert drawn == before
        app.third = False
        app.refresh_bindings()
        await pilot.pause()
        assert drawn > before
        assert line.render_line(0).text.rstrip() == " a First  ? 東京"


@pytest.mark.parametrize("width", [60, 80, 120])
async def test_a_live_room_s_keys_stand_whole_on_usual_widths(width: int) -> None:
    stage = scene.stage()
    async with stage.app.run_test(size=(width, 24)) as pilot:
        await settle(pilot)
        keys = screen_text(stage).splitlines()[-1].split("  ")
    whole = ["e End", "t TwiML", "d Dial in", "x Remove", "/ Filter", "w Write", "p Pause", "2 Ended", "3 Log"]
    left = {60: {"d Dial in", "x Remove", "w Write", "2 Ended", "3 Log"}, 80: {"w Write", "3 Log"}, 120: set[str]()}
    assert [key.strip() for key in keys] == [*(key for key in whole if key not in left[width]), "? Help", "q Quit"]
