"""The choice of another account."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from textual import on
from textual.binding import Binding
from textual.color import Color, ColorParseError
from textual.content import Content
from textual.style import Style
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from roomtui.config import ConfigError, Source
from roomtui.rooms.untrusted import safe
from roomtui.tui.lines import Tone, fit, line, wrap
from roomtui.tui.screens.styled_once import Dialog
from roomtui.tui.widgets.box import Box
from roomtui.tui.widgets.line_view import LineView
from roomtui.tui.widgets.pointed import Pointed

if TYPE_CHECKING:
    from textual import events
    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.worker import Worker

    from roomtui.config import Account
    from roomtui.tui.app import RoomtuiApp

_NAME: Final = 30
_TEXT: Final = 54
_FROM: Final = {Source.FILE: "", Source.ENVIRONMENT: "environment", Source.TWILIO_CLI: "twilio-cli"}


class _Accounts(Pointed, OptionList):
    """A list in which the table's keys work too, and a letter goes to the next name that begins with it."""

    DEFAULT_CSS = "_Accounts { max-height: 12; background: $surface; }"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("k", "cursor_up", "Up", show=False, id="accounts.up"),
        Binding("j", "cursor_down", "Down", show=False, id="accounts.down"),
    ]

    def __init__(self, accounts: tuple[Account, ...], *, id: str) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id, compact=True)
        self._accounts = accounts

    def on_key(self, event: events.Key) -> None:
        """Go to the next one that begins with the letter typed."""
        letter = event.character
        if letter is None or not letter.isalnum() or letter in {"j", "k"}:
            return
        here = self.highlighted or 0
        for at in (*range(here + 1, len(self._accounts)), *range(here + 1)):
            if self._accounts[at].name.casefold().startswith(letter.casefold()):
                event.stop()
                self.highlighted = at
                return


class ProfilesScreen(Dialog[None]):
    """All accounts that can be watched. Enter goes there, however long the one that is watched takes to answer.

    Args:
        accounts: all of them.
        current: the name of the one that is watched.
    """

    app: RoomtuiApp

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,P", "dismiss(None)", "Cancel", key_display="esc", id="dialog.cancel")
    ]
    AUTO_FOCUS = None  # only once there is something in the list: keys may wait for it already

    def __init__(self, accounts: tuple[Account, ...], current: str) -> None:
        super().__init__()
        self._accounts = accounts
        self._current = current
        self._going: Worker[None] | None = None

    def compose(self) -> ComposeResult:
        """The accounts, and what is to be said."""
        with Box(classes="dialog", id="narrow"):
            yield Static("Accounts", classes="title")
            yield _Accounts(self._accounts, id="accounts")
            yield LineView(id="note")

    def on_mount(self) -> None:
        """Show them."""
        options = self.query_one("#accounts", _Accounts)
        options.add_options([Option(self._shown(each)) for each in self._accounts])
        names = [each.name for each in self._accounts]
        options.highlighted = names.index(self._current) if self._current in names else 0
        options.focus()
        if self.app.settings.recorded:
            self._note("enter watches it, and ends the recording: that is of one account. esc stays here.", Tone.WARN)
        else:
            self._note("enter watches it. esc stays here.", Tone.DIM)

    def _shown(self, account: Account) -> Content:
        name = fit(safe(account.name), _NAME, ellipsis=self.app.view.glyphs.ellipsis)
        about = (
            "watched now" if account.name == self._current else "",
            "read-only" if account.read_only else "",
            _FROM[account.source],
        )
        style = Style(foreground=colour, bold=True) if (colour := colour_of(account.accent)) else Style(bold=True)
        return Content.assemble((name, style), "  ", ", ".join(filter(None, about)))

    def _note(self, text: str, tone: Tone = Tone.TEXT) -> None:
        width = max(20, min(_TEXT, self.app.size.width - 10))
        self.query_one("#note", LineView).show([line((part, tone)) for part in wrap(text, width)])

    @on(OptionList.OptionSelected, "#accounts")
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        account = self._accounts[event.option_index]
        if account.name == self._current:
            self.dismiss(None)
            return
        if self._going is not None:
            self._going.cancel()  # the other one may wait for a passphrase that nobody wants to type any more
        self._note(f"Looking for the credentials of {safe(account.name)}...")
        self._going = self.run_worker(self._go(account), exit_on_error=False)

    async def _go(self, account: Account) -> None:
        switch = self.app.settings.switch
        if switch is None:
            return
        try:
            await switch(account)
        except ConfigError as error:
            self._note(safe(str(error)), Tone.BAD)
        else:
            self.app.leave_for_another()


def colour_of(name: str | None) -> Color | None:
    """The colour of this name; None where there is none."""
    try:
        return None if name is None else Color.parse(name)
    except ColorParseError:
        return None
