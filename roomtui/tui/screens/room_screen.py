"""What the screens that show a room share: the keys for what can be done with it."""

from __future__ import annotations

import asyncio
import math
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar, Final

from textual.binding import Binding

from roomtui.rooms.personal import shown
from roomtui.rooms.picture import EndedRoom
from roomtui.rooms.untrusted import Untrusted
from roomtui.tui import words
from roomtui.tui.asking import Deed
from roomtui.tui.copying import things
from roomtui.tui.exporting import file_name, folders, sentence, write_rooms
from roomtui.tui.lines import Tone, line, wrap
from roomtui.tui.screens.copy_thing import CopyDialog
from roomtui.tui.screens.raw_json import JsonScreen
from roomtui.tui.screens.styled_once import StyledOnce
from roomtui.tui.widgets.line_view import LineView
from roomtui.twilio_api.curl import console_url

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.binding import BindingType

    from roomtui.tui.app import RoomtuiApp
    from roomtui.tui.columns import Entry
    from roomtui.tui.copying import Thing

_DEEDS: Final = frozenset(Deed)
_AFTER_THE_ROOM: Final = 3
"""Where in the list of what can be copied other things come: behind the room's SID, name and address."""


class RoomScreen(StyledOnce[None], inherit_bindings=False):
    """A screen on which one room is selected.

    A key that changes something is bound twice: to the deed where it is offered, else to the reason why it is not.
    """

    app: RoomtuiApp

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("e", "end_room", "End", tooltip="End this room for everybody in it", id="room.end"),
        Binding("e", "say_why_not('end_room')", "", show=False, system=True, id="room.end"),
        Binding("t", "copy_twiml", "TwiML", tooltip="Copy TwiML that puts a call into it", id="room.twiml"),
        Binding("d", "dial_in", "Dial in", tooltip="Call a phone and put it into this room", id="room.dial"),
        Binding("d", "say_why_not('dial_in')", "", show=False, system=True, id="room.dial"),
        Binding("x", "remove", "Remove", tooltip="Put somebody out of this room", id="room.remove"),
        Binding("x", "say_why_not('remove')", "", show=False, system=True, id="room.remove"),
        Binding("R", "record", "Recording", tooltip="Start or stop recording this room", show=False, id="room.record"),
        Binding("R", "say_why_not('record')", "", show=False, system=True, id="room.record"),
        Binding("n", "new_room", "New room", tooltip="Create a room", show=False, id="room.new"),
        Binding("n", "say_why_not('new_room')", "", show=False, system=True, id="room.new"),
        Binding(
            "N", "create_again", "Again", tooltip="Create another room with the settings of this one", id="room.again"
        ),
        Binding(
            "N",
            "create_like",
            "New like this",
            tooltip="Create another room with these settings",
            show=False,
            id="room.again",
        ),
        Binding("N", "say_why_not('create_again')", "", show=False, system=True, id="room.again"),
        Binding("y", "copy_sid", "Copy SID", tooltip="Copy the room's SID", show=False, id="room.sid"),
        Binding("c", "copy_thing", "Copy", tooltip="Copy any field, JSON, curl", show=False, id="room.copy"),
        Binding("J", "raw_json", "JSON", tooltip="The room as JSON", show=False, id="room.json"),
        Binding("o", "console", "Console", tooltip="Twilio's Console on this room", show=False, id="room.console"),
    ]

    _offers_for_an_ended_room = False

    @property
    def selected(self) -> Entry | None:
        """The room that keys are about."""
        raise NotImplementedError

    def more_to_copy(self) -> list[Thing]:
        """What can be copied beside what belongs to the room."""
        return []

    @cached_property
    def _banner(self) -> LineView:
        return self.query_one("#banner", LineView)

    def show_banner(self) -> None:
        """Say what is wrong, where something is; the screen has a `LineView` with the id `banner` for it."""
        banner, state = self._banner, self.app.board.state
        sentence = words.trouble(state.picture, state.link, self.app.clock.now())
        banner.display = sentence is not None
        if sentence is not None:
            banner.show([line((f" {text}", Tone.WARN)) for text in wrap(sentence, max(20, self.size.width - 2))])

    def fresh(self, seconds: float) -> float:
        """For how long a roster is new. A recording has no newer one, and none of the reads that changed nothing."""
        return seconds if self.app.settings.replay is None else math.inf

    def on_screen_resume(self) -> None:
        """Say again which keys work: under a dialog the line of keys has not changed."""
        self.refresh_bindings()

    @property
    def is_on_an_ended_room(self) -> bool:
        """Whether the keys are those of a room that has ended."""
        return self.is_mounted and isinstance(self.selected, EndedRoom)

    def offer_what_can_be_done(self) -> None:
        """The line of keys differs on a room that has ended; it is drawn anew only where that changes."""
        ended = self.is_on_an_ended_room
        if ended is not self._offers_for_an_ended_room:
            self._offers_for_an_ended_room = ended
            self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer what can be done with the room that is selected."""
        ended = self.is_on_an_ended_room
        if action == "say_why_not":
            return not self.app.ask.is_offered(Deed(str(parameters[0])), ended=ended)
        if action in {"create_again", "create_like"}:
            return self.app.ask.is_offered(Deed.AGAIN, ended=ended) and ended == (action == "create_again")
        return action not in _DEEDS or self.app.ask.is_offered(Deed(action), ended=ended)

    def action_say_why_not(self, deed: str) -> None:
        """Say why a key does nothing."""
        self.app.ask.to(Deed(deed), self.selected)

    def action_end_room(self) -> None:
        """Ask whether to end this room."""
        self.app.ask.to(Deed.END, self.selected)

    def action_dial_in(self) -> None:
        """Ask whom to call into this room."""
        self.app.ask.to(Deed.DIAL, self.selected)

    def action_remove(self) -> None:
        """Ask whom to remove from this room."""
        self.app.ask.to(Deed.REMOVE, self.selected)

    def action_record(self) -> None:
        """Ask whether to start or stop recording this room."""
        self.app.ask.to(Deed.RECORD, self.selected)

    def action_new_room(self) -> None:
        """Ask what the new room is to be like."""
        self.app.ask.to(Deed.CREATE, self.selected)

    def action_create_again(self) -> None:
        """Ask what the new room is to be like, beginning with this one."""
        self.app.ask.to(Deed.AGAIN, self.selected)

    def action_create_like(self) -> None:
        """The same, where this one still runs."""
        self.app.ask.to(Deed.AGAIN, self.selected)

    def action_copy_twiml(self) -> None:
        """Open the dialog that copies this room's TwiML."""
        self.app.ask.for_twiml(self.selected)

    async def action_copy_sid(self) -> None:
        """Copy this room's SID."""
        entry = self.selected
        if entry is None:
            self.app.tell("There is no room whose SID could be copied.")
        else:
            await self.app.copy(f"SID {entry.room.sid}", entry.room.sid)

    def action_copy_thing(self) -> None:
        """Choose what of this room is to be copied."""
        entry, app = self.selected, self.app
        if entry is None:
            app.tell("There is no room of which something could be copied.")
            return
        settings = app.settings
        found = things(entry, app.clock.now(), settings.api_url, may_change=not settings.read_only)
        found[_AFTER_THE_ROOM:_AFTER_THE_ROOM] = self.more_to_copy()
        name = shown(entry.room.unique_name, hide=app.view.hide) or entry.room.sid

        def copy(thing: Thing | None) -> None:
            if thing is not None:
                app.run_worker(app.copy(shown(Untrusted(thing.name), hide=app.view.hide), thing.text))

        app.push_screen(CopyDialog(f"Copy of {name}", found), copy)

    def action_raw_json(self) -> None:
        """Show this room as JSON."""
        entry = self.selected
        if entry is None:
            self.app.tell("There is no room to be shown as JSON.")
        else:
            self.app.push_screen(JsonScreen(entry, self.app.clock.now()))

    def write_rooms(self, entries: Sequence[Entry], of: str, *, live: bool, beside: str = "") -> None:
        """Write these rooms into a new file, and say how many and where; `beside` is what more is to be said."""
        app, now = self.app, self.app.clock.now()
        # What is shown goes on changing meanwhile.
        rooms = tuple(entries)

        async def write() -> None:
            try:
                path = await asyncio.to_thread(write_rooms, rooms, now, folders(), file_name(of, now, "json"))
            except OSError as error:
                app.tell(f"Nothing was written: {error.strerror or type(error).__name__}.", trouble=True)
            else:
                app.tell(sentence(rooms, path, live=live) + beside)

        app.run_worker(write())

    async def action_console(self) -> None:
        """Open Twilio's Console on this room; where that cannot be done, copy its address and show it."""
        entry = self.selected
        if entry is None:
            self.app.tell("There is no room that the Console could show.")
            return
        url = console_url(entry.room.sid)
        if await self.app.browser.open(url):
            self.app.tell(f"Opened in your browser: {url}")
            return
        await self.app.copy("The Console's address", url)
        self.app.action_show_copied()
