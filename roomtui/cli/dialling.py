"""`roomtui dial`."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from typing import TYPE_CHECKING

import click

from roomtui.cli.asking import called, confirm, need_to_change
from roomtui.cli.connecting import connected
from roomtui.cli.exits import Exit, asked_for, say
from roomtui.cli.interrupting import until_ctrl_c
from roomtui.cli.options import takes_global_options
from roomtui.cli.output import print_json
from roomtui.cli.values import phone
from roomtui.config import ConfigError, load
from roomtui.rooms.twiml import FALLBACK_SAY, hazards, snippet
from roomtui.watch.actions import Dialling, DialStage

if TYPE_CHECKING:
    from roomtui.config import Config, Typed
    from roomtui.watch.actions import Actions, DialStep, Sight


@click.command()
@takes_global_options
@click.argument("room")
@click.option("--to", required=True, type=phone, metavar="+E164", help="Who is called.")
@click.option("--from", "from_", type=phone, metavar="+E164", help="A number of yours, shown to them [caller_id].")
@click.option("--identity", default="", metavar="ID", help="What the caller is called in the room.")
@click.option("--fallback-say", metavar="TEXT", help=f"Spoken if the room is gone [{FALLBACK_SAY}].")
@click.option("--no-fallback", is_flag=True, help="Say nothing if the room is gone.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--json", "as_json", is_flag=True, help="What came of it, as a JSON object.")
def dial(
    *,
    typed: Typed,
    room: str,
    to: str,
    from_: str | None,
    identity: str,
    fallback_say: str | None,
    no_fallback: bool,
    yes: bool,
    as_json: bool,
) -> int:
    """Call a phone and put it into a room; follows the call until it is in the room, or is over.

    ROOM is a SID, or the unique name of a room in progress. Asks first; where nobody can be asked, --yes is needed.
    Ctrl+c stops the following, not the call.
    """
    if no_fallback and fallback_say is not None:
        raise click.UsageError("--fallback-say and --no-fallback exclude each other.", click.get_current_context())
    spoken = "" if no_fallback else FALLBACK_SAY if fallback_say is None else fallback_say
    config = load(typed)
    need_to_change(config, f"{to} was not called")
    caller = from_ or config.caller_id
    if caller is None:
        raise ConfigError("It is not known which number of yours to call from: give --from, or caller_id in a profile.")
    return asyncio.run(
        _dial(config, room, to=to, caller=caller, identity=identity, spoken=spoken, yes=yes, as_json=as_json)
    )


async def _dial(
    config: Config, name_or_sid: str, *, to: str, caller: str, identity: str, spoken: str, yes: bool, as_json: bool
) -> int:
    async with connected(config) as connection:
        with asked_for(name_or_sid):
            sight = await connection.actions.look(name_or_sid)
        dialling = Dialling(room=sight.room, to=to, from_=caller, identity=identity, fallback_say=spoken)
        snippet(sight.room.unique_name.raw, identity=identity, fallback_say=spoken)  # before anybody is asked
        _tell(sight, dialling)
        if sight.room.is_live and not yes:
            confirm("Call?", not_done=f"{to} was not called")
        steps: list[DialStep] = []
        try:
            await until_ctrl_c(_follow(connection.actions, dialling, steps))
        except asyncio.CancelledError:
            _say_how_to_hang_up(dialling, steps)
            _print(dialling, steps, "interrupted", as_json=as_json)
            return Exit.INTERRUPTED
    last = steps[-1]
    _print(dialling, steps, last.stage.value, as_json=as_json)
    return Exit.DONE if last.stage is DialStage.IN_THE_ROOM else Exit.FAILED


def _tell(sight: Sight, dialling: Dialling) -> None:
    under = f" as {dialling.identity}" if dialling.identity else ""
    say(f"{dialling.to} is to be called from {dialling.from_}, and put into {called(sight.room)}{under}.")
    for hazard in hazards(sight.room, sight.roster, identity=dialling.identity):
        say(f"roomtui: {hazard.sentence}")


async def _follow(actions: Actions, dialling: Dialling, steps: list[DialStep]) -> None:
    """Fill `steps` as they happen, and tell each one."""
    async with aclosing(actions.dial(dialling)) as happening:
        async for step in happening:
            steps.append(step)
            say(step.sentence)
            if step.unwritten is not None:
                say(f"roomtui: {step.unwritten}")


def _say_how_to_hang_up(dialling: Dialling, steps: list[DialStep]) -> None:
    call = next((step.call for step in reversed(steps) if step.call is not None), None)
    if call is None:
        say(
            f"Interrupted before Twilio answered: {dialling.to} may or may not be called. Look at the account's calls "
            "before you try again."
        )
        return
    say(
        f"Interrupted: the call {call.sid} goes on. Once it is in the room, `roomtui kick {dialling.room.sid} ...` "
        f"ends it; before, `twilio api:core:calls:update --sid {call.sid} --status completed`."
    )


def _print(dialling: Dialling, steps: list[DialStep], outcome: str, *, as_json: bool) -> None:
    call = next((step.call for step in reversed(steps) if step.call is not None), None)
    person = next((step.participant for step in reversed(steps) if step.participant is not None), None)
    if as_json:
        print_json(
            {
                "outcome": outcome,
                "why": steps[-1].sentence if steps else None,
                "room_sid": dialling.room.sid,
                "to": dialling.to,
                "from": dialling.from_,
                "call_sid": call.sid if call is not None else None,
                "call_status": call.status if call is not None else None,
                "participant_sid": person.sid if person is not None else None,
                "identity": person.identity.raw if person is not None else None,
            }
        )
    elif call is not None and person is not None:
        click.echo(f"{call.sid} {person.sid}")
