"""`roomtui replay`: a recorded shift, shown again."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, cast

import click

from roomtui.cli.dashboard import driver_class, end_at_once, need_a_terminal, only_ascii, until_left
from roomtui.cli.options import Number
from roomtui.config import ConfigError, journal_file
from roomtui.rooms.untrusted import safe
from roomtui.twilio_api.errors import TwilioError
from roomtui.watch.board import Board
from roomtui.watch.tape.recorder import TapeError
from roomtui.watch.tape.replay import FASTEST, SLOWEST, Replay
from roomtui.watch.tape.tape import Tape

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from roomtui.tui.session import Session
    from roomtui.twilio_api.gateway import Gateway


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--speed", type=Number(SLOWEST, FASTEST), default=1.0, metavar="X", help="Play faster, or slower [1].")
@click.option("--ascii/--no-ascii", "ascii_only", default=None, help="Draw nothing but ASCII [as the locale is].")
@click.option("--mouse", is_flag=True, help="Listen to the mouse.")
@click.option("--no-pii", is_flag=True, help="Mask phone numbers.")
@click.option("--plain-output", is_flag=True, help="Send whole lines, not only the cells that changed.")
def replay(
    *, file: Path, speed: float, ascii_only: bool | None, mouse: bool, no_pii: bool, plain_output: bool
) -> NoReturn:
    """Show a shift again that `roomtui watch --record FILE` has recorded: the same screens, the time of then.

    `p` pauses and plays on, `[` and `]` wind by a minute, `{` and `}` by ten, `+` and `-` play faster and slower. No
    account and no network are needed. A recording that was cut off is shown as far as it goes.
    """
    try:
        tape = Tape.open(file)
    except TapeError as error:
        raise ConfigError(str(error)) from None
    need_a_terminal()
    from roomtui.tui.app import RoomtuiApp  # noqa: PLC0415 - commands that print do without the screen
    from roomtui.tui.session import Settings  # noqa: PLC0415 - as above

    board = Board()
    feed = Replay(tape, board, speed=speed)
    app = RoomtuiApp(
        board,
        feed,
        lambda: _session(feed),
        Settings(
            account=safe(tape.account),
            refresh=tape.refresh,
            reads_per_second=0,
            reads=lambda: 0,
            read_only=True,
            hide_personal=no_pii,
            ascii_only=only_ascii(wished=ascii_only),
            mouse=mouse,
            replay=feed,
        ),
        driver_class=driver_class(plain_output=plain_output),
    )
    asyncio.run(until_left(app, mouse=mouse))
    if tape.unreadable:
        click.echo(f"{file}: {tape.unreadable} of its lines cannot be read; what they told is missing.", err=True)
    end_at_once(app.return_code or 0)


async def _session(feed: Replay) -> Session:
    from roomtui.tui.session import Session  # noqa: PLC0415 - loaded by now
    from roomtui.watch.actions import Actions  # noqa: PLC0415 - as above
    from roomtui.watch.journal import Journal  # noqa: PLC0415 - as above

    nobody = cast("Gateway", _Nobody())
    journal = Journal(journal_file("replay"))  # never written: nothing may be done
    actions = Actions(nobody, journal, feed, context={}, read_only=True)

    async def close() -> None:
        """Nothing is open."""

    return Session(feed, actions, close)


class _Nobody:
    """Stands where Twilio does, and answers that there is nobody to ask."""

    def __getattr__(self, name: str) -> Callable[..., Coroutine[Any, Any, NoReturn]]:
        async def refuse(*_: object, **__: object) -> NoReturn:
            raise TwilioError("This is a recording: Twilio is not asked.")

        return refuse
