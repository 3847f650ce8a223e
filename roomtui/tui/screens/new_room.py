"""The form for a new room."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from textual import on
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.widgets import Input, Static

from roomtui.rooms.new_room import NewRoom, check, field_of, like
from roomtui.rooms.personal import shown
from roomtui.rooms.untrusted import Untrusted
from roomtui.tui import words
from roomtui.tui.lines import Tone, fit, line, wrap
from roomtui.tui.room_form import BY_KEY, FIELDS, read, said_again, written
from roomtui.tui.screens.styled_once import Dialog
from roomtui.tui.widgets.box import Box
from roomtui.tui.widgets.button import Button
from roomtui.tui.widgets.choice import Choice
from roomtui.tui.widgets.field import Field
from roomtui.tui.widgets.form_row import FormRow
from roomtui.tui.widgets.line_view import LineView
from roomtui.tui.widths import cell_len
from roomtui.twilio_api.errors import Refused, TwilioError
from roomtui.watch.actions import CreateOutcome, ReadOnlyError
from roomtui.watch.journal import JournalError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textual.app import ComposeResult
    from textual.binding import BindingType

    from roomtui.rooms.model import Room
    from roomtui.rooms.new_room import Complaint
    from roomtui.tui.app import RoomtuiApp
    from roomtui.tui.lines import Line
    from roomtui.tui.room_form import FormField
    from roomtui.tui.session import Session
    from roomtui.watch.actions import CreateResult

_HINT: Final = "enter creates it, esc cancels. tab, arrows: move."
_NOTHING_SAID: Final = "Nothing is filled in. enter again makes a room without a name; esc cancels."
_FRAME: Final = 8
_HIGH: Final = 22
"""Rows of a screen that has room for a second line of heading."""


class NewRoomDialog(Dialog[str]):
    """Every parameter of the API, the common ones first; what is left untouched is left to Twilio's own default.

    The answer is the SID of the room that was created, or None.

    Args:
        session: the connection.
        model: the room that the new one is to be like, None for an empty form.
    """

    app: RoomtuiApp

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", "Cancel", id="dialog.cancel"),
        Binding("down", "app.focus_next", "Next field", show=False, id="dialog.next_field"),
        Binding("up", "app.focus_previous", "Field before", show=False, id="dialog.field_before"),
    ]
    AUTO_FOCUS = None

    def __init__(self, session: Session, model: Room | None = None) -> None:
        super().__init__()
        self._session = session
        self._model = model
        self._prefilled = written(like(model)) if model is not None else {}
        self._kept: dict[str, object] = {}
        self._busy = False
        self._asked_again = False

    def compose(self) -> ComposeResult:
        """The fields, what is wrong with the whole, the buttons."""
        with Vertical(classes="dialog form"):
            yield LineView(id="form-title", classes="title")
            with Box(id="fields"):
                yield from self._rows()
            yield LineView(id="note")
            with Horizontal(classes="buttons"):
                yield Button("Cancel", id="cancel")
                yield Button("Create room", id="create", variant="primary")

    def _rows(self) -> Iterator[FormRow | Static]:
        more_follows = True
        for field in FIELDS:
            if more_follows and not field.common:
                more_follows = False
                yield Static("More", classes="section")
            yield FormRow(field.label, self._control(field), echoes=field.echo is not None)

    def _control(self, field: FormField) -> Field | Choice:
        value = self._prefilled.get(field.key, "")
        if field.choices:
            return Choice(field.choices, id=field.key, placeholder=field.default, value=value)
        said = shown(Untrusted(value), hide=self.app.view.hide)
        if said == value:
            return Field(id=field.key, placeholder=field.default, value=value)
        # What no eye is to see, or a terminal would obey, does not go into a field: left alone, it holds all the same.
        self._kept[field.key] = field.read(value)
        return Field(id=field.key, placeholder=f"as it was: {said}")

    def on_mount(self) -> None:
        """Begin with the name."""
        self.query_one("#form-title", LineView).show(self._heading())
        for field in FIELDS:
            self._echo(field.key)
        self.query_one("#unique_name").focus()
        self._note(_HINT, Tone.DIM)
        self.call_after_refresh(self._complain_of_the_name)

    # -- what is shown

    def _heading(self) -> list[Line]:
        model = self._model
        if model is None:
            return [line(("New room", Tone.STRONG))]
        name = shown(model.unique_name, hide=self.app.view.hide) if model.has_name else ""
        width = self._text_width - len("New room like ")
        fitted = fit(name, min(cell_len(name), width), ellipsis=self.app.view.glyphs.ellipsis)
        sid = (model.sid, Tone.DIM)
        beside = cell_len(fitted) + 2 * bool(name) + len(model.sid) <= width
        heading = line(
            ("New room", Tone.STRONG),
            " like ",
            (fitted, Tone.STRONG),
            "  " if name else "",
            sid if beside or not name else "",
        )
        # A cut SID is none. On a short screen the line is better used for another field.
        return [heading] if beside or not name or self.app.size.height < _HIGH else [heading, line(sid)]

    @property
    def _text_width(self) -> int:
        return max(20, min(76, self.app.size.width - 2) - _FRAME)

    def _row(self, key: str) -> FormRow:
        return self.query_one(f"#row-{key}", FormRow)

    def _echo(self, key: str) -> None:
        row = self._row(key)
        row.echo(said_again(key, row.value))

    def _note(self, text: str, tone: Tone = Tone.TEXT) -> None:
        self.query_one("#note", LineView).show([line((part, tone)) for part in wrap(text, self._text_width)])

    @on(Input.Changed)
    @on(Choice.Changed)
    def _changed(self, event: Input.Changed | Choice.Changed) -> None:
        key = str(event.control.id)
        self._row(key).complain()
        self._echo(key)
        if key == "unique_name":
            self._complain_of_the_name()
        self._asked_again = False
        if not self._busy:
            self._note(_HINT, Tone.DIM)

    def _complain_of_the_name(self) -> None:
        if self.is_mounted:
            taken = self._taken(self._asked_for()[0])
            self._row("unique_name").complain(taken)

    def _taken(self, new: NewRoom) -> str:
        # Among the rooms in progress a name is there once. Where the table is old, Twilio is to say it.
        state, clock = self.app.board.state, self.app.clock
        old = words.is_stale(
            state.picture, clock.now(), words.fresh_for(state.link, self.app.refresh_seconds, self.app.settings.speed)
        )
        if old or not new.unique_name:
            return ""
        if all(each.room.unique_name.raw != new.unique_name for each in state.picture.live.values()):
            return ""
        return "A room of this name is running: Twilio would refuse it (error 53113). End it first, or change the name."

    # -- answering

    def _asked_for(self) -> tuple[NewRoom, tuple[Complaint, ...]]:
        texts = {field.key: self._row(field.key).value for field in FIELDS}
        return read(texts, self._kept)

    @on(Input.Submitted)
    @on(Choice.Submitted)
    def _entered(self) -> None:
        # A stray `n` and `enter` are to make no room.
        untouched = self._model is None and not any(self._row(field.key).value for field in FIELDS)
        if untouched and not self._asked_again:
            self._asked_again = True
            self._note(_NOTHING_SAID, Tone.WARN)
            return
        self._submitted()

    @on(Button.Pressed, "#create")
    def _submitted(self) -> None:
        if self._busy:
            return
        new, unread = self._asked_for()
        complaints = {each.field: each.sentence for each in (*reversed(check(new)), *reversed(unread))}
        if taken := self._taken(new):
            complaints.setdefault("unique_name", taken)
        if complaints:
            self._complain(complaints)
            return
        self._busy = True
        self._note("Creating it... esc closes this; it goes on.")
        # The app's worker: whoever closes the dialog does not break off what Twilio was asked.
        self.app.run_worker(self._create(new), exit_on_error=False)

    def _complain(self, complaints: dict[str, str]) -> None:
        for field in FIELDS:
            self._row(field.key).complain(complaints.get(field.key, ""))
        elsewhere = [sentence for key, sentence in complaints.items() if key not in BY_KEY]
        first = next((field.key for field in FIELDS if field.key in complaints), None)
        if first is not None:
            self.query_one(f"#{first}").focus()
            # The complaint below the field is to be seen as well.
            self.call_after_refresh(self._row(first).scroll_visible, animate=False)
        self._note(" ".join(elsewhere) or "Nothing was sent: see above.", Tone.BAD)

    async def _create(self, new: NewRoom) -> None:
        try:
            result = await self._session.actions.create_room(new)
        except Refused as error:
            self._refused(str(error), field_of(error.code))
        except (TwilioError, ReadOnlyError, JournalError) as error:
            self._refused(str(error), None)
        else:
            self._created(result)

    @property
    def _is_open(self) -> bool:
        return self.is_mounted and self in self.app.screen_stack

    def _refused(self, sentence: str, key: str | None) -> None:
        self._busy = False
        sentence = shown(Untrusted(sentence), hide=self.app.view.hide)
        if not self._is_open:
            self.app.tell(sentence, trouble=True)
        elif key in BY_KEY and key is not None:
            self._complain({key: sentence})
            self._note("Twilio refused it: see above.", Tone.BAD)
        else:
            self._note(sentence, Tone.BAD)

    def _created(self, result: CreateResult) -> None:
        self._busy = False
        self._session.feed.refresh_now()
        room = result.room
        if result.outcome is CreateOutcome.UNCLEAR or room is None:
            sentence = result.sentence or "There was no clear answer: look at the rooms before you try again."
            self._refused(f"{sentence} {result.unwritten or ''}".strip(), None)
            return
        name = f"{shown(room.unique_name, hide=self.app.view.hide)} " if room.has_name else "a room without a name "
        self.app.tell(f"Created {name}({room.sid}). {result.unwritten or ''}".strip(), trouble=bool(result.unwritten))
        self._session.feed.look_at(room.sid)
        self.app.await_room(room.sid)
        if self.is_current:
            self.dismiss(room.sid)

    @on(Button.Pressed, "#cancel")
    def action_cancel(self) -> None:
        """Create nothing; what was sent goes on."""
        self.dismiss(None)
