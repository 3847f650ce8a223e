"""`roomtui watch` and `roomtui demo`: the dashboard."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import shutil
import signal
import subprocess
import sys
import threading
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Final, NoReturn

import click

from roomtui.children import without_credentials
from roomtui.cli.exits import say
from roomtui.cli.options import Number, takes_global_options, watch_options
from roomtui.config import Config, ConfigError, journal_file, load
from roomtui.rooms.untrusted import safe
from roomtui.tui.terminal import Colours, colours, described_colours, is_like_vt, shows_letters
from roomtui.twilio_api.credentials import Credentials
from roomtui.twilio_api.origin import ApiUrl
from roomtui.watch.writer_lock import only_what_was_done_stays

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

    from textual.driver import Driver

    from roomtui.config import Typed
    from roomtui.tui.app import RoomtuiApp

_SANDBOX_ENDS_WITHIN: Final = 3.0
_LEAVES_WITHIN: Final = 3.0
_ENDS_WITH: Final = (
    *(signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGQUIT),
    *(signal.SIGUSR1, signal.SIGUSR2, signal.SIGALRM, signal.SIGXCPU),
)
"""What would end the process there and then, and what others send (the last one for `ulimit -t`)."""
_THREADS: Final = 8
"""More than were ever seen at a time: for keys, for output, and for what would hold up the event loop."""
_TAKEN_WITHIN: Final = 0.3
"""Seconds that a terminal has to take the last words."""
_DEMO_NUMBER: Final = "+15005550006"
"""The number that Twilio's test accounts call from (Test Credentials, "Make calls")."""


@click.command()
@takes_global_options
@watch_options
@click.option(
    "--record",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Record all that is shown of this account; see `roomtui replay`.",
)
def watch(*, typed: Typed, record: Path | None) -> NoReturn:
    """The dashboard: all live rooms, what closes first on top. This is what `roomtui` alone does."""
    config = load(typed)
    ApiUrl.parse(config.api_url)
    need_a_terminal()
    end_at_once(_run(config, typed=typed, record=record))


@click.command()
@takes_global_options
@watch_options
@click.option("--rooms", type=click.IntRange(1, 20_000), default=12, metavar="N", help="Rooms at a time [12].")
@click.option("--speed", type=Number(0.1, 1000), default=1.0, metavar="X", help="Let time run faster [1].")
@click.option("--seed", type=int, default=1, metavar="N", help="Same seed, same day [1].")
@click.option(
    "--record", type=click.Path(path_type=Path), metavar="FILE", help="Record all that is shown; see `roomtui replay`."
)
def demo(*, typed: Typed, rooms: int, speed: float, seed: int, record: Path | None) -> NoReturn:
    """The dashboard on a local Twilio with lively traffic: no account, no network."""
    need_a_terminal()
    with _sandbox(rooms, speed, seed) as process:
        # The sandbox starts up while the screen is loaded.
        import_module("roomtui.tui.app")
        account = _account_of(process)
        base = Config(
            name="demo",
            credentials=Credentials(account["api_key"], account["api_secret"], account["account_sid"]),
            api_url=account["url"],
            caller_id=_DEMO_NUMBER,
        )
        config = replace(
            base,
            read_only=bool(typed.read_only),
            refresh=typed.refresh or base.refresh,
            reads_per_second=typed.reads_per_second or base.reads_per_second,
            no_pii=bool(typed.no_pii),
            ascii=typed.ascii,
            mouse=bool(typed.mouse),
            plain_output=bool(typed.plain_output),
        )
        # Of a play nothing is to stay but what was done in it.
        with only_what_was_done_stays(journal_file(config.name)):
            code = _run(config, rate=speed, record=record)
    end_at_once(code)


@contextmanager
def _sandbox(rooms: int, speed: float, seed: int) -> Iterator[subprocess.Popen[str]]:
    """A sandbox in a process of its own, which ends with this one whatever happens to it."""
    command = (sys.executable, "-m", "roomtui", "sandbox", "--port", "0", "--until-stdin-closes")
    options = ("--rooms", str(rooms), "--speed", str(speed), "--seed", str(seed))
    process = subprocess.Popen(  # noqa: S603 - our own program
        (*command, *options),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,  # ctrl+c in the terminal is the dashboard's
        env=without_credentials(),
        cwd=Path(__file__).parents[2],  # `python -m` would import what lies where the person happens to be
    )
    try:
        yield process
    finally:
        if process.stdin is not None:
            process.stdin.close()
        try:
            process.wait(_SANDBOX_ENDS_WITHIN)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _account_of(process: subprocess.Popen[str]) -> dict[str, str]:
    first = process.stdout.readline() if process.stdout is not None else ""
    if not first:
        raise click.ClickException("The sandbox did not start; `roomtui sandbox --port 0` says why.")
    account: dict[str, str] = json.loads(first)
    return account


def _run(config: Config, *, typed: Typed | None = None, rate: float = 1.0, record: Path | None = None) -> int:
    # Commands that print do without the screen.
    from roomtui.cli.accounts import one_after_the_other  # noqa: PLC0415
    from roomtui.cli.watched import WatchedAccount  # noqa: PLC0415

    # One recording, one account: those that are changed to are not recorded.
    recorded = [] if record is None else [record]
    recorders = []

    def watched(config: Config) -> WatchedAccount:
        account = WatchedAccount(config, typed=typed, rate=rate, record=recorded.pop() if recorded else None)
        if account.recorder is not None:
            recorders.append(account.recorder)
        return account

    last = asyncio.run(one_after_the_other(config, watched))
    for each in recorders:
        say(each.trouble or f"Recorded into {safe(str(each.path))}: `roomtui replay` shows it again.")
    return last.app.return_code or 0


def end_at_once(code: int) -> NoReturn:
    """End the process, all of whose work is done.

    Python would take a while to forget all that the system forgets at once; and where the terminal has gone, it would
    end with a code of its own.
    """
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            stream.flush()
    logging.shutdown()
    os._exit(code)


def need_a_terminal() -> None:
    """See that there is one, or say so."""
    # Keys are read from stdin, and Textual draws on stderr.
    streams = (sys.__stdin__, sys.__stdout__, sys.__stderr__)
    if not all(stream is not None and os.isatty(stream.fileno()) for stream in streams):
        raise ConfigError("The dashboard needs a terminal; `roomtui ls` prints the rooms anywhere.")
    _need_threads()
    _believe_the_terminal()
    # Whoever exports these tells how large the terminal was then; it knows better itself, where it knows at all.
    if all(os.get_terminal_size(sys.__stderr__.fileno() if sys.__stderr__ is not None else 2)):
        for name in ("COLUMNS", "LINES"):
            os.environ.pop(name, None)


def _need_threads() -> None:
    """See that as many may begin as the dashboard has: amid its first screen nobody could be told.

    Raises:
        RuntimeError: they may not; Python has no other name for it.
    """
    enough = threading.Event()
    begun = []
    try:
        for _ in range(_THREADS):
            begun.append(threading.Thread(target=enough.wait, daemon=True))
            begun[-1].start()
    finally:
        enough.set()
    for each in begun:
        each.join()


def _believe_the_terminal() -> None:
    # Before Textual is imported: it reads these once, and would send colours to all that are not called "dumb".
    found = colours(os.environ, described_colours)
    os.environ.pop("NO_COLOR", None)
    if found is Colours.NONE:
        os.environ["NO_COLOR"] = "1"
    os.environ.setdefault("TEXTUAL_COLOR_SYSTEM", "standard" if found is Colours.NONE else found.value)


def driver_class(*, plain_output: bool) -> type[Driver]:
    """What draws on the terminal."""
    from roomtui.tui.driver import TerminalDriver  # noqa: PLC0415 - commands that print do without the screen
    from roomtui.tui.frugal.driver import FrugalDriver  # noqa: PLC0415 - as above

    return TerminalDriver if plain_output or is_like_vt(os.environ) else FrugalDriver


def only_ascii(*, wished: bool | None) -> bool:
    """Whether nothing but ASCII is drawn: as it was wished, else as the locale says."""
    return wished if wished is not None else not shows_letters()


def _after(seconds: float, do: Callable[..., object], *arguments: object) -> None:
    timer = threading.Timer(seconds, do, arguments)
    timer.daemon = True
    timer.start()


async def until_left(app: RoomtuiApp, *, mouse: bool) -> None:
    """Run the dashboard; whoever ends the process gets the terminal back as it was."""
    from roomtui.tui.driver import TerminalDriver  # noqa: PLC0415 - commands that print do without the screen

    loop = asyncio.get_running_loop()

    def leave(number: int, _: FrameType | None) -> None:
        # The terminal may be gone, may stand still, or may have been stopped: nothing that waits for it may hold us.
        driver = app._driver  # noqa: SLF001 - Textual has no other way to it
        if isinstance(driver, TerminalDriver):
            driver.leave()
            _after(_TAKEN_WITHIN, driver.let_go)
        _after(_LEAVES_WITHIN, os._exit, 128 + number)
        # Not before the first frame: a screen that is just being made cannot be taken down.
        loop.call_soon_threadsafe(partial(app.call_after_refresh, app.exit, return_code=128 + number))

    # Textual begins with the size that Rich believes in (80x25 for a dumb terminal, and for one that tells no size),
    # goes on with the one that Python believes in, and where they differ lays out the screen for ever.
    columns, lines = shutil.get_terminal_size()
    if tuple(app.console.size) != (columns, lines):
        app.console.size = (columns, lines)
    for number in _ENDS_WITH:
        # Not the loop's own: it may be held up by a terminal that takes nothing.
        signal.signal(number, leave)
    await asyncio.sleep(0)  # who pressed ctrl+c until here has cancelled us: before there is a screen, not amid it
    await app.run_async(mouse=mouse)
