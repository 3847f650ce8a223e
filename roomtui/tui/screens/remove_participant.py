"""The choice of somebody in a room, and the question before they are put out of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from textual import on
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from roomtui.rooms import words
from roomtui.rooms.countdown import span
from roomtui.rooms.personal import is_phone, shown
from roomtui.rooms.untrusted import safe
from roomtui.tui.lines import Tone, fit, line
from roomtui.tui.screens.dialog import RoomDialog
from roomtui.tui.widgets.box import Box
from roomtui.tui.widgets.button import Button
from roomtui.tui.widgets.lazily import Lazily
from roomtui.tui.widgets.line_view import LineView
from roomtui.tui.widgets.pointed import Pointed
from roomtui.twilio_api.errors import TwilioError
from roomtui.watch.actions import ReadOnlyError, RemoveOutcome
from roomtui.watch.journal import JournalError

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from roomtui.rooms.model import Participant, Roster
    from roomtui.rooms.picture import LiveRoom
    from roomtui.tui.session import Session
    from roomtui.watch.actions import RemoveResult

_WHO: Final = 24
_AGAIN: Final = "Nothing keeps them from joining again."


class _People(Lazily, Pointed, OptionList):
    """A list in which the table's keys work too."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("k", "cursor_up", "Up", show=False, id="people.up"),
        Binding("j", "cursor_down", "Down", show=False, id="people.down"),
        Binding("g", "first", "First", show=False, id="people.first"),
        Binding("G", "last", "Last", show=False, id="people.last"),
    ]


class RemoveDialog(RoomDialog[None]):
    """First who, then whether: it names their identity, their SID and the room.

    Those present are read afresh. The list follows the room, and what is highlighted stays highlighted: the choice is
    a person, never a place in the list.
    """

    WIDTH: ClassVar[int] = 64

    def __init__(self, live: LiveRoom, session: Session) -> None:
        super().__init__(live.room, session)
        self._present = _in_order(live.roster)
        self._chosen: Participant | None = None

    def compose(self) -> ComposeResult:
        """Room, who is in it, question, buttons."""
        with Box(classes="dialog danger"):
            yield Static("Remove whom?", id="title", classes="title")
            yield LineView(id="about")
            yield _People(id="people", compact=True)
            with Vertical(id="question"):
                yield LineView(id="whom")
            yield LineView(id="note")
            with Horizontal(classes="buttons"):
                yield Button("Cancel", id="cancel")
                yield Button("Remove", id="remove", variant="error")

    def on_mount(self) -> None:
        """Show who is in it, and look again."""
        self.query_one("#about", LineView).show(self._name_and_sid())
        self._show_step()
        self._show_people()
        self.run_worker(self._look(), exit_on_error=False)

    # -- who

    async def _look(self) -> None:
        try:
            sight = await self._session.actions.look(self._room.sid)
        except TwilioError as error:
            self._note(f"It could not be looked at again: {error.sentence}", Tone.WARN)
        else:
            if sight.room.is_live:
                self._seen(sight.roster)
            else:
                self._is_over("The room has ended already")

    def _heard_of(self, live: LiveRoom) -> None:
        if live.roster is not None:
            self._seen(live.roster)

    def _seen(self, roster: Roster) -> None:
        self._present = _in_order(roster)
        if self._chosen is None:
            self._show_people()
        elif all(each.sid != self._chosen.sid for each in self._present):
            self._is_over("They have left already")

    def _show_step(self) -> None:
        asking = self._chosen is not None
        self.query_one("#title", Static).update("Remove this participant?" if asking else "Remove whom?")
        self.query_one("#people").display = not asking
        self.query_one("#question").display = asking
        self.query_one(".buttons").display = asking
        self.query_one("#cancel" if asking else "#people").focus()

    def _show_people(self) -> None:
        people = self.query_one("#people", OptionList)
        before = people.highlighted_option.id if people.highlighted_option is not None else None
        is_first = not people.options
        people.set_options([Option(self._option(each), id=each.sid) for each in self._present])
        sids = [each.sid for each in self._present]
        # Where who was highlighted has left, nobody is: an enter that was meant for them shall choose no other.
        people.highlighted = sids.index(before) if before in sids else 0 if sids and is_first else None
        if sids:
            self._note("enter chooses; then it asks. esc cancels.", Tone.DIM)
        else:
            self._note("Nobody is in it. esc closes this.", Tone.WARN)

    def _option(self, participant: Participant) -> Content:
        stayed = words.since(participant.start_time, self.app.clock.now())
        who = fit(self._who(participant), _WHO, ellipsis=self.app.view.glyphs.ellipsis)
        phone = "  phone" if is_phone(participant.identity.raw) else ""
        return Content(f"{who}  in for {'?' if stayed is None else span(stayed)}{phone}")

    def _who(self, participant: Participant) -> str:
        return shown(participant.identity, hide=self.app.view.hide) or participant.sid

    # -- whether

    @on(OptionList.OptionSelected, "#people")
    def _chose(self, event: OptionList.OptionSelected) -> None:
        if self._over:
            self.dismiss(None)
            return
        self._chosen = next((each for each in self._present if each.sid == event.option_id), None)
        if self._chosen is None:
            return
        phone = ("  phone", Tone.DIM) if is_phone(self._chosen.identity.raw) else ""
        status = f"  {safe(self._chosen.status)}" if self._chosen.status != "connected" else ""
        self.query_one("#whom", LineView).show(
            [
                line((self._who(self._chosen), Tone.STRONG), phone, (status, Tone.WARN)),
                line((self._chosen.sid, Tone.DIM)),
                *self._wrapped(_AGAIN, Tone.WARN),
            ]
        )
        self._note("tab, then enter removes. esc cancels.", Tone.DIM)
        self._show_step()

    @on(Button.Pressed, "#cancel")
    def _cancelled(self) -> None:
        self.dismiss(None)

    @on(Button.Pressed, "#remove")
    def _confirmed(self) -> None:
        if self._over:
            self.dismiss(None)
        elif self._chosen is not None and not self._busy:
            self._note("Removing them... esc closes this; it goes on.")
            self._do(self._remove(self._chosen))

    async def _remove(self, participant: Participant) -> None:
        try:
            result = await self._session.actions.remove(self._room.sid, participant.sid)
        except (TwilioError, ReadOnlyError, JournalError) as error:
            self._failed(str(error))
            return
        self._done(self._sentence(result), result.unwritten)
        self._close(None)

    def _sentence(self, result: RemoveResult) -> str:
        who = self._who(result.participant)
        if result.outcome is RemoveOutcome.GONE_BEFORE:
            return f"{who} had left {self._called} already."
        if result.outcome is RemoveOutcome.NOT_VERIFIED:
            return f"Twilio took the removal of {who}, but they are not seen to be gone from {self._called}."
        left = words.head_count(result.people)
        return f"Removed {who} from {self._called}: {left} left in it. {_AGAIN}"


def _in_order(roster: Roster | None) -> list[Participant]:
    present = roster.present if roster is not None else ()
    return sorted(present, key=lambda each: (each.start_time is None, each.start_time, each.sid))
