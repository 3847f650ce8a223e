"""`roomtui watch` and `roomtui demo`: the dashboard."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from contextlib import contextmanager
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from roomtui.children import without_credentials
from roomtui.cli.exits import say
from roomtui.cli.options import Number, takes_global_options, watch_options
from roomtui.config import Config, ConfigError, journal_file, load
from roomtui.rooms.untrusted import safe
from roomtui.twilio_api.credentials import Credentials
from roomtui.twilio_api.origin import ApiUrl
from roomtui.watch.writer_lock import only_what_was_done_stays

if TYPE_CHECKING:
    from collections.abc import Iterator

    from roomtui.config import Typed
    from roomtui.tui.app import RoomtuiApp

_SANDBOX_ENDS_WITHIN: Final = 3.0
_LEAVES_WITHIN: Final = 3.0
_DEMO_NUMBER: Final = "+15005550006"
"""The number that Twilio's test accounts call from (Test Credentials, "Make calls")."""


@click.command()
@takes_global_options
@watch_options
@click.option(
    "--record", type=click.Path(path_type=Path), metavar="FILE", help="Record all that is shown; see `roomtui replay`."
)
def watch(*, typed: Typed, record: Path | None) -> int:
    """The dashboard: all live rooms, what closes first on top. This is what `roomtui` alone does."""
    config = load(typed)
    ApiUrl.parse(config.api_url)
    need_a_terminal()
    _run(config, typed=typed, record=record)
    return 0


@click.command()
@takes_global_options
@watch_options
@click.option("--rooms", type=click.IntRange(1, 20_000), default=12, metavar="N", help="Rooms at a time [12].")
@click.option("--speed", type=Number(0.1, 1000), default=1.0, metavar="X", help="Let time run faster [1].")
@click.option("--seed", type=int, default=1, metavar="N", help="Same seed, same day [1].")
@click.option(
    "--record", type=click.Path(path_type=Path), metavar="FILE", help="Record all that is shown; see `roomtui replay`."
)
def demo(*, typed: Typed, rooms: int, speed: float, seed: int, record: Path | None) -> int:
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
            ascii=bool(typed.ascii),
            mouse=bool(typed.mouse),
            plain_output=bool(typed.plain_output),
        )
        # Of a play nothing is to stay but what was done in it.
        with only_what_was_done_stays(journal_file(config.name)):
            _run(config, rate=speed, record=record)
    return 0


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


def _run(config: Config, *, typed: Typed | None = None, rate: float = 1.0, record: Path | None = None) -> None:
    # Commands that print do without the screen.
    from roomtui.cli.accounts import one_after_the_other  # noqa: PLC0415
    from roomtui.cli.watched import WatchedAccount  # noqa: PLC0415

    # One recording, one account: those that are changed to are not recorded.
    recorded = [] if record is None else [record]

    def watched(config: Config) -> WatchedAccount:
        return WatchedAccount(config, typed=typed, rate=rate, record=recorded.pop() if recorded else None)

    last = asyncio.run(one_after_the_other(config, watched))
    if record is not None:
        say(f"Recorded into {safe(str(record))}: `roomtui replay` shows it again.")
    if last.app.return_code:
        sys.exit(last.app.return_code)


def need_a_terminal() -> None:
    """See that there is one, or say so."""
    # Keys are read from stdin, and Textual draws on stderr.
    streams = (sys.__stdin__, sys.__stdout__, sys.__stderr__)
    if not all(stream is not None and os.isatty(stream.fileno()) for stream in streams):
        raise ConfigError("The dashboard needs a terminal; `roomtui ls` prints the rooms anywhere.")
    if os.environ.get("TERM", "").lower() in {"", "dumb", "unknown"}:
        # Of which nobody knows what it can; Textual would send it millions of colours.
        os.environ.setdefault("TEXTUAL_COLOR_SYSTEM", "standard")
    # Whoever exports these tells how large the terminal was then; it knows better itself, where it knows at all.
    if all(os.get_terminal_size(sys.__stderr__.fileno() if sys.__stderr__ is not None else 2)):
        for name in ("COLUMNS", "LINES"):
            os.environ.pop(name, None)


async def until_left(app: RoomtuiApp, *, mouse: bool) -> None:
    """Run the dashboard; whoever ends the process gets the terminal back as it was."""

    def leave(number: signal.Signals) -> None:
        # The terminal may be gone, or may have been stopped: nothing that waits for it may hold us.
        at_the_latest = threading.Timer(_LEAVES_WITHIN, os._exit, (128 + number,))
        at_the_latest.daemon = True
        at_the_latest.start()
        # Not before the first frame: a screen that is just being made cannot be taken down.
        app.call_after_refresh(app.exit, return_code=128 + number)

    # Textual begins with the size that Rich believes in (80x25 for a dumb terminal, and for one that tells no size),
    # goes on with the one that Python believes in, and where they differ lays out the screen for ever.
    columns, lines = shutil.get_terminal_size()
    if tuple(app.console.size) != (columns, lines):
        app.console.size = (columns, lines)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        loop.add_signal_handler(number, leave, number)
    await app.run_async(mouse=mouse)
