"""`roomtui end`."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import click

from roomtui.cli.asking import NotConfirmedError, called, interruptible, need_somebody
from roomtui.cli.connecting import connected
from roomtui.cli.exits import Exit, asked_for, code_of, expected, say, tell
from roomtui.cli.interrupting import unclear_if_interrupted
from roomtui.cli.options import takes_global_options
from roomtui.cli.output import print_json
from roomtui.config import load
from roomtui.rooms.words import head_count
from roomtui.twilio_api.parse import to_api
from roomtui.watch.actions import EndOutcome
from roomtui.watch.desk import read_only

if TYPE_CHECKING:
    from roomtui.config import Config, Typed
    from roomtui.watch.actions import Actions, EndResult, Sight


@click.command()
@takes_global_options
@click.argument("rooms", nargs=-1, required=True, metavar="ROOM...")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--json", "as_json", is_flag=True, help="A JSON array of what came of each.")
def end(*, typed: Typed, rooms: tuple[str, ...], yes: bool, as_json: bool) -> int:
    """End rooms for everybody in them. ROOM is a SID, or the unique name of a room in progress.

    Asks for each room, naming it and how many people are in it; where nobody can be asked, --yes is needed.
    """
    return asyncio.run(_end(load(typed), rooms, yes=yes, as_json=as_json))


async def _end(config: Config, rooms: tuple[str, ...], *, yes: bool, as_json: bool) -> int:
    results: list[dict[str, object]] = []
    worst = Exit.DONE
    async with connected(config) as connection:
        for name_or_sid in rooms:
            try:
                result = await _end_one(connection.actions, name_or_sid, yes=yes)
            except expected() as error:
                say(f"roomtui: {error}")
                worst = worst or code_of(error)
                results.append({"room": name_or_sid, "outcome": "failed", "why": str(error)})
                continue
            if result.unwritten is not None:
                say(f"roomtui: {result.unwritten}")
            if result.outcome is EndOutcome.NOT_VERIFIED:
                say(f"roomtui: {_in_words(result)}")
                worst = worst or Exit.FAILED
            results.append(
                {"room": name_or_sid, "outcome": result.outcome.value, "people": result.people, **to_api(result.room)}
            )
            if not as_json and result.outcome is not EndOutcome.NOT_VERIFIED:
                tell(_in_words(result))
    if as_json:
        print_json(results)
    return worst


async def _end_one(actions: Actions, name_or_sid: str, *, yes: bool) -> EndResult:
    if actions.read_only:
        raise read_only(f"{name_or_sid} was not ended")
    with asked_for(name_or_sid):
        sight = await actions.look(name_or_sid)
    if sight.room.is_live and not yes:
        with interruptible():
            _ask(sight)
    with unclear_if_interrupted(f"{called(sight.room)} was ended"):
        result = await actions.end_room(sight.room.sid, even_if_occupied=yes or bool(sight.roster.connected))
    if result.outcome is EndOutcome.OCCUPIED:
        raise NotConfirmedError(
            f"{called(result.room)} was not ended: it was empty when you said yes, and now there is "
            f"{head_count(result.people)} in it."
        )
    return result


def _ask(sight: Sight) -> None:
    room, people = sight.room, sight.roster.connected
    need_somebody(f"{called(room)} with {head_count(people)} in it was not ended")
    say(f"{called(room)}: {head_count(people)} {'is' if people < 2 else 'are'} in it.")
    if people:
        typed = click.prompt("Type its name (or its SID) to end it for everybody", default="", err=True)
        agreed = typed in {room.unique_name.raw, room.sid}
    else:
        agreed = click.confirm("End it?", err=True)
    if not agreed:
        raise NotConfirmedError(f"{called(room)} was not ended: not confirmed.")


def _in_words(result: EndResult) -> str:
    if result.outcome is EndOutcome.ENDED_BEFORE:
        return f"{called(result.room)} had ended already."
    if result.outcome is EndOutcome.ENDED:
        put_out = f"; {head_count(result.people)} put out" if result.people else ""
        return f"{called(result.room)} ended{put_out}."
    return f"{called(result.room)}: Twilio took the end, but does not show it yet."
