"""`roomtui record`."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Final

import click

from roomtui.cli.asking import called, confirm, need_somebody, need_to_change
from roomtui.cli.connecting import connected
from roomtui.cli.exits import Exit, asked_for, say, tell
from roomtui.cli.interrupting import unclear_if_interrupted
from roomtui.cli.options import takes_global_options
from roomtui.cli.output import print_json
from roomtui.config import load
from roomtui.rooms.recording import EVERYTHING, NOTHING, Recording, recording
from roomtui.twilio_api.media import recording_rules_to_api, rule_to_api
from roomtui.watch.actions import RecordOutcome

if TYPE_CHECKING:
    from roomtui.config import Config, Typed
    from roomtui.rooms.model import Room
    from roomtui.rooms.recording import RecordingRules
    from roomtui.watch.actions import RecordResult

_PLAIN: Final = ((), EVERYTHING, NOTHING)


@click.command()
@takes_global_options
@click.argument("room")
@click.argument("what", type=click.Choice(["start", "stop"]), metavar="start|stop")
@click.option("--yes", is_flag=True, help="Do not ask before somebody's own rules are replaced.")
@click.option("--json", "as_json", is_flag=True, help="What came of it, and the rules in force, as a JSON object.")
def record(*, typed: Typed, room: str, what: str, yes: bool, as_json: bool) -> int:
    """Start or stop the recording of everybody in a room. ROOM is a SID, or the unique name of a room in progress.

    It is done with the room's recording rules, and holds for those who come later too. Where somebody wrote rules of
    their own, which would be replaced, it asks first.
    """
    return asyncio.run(_record(load(typed), room, on=what == "start", yes=yes, as_json=as_json))


async def _record(config: Config, name_or_sid: str, *, on: bool, yes: bool, as_json: bool) -> int:
    need_to_change(config, f"the recording of {name_or_sid} was not {'started' if on else 'stopped'}")
    async with connected(config) as connection:
        with asked_for(name_or_sid):
            room = await connection.gateway.room(name_or_sid)
        before = await connection.actions.recording(room.sid)
        if before.rules not in _PLAIN and recording(before.rules) is not _wanted(on) and not yes:
            _ask(room, before, on=on)
        with unclear_if_interrupted(f"the recording of {called(room)} was {'started' if on else 'stopped'}"):
            result = await connection.actions.record(room.sid, on=on)
    if result.unwritten is not None:
        say(f"roomtui: {result.unwritten}")
    if result.outcome is RecordOutcome.NOT_VERIFIED:
        say(f"roomtui: {_in_words(room, result, on=on)}")
    elif not as_json:
        tell(_in_words(room, result, on=on))
    if as_json:
        print_json(
            {
                "outcome": result.outcome.value,
                "recording": recording(result.rules.rules).value,
                **recording_rules_to_api(result.rules),
                "as_of": f"{result.rules.as_of:%Y-%m-%dT%H:%M:%SZ}",
            }
        )
    return Exit.FAILED if result.outcome is RecordOutcome.NOT_VERIFIED else Exit.DONE


def _wanted(on: bool) -> Recording:  # noqa: FBT001 - it is the one thing it is about
    return Recording.ON if on else Recording.OFF


def _ask(room: Room, before: RecordingRules, *, on: bool) -> None:
    not_done = f"The recording of {called(room)}, which has rules of its own, was not {'started' if on else 'stopped'}"
    need_somebody(not_done)
    say(f"{called(room)} has recording rules of its own, which would be replaced:")
    for rule in before.rules:
        say(f"  {json.dumps(rule_to_api(rule), ensure_ascii=False)}")
    confirm("Record everything instead?" if on else "Record nothing instead?", not_done=not_done)


def _in_words(room: Room, result: RecordResult, *, on: bool) -> str:
    if result.outcome is RecordOutcome.WAS_SO_BEFORE:
        return f"{called(room)} was {'recorded' if on else 'not recorded'} already."
    if result.outcome is RecordOutcome.DONE:
        return f"{called(room)} is {'recorded from now on' if on else 'not recorded any more'}."
    return f"{called(room)}: Twilio took the new recording rules, but does not show them yet."
