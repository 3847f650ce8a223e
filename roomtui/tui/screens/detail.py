"""One room on a screen of its own: every field and the whole roster."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding
from textual.screen import Screen
from textual.widgets import Footer

from roomtui.tui.detail import in_full
from roomtui.tui.lines import Tone, line
from roomtui.tui.widgets.line_view import LineView

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from roomtui.tui.app import RoomtuiApp
    from roomtui.tui.columns import Entry
    from roomtui.watch.board import BoardState


class DetailScreen(Screen[None], inherit_bindings=False):
    """The room of `sid`, whatever becomes of it.

    Args:
        sid: the room.
    """

    app: RoomtuiApp

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,enter", "back", "Back", key_display="esc"),
        Binding("e", "end_room", "End", tooltip="End this room for everybody in it"),
        Binding("t", "copy_twiml", "TwiML", tooltip="Copy TwiML that puts a call into it"),
        Binding("y", "copy_sid", "Copy SID", tooltip="Copy the room's SID", show=False),
        Binding("up,k", "scroll(-1)", "Scroll", show=False),
        Binding("down,j", "scroll(1)", "Scroll", show=False),
        Binding("pageup", "scroll(-10)", "Page", show=False),
        Binding("pagedown", "scroll(10)", "Page", show=False),
        Binding("home,g", "scroll(-10000)", "Top, bottom", show=False),
        Binding("end,G", "scroll(10000)", "Top, bottom", show=False),
    ]

    def __init__(self, sid: str) -> None:
        super().__init__()
        self._sid = sid

    def compose(self) -> ComposeResult:
        """The lines, and the keys."""
        yield LineView(id="full")
        yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        """Show it, and go on showing it."""
        self._unsubscribe = self.app.board.subscribe(self._on_board)
        self.call_after_refresh(self.tick)

    def on_unmount(self) -> None:
        """Hear no more."""
        self._unsubscribe()

    def on_resize(self) -> None:
        """Lines are made for a width."""
        self.call_after_refresh(self.tick)

    @property
    def _entry(self) -> Entry | None:
        return self.app.board.state.picture.find(self._sid)

    def _on_board(self, _state: BoardState) -> None:
        self.tick()

    def redraw(self) -> None:
        """Show it again."""
        self.tick()

    def tick(self) -> None:
        """Let the countdowns go on."""
        if not self.is_mounted:
            return
        pane = self.query_one("#full", LineView)
        entry = self._entry
        if entry is None:
            pane.show([line((f"{self._sid} is not known any more.", Tone.DIM))])
            return
        width = max(20, pane.scrollable_content_region.width)
        pane.show(in_full(entry, self.app.clock.now(), self.app.view, width))

    def action_scroll(self, lines: int) -> None:
        """Scroll by `lines`."""
        self.query_one("#full", LineView).scroll_relative(y=lines, animate=False)

    def action_back(self) -> None:
        """Back to the rooms."""
        self.dismiss()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Read-only has no key that changes anything."""
        del parameters
        return not (action == "end_room" and self.app.settings.read_only)

    def action_end_room(self) -> None:
        """Ask whether to end this room."""
        self.app.ask_to_end(self._entry)

    def action_copy_twiml(self) -> None:
        """Open the dialog that copies this room's TwiML."""
        self.app.ask_for_twiml(self._entry)

    async def action_copy_sid(self) -> None:
        """Copy this room's SID."""
        await self.app.copy(f"SID {self._sid}", self._sid)
