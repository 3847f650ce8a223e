"""The question before a room is ended for everybody in it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, ClassVar, Final

from textual import events, on
from textual.containers import Horizontal
from textual.widgets import Input, Static

from roomtui.rooms import words
from roomtui.rooms.personal import shown
from roomtui.rooms.untrusted import safe
from roomtui.tui.lines import Tone, line
from roomtui.tui.screens.dialog import RoomDialog
from roomtui.tui.widgets.box import Box
from roomtui.tui.widgets.button import Button
from roomtui.tui.widgets.field import Field
from roomtui.tui.widgets.line_view import LineView
from roomtui.twilio_api.errors import TwilioError
from roomtui.watch.actions import EndOutcome, ReadOnlyError
from roomtui.watch.journal import JournalError

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from roomtui.rooms.model import Room
    from roomtui.rooms.picture import LiveRoom
    from roomtui.tui.lines import Line
    from roomtui.tui.session import Session
    from roomtui.watch.actions import EndResult

_TYPEABLE_MAX: Final = 40
_SID_END: Final = 6


class EndRoomDialog(RoomDialog[str]):
    """Names the room, its SID and how many are in it; the answer is the SID if it was ended, else None.

    An empty room is ended with tab and enter; one with people in it asks for its name to be typed. The room is the
    one that the cursor was on when the key was pressed, whatever moves meanwhile, and it is looked at again. Somebody
    who comes in meanwhile makes the question stricter, and no key mean anything else: the focus stays where it is.
    """

    WIDTH: ClassVar[int] = 64

    def __init__(self, live: LiveRoom, session: Session) -> None:
        super().__init__(live.room, session)
        self._people = live.roster.connected if live.roster is not None else None
        self._name_asked = bool(self._people)
        self._looked = asyncio.Event()

    def compose(self) -> ComposeResult:
        """Question, room, field, buttons."""
        with Box(classes="dialog danger"):
            yield Static("End this room for everybody?", classes="title")
            yield LineView(id="about")
            yield Field(id="typed")
            yield LineView(id="note")
            with Horizontal(classes="buttons"):
                yield Button("Cancel", id="cancel")
                yield Button("End room", id="end", variant="error")

    def on_mount(self) -> None:
        """Focus what is safe, and look at the room again."""
        self._show()
        self._show_field()
        self.query_one("#typed" if self._name_asked else "#cancel").focus()
        self.run_worker(self._look(), exit_on_error=False)

    # -- what is shown

    def _show(self) -> None:
        self.query_one("#about", LineView).show([*self._name_and_sid(), self._who_is_in_it()])

    def _show_field(self) -> None:
        self.query_one("#typed", Field).display = self._name_asked
        if self._name_asked:
            self._note(f"Type {self._to_type} to end it, then enter. esc cancels.")
        else:
            self._note("tab, then enter ends it. esc cancels.", Tone.DIM)

    def _who_is_in_it(self) -> Line:
        if self._people is None:
            return line(("looking who is in it", Tone.DIM))
        tone = Tone.BAD if self._people else Tone.GOOD
        verb = "is" if self._people in {0, 1} else "are"
        return line((f"{words.head_count(self._people)} {verb} in it", tone))

    @property
    def _to_type(self) -> str:
        # What no keyboard can type, nobody would, or nobody is to see, is asked for by the end of its SID.
        raw = self._room.unique_name.raw
        plain = raw.isascii() and raw.isprintable() and raw == raw.strip() and len(raw) <= _TYPEABLE_MAX
        seen = raw == shown(self._room.unique_name, hide=self.app.view.hide)
        return raw if plain and seen and self._room.has_name else self._room.sid[-_SID_END:]

    # -- looking

    async def _look(self) -> None:
        try:
            sight = await self._session.actions.look(self._room.sid)
        except TwilioError as error:
            self._note(f"It could not be looked at again: {error.sentence}", Tone.WARN)
        else:
            self._seen(sight.room, sight.roster.connected)
        self._looked.set()

    def _seen(self, room: Room, people: int) -> None:
        self._room = room
        if not room.is_live:
            self._is_over("It has ended already")
            return
        self._people = people
        if people and not self._name_asked:
            self._ask_for_the_name()
        self._show()

    def _heard_of(self, live: LiveRoom) -> None:
        if live.roster is not None and live.roster.connected != self._people:
            self._seen(live.room, live.roster.connected)

    def _ask_for_the_name(self) -> None:
        # Only ever stricter: who has begun to type a name is not sent back to a bare button.
        self._name_asked = True
        self._show()
        self._show_field()

    # -- answering

    def on_key(self, event: events.Key) -> None:
        """What is typed while a button has the focus is typed into the field."""
        if event.is_printable and event.character is not None:
            self._type(event.character, event)

    def on_paste(self, event: events.Paste) -> None:
        """So is what is pasted."""
        self._type(event.text, event)

    def _type(self, text: str, event: events.Event) -> None:
        field = self.query_one("#typed", Field)
        if self._name_asked and not field.has_focus:
            event.stop()
            field.select_on_focus = False  # else the next letter took the place of this one
            field.focus()
            field.insert_text_at_cursor(text)

    @on(Button.Pressed, "#cancel")
    def _cancelled(self) -> None:
        self.dismiss(None)

    @on(Button.Pressed, "#end")
    @on(Input.Submitted, "#typed")
    def _confirmed(self) -> None:
        if self._busy:
            return
        if self._over:
            self.dismiss(None)
            return
        if self._name_asked and not self._is_typed():
            self._note(f"That is not it. Type {self._to_type} to end it, then enter.", Tone.BAD)
            self.query_one("#typed").focus()
            return
        self._busy = True
        self._note("Ending it...")
        self.run_worker(self._end(even_if_occupied=self._name_asked), exit_on_error=False)

    @on(Input.Changed, "#typed")
    def _typed(self) -> None:
        if not self._busy and not self._over:
            self._note(f"Type {self._to_type} to end it, then enter. esc cancels.")

    def _is_typed(self) -> bool:
        typed = self.query_one("#typed", Input).value
        return typed.strip() == self._to_type or (self._room.has_name and typed == self._room.unique_name.raw)

    async def _end(self, *, even_if_occupied: bool) -> None:
        await self._looked.wait()
        if not self.is_current or self._over or (self._name_asked and not even_if_occupied):
            self._busy = False
            return
        try:
            result = await self._session.actions.end_room(self._room.sid, even_if_occupied=even_if_occupied)
        except (TwilioError, ReadOnlyError, JournalError) as error:
            self._busy = False
            self._note(str(error), Tone.BAD)
            return
        if result.outcome is EndOutcome.OCCUPIED:
            self._people = result.people
            self._busy = False
            self._ask_for_the_name()
            self.query_one("#typed").focus()
            return
        self._tell(result)

    def _tell(self, result: EndResult) -> None:
        feed = self._session.feed
        self._room = result.room
        if result.outcome is EndOutcome.ENDED_BEFORE:
            self._dismiss_ended(f"{self._called} had ended already.", result.unwritten)
            return
        feed.ended_by_us(result.room.sid)
        put_out = f", {words.head_count(result.people)} put out" if result.people else ""
        if result.outcome is EndOutcome.ENDED:
            self._dismiss_ended(
                f"Ended {self._called}{put_out}: Twilio says {safe(result.room.status)}.", result.unwritten
            )
        else:
            self._dismiss_ended(
                f"Twilio took the end of {self._called}, but does not show it yet{put_out}.", result.unwritten
            )

    def _dismiss_ended(self, sentence: str, unwritten: str | None = None) -> None:
        self.app.tell(f"{sentence} {unwritten or ''}".strip(), trouble=unwritten is not None)
        self._session.feed.look_at(self._room.sid)
        if self.is_current:
            self.dismiss(self._room.sid)
