"""A button counts a press at once, by key or by mouse, and none that nobody can see."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on
from textual.app import App

from roomtui.tui.widgets.button import Button

if TYPE_CHECKING:
    from textual.app import ComposeResult


class Buttons(App[None]):
    def __init__(self) -> None:
        super().__init__()
        self.pressed: list[str] = []

    def compose(self) -> ComposeResult:
        yield Button("Cancel", id="cancel")
        yield Button("[b]End[/b]", id="end", variant="error")

    @on(Button.Pressed, "#cancel")
    def _cancel(self) -> None:
        self.pressed.append("cancel")

    @on(Button.Pressed, "#end")
    def _end(self, event: Button.Pressed) -> None:
        self.pressed.append(str(event.button.id))


async def test_enter_and_a_click_press_it_and_its_label_is_only_text() -> None:
    app = Buttons()
    async with app.run_test(size=(40, 6)) as pilot:
        app.query_one("#cancel").focus()
        await pilot.press("enter", "tab", "enter")
        assert app.pressed == ["cancel", "end"]
        await pilot.click("#cancel")
        assert app.pressed == ["cancel", "end", "cancel"]
        end = app.query_one("#end", Button)
        assert end.render().plain == " [b]End[/b] "
        end.display = False
        end.action_press()
        await pilot.pause()
        assert app.pressed == ["cancel", "end", "cancel"]
