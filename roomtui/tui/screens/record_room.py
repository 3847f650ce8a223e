"""The question before a room's recording is started or stopped."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, ClassVar, Final

from textual import on
from textual.containers import Horizontal
from textual.widgets import Static

from roomtui.rooms import words
from roomtui.rooms.personal import shown
from roomtui.rooms.recording import Recording, recording
from roomtui.rooms.untrusted import safe
from roomtui.tui.lines import Tone, line
from roomtui.tui.screens.dialog import RoomDialog
from roomtui.tui.widgets.box import Box
from roomtui.tui.widgets.button import Button
from roomtui.tui.widgets.line_view import LineView
from roomtui.twilio_api.errors import TwilioError
from roomtui.watch.actions import ReadOnlyError, RecordOutcome
from roomtui.watch.journal import JournalError

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from roomtui.rooms.picture import LiveRoom
    from roomtui.rooms.recording import RecordingRule, RecordingRules
    from roomtui.tui.lines import Line
    from roomtui.tui.session import Session
    from roomtui.watch.actions import RecordResult

_STATES: Final = {
    Recording.ON: ("Everything is recorded.", Tone.WARN),
    Recording.OFF: ("Nothing is recorded.", Tone.GOOD),
    Recording.PARTLY: ("Some of it is recorded, by these rules:", Tone.WARN),
}
_BUTTONS: Final = {
    Recording.ON: ("#stop",),
    Recording.OFF: ("#start",),
    Recording.PARTLY: ("#start", "#stop"),
}


class RecordDialog(RoomDialog[None]):
    """Says what is recorded now and who is in the room; only then a button starts or stops it.

    Until the rules have been read, the buttons go by what the table knows; where the rules then say otherwise, a
    button that was pressed meanwhile counts for nothing.
    """

    WIDTH: ClassVar[int] = 64

    def __init__(self, live: LiveRoom, session: Session) -> None:
        super().__init__(live.room, session)
        self._people = live.roster.connected if live.roster is not None else None
        self._state, certain = live.recording_state
        self._rules = live.recording.rules if certain and live.recording is not None else None
        self._read = asyncio.Event()

    def compose(self) -> ComposeResult:
        """Room, state, rules, buttons."""
        with Box(classes="dialog", id="narrow"):
            yield Static("Recording", classes="title")
            yield LineView(id="about")
            yield LineView(id="state")
            yield LineView(id="note")
            with Horizontal(classes="buttons"):
                yield Button("Cancel", id="cancel")
                yield Button("Start recording", id="start", variant="warning")
                yield Button("Stop recording", id="stop", variant="warning")

    def on_mount(self) -> None:
        """Focus what is safe, and read the rules."""
        self._show()
        self.query_one("#cancel").focus()
        self.run_worker(self._look(), exit_on_error=False)

    def on_unmount(self) -> None:
        """Wait no longer for an answer that nobody will show."""
        self._read.set()

    # -- what is shown

    def _show(self) -> None:
        self.query_one("#about", LineView).show([*self._name_and_sid(), self._who_is_in_it()])
        self.query_one("#state", LineView).show(self._state_lines())
        for button in self.query("#start, #stop").results(Button):
            button.display = self._state is not None and f"#{button.id}" in _BUTTONS[self._state]
        if self._state is None:
            self._note("Reading what is recorded. esc cancels.", Tone.DIM)
        elif self._state is Recording.PARTLY:
            self._note("tab, then enter presses a button. esc cancels.", Tone.DIM)
        else:
            self._note(f"tab, then enter {self._deed(on=self._state is Recording.OFF)} it. esc cancels.", Tone.DIM)

    def _state_lines(self) -> list[Line]:
        if self._state is None:
            return [line(("not read yet", Tone.DIM))]
        if self._rules is None:
            assumed = "recorded" if self._state is Recording.ON else "not recorded"
            return self._wrapped(f"Made to be {assumed}; reading whether that still holds.", Tone.DIM)
        sentence, tone = _STATES[self._state]
        lines = self._wrapped(sentence, tone)
        if self._is_custom:
            lines += [part for rule in self._rules for part in self._wrapped(f"  {self._in_words(rule)}")]
            lines += self._wrapped("Starting or stopping replaces them.", Tone.WARN)
        return lines

    @property
    def _is_custom(self) -> bool:
        return self._rules is not None and not (len(self._rules) <= 1 and all(rule.is_for_all for rule in self._rules))

    def _in_words(self, rule: RecordingRule) -> str:
        hide = self.app.view.hide
        parts = [
            safe(rule.type),
            "everything" if rule.all or not (rule.kind or rule.track or rule.more) else "",
            safe(rule.kind or ""),
            f"of {shown(rule.publisher, hide=hide)}" if rule.publisher is not None else "",
            f"track {shown(rule.track, hide=hide)}" if rule.track is not None else "",
            safe(f"where {', '.join(rule.more)}") if rule.more else "",
        ]
        return " ".join(part for part in parts if part)

    def _who_is_in_it(self) -> Line:
        if self._people is None:
            return line(("looking who is in it", Tone.DIM))
        verb = "is" if self._people in {0, 1} else "are"
        return line(f"{words.head_count(self._people)} {verb} in it")

    @staticmethod
    def _deed(*, on: bool) -> str:
        return "starts" if on else "stops"

    # -- reading

    async def _look(self) -> None:
        try:
            sight, rules = await asyncio.gather(
                self._session.actions.look(self._room.sid), self._session.actions.recording(self._room.sid)
            )
        except TwilioError as error:
            self._note(f"What is recorded could not be read: {self._masked(error.sentence)}", Tone.BAD)
        else:
            self._people = sight.roster.connected
            if sight.room.is_live:
                self._learnt(rules)
            else:
                self._is_over("It has ended already")
        self._read.set()

    def _learnt(self, rules: RecordingRules) -> None:
        focused = self.focused
        self._rules, self._state = rules.rules, recording(rules.rules)
        self._show()
        if focused is None or not focused.display:
            self.query_one("#cancel").focus()

    def _heard_of(self, live: LiveRoom) -> None:
        if live.roster is not None and live.roster.connected != self._people:
            self._people = live.roster.connected
            self.query_one("#about", LineView).show([*self._name_and_sid(), self._who_is_in_it()])

    # -- answering

    @on(Button.Pressed, "#cancel")
    def _cancelled(self) -> None:
        self.dismiss(None)

    @on(Button.Pressed, "#start")
    def _start(self) -> None:
        self._confirmed(on=True)

    @on(Button.Pressed, "#stop")
    def _stop(self) -> None:
        self._confirmed(on=False)

    def _confirmed(self, *, on: bool) -> None:
        if self._over:
            self.dismiss(None)
        elif self._busy:
            return
        elif self._read.is_set() and self._rules is None:
            self._read.clear()
            self._note("Reading again what is recorded...")
            self.run_worker(self._look(), exit_on_error=False)
        else:
            self._note("Asking Twilio... esc closes this; it goes on." if self._read.is_set() else "Reading first...")
            self._do(self._record(self._state, on=on))

    async def _record(self, asked_of: Recording | None, *, on: bool) -> None:
        await self._read.wait()
        if self._over or not self.is_mounted or self._rules is None or self._state is not asked_of:
            # Closed, or it is not as the button said: then the dialog says by now how it is.
            self._busy = False
            return
        try:
            result = await self._session.actions.record(self._room.sid, on=on)
        except (TwilioError, ReadOnlyError, JournalError) as error:
            self._failed(str(error))
            return
        self._done(self._sentence(result, on=on), result.unwritten)
        self._close(None)

    def _sentence(self, result: RecordResult, *, on: bool) -> str:
        if result.outcome is RecordOutcome.WAS_SO_BEFORE:
            return f"{'Everything' if on else 'Nothing'} in {self._called} was recorded already."
        if result.outcome is RecordOutcome.NOT_VERIFIED:
            return f"Twilio took it, but does not show yet that recording {self._called} {self._deed(on=on)}."
        if on:
            return f"Recording {self._called}: everything, and whoever comes later."
        return f"{self._called} is not recorded any more."
