"""The dialog that copies a room's TwiML."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from textual import on
from textual.binding import Binding
from textual.content import Content
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from roomtui.rooms.personal import shown
from roomtui.rooms.twiml import FALLBACK_SAY, Language, TwimlError, hazards, snippet
from roomtui.rooms.untrusted import Untrusted
from roomtui.tui.lines import Tone, line, wrap
from roomtui.tui.screens.styled_once import Dialog
from roomtui.tui.widgets.box import Box
from roomtui.tui.widgets.choice import Choice
from roomtui.tui.widgets.field import Field
from roomtui.tui.widgets.form_row import FormRow
from roomtui.tui.widgets.lazily import Lazily
from roomtui.tui.widgets.line_view import LineView
from roomtui.tui.widgets.pointed import Pointed
from roomtui.twilio_api.errors import TwilioError

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from roomtui.rooms.model import Participant, Room, Roster
    from roomtui.tui.app import RoomtuiApp
    from roomtui.tui.columns import Entry
    from roomtui.tui.lines import Line
    from roomtui.tui.session import Session

_IDENTITIES_MAX: Final = 20
_MARGIN: Final = 6
_LANGUAGES: Final = {
    "XML": Language.XML,
    "Python": Language.PYTHON,
    "Node": Language.NODE,
    "TwiML Bin": Language.BIN,
}


class _Identities(Lazily, Pointed, OptionList):
    """Identities to choose from; above the first one is the field. Tab passes them by: it is for the other fields."""

    def on_mount(self) -> None:
        """Out of the way of tab."""
        self.can_focus = False

    def on_blur(self) -> None:
        """As before."""
        self.can_focus = False

    async def action_cursor_up(self) -> None:  # type: ignore[override] # Textual awaits actions that can be awaited
        """One up, or back to the field."""
        if self.highlighted:
            super().action_cursor_up()
        else:
            await self.run_action("screen.type")


class CopyTwimlDialog(Dialog[None]):
    """Enter copies; an identity may be typed or chosen first. Shows the snippet and what may go wrong with it."""

    app: RoomtuiApp

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "close", "Cancel", id="dialog.cancel"),
        Binding("down", "choose", "Choose an identity", show=False, id="twiml.identities"),
    ]
    AUTO_FOCUS = "#identity"

    def __init__(self, entry: Entry, session: Session | None) -> None:
        super().__init__()
        self._room: Room = entry.room
        self._roster: Roster | None = entry.roster
        self._session = session
        self._choices: list[str] = []

    def compose(self) -> ComposeResult:
        """Room, identity, hazards, snippet: what is long comes last, so that no warning is out of sight."""
        with Box(classes="dialog"):
            yield Static("Copy the TwiML that puts a call into this room", classes="title")
            yield LineView(id="about")
            yield FormRow("Identity", Field(id="identity", placeholder="empty: Twilio makes one up"))
            yield _Identities(id="identities", compact=True)
            yield FormRow("Spoken if no room", Field(id="say", placeholder=f"nothing; such as: {FALLBACK_SAY}"))
            yield FormRow("Written as", Choice(tuple(_LANGUAGES), id="language"))
            yield LineView(id="hazards")
            yield LineView(id="snippet")
            yield Static("enter copies, esc cancels. down, tab: more.", classes="hint")

    def on_mount(self) -> None:
        """Show it, and look at the room again."""
        self._show()
        self._show_choices()
        if self._session is not None:
            self.run_worker(self._look(self._session), exit_on_error=False)

    async def _look(self, session: Session) -> None:
        try:
            sight = await session.actions.look(self._room.sid)
        except TwilioError:
            return  # the hazards then go by what the table knows
        self._room, self._roster = sight.room, sight.roster
        self._show()

    # -- what is shown

    @property
    def _identity(self) -> str:
        return self.query_one("#identity", Input).value

    def _snippet(self) -> str:
        """What would be copied.

        Raises:
            TwimlError: it cannot be written.
        """
        return snippet(
            self._room.unique_name.raw,
            identity=self._identity,
            fallback_say=self.query_one("#say", Input).value.strip(),
            language=_LANGUAGES[self.query_one("#language", Choice).value],
        )

    def _show(self) -> None:
        name = shown(self._room.unique_name, hide=self.app.view.hide) if self._room.has_name else "(no name)"
        self.query_one("#about", LineView).show(
            [
                *(line((text, Tone.STRONG)) for text in wrap(name, self._text_width)[:2]),
                line((self._room.sid, Tone.DIM)),
            ]
        )
        try:
            text = self._snippet()
        except TwimlError as error:
            self.query_one("#snippet", LineView).show(self._wrapped(str(error), Tone.BAD))
        else:
            self.query_one("#snippet", LineView).show(
                [line(shown(Untrusted(part), hide=self.app.view.hide)) for part in text.split("\n")]
            )
        warnings: list[Line] = []
        for hazard in hazards(self._room, self._roster, identity=self._identity):
            warnings += self._wrapped(f"! {hazard.sentence}", Tone.WARN)
        view = self.query_one("#hazards", LineView)
        view.show(warnings)
        view.display = bool(warnings)

    def _show_choices(self) -> None:
        choices = self.query_one("#identities", OptionList)
        self._choices = []
        options = []
        for participant in self._known()[:_IDENTITIES_MAX]:
            self._choices.append(participant.identity.raw)
            there = "in the room now" if participant.is_present else "was in the room"
            options.append(Option(Content(f"{shown(participant.identity, hide=self.app.view.hide)}  ({there})")))
        choices.add_options(options)
        choices.display = bool(options)

    def _known(self) -> list[Participant]:
        everybody = self._roster.everybody if self._roster is not None else ()
        once = {participant.identity: participant for participant in reversed(everybody)}
        # Who has left may come back by phone; whoever is in it would be put out.
        return sorted(once.values(), key=lambda each: (each.is_present, each.identity))

    def _wrapped(self, text: str, tone: Tone) -> list[Line]:
        return [line((part, tone)) for part in wrap(text, self._text_width)]

    @property
    def _text_width(self) -> int:
        return max(20, min(76, self.app.size.width - 4) - _MARGIN)

    # -- keys

    @on(Input.Changed)
    @on(Choice.Changed)
    def _typed(self) -> None:
        self._show()

    @on(OptionList.OptionHighlighted, "#identities")
    def _considered(self, event: OptionList.OptionHighlighted) -> None:
        if self.focused is event.option_list:
            self.query_one("#identity", Input).value = self._choices[event.option_index]

    @on(OptionList.OptionSelected, "#identities")
    @on(Input.Submitted)
    @on(Choice.Submitted)
    async def _copy(self) -> None:
        try:
            text = self._snippet()
        except TwimlError:
            return  # the reason stands where the snippet would
        self.dismiss()
        await self.app.copy(f"TwiML for {shown(self._room.unique_name, hide=self.app.view.hide)}", text)

    def action_close(self) -> None:
        """Copy nothing."""
        self.dismiss()

    def action_choose(self) -> None:
        """Go to the identities that are known."""
        choices = self.query_one("#identities", OptionList)
        if choices.display:
            choices.can_focus = True
            choices.focus()
            choices.highlighted = choices.highlighted or 0

    def action_type(self) -> None:
        """Go back to the field, which is as empty as it was."""
        field = self.query_one("#identity", Input)
        field.value = ""
        field.focus()
