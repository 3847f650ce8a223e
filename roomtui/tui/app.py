"""The dashboard: holds the session together and carries out what keys ask for. The screens show it."""

from __future__ import annotations

import asyncio
import os
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, Final

from textual.app import ScreenStackError, SystemCommand
from textual.binding import Binding
from textual.command import CommandPalette
from textual.css.query import NoMatches
from textual.notifications import Notification

from roomtui.rooms.query import saved_as
from roomtui.rooms.untrusted import safe
from roomtui.tui import calling, winding
from roomtui.tui.asking import Asking
from roomtui.tui.browser import Browser
from roomtui.tui.clipboard import Clipboard
from roomtui.tui.columns import View
from roomtui.tui.commands import commands
from roomtui.tui.fed import Fed
from roomtui.tui.filters import fit_for
from roomtui.tui.lines import ASCII, UNICODE
from roomtui.tui.screens.copied import CopiedScreen
from roomtui.tui.screens.help import HelpScreen
from roomtui.tui.screens.live import LiveScreen
from roomtui.tui.screens.palette import Palette
from roomtui.tui.screens.profiles import ProfilesScreen, colour_of
from roomtui.tui.views import LIVE, VIEWS, is_view
from roomtui.watch.alarms import Alarms, Means

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable

    from textual.binding import BindingType
    from textual.driver import Driver
    from textual.screen import Screen

    from roomtui.rooms.clock import Clock
    from roomtui.tui.columns import Entry
    from roomtui.tui.session import Session, Settings
    from roomtui.watch.board import Board, BoardState

_TICK: Final = 1.0
_JUST_AFTER: Final = 0.01
_TROUBLE_SHOWN: Final = 8.0
_A_MOMENT: Final = 0.3
_NOT_IN_PALETTE: Final = ("move", "page", "jump", "scroll", "command_palette")
_PAUSED_OR_NOT: Final = {"pause": True, "resume": False, "stand_still": True, "play_on": False}
"""What is not offered while paused, and what only then."""
_NOT_IN_DIALOGS: Final = frozenset(
    {"pause", "resume", "help", "faster", "slower", "hide", "show_copied", "view", "profiles", "mouse"}
    | {"zoom", "next_layout", *winding.ACTIONS}
)


class RoomtuiApp(Fed, inherit_bindings=False):
    """The dashboard.

    Args:
        board: what is known; shown from the first frame on.
        clock: Twilio's time.
        connect: opens the session, after the first frame; it may take its time.
        settings: how the dashboard is to be.
        clipboard: where copies go; by default through the terminal we draw on.
        driver_class: what draws on the terminal; by default Textual's own.
        ticks: whether the countdowns go on each second; else only when `tick` is called.
    """

    TITLE = "roomtui"
    CSS_PATH = "roomtui.tcss"
    ENABLE_COMMAND_PALETTE = True
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (70, "-normal"), (140, "-wide")]  # noqa: RUF012 - as Textual declares it
    VERTICAL_BREAKPOINTS = [(0, "-short"), (22, "-high"), (34, "-tall")]  # noqa: RUF012 - as above
    BINDINGS: ClassVar[list[BindingType]] = [
        *winding.BINDINGS,
        Binding("p", "pause", "Pause", tooltip="Stop asking Twilio; countdowns go on", id="app.pause"),
        Binding("p", "resume", "Resume", tooltip="Go on asking Twilio", id="app.pause"),
        Binding("r", "refresh_now", "Refresh", tooltip="Ask Twilio at once", show=False, id="app.refresh"),
        Binding("plus", "faster", "Refresh more often", key_display="+", show=False, id="app.faster"),
        Binding("minus", "slower", "Refresh less often", key_display="-", show=False, id="app.slower"),
        Binding("h", "hide", "Hide personal data", tooltip="Mask phone numbers", show=False, id="app.hide"),
        Binding("Y", "show_copied", "Show what was copied", show=False, id="app.copied"),
        Binding("1", "view('live')", "Live rooms", show=False, id="view.live"),
        Binding("2", "view('ended')", "Ended", tooltip="The rooms that have ended, and why", id="view.ended"),
        Binding("3", "view('log')", "Log", tooltip="What happened, and what we did", id="view.log"),
        Binding("z", "zoom", "Only the rooms", tooltip="Details out, or in again", show=False, id="view.zoom"),
        Binding("L", "next_layout", "Move the details", tooltip="Beside, below", show=False, id="view.layout"),
        Binding("m", "mouse", "Mouse", tooltip="Listen to it, or leave it to the terminal", show=False, id="app.mouse"),
        Binding("P", "profiles", "Account", tooltip="Watch another account", show=False, id="app.profile"),
        Binding("question_mark", "help", "Help", key_display="?", id="app.help"),
        Binding("q", "quit", "Quit", tooltip="Leave the dashboard; the rooms go on", id="app.quit"),
        Binding("ctrl+q", "quit", "Quit", show=False, system=True),
        Binding("ctrl+c", "help_quit", "Quit", show=False, system=True),
        Binding("ctrl+l", "repaint", "Repaint", show=False, tooltip="Draw the whole screen anew", id="app.repaint"),
        Binding(
            "ctrl+p",
            "command_palette",
            "Commands",
            show=False,
            priority=True,
            tooltip="Find all this by name",
            id="app.commands",
        ),
        Binding("ctrl+z", "suspend_process", "Suspend", show=False, system=True, id="app.suspend"),
    ]

    def __init__(
        self,
        board: Board,
        clock: Clock,
        connect: Callable[[], Awaitable[Session]],
        settings: Settings,
        *,
        clipboard: Clipboard | None = None,
        driver_class: type[Driver] | None = None,
        ticks: bool = True,
    ) -> None:
        self._accent = settings.accent  # asked for while Textual begins
        super().__init__(driver_class=driver_class)
        self._filters = fit_for(self._filters, no_colours=self.no_color, ascii_only=settings.ascii_only)
        self.board = board
        self.clock = clock
        self.settings = settings
        self.copier = clipboard or Clipboard(self._write_to_terminal, repaint=self.action_repaint)
        self._copying: asyncio.Task[None] | None = None
        self.browser = Browser()
        self.session: Session | None = None
        self.refresh_seconds = settings.refresh
        self.ask = Asking(self)
        self.view = View(hide=settings.hide_personal, glyphs=ASCII if settings.ascii_only else UNICODE)
        self.alarms: Alarms | None = None
        self.hands_over = False
        self._connect = connect
        self._ticks = ticks
        self._live = LiveScreen()
        self._unsubscribe: Callable[[], None] | None = None
        self._next_tick: asyncio.TimerHandle | None = None

    # -- life

    def get_default_screen(self) -> Screen[Any]:
        """The live rooms."""
        return self._live

    def on_mount(self) -> None:
        """Show what is known, then connect."""
        self.set_class(self.settings.ascii_only, "-ascii-only")
        # The shell's screen is not ours: Textual draws only what changes after `fg`.
        self.app_resume_signal.subscribe(self, self._draw_again)
        self.look_as_wished()
        self._call_to_attention()
        self._unsubscribe = self.board.subscribe(self._on_board)
        if self._ticks:
            self._tick_at_the_second()
        self.call_after_refresh(self._open_session)

    def _call_to_attention(self) -> None:
        calls, complaint = calling.calls(self.settings.alerts, self.settings.views)
        if complaint is not None:
            self.call_after_refresh(self.tell, complaint, trouble=True)
        if calls:
            means = Means(
                ring=lambda: self._write_to_terminal(calling.bell()),
                notify=lambda line: self._write_to_terminal(calling.notification(line, os.environ)),
                trouble=lambda sentence: self.tell(sentence, trouble=True),
                hide=lambda: self.view.hide,
            )
            # Before the screens: what they show of a picture, they show with what it calls for.
            self.alarms = Alarms(self.board, self.clock, calls, means)
            self.alarms.start()

    async def on_unmount(self) -> None:
        """Stop asking, and close the connection."""
        self._hear_no_more()
        if self.alarms is not None:
            self.alarms.stop()
        if self._next_tick is not None:
            self._next_tick.cancel()
        if self.session is not None and not self.hands_over:
            if self.session.past is not None:
                await self.session.past.stop()
            await self.session.feed.stop()
            await self.session.close()

    def _open_session(self) -> None:
        self.run_worker(self._connected(), name="connect", exit_on_error=True)

    async def _connected(self) -> None:
        # Paint first: what the connection needs takes a while to load.
        self.session = await self._connect()
        self._live.attend()
        self.session.feed.start()

    def exit(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - as Textual has it
        """Leave; the board has nothing more to tell to screens that are being taken down."""
        self._hear_no_more()
        super().exit(*args, **kwargs)

    def leave_for_another(self) -> None:
        """Leave without waiting for this account: whoever shows the next one closes the connection to it."""
        self.hands_over = True
        self.exit()

    def _hear_no_more(self) -> None:
        if self._unsubscribe is not None:
            self._unsubscribe()
            self._unsubscribe = None

    def _on_board(self, state: BoardState) -> None:
        self._live.show(state)
        for screen in self.screen_stack[1:]:
            if is_view(screen):
                screen.show(state)

    def _tick_at_the_second(self) -> None:
        # All countdowns change together, just as Twilio's own second does. The event loop's own timer: Textual's skips
        # a call for which it is late, and one call skipped would be the last.
        fraction = self.clock.now().microsecond / 1_000_000
        delay = _TICK - fraction + _JUST_AFTER
        self._next_tick = asyncio.get_running_loop().call_later(delay, self.call_later, self._tick)

    def _tick(self) -> None:
        if not self.is_running:
            return  # the screens are being taken down
        self._tick_at_the_second()
        self.tick()

    def tick(self) -> None:
        """Let the countdowns go on, on every screen that has some."""
        for screen in self.screen_stack:
            tick = getattr(screen, "tick", None)
            if tick is not None:
                tick()

    def _handle_exception(self, error: Exception) -> None:
        # A screen that was just being opened when somebody left is mounted all the same, without what it is made of.
        if not (self._exit and isinstance(error, (NoMatches, ScreenStackError))):
            super()._handle_exception(error)

    def _fatal_error(self) -> None:
        # Textual would print the locals of every frame, credentials among them.
        from rich.segment import Segments  # noqa: PLC0415 - needed only on the way down
        from rich.traceback import Traceback  # noqa: PLC0415 - as above

        from roomtui.tui.last_words import as_text  # noqa: PLC0415 - as above

        self.bell()
        traceback = Traceback(show_locals=False, extra_lines=0, width=None)
        self._exit_renderables.append(Segments(as_text(self.console.render(traceback, self.console.options))))
        self._close_messages_no_wait()

    def get_css_variables(self) -> dict[str, str]:
        """The theme's colours, and that of the account's name."""
        variables = super().get_css_variables()
        accent = self._accent if colour_of(self._accent) is not None else None
        variables["account"] = accent or variables["text-accent"]
        return variables

    def _write_to_terminal(self, sequence: str) -> None:
        if self._driver is not None:
            self._driver.write(sequence)

    def push_screen(self, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - as Textual has it
        """Show a screen, which nothing that was told before may cover."""
        self.clear_notifications()
        return super().push_screen(*args, **kwargs)

    # -- telling

    def tell(self, sentence: str, *, trouble: bool = False) -> None:
        """Tell the person something, once; what was told before has been said.

        It may hold what strangers wrote: it is never read as markup.
        """
        self.clear_notifications()
        self.notify(
            sentence,
            severity="error" if trouble else "information",
            timeout=_TROUBLE_SHOWN if trouble else Notification.timeout,
            markup=False,
        )

    async def copy(self, what: str, text: str) -> None:
        """Copy `text`, and tell what became of it; it does not wait for a tmux that does not answer."""
        if self._copying is not None:
            self._copying.cancel()  # what is copied last is what is wanted
        self._copying = asyncio.create_task(self._copy(what, text))
        await asyncio.wait({self._copying}, timeout=_A_MOMENT)

    async def _copy(self, what: str, text: str) -> None:
        copied = await self.copier.copy(what, text)
        if isinstance(self.screen, CopiedScreen):
            self.screen.heard(copied)
        else:
            self.tell(copied.sentence)

    def copy_to_clipboard(self, text: str) -> None:
        """Copy what was selected in a field, as everything else is copied."""
        self._clipboard = text  # from where Textual pastes
        self.run_worker(self.copy("Selection", text), exit_on_error=False)

    def find(self, sid: str) -> Entry | None:
        """The room of this SID, live or ended, if it is known; an ended one as whoever asks for them knows it."""
        picture, past = self.board.state.picture, self.session.past if self.session is not None else None
        ended = past.find(sid) if past is not None else None
        return picture.live.get(sid) or ended or picture.find(sid)

    def await_room(self, sid: str) -> None:
        """Put the cursor on the room that was just created, once it is listed."""
        self._live.await_room(sid)

    # -- keys

    def action_view(self, name: str) -> None:
        """Show this view: the live rooms, which lie below all others, or another one above them."""
        wanted = self._live if name == LIVE else next((each for each in self.screen_stack if is_view(each, name)), None)
        if wanted is None and name not in VIEWS:
            return
        while self.screen not in {self._live, wanted}:
            self.pop_screen()
        if wanted is None:
            if not self.is_screen_installed(name):
                self.install_screen(VIEWS[name](), name)
            self.push_screen(name)

    def action_show_copied(self) -> None:
        """Show the last copied text, for selecting by hand."""
        if self.copier.last is None:
            self.tell("Nothing has been copied yet.")
        else:
            self.push_screen(CopiedScreen(self.copier.last))

    def action_profiles(self) -> None:
        """Choose another account."""
        settings = self.settings
        if settings.switch is None or not any(each.name != settings.profile for each in settings.accounts):
            self.tell("There is no other account here; `roomtui config edit` writes one down.")
        else:
            self.push_screen(ProfilesScreen(settings.accounts, settings.profile))

    async def action_help(self) -> None:
        """Explain the keys of the screen."""
        await self.push_screen(HelpScreen(commands(self, self.screen)))

    def get_key_display(self, binding: Binding) -> str:
        """How a key is written; without arrows where there is nothing but ASCII."""
        shown = super().get_key_display(binding)
        return shown if shown.isascii() or not self.settings.ascii_only else binding.key

    def action_command_palette(self) -> None:
        """Find by name what can be done."""
        if not isinstance(self.screen, CommandPalette):
            self.push_screen(Palette())

    def action_help_quit(self) -> None:
        """What ctrl+c does: too easily pressed to leave by it."""
        self.tell("Press q to quit.")

    def action_repaint(self) -> None:
        """Draw the whole screen anew, after something else wrote on it."""
        repaint = getattr(self._driver, "repaint", None)  # the frugal driver would send nothing that did not change
        if repaint is not None:
            repaint()
        self._draw_again()

    def _draw_again(self, _: object = None) -> None:
        self.refresh(layout=True)
        self.screen.refresh(layout=True)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """A dialog keeps the keys of the dashboard to itself."""
        if action in (winding.ACTIONS if self.settings.replay is None else winding.OF_TWILIO):
            return False
        if action in _PAUSED_OR_NOT and self.is_paused == _PAUSED_OR_NOT[action]:
            return False
        if action == "view" and (parameters[0] not in {LIVE, *VIEWS} or is_view(self.screen, str(parameters[0]))):
            return False
        in_dialog = self.screen.is_modal and not isinstance(self.screen, CommandPalette)
        return not (in_dialog and action in _NOT_IN_DIALOGS)

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """The palette has everything that has a key, and the theme."""
        for command in commands(self, screen):
            if command.action.startswith(_NOT_IN_PALETTE):
                continue
            run = partial(self.run_action, command.action, command.node)
            title = f"{command.description}: {command.tooltip}" if command.tooltip else command.description
            yield SystemCommand(title, f"Key: {' '.join(command.keys)}", run)
        if screen is self._live:
            for name, text in self.settings.views.items():
                show = partial(self._live.ask_for, saved_as(name))
                yield SystemCommand(f"Show {safe(saved_as(name))}", safe(text), show)
        yield SystemCommand("Theme", "Change the colours", self.action_change_theme)
