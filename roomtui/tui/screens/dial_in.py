"""The dialog that calls a phone and puts it into a room."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from textual import on
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.widgets import Input, Static

from roomtui.rooms import words
from roomtui.rooms.model import PHONE_PARTICIPANTS_MAX
from roomtui.rooms.phone import PhoneNumberError, phone_number
from roomtui.rooms.picture import EndedRoom
from roomtui.rooms.twiml import FALLBACK_SAY, TwimlError, hazards, phones_in, snippet
from roomtui.tui.dialling import FollowedCall
from roomtui.tui.lines import Tone, line, wrap
from roomtui.tui.screens.dialog import RoomDialog
from roomtui.tui.widgets.box import Box
from roomtui.tui.widgets.button import Button
from roomtui.tui.widgets.field import Field
from roomtui.tui.widgets.form_row import FormRow
from roomtui.tui.widgets.line_view import LineView
from roomtui.twilio_api.errors import TwilioError
from roomtui.watch.actions import Dialling, DialStage

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from roomtui.rooms.model import Roster
    from roomtui.rooms.picture import LiveRoom
    from roomtui.tui.lines import Line
    from roomtui.tui.session import Session
    from roomtui.watch.board import BoardState

_FORM_HINT: Final = "enter: it asks before it calls. esc cancels."
_SAY_HINT: Final = "said if the room is gone; empty: hang up"
_TONES: Final = {
    DialStage.IN_THE_ROOM: Tone.GOOD,
    DialStage.NOT_IN_THE_ROOM: Tone.WARN,
    DialStage.UNCLEAR: Tone.BAD,
}


class DialDialog(RoomDialog[None]):
    """First whom, then whether, then how it goes: a call costs money and rings a person.

    Closing it while a call is on its way does not end the call; how that ends is told then.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "app.focus_next", "Next field", show=False, id="dialog.next_field"),
        Binding("up", "app.focus_previous", "Field before", show=False, id="dialog.field_before"),
        Binding("enter", "close_when_over", "Close", show=False, id="dialog.close"),
    ]

    def __init__(self, live: LiveRoom, session: Session, caller_id: str | None) -> None:
        super().__init__(live.room, session)
        self._roster: Roster | None = live.roster
        self._caller_id = caller_id or ""
        self._step = "form"
        self._call: FollowedCall | None = None
        self._ended = ""

    def compose(self) -> ComposeResult:
        """Room, fields, question, what happens."""
        # A field would show a number that is to be masked: the profile's stays out of it, and holds all the same.
        hidden = bool(self._caller_id) and self.app.view.hide
        kept = f"{self._masked(self._caller_id)} (of the profile)" if hidden else "+ and country code: yours"
        with Box(classes="dialog"):
            yield Static("Dial somebody in", id="title", classes="title")
            yield LineView(id="about")
            with Vertical(id="form", classes="step"):
                yield FormRow("Number to call", Field(id="to", placeholder="+ and country code"))
                yield FormRow("Call from", Field(id="from", placeholder=kept, value="" if hidden else self._caller_id))
                yield FormRow("Identity", Field(id="identity", placeholder="empty: Twilio makes one up"))
                yield FormRow("Spoken if no room", Field(id="say", placeholder=_SAY_HINT, value=FALLBACK_SAY))
            yield LineView(id="question")
            yield LineView(id="hazards")
            yield LineView(id="steps")
            yield LineView(id="note")
            with Horizontal(classes="buttons"):
                yield Button("Cancel", id="cancel")
                yield Button("Call", id="call", variant="warning")
                yield Button("Change", id="change")

    def on_mount(self) -> None:
        """Show what is known of the room, and look again."""
        self._show()
        self._go_to("form")
        self.query_one("#to").focus()
        self.run_worker(self._look(), exit_on_error=False)

    def on_unmount(self) -> None:
        """The call goes on; from now on it is told."""
        if self._call is not None:
            self._call.watcher = None

    async def _look(self) -> None:
        try:
            sight = await self._session.actions.look(self._room.sid)
        except TwilioError:
            return  # the hazards then go by what the table knows
        self._room, self._roster = sight.room, sight.roster
        self._show()

    def _heard_of(self, live: LiveRoom) -> None:
        self._room, self._roster = live.room, live.roster or self._roster
        self._show()

    def _on_board(self, state: BoardState) -> None:
        entry = state.picture.find(self._room.sid)
        if self._call is None or self._call.is_over:
            super()._on_board(state)
        elif isinstance(entry, EndedRoom) and self.is_mounted:
            # It rings all the same: nobody but Twilio can tell now what whoever answers will hear.
            self._ended = f"The room has ended meanwhile: {words.why_it_ended(entry.ending)}. "
            self._tell_to_wait()

    # -- what is shown

    def _go_to(self, step: str) -> None:
        self._step = step
        self.query_one("#form").display = step == "form"
        for each in ("#question", ".buttons"):
            self.query_one(each).display = step == "question"
        hazards_view = self.query_one("#hazards", LineView)
        hazards_view.display = bool(hazards_view.lines) and step != "call"
        self.query_one("#steps").display = step == "call"
        if step == "form":
            self._note(_FORM_HINT, Tone.DIM)

    def _show(self) -> None:
        phones = phones_in(self._roster) if self._roster is not None else None
        counted = "phones in it: not known yet" if phones is None else f"phones {phones} of {PHONE_PARTICIPANTS_MAX}"
        known = "" if phones is None else ", as far as identities tell"
        self.query_one("#about", LineView).show([*self._name_and_sid(), line(f"{counted}{known}")])
        warnings: list[Line] = []
        for hazard in hazards(self._room, self._roster, identity=self._typed("identity")):
            warnings += self._wrapped(f"! {self._masked(hazard.sentence)}", Tone.WARN)
        view = self.query_one("#hazards", LineView)
        view.show(warnings)
        view.display = bool(warnings) and self._step != "call"

    def _typed(self, field: str) -> str:
        return self.query_one(f"#{field}", Input).value

    def _row(self, field: str) -> FormRow:
        return self.query_one(f"#row-{field}", FormRow)

    # -- whom

    @on(Input.Changed)
    def _field_changed(self, event: Input.Changed) -> None:
        self._row(str(event.input.id)).complain()
        if event.input.id == "identity":
            self._show()

    @on(Input.Submitted)
    def _go_on(self) -> None:
        if self._over:
            self.dismiss(None)
            return
        dialling = self._dialling()
        if dialling is None:
            return
        typed, caller = dialling.to, dialling.from_
        kept = not self._typed("from").strip()
        asked = f"Call {typed} from {self._masked(caller) if kept else caller} and put them into {self._called}?"
        self.query_one("#question", LineView).show(
            [*self._wrapped(asked, Tone.STRONG), *self._wrapped("This rings their phone and costs money.", Tone.WARN)]
        )
        self._go_to("question")
        self._note("tab, then enter calls. esc cancels.", Tone.DIM)
        self.query_one("#cancel").focus()

    def _dialling(self) -> Dialling | None:
        numbers = {"to": self._typed("to"), "from": self._typed("from").strip() or self._caller_id}
        read: dict[str, str] = {}
        wrong = []
        for field, text in numbers.items():
            read[field], complaint = _number(text)
            self._row(field).complain(complaint)
            if complaint:
                wrong.append(field)
        identity, say = self._typed("identity"), self._typed("say").strip()
        try:
            snippet(self._room.unique_name.raw, identity=identity, fallback_say=say)
        except TwimlError as error:
            self._row("identity").complain(str(error))
            wrong.append("identity")
        if wrong:
            self.query_one(f"#{wrong[0]}").focus()
            return None
        return Dialling(room=self._room, to=read["to"], from_=read["from"], identity=identity, fallback_say=say)

    # -- whether

    @on(Button.Pressed, "#cancel")
    def _cancelled(self) -> None:
        self.dismiss(None)

    @on(Button.Pressed, "#change")
    def _change(self) -> None:
        self._go_to("form")
        self.query_one("#to").focus()

    @on(Button.Pressed, "#call")
    def _confirmed(self) -> None:
        dialling = None if self._over else self._dialling()
        if dialling is None or self._busy:
            if self._over:
                self.dismiss(None)
            return
        self._call = FollowedCall(self._session, dialling, self.app.clock, self._tell_later)
        self._call.watcher = self._show_call
        self._go_to("call")
        self._note("Placing the call... esc closes this; the call goes on.", Tone.DIM)
        self._do(self._call.follow())

    def _tell_later(self, sentence: str, wrong: bool) -> None:  # noqa: FBT001 - a callback's argument
        self.app.tell(f"{self._called}: {self._masked(sentence)}", trouble=wrong)

    # -- how it goes

    def _show_call(self) -> None:
        call = self._call
        if call is None or not self.is_mounted:
            return
        lines: list[Line] = []
        for at, step in call.steps:
            tone = _TONES.get(step.stage, Tone.TEXT)
            said = self._masked(f"{step.sentence} {step.unwritten or ''}".strip())
            who = [f"as {self._masked(step.participant.identity.raw)}"] if step.participant is not None else []
            sentences = [*wrap(said, self._text_width - 11), *who]
            lines.append(line((f"{at:%H:%M:%S}Z  ", Tone.DIM), (sentences[0], tone)))
            lines += [line((f"{'':11}{text}", tone)) for text in sentences[1:]]
        self.query_one("#steps", LineView).show(lines)
        if not call.is_over:
            self._tell_to_wait()
        elif call.was_placed:
            self._is_decided(call)
        else:
            self._was_refused(call.outcome)

    def _tell_to_wait(self) -> None:
        self._note(f"{self._ended}esc closes this; the call goes on.", Tone.WARN if self._ended else Tone.DIM)

    def _is_decided(self, call: FollowedCall) -> None:
        self._over = True
        if call.failure is not None:
            self._note(f"{self._masked(call.failure)} esc closes this.", Tone.BAD)
        else:
            self._note("enter or esc closes this.", Tone.DIM)

    def _was_refused(self, why: str) -> None:
        # Nothing was placed: what was typed is still there to be mended.
        self._busy = False
        self._go_to("form")
        self.query_one("#to").focus()
        self._note(self._masked(why), Tone.BAD)

    def action_close_when_over(self) -> None:
        """Close it where nothing has the focus any more and all has been said."""
        if self._over:
            self.dismiss(None)


def _number(text: str) -> tuple[str, str]:
    """The number as Twilio wants it, or what is wrong with it."""
    try:
        return phone_number(text), ""
    except PhoneNumberError as error:
        return "", str(error)
