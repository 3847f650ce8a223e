"""`roomtui create`."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import click

from roomtui.cli.asking import need_to_change
from roomtui.cli.connecting import connected
from roomtui.cli.exits import Exit, asked_for, say
from roomtui.cli.interrupting import unclear_if_interrupted
from roomtui.cli.options import takes_global_options
from roomtui.cli.output import print_json
from roomtui.cli.values import duration, json_object, recording_rules
from roomtui.config import load
from roomtui.rooms.model import Roster
from roomtui.rooms.new_room import NewRoom, check, field_of, like
from roomtui.twilio_api.errors import Refused, TwilioError
from roomtui.twilio_api.telling import room_json
from roomtui.watch.actions import CreateOutcome

if TYPE_CHECKING:
    from collections.abc import Callable

    from roomtui.config import Config, Typed
    from roomtui.watch.actions import Actions, CreateResult

_OPTIONS: Final = (
    click.option("--type", metavar="T", help="group, or on older accounts group-small, peer-to-peer, go [group]."),
    click.option("--max-participants", type=int, metavar="N", help="1 to 50 [50]."),
    click.option(
        "--max-participant-duration", type=duration, metavar="S", help="Seconds, or 4h, 90m: 10m to 24h [4h]."
    ),
    click.option("--empty-room-timeout", type=int, metavar="MIN", help="Closes so long after the last leave [5]."),
    click.option("--unused-room-timeout", type=int, metavar="MIN", help="Closes if nobody comes so long [5]."),
    click.option(
        "--record-participants-on-connect/--no-record-participants-on-connect",
        default=None,
        help="Record everybody who comes [no].",
    ),
    click.option("--recording-rules", type=recording_rules, metavar="JSON", help="What is recorded; a JSON array."),
    click.option("--video-codec", "video_codecs", multiple=True, metavar="C", help="VP8, H264; repeatable [both]."),
    click.option("--media-region", metavar="R", help="us1, ie1, ...; gll is the nearest [us1]."),
    click.option("--audio-only/--no-audio-only", default=None, help="No video; on older accounts [no]."),
    click.option("--status-callback", metavar="URL", help="Who is told what happens in the room."),
    click.option("--status-callback-method", metavar="M", help="GET or POST [POST]."),
    click.option(
        "--transcribe-participants-on-connect/--no-transcribe-participants-on-connect",
        default=None,
        help="Write down what everybody says [no].",
    ),
    click.option("--transcriptions-configuration", type=json_object, metavar="JSON", help="A JSON object."),
    click.option("--large-room/--no-large-room", default=None, help="Only if Twilio enabled it for you [no]."),
    click.option("--enable-turn/--no-enable-turn", default=None, help="Has no effect any more [yes]."),
)
_TIMEOUTS: Final = ("empty_room_timeout", "unused_room_timeout")


def _takes_parameters(command: Callable[..., Any]) -> Callable[..., Any]:
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


@click.command()
@takes_global_options
@click.argument("name", required=False)
@click.option("--like", "pattern", metavar="ROOM", help="With the settings of this room; options given here win.")
@_takes_parameters
@click.option("--json", "as_json", is_flag=True, help="The room as a JSON object.")
def create(*, typed: Typed, name: str | None, pattern: str | None, as_json: bool, **asked: Any) -> int:  # noqa: ANN401 - a parameter each
    """Create a room; its SID goes to stdout. Without a NAME, Twilio calls it by its SID.

    What is not given is left to Twilio, whose defaults stand in brackets.
    """
    # An option that may be repeated is never None, and empty where it was not given.
    given = {"unique_name": name, **asked, "video_codecs": asked["video_codecs"] or None}
    chosen = {field: value for field, value in given.items() if value is not None}
    return asyncio.run(_create(load(typed), pattern, chosen, as_json=as_json))


async def _create(config: Config, pattern: str | None, chosen: dict[str, Any], *, as_json: bool) -> int:
    need_to_change(config, "no room was created")
    async with connected(config) as connection:
        base = NewRoom()
        if pattern is not None:
            with asked_for(pattern):
                base = like(await connection.gateway.room(pattern))
        new = replace(base, **chosen)
        complaints = check(new)
        for complaint in complaints:
            say(f"roomtui: {_option(complaint.field)}: {complaint.sentence}")
        if complaints:
            return Exit.USAGE
        with unclear_if_interrupted("the room was created"):
            result = await _sent(connection.actions, new)
        now = connection.clock.now()
    if result.unwritten is not None:
        say(f"roomtui: {result.unwritten}")
    if result.sentence is not None:
        say(f"roomtui: {result.sentence}")
    if result.room is not None:
        if as_json:
            # Nobody was counted; but into a room that was just made, nobody has come yet.
            print_json({**room_json(result.room, Roster((), (), now), now), "participants": None})
        else:
            click.echo(result.room.sid)
    return Exit.DONE if result.outcome is CreateOutcome.CREATED else Exit.FAILED


async def _sent(actions: Actions, new: NewRoom) -> CreateResult:
    try:
        return await actions.create_room(new)
    except Refused as error:
        field = field_of(error.code)
        if field is None:
            raise
        # Twilio does not say which of the two time-outs it means.
        option = " or ".join(map(_option, _TIMEOUTS if field in _TIMEOUTS else [field]))
        raise TwilioError(f"{error.sentence.rstrip('.')}. This concerns {option}.") from error


def _option(field: str) -> str:
    """How this field of a `NewRoom` is typed."""
    if field == "unique_name":
        return "NAME"
    return "--video-codec" if field == "video_codecs" else f"--{field.replace('_', '-')}"
