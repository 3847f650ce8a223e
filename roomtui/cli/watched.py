"""One account on the screen: its clock, its budget, its board, its dashboard."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING

from roomtui.cli.accounts import config_of, mistaken
from roomtui.cli.dashboard import driver_class, only_ascii, until_left
from roomtui.cli.garbage import Garbage
from roomtui.config import ConfigError, journal_file, state_file
from roomtui.rooms.untrusted import safe
from roomtui.state import StateFile
from roomtui.tui.app import RoomtuiApp
from roomtui.tui.session import Session, Settings
from roomtui.twilio_api.clock import ServerClock
from roomtui.watch.board import Board
from roomtui.watch.budget import ReadBudget

if TYPE_CHECKING:
    from pathlib import Path

    from roomtui.config import Account, Config, Typed
    from roomtui.watch.board import BoardState
    from roomtui.watch.chronicle import Chronicle
    from roomtui.watch.lasting import LastingActions
    from roomtui.watch.tape.recorder import Recorder


class WatchedAccount:
    """An account and the dashboard that shows it; see `accounts.Watched`.

    Args:
        config: what is in force for it.
        typed: what was typed, which holds for every other account, too; None where there is no other.
        rate: Twilio's seconds in a second; not 1 only with a sandbox whose clock runs fast.
        record: the file into which all that is shown is recorded; None where it is not.

    Attributes:
        recorder: who records it, if anybody does.

    Raises:
        ConfigError: it cannot be recorded there.
    """

    def __init__(
        self, config: Config, *, typed: Typed | None = None, rate: float = 1.0, record: Path | None = None
    ) -> None:
        self.next: Config | None = None
        self._config = config
        self._typed = typed
        self._rate = rate
        self._clock, self._board = ServerClock(rate=rate), Board()
        self._budget = ReadBudget(config.reads_per_second)
        self._memory = StateFile(state_file(config.name))
        self._actions: LastingActions | None = None
        self._chronicle: Chronicle | None = None
        self.recorder = None if record is None else self._recording(record)
        garbage = Garbage()
        garbage.begin()
        self._board.subscribe(garbage.hear)
        self._heard = self._board.subscribe(self._see_whose_rooms_these_are)
        self.app = RoomtuiApp(
            self._board,
            self._clock,
            self._open_session,
            self._settings(rate),
            driver_class=driver_class(plain_output=config.plain_output),
        )

    def _settings(self, rate: float) -> Settings:
        config = self._config
        return Settings(
            account=safe(config.name),
            refresh=config.refresh,
            reads_per_second=config.reads_per_second,
            reads=lambda: self._budget.total,
            speed=rate,
            read_only=config.read_only,
            hide_personal=config.no_pii,
            ascii_only=only_ascii(wished=config.ascii),
            mouse=config.mouse,
            caller_id=config.caller_id,
            memory=self._memory,
            views=config.views,
            columns=config.columns,
            keys=config.keys,
            theme=config.theme,
            accent=config.accent,
            alerts=config.alerts,
            journal=journal_file(config.name),
            api_url=config.api_url,
            profile=config.name,
            accounts=config.accounts,
            switch=None if self._typed is None else self._switch,
            recorded=self.recorder is not None,
        )

    def _recording(self, path: Path) -> Recorder:
        from roomtui.watch.tape.recorder import Recorder, TapeError  # noqa: PLC0415 - most shifts are not recorded

        config = self._config

        def trouble(sentence: str) -> None:
            with suppress(RuntimeError):  # left meanwhile
                self.app.call_from_thread(self.app.tell, sentence, trouble=True)

        try:
            return Recorder(
                path,
                self._clock,
                config.name,
                refresh=config.refresh * self._rate,
                hide=config.no_pii,
                on_trouble=trouble,
            )
        except TapeError as error:
            raise ConfigError(str(error)) from None

    async def show(self) -> None:
        """Show it until the person leaves it."""
        if self.recorder is not None:
            self.recorder.begin(self._board)
        try:
            await until_left(self.app, mouse=self._config.mouse)
        finally:
            if self.recorder is not None:
                await asyncio.to_thread(self.recorder.end)
            self._memory.flush()

    async def leave(self, within: float) -> None:
        """Ask nothing more, wait so many seconds for what is under way, and close the connection."""
        session, actions = self.app.session, self._actions
        if session is None or actions is None:
            return
        try:
            if session.past is not None:
                await session.past.stop()
            await session.feed.stop()
            if self._chronicle is not None:
                await self._chronicle.stop()
            await actions.finish(within)
        finally:
            await session.close()

    def _see_whose_rooms_these_are(self, state: BoardState) -> None:
        if not state.picture.live:
            return
        self._heard()  # once is enough: they are all of one account
        sentence = mistaken(state.picture, self._config.credentials.account_sid)
        if sentence is not None:
            self.app.call_later(self.app.tell, sentence, trouble=True)

    async def _switch(self, account: Account) -> None:
        if self._typed is not None:
            self.next = await config_of(account, self._typed)

    async def _open_session(self) -> Session:
        # The SDK and the scheduler take a while to load: in a thread, behind the first frame.
        await asyncio.to_thread(_load_what_polls)
        from roomtui.cli.connect import connect  # noqa: PLC0415 - loaded by now
        from roomtui.twilio_api.retries import OPEN  # noqa: PLC0415 - as above
        from roomtui.watch.chronicle import Chronicle  # noqa: PLC0415 - as above
        from roomtui.watch.closings import Closings  # noqa: PLC0415 - as above
        from roomtui.watch.hindsight import recall  # noqa: PLC0415 - as above
        from roomtui.watch.journal import Journal, who  # noqa: PLC0415 - as above
        from roomtui.watch.lasting import LastingActions  # noqa: PLC0415 - as above
        from roomtui.watch.past import Past  # noqa: PLC0415 - as above
        from roomtui.watch.poller import Poller  # noqa: PLC0415 - as above
        from roomtui.watch.schedule import Schedule  # noqa: PLC0415 - as above

        config, clock, budget, board = self._config, self._clock, self._budget, self._board
        connection = connect(config, clock, budget, retries=OPEN)
        poller = Poller(connection.gateway, board, clock, budget, Schedule(), refresh=config.refresh, doubt=clock.doubt)
        actions = self._actions = connection.acting(LastingActions)
        past = Past(connection.gateway, board, clock, budget, recall=partial(recall, journal_file(config.name)))

        about = {**who(), "profile": config.name, "account_sid": config.credentials.account_sid}
        chronicle = self._chronicle = Chronicle(
            board,
            Journal(journal_file(config.name)),
            clock,
            about=about,
            ended_by_us=poller.ended_by_us,
            tell=lambda sentence: self.app.tell(sentence, trouble=True),
        )
        closings = Closings(board, clock)
        closings.start()
        chronicle.start()

        async def close() -> None:
            closings.stop()
            await chronicle.stop()
            await actions.finish(0.0)
            await connection.gateway.close()

        return Session(poller, actions, close, past)


def _load_what_polls() -> None:
    for name in ("chronicle", "closings", "connect", "lasting", "past", "poller", "schedule"):
        import_module(f"roomtui.{'cli' if name == 'connect' else 'watch'}.{name}")
