"""A room as JSON, as `roomtui show --json` prints it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding
from textual.widgets import Static

from roomtui.rooms.personal import shown
from roomtui.tui.copying import raw_json, why_ended
from roomtui.tui.lines import line, wrap
from roomtui.tui.screens.styled_once import Dialog
from roomtui.tui.widgets.box import Box
from roomtui.tui.widgets.line_view import LineView
from roomtui.twilio_api.errors import TwilioError

if TYPE_CHECKING:
    from datetime import datetime

    from textual.app import ComposeResult
    from textual.binding import BindingType

    from roomtui.tui.app import RoomtuiApp
    from roomtui.tui.columns import Entry
    from roomtui.tui.session import Session


class JsonScreen(Dialog[None]):
    """What is known at once, and then what Twilio says now.

    Args:
        entry: the room.
        now: when that is known of it (Twilio's time).
    """

    app: RoomtuiApp

    # Not the stylesheet's dialog, which is as high as what is in it: here the text scrolls, its heading does not.
    DEFAULT_CSS = """
    JsonScreen .page {
        width: 100%;
        max-width: 120;
        height: 100%;
        padding: 0 2;
        background: $surface;
        border: round $primary;
    }
    JsonScreen .page.-plain { border: ascii $primary; }
    JsonScreen #title { text-style: bold; }
    JsonScreen #json { height: 1fr; margin: 1 0; scrollbar-background: $surface; }
    JsonScreen.-short #json { margin: 0; }
    JsonScreen .hint { color: $text-muted; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,J", "dismiss(None)", "Close", key_display="esc", id="json.close"),
        Binding("c,y,enter", "copy", "Copy", key_display="c", id="json.copy"),
        Binding("up,k", "scroll(-1)", "Scroll", show=False, id="json.up"),
        Binding("down,j", "scroll(1)", "Scroll", show=False, id="json.down"),
        Binding("pageup", "scroll(-10)", "Page", show=False, id="json.page-up"),
        Binding("pagedown", "scroll(10)", "Page", show=False, id="json.page-down"),
        Binding("home,g", "scroll(-100000)", "Top, bottom", show=False, id="json.top"),
        Binding("end,G", "scroll(100000)", "Top, bottom", show=False, id="json.bottom"),
    ]

    def __init__(self, entry: Entry, now: datetime) -> None:
        super().__init__()
        self._room, self._roster, self._why = entry.room, entry.roster, why_ended(entry)
        self._now = now
        self._about = "as it was last read"

    def compose(self) -> ComposeResult:
        """Whose it is and as of when, and the text."""
        with Box(classes="page -plain" if self.app.settings.ascii_only else "page"):
            yield Static("", id="title", markup=False)
            yield LineView(id="json")
            yield Static("c copies, esc closes", classes="hint")

    def on_mount(self) -> None:
        """Show what is known, and ask."""
        self.call_after_refresh(self._show)
        if self.app.session is not None:
            self.run_worker(self._look(self.app.session), exit_on_error=False)

    def on_resize(self) -> None:
        """Lines are made for a width."""
        self.call_after_refresh(self._show)

    async def _look(self, session: Session) -> None:
        try:
            sight = await session.actions.look(self._room.sid)
        except TwilioError as error:
            self._about = f"as it was last read; Twilio could not be asked: {error.sentence}"
        else:
            self._room, self._roster = sight.room, sight.roster
            self._now = self.app.clock.now()
            self._about = f"as of {self._now:%H:%M:%S}Z"
        self._show()

    @property
    def _text(self) -> str:
        return raw_json(self._room, self._roster, self._now, self._why, hide=self.app.view.hide)

    def _show(self) -> None:
        if not self.is_mounted:
            return
        hide = self.app.view.hide
        name = shown(self._room.unique_name, hide=hide) or self._room.sid
        masked = "; phone numbers are masked" if hide else ""
        self.query_one("#title", Static).update(f"{name} {self._about}{masked}")
        view = self.query_one("#json", LineView)
        width = max(20, view.scrollable_content_region.width)
        view.show([line(part) for text in self._text.split("\n") for part in _folded(text, width)])

    async def action_copy(self) -> None:
        """Copy it, as it is shown."""
        await self.app.copy("JSON", self._text)

    def action_scroll(self, lines: int) -> None:
        """Scroll by `lines`."""
        self.query_one("#json", LineView).scroll_relative(y=lines, animate=False, immediate=True)


def _folded(text: str, width: int) -> list[str]:
    """A line of JSON in lines that fit, the rest of it further in."""
    indent = len(text) - len(text.lstrip(" "))
    first = wrap(text[indent:], max(10, width - indent))[0]
    rest = text[indent + len(first) :].lstrip(" ")
    more = wrap(rest, max(10, width - indent - 4)) if rest else []
    return [" " * indent + first, *(" " * (indent + 4) + part for part in more)]
