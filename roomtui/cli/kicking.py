"""`roomtui kick`."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import click

from roomtui.cli.asking import NotConfirmedError, called, called_person, confirm, need_somebody, need_to_change
from roomtui.cli.connecting import connected
from roomtui.cli.exits import Exit, NoSuchParticipantError, asked_for, say, tell
from roomtui.cli.interrupting import unclear_if_interrupted
from roomtui.cli.options import takes_global_options
from roomtui.cli.output import print_json
from roomtui.config import load
from roomtui.rooms.untrusted import safe
from roomtui.rooms.words import head_count
from roomtui.twilio_api.parse import participant_to_api
from roomtui.watch.actions import RemoveOutcome

if TYPE_CHECKING:
    from roomtui.config import Config, Typed
    from roomtui.rooms.model import Participant, Room
    from roomtui.watch.actions import RemoveResult, Sight


@click.command()
@takes_global_options
@click.argument("room")
@click.argument("participant")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--json", "as_json", is_flag=True, help="What came of it, as a JSON object.")
def kick(*, typed: Typed, room: str, participant: str, yes: bool, as_json: bool) -> int:
    """Put a participant out of a room. They can come back for as long as their token is valid.

    ROOM is a SID, or the unique name of a room in progress; PARTICIPANT is the identity of somebody who is in it, or a
    participant's SID. Asks first; where nobody can be asked, --yes is needed.
    """
    return asyncio.run(_kick(load(typed), room, participant, yes=yes, as_json=as_json))


async def _kick(config: Config, name_or_sid: str, who: str, *, yes: bool, as_json: bool) -> int:
    need_to_change(config, f"{who} was not removed")
    async with connected(config) as connection:
        with asked_for(name_or_sid):
            sight = await connection.actions.look(name_or_sid)
        person = who_is_meant(sight, who)
        if person.is_present and not yes:
            _ask(sight, person)
        with unclear_if_interrupted(f"{called_person(person)} was removed from {called(sight.room)}"):
            result = await connection.actions.remove(sight.room.sid, person.sid)
    if result.unwritten is not None:
        say(f"roomtui: {result.unwritten}")
    if result.outcome is RemoveOutcome.NOT_VERIFIED:
        say(f"roomtui: {_in_words(sight.room, result)}")
    elif not as_json:
        tell(_in_words(sight.room, result))
    if as_json:
        left = {"outcome": result.outcome.value, "people": result.people}
        print_json({**left, **participant_to_api(result.participant)})
    return Exit.FAILED if result.outcome is RemoveOutcome.NOT_VERIFIED else Exit.DONE


def who_is_meant(sight: Sight, who: str) -> Participant:
    """Whom `who` means: a SID before anything else, for a stranger may choose another one's SID as identity.

    Raises:
        NoSuchParticipantError: nobody.
        NotConfirmedError: one of several. While somebody takes the place of their namesake, both may be listed.
    """
    for person in sight.roster.everybody:
        if person.sid == who:
            return person
    named = [person for person in sight.roster.present if person.identity.raw == who]
    if len(named) > 1:
        raise NotConfirmedError(
            f"{safe(who)} was not removed: {len(named)} participants in {called(sight.room)} have this identity. "
            f"Give the SID of one: {', '.join(person.sid for person in named)}."
        )
    if named:
        return named[0]
    raise NoSuchParticipantError(
        f"There is no such participant: nobody in {called(sight.room)} has the identity or SID {safe(who)}."
    )


def _ask(sight: Sight, person: Participant) -> None:
    not_done = f"{called_person(person)} was not removed from {called(sight.room)}"
    need_somebody(not_done)
    say(f"{called_person(person)} is in {called(sight.room)}, with {head_count(sight.roster.connected - 1)} beside.")
    confirm("Remove them?", not_done=not_done)


def _in_words(room: Room, result: RemoveResult) -> str:
    person = called_person(result.participant)
    if result.outcome is RemoveOutcome.GONE_BEFORE:
        return f"{person} had left {called(room)} already."
    if result.outcome is RemoveOutcome.REMOVED:
        return f"{person} was removed from {called(room)}; {head_count(result.people)} left in it."
    return f"{person}: Twilio took the removal, but they are not seen to be gone from {called(room)}."
