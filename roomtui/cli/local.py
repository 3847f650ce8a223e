"""`roomtui sandbox`: the local Twilio, alone."""

from __future__ import annotations

import asyncio
import os
import signal
import sys

import click

from roomtui.cli.options import Number
from roomtui.sandbox.options import SandboxError, SandboxOptions


@click.command()
@click.option("--host", default="127.0.0.1", metavar="HOST", help="A loopback address [127.0.0.1].")
@click.option("--port", type=click.IntRange(0, 65535), default=8089, metavar="N", help="0 picks a free one [8089].")
@click.option("--speed", type=Number(0, 100_000), default=1.0, metavar="X", help="Seconds of its time a second [1].")
@click.option(
    "--rooms", type=click.IntRange(0, 20_000), default=0, metavar="N", help="Rooms in progress at a time [0: quiet]."
)
@click.option("--seed", type=int, default=1, metavar="N", help="Same seed, same traffic [1].")
@click.option(
    "--allow-callbacks-to",
    multiple=True,
    metavar="HOST",
    help="A host beyond this machine that callbacks may be sent to; repeatable [none].",
)
@click.option("--until-stdin-closes", is_flag=True, hidden=True)
def sandbox(
    *,
    host: str,
    port: int,
    speed: float,
    rooms: int,
    seed: int,
    allow_callbacks_to: tuple[str, ...],
    until_stdin_closes: bool,
) -> int:
    """Run a local Twilio Video: Rooms API, timers, and a control plane for what happens without the API.

    The first line on stdout, once it answers, is JSON with its URL and credentials. Ctrl+c ends it.
    """
    options = SandboxOptions(
        host=host, port=port, speed=speed, rooms=rooms, seed=seed, allow_callbacks_to=frozenset(allow_callbacks_to)
    )
    try:
        asyncio.run(_serve(options, until_stdin_closes=until_stdin_closes))
    except SandboxError as error:
        # With a cause, it was this machine that did not let us; without, it was what was asked for.
        raise (click.ClickException if error.__cause__ is not None else click.UsageError)(str(error)) from None
    return 0


async def _serve(options: SandboxOptions, *, until_stdin_closes: bool) -> None:
    from roomtui.sandbox.server import serve  # noqa: PLC0415 - not for `--help`

    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, stop.set)
    if until_stdin_closes:
        # Whoever started us has gone, however suddenly: the kernel closed the pipe for it.
        descriptor = sys.stdin.fileno()
        loop.add_reader(descriptor, lambda: stop.set() if not os.read(descriptor, 1024) else None)
    await serve(options, announce=_announce, stop=stop)


def _announce(line: str) -> None:
    click.echo(line)
    sys.stdout.flush()
