"""What the dialogs about one room share: they name it, notice its end, and let what was begun run to its own end."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from textual.binding import Binding
from textual.screen import ScreenResultType

from roomtui.rooms import words
from roomtui.rooms.personal import shown
from roomtui.rooms.picture import EndedRoom
from roomtui.rooms.untrusted import Untrusted
from roomtui.tui.lines import Tone, line, wrap
from roomtui.tui.screens.styled_once import Dialog
from roomtui.tui.widgets.line_view import LineView

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from textual.binding import BindingType

    from roomtui.rooms.model import Room
    from roomtui.rooms.picture import LiveRoom
    from roomtui.tui.app import RoomtuiApp
    from roomtui.tui.lines import Line
    from roomtui.tui.session import Session
    from roomtui.watch.board import BoardState

_FRAME: Final = 6


class RoomDialog(Dialog[ScreenResultType]):
    """A dialog about the room that the cursor was on when the key was pressed, whatever moves meanwhile.

    It has a `LineView` with the id `note`.

    Args:
        room: the room as it was known then.
        session: the connection.
    """

    app: RoomtuiApp

    WIDTH: ClassVar[int] = 76
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", "Cancel", id="dialog.cancel"),
        Binding("right", "app.focus_next", "Next button", show=False, id="dialog.next_button"),
        Binding("left", "app.focus_previous", "Button before", show=False, id="dialog.button_before"),
    ]
    AUTO_FOCUS = None

    def __init__(self, room: Room, session: Session) -> None:
        super().__init__()
        self._room = room
        self._session = session
        self._busy = False
        self._over = False

    def on_mount(self) -> None:
        """Hear what becomes of the room."""
        self._unsubscribe = self.app.board.subscribe(self._on_board)

    def on_unmount(self) -> None:
        """Hear no more."""
        self._unsubscribe()

    # -- what is shown

    @property
    def _text_width(self) -> int:
        return max(20, min(self.WIDTH, self.app.size.width - 4) - _FRAME)

    @property
    def _called(self) -> str:
        return shown(self._room.unique_name, hide=self.app.view.hide) or self._room.sid

    def _masked(self, text: str) -> str:
        return shown(Untrusted(text), hide=self.app.view.hide)

    def _name_and_sid(self) -> list[Line]:
        name = self._called if self._room.has_name else "(no name)"
        lines = [line((text, Tone.STRONG)) for text in wrap(name, self._text_width)[:4]]
        return [*lines, line((self._room.sid, Tone.DIM))]

    def _wrapped(self, text: str, tone: Tone = Tone.TEXT) -> list[Line]:
        return [line((part, tone)) for part in wrap(text, self._text_width)]

    def _note(self, text: str, tone: Tone = Tone.TEXT) -> None:
        self.query_one("#note", LineView).show(self._wrapped(text, tone) if text else [])

    # -- what becomes of it

    def _on_board(self, state: BoardState) -> None:
        if self._busy or self._over or not self.is_mounted:
            return
        entry = state.picture.find(self._room.sid)
        if isinstance(entry, EndedRoom):
            self._is_over(f"It has ended: {words.why_it_ended(entry.ending)}")
        elif entry is not None:
            self._heard_of(entry)

    def _heard_of(self, live: LiveRoom) -> None:
        """The room is known anew."""

    def _is_over(self, why: str) -> None:
        # The dialog does not close by itself: what is still being typed must not fall into the table.
        self._over = True
        self._note(f"{why}. enter or esc closes this.", Tone.WARN)

    def _do(self, deed: Coroutine[None, None, None]) -> None:
        # The app's worker, not the dialog's: whoever closes the dialog does not break off what Twilio was asked.
        self._busy = True
        self.app.run_worker(deed, exit_on_error=False)

    def _done(self, sentence: str, unwritten: str | None = None) -> None:
        """Tell what came of it, and have the room looked at."""
        self.app.tell(f"{sentence} {unwritten or ''}".strip(), trouble=unwritten is not None)
        self._session.feed.look_at(self._room.sid)

    def _failed(self, sentence: str) -> None:
        """Say it in the dialog, which stays open; where it has been closed, tell it."""
        self._busy = False
        if self.is_mounted and self in self.app.screen_stack:
            self._note(self._masked(sentence), Tone.BAD)
        else:
            self.app.tell(self._masked(sentence), trouble=True)

    def _close(self, result: ScreenResultType | None) -> None:
        """Close with this result, unless it has been closed meanwhile."""
        if self.is_current:
            self.dismiss(result)
        elif self in self.app.screen_stack:
            self._is_over("Done")  # the palette lies above it

    def action_cancel(self) -> None:
        """Do nothing; what was begun goes on."""
        self.dismiss(None)
