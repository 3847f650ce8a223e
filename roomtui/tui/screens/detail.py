"""One room on a screen of its own: every field and the whole roster."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar, Final

from textual.binding import Binding

from roomtui.rooms.picture import EndedRoom
from roomtui.tui import words
from roomtui.tui.detail import in_full
from roomtui.tui.lines import Tone, line, wrap
from roomtui.tui.past_rows import notes
from roomtui.tui.screens.room_screen import RoomScreen
from roomtui.tui.widgets.key_line import KeyLine
from roomtui.tui.widgets.line_view import LineView

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import ComposeResult
    from textual.binding import BindingType

    from roomtui.tui.columns import Entry
    from roomtui.watch.board import BoardState
    from roomtui.watch.past import Past

_MORE: Final = "c copies any of it, J shows it as JSON, o shows it in the Console"


class DetailScreen(RoomScreen):
    """The room of `sid`, whatever becomes of it.

    Args:
        sid: the room.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,enter", "back", "Back", key_display="esc", id="detail.back"),
        Binding("up,k", "scroll(-1)", "Scroll", show=False, id="detail.up"),
        Binding("down,j", "scroll(1)", "Scroll", show=False, id="detail.down"),
        Binding("pageup", "scroll(-10)", "Page", show=False, id="detail.page-up"),
        Binding("pagedown", "scroll(10)", "Page", show=False, id="detail.page-down"),
        Binding("home,g", "scroll(-10000)", "Top, bottom", show=False, id="detail.top"),
        Binding("end,G", "scroll(10000)", "Top, bottom", show=False, id="detail.bottom"),
    ]

    def __init__(self, sid: str) -> None:
        super().__init__()
        self._sid = sid
        self._early: list[int] | None = []
        self._unsubscribe_past: Callable[[], None] | None = None

    def compose(self) -> ComposeResult:
        """What is wrong, the lines, and the keys."""
        yield LineView(id="banner")
        yield LineView(id="full")
        yield KeyLine()

    def on_mount(self) -> None:
        """Show it, and go on showing it."""
        self._unsubscribe = self.app.board.subscribe(self._on_board)
        if self._past is not None:
            self._unsubscribe_past = self._past.subscribe(lambda _: self.tick())
            if self._sid not in self.app.board.state.picture.live:
                self._past.choose(self._sid)
        self.call_after_refresh(self._lay_out)

    def _lay_out(self) -> None:
        self.tick()
        pane = self.query_one("#full", LineView)
        if self._early is not None and pane.lines and pane.size.height:
            # A key that came right behind the one that opened this has waited until there is something to scroll.
            keys, self._early = self._early, None
            for lines in keys:
                self.action_scroll(lines)

    def on_unmount(self) -> None:
        """Hear no more."""
        self._unsubscribe()
        if self._unsubscribe_past is not None:
            self._unsubscribe_past()
        if self._past is not None:
            self._past.let_go(self._sid)

    @property
    def _nothing(self) -> str:
        if self._past is not None and self._past.is_looking_for(self._sid):
            trouble = self._past.state.trouble
            return f"{self._sid}: asking Twilio" if trouble is None else f"{self._sid} could not be read: {trouble}"
        return f"{self._sid} is not known any more."

    @property
    def _past(self) -> Past | None:
        return self.app.session.past if self.app.session is not None else None

    def on_resize(self) -> None:
        """Lines are made for a width."""
        self.call_after_refresh(self._lay_out)

    @property
    def selected(self) -> Entry | None:
        """The room of this screen, if it is still known."""
        return self.app.find(self._sid)

    def _on_board(self, _state: BoardState) -> None:
        self.tick()

    def redraw(self) -> None:
        """Show it again."""
        self.tick()

    def tick(self) -> None:
        """Let the countdowns go on."""
        if not self.is_mounted:
            return
        self.show_banner()
        self.offer_what_can_be_done()
        pane = self.query_one("#full", LineView)
        entry = self.selected
        if entry is None:
            pane.show([line((text, Tone.DIM)) for text in wrap(self._nothing, max(20, pane.size.width))])
            return
        width = max(20, pane.scrollable_content_region.width)
        state, now = self.app.board.state, self.app.clock.now()
        fresh = words.fresh_for(state.link, self.app.refresh_seconds, self.app.settings.speed)
        view = replace(self.app.view, stale=words.is_stale(state.picture, now, fresh), fresh=self.fresh(fresh))
        remarkable = notes(entry, self._past, view) if isinstance(entry, EndedRoom) and self._past is not None else ()
        pane.show([*in_full(entry, now, view, width, remarkable), (), line((_MORE, Tone.DIM))])

    def action_scroll(self, lines: int) -> None:
        """Scroll by `lines`."""
        if self._early is not None:
            self._early.append(lines)
            return
        # By force: the bar beside the lines may be about to appear.
        self.query_one("#full", LineView).scroll_relative(y=lines, animate=False, immediate=True, force=True)

    def action_back(self) -> None:
        """Back to the rooms."""
        self.dismiss()
