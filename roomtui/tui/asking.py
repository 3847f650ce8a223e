"""What keys ask for: the dialog that asks back, or the reason why there is none."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Any, Final

from roomtui.rooms.model import RoomType
from roomtui.rooms.personal import shown
from roomtui.rooms.picture import EndedRoom, LiveRoom
from roomtui.rooms.untrusted import safe
from roomtui.tui.screens.copy_twiml import CopyTwimlDialog
from roomtui.tui.screens.dial_in import DialDialog
from roomtui.tui.screens.end_room import EndRoomDialog
from roomtui.tui.screens.new_room import NewRoomDialog
from roomtui.tui.screens.record_room import RecordDialog
from roomtui.tui.screens.remove_participant import RemoveDialog

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.screen import ModalScreen

    from roomtui.tui.app import RoomtuiApp
    from roomtui.tui.columns import Entry
    from roomtui.tui.session import Session, Settings


class Deed(str, Enum):
    """What can be done that changes something, by the name of its action."""

    END = "end_room"
    DIAL = "dial_in"
    REMOVE = "remove"
    RECORD = "record"
    CREATE = "new_room"
    AGAIN = "create_again"


_READ_ONLY: Final = {
    Deed.END: "nothing can be ended here",
    Deed.DIAL: "nobody can be called from here",
    Deed.REMOVE: "nobody can be removed here",
    Deed.RECORD: "no recording can be started or stopped here",
    Deed.CREATE: "no room can be created here",
    Deed.AGAIN: "no room can be created here",
}
_NO_ROOM: Final = {
    Deed.END: "There is no room to end.",
    Deed.DIAL: "There is no room to call somebody into.",
    Deed.REMOVE: "There is no room to remove somebody from.",
    Deed.RECORD: "There is no room to record.",
    Deed.AGAIN: "There is no room that a new one could be like.",
}
_ANY_ROOM: Final = frozenset({Deed.CREATE, Deed.AGAIN})
_DIALOGS: Final[dict[Deed, Callable[[LiveRoom, Session, Settings], ModalScreen[Any]]]] = {
    Deed.END: lambda live, session, _: EndRoomDialog(live, session),
    Deed.DIAL: lambda live, session, settings: DialDialog(live, session, settings.caller_id),
    Deed.REMOVE: lambda live, session, _: RemoveDialog(live, session),
    Deed.RECORD: lambda live, session, _: RecordDialog(live, session),
}
_WITHOUT_MEDIA_SERVER: Final = frozenset({RoomType.PEER_TO_PEER, RoomType.GO})


class Asking:
    """Opens the dialogs in which a person says what is to be done.

    Args:
        app: the dashboard.
    """

    def __init__(self, app: RoomtuiApp) -> None:
        self._app = app

    def why_not(self, deed: Deed, entry: Entry | None) -> str | None:
        """Why this cannot be done to `entry` now, in one sentence; None if it can be asked for."""
        if self._app.settings.read_only:
            what = "read-only" if self._app.settings.replay is None else "a recording"
            return f"This is {what}: {_READ_ONLY[deed]}."
        if entry is None and deed in _NO_ROOM:
            return _NO_ROOM[deed]
        if isinstance(entry, EndedRoom) and deed not in _ANY_ROOM:
            return f"{self._name(entry)} has ended already."
        if deed is Deed.RECORD and entry is not None and entry.room.type in _WITHOUT_MEDIA_SERVER:
            return f"{self._name(entry)} is a {safe(entry.room.type)} room: without a media server nothing is recorded."
        return None if self._app.session is not None else "Not connected yet."

    def is_offered(self, deed: Deed, *, ended: bool) -> bool:
        """Whether the key for it is shown: not where nothing may be changed, nor on a room that has ended."""
        if self._app.settings.read_only:
            return False
        return not ended or deed in _ANY_ROOM

    def to(self, deed: Deed, entry: Entry | None, done: Callable[[str | None], None] | None = None) -> None:
        """Ask for this deed; `done` gets the SID of the room that was ended or created, else None."""
        why_not, session = self.why_not(deed, entry), self._app.session
        if why_not is not None or session is None:
            self._app.tell(why_not or "Not connected yet.")
        elif isinstance(entry, LiveRoom) and deed in _DIALOGS:
            self._app.push_screen(_DIALOGS[deed](entry, session, self._app.settings), done)
        else:
            model = entry.room if entry is not None and deed is Deed.AGAIN else None
            self._app.push_screen(NewRoomDialog(session, model), done)

    def for_twiml(self, entry: Entry | None) -> None:
        """Open the dialog that copies this room's TwiML."""
        if entry is None:
            self._app.tell("There is no room whose TwiML could be copied.")
        else:
            self._app.push_screen(CopyTwimlDialog(entry, self._app.session))

    def _name(self, entry: Entry) -> str:
        return shown(entry.room.unique_name, hide=self._app.view.hide) or entry.room.sid
