"""Real-time transcriptions of rooms: at most one resource a room, which is started, stopped and started again.

Real-time Transcriptions page: the resource is `started` or `stopped` by request, and speech is processed while it is
started and somebody is in the room. What is said is not simulated, so that nothing is ever transcribed here.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from roomtui.sandbox.world.events import EventKind
from roomtui.sandbox.world.refusals import Refusal

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from roomtui.sandbox.world.events import Event
    from roomtui.sandbox.world.room import Room
    from roomtui.sandbox.world.sids import SidMint
    from roomtui.sandbox.world.world import World


class TranscriptionStatus(str, Enum):
    """Transcriptions resource, 'status'. Twilio's own errors make it fail; the sandbox has none of them."""

    STARTED = "started"
    STOPPED = "stopped"
    FAILED = "failed"


@dataclass(eq=False)
class Transcription:
    """A room's transcription. All instants are whole seconds.

    Attributes:
        number: the order of lists and pages; a room has only one transcription.
        configuration: as given, every value as text.
        date_updated: the last change by request or by the room's end; None before the first.
        start_time: when it was first started with somebody in the room.
        end_time: when processing paused: it was stopped, or the last participant left; None while it goes on.
        worked: seconds of the stretches of processing that are over.
        resumed_at: when the stretch that goes on began.
    """

    ttid: str
    account_sid: str
    room_sid: str
    configuration: dict[str, str]
    date_created: datetime
    number: int = 1
    status: TranscriptionStatus = TranscriptionStatus.STARTED
    date_updated: datetime | None = None
    start_time: datetime | None = None
    end_time: datetime | None = None
    worked: int = 0
    resumed_at: datetime | None = None

    @property
    def duration(self) -> int | None:
        """Seconds, all stretches together; None unless it is stopped and ever had somebody to listen to."""
        if self.status is TranscriptionStatus.STARTED or self.start_time is None:
            return None
        return self.worked

    def resume(self, now: datetime) -> None:
        """Somebody is in the room: processing goes on if it is started."""
        if self.status is TranscriptionStatus.STARTED and self.resumed_at is None:
            self.resumed_at = now
            self.start_time = self.start_time or now
            self.end_time = None

    def pause(self, now: datetime) -> None:
        """Nobody is left, or it is stopped."""
        if self.resumed_at is not None:
            self.worked += int((now - self.resumed_at).total_seconds())
            self.resumed_at = None
            self.end_time = now


class Transcriptions:
    """The transcriptions of an account's rooms; a room that is forgotten takes its own along."""

    def __init__(self, world: World, mint: SidMint) -> None:
        self._world = world
        self._mint = mint
        self._of: WeakKeyDictionary[Room, Transcription] = WeakKeyDictionary()
        world.happened.append(self._notice)

    def of(self, room: Room) -> Transcription | None:
        """The one transcription of a room, if it has one."""
        return self._of.get(room)

    def create(self, room: Room, configuration: Mapping[str, str]) -> Transcription:
        """Start transcribing a room in progress.

        Raises:
            Refusal: 53118 if the room has ended, 20001 if it has a transcription already, which can be started again
                ("supports only a single instance of the Transcriptions resource per Room"), or if it is of a type
                without a media server, where Twilio hears nothing.
        """
        _require_live(room)
        if not room.settings.type.has_media_server:
            raise Refusal(20001, "Transcriptions are not supported for the Room type")
        if room in self._of:
            raise Refusal(20001, "The Room has a Transcriptions resource already: update that one")
        return self._start(room, configuration)

    def update(
        self,
        room: Room,
        transcription: Transcription,
        *,
        status: TranscriptionStatus | None,
        configuration: Mapping[str, str],
    ) -> None:
        """Start, stop or configure a transcription. The status it has already changes nothing.

        Args:
            room: its room.
            transcription: the one to change.
            status: started or stopped; None leaves it.
            configuration: settings to apply over those it has.

        Raises:
            Refusal: 53118 if the room has ended.
        """
        _require_live(room)
        now = self._world.clock.second()
        if configuration:
            transcription.configuration.update(configuration)
            transcription.date_updated = now
        if status is not None and status is not transcription.status:
            transcription.status = status
            transcription.date_updated = now
            if status is TranscriptionStatus.STOPPED:
                transcription.pause(now)
            elif room.present:
                transcription.resume(now)

    def _start(self, room: Room, configuration: Mapping[str, str]) -> Transcription:
        now = self._world.clock.second()
        transcription = Transcription(self._ttid(), room.account_sid, room.sid, dict(configuration), now)
        self._of[room] = transcription
        if room.present:
            transcription.resume(now)
        return transcription

    def _notice(self, event: Event) -> None:
        """What happens in a room decides when its transcription works."""
        room = event.room
        now = self._world.clock.second()
        transcription = self._of.get(room)
        if event.kind is EventKind.PARTICIPANT_CONNECTED:
            if transcription is not None:
                transcription.resume(now)
            elif room.settings.transcribe_participants_on_connect:
                self._start(room, as_text(room.settings.transcriptions_configuration or {}))
        elif transcription is None:
            return
        elif event.kind is EventKind.PARTICIPANT_DISCONNECTED and not room.present:
            transcription.pause(now)
        elif event.kind is EventKind.ROOM_ENDED and transcription.status is TranscriptionStatus.STARTED:
            transcription.status = TranscriptionStatus.STOPPED
            transcription.date_updated = now
            transcription.pause(now)

    def _ttid(self) -> str:
        """A Twilio type id: `video_extension_` and a random UUID (OpenAPI examples of the resource)."""
        digits = self._mint.hexadecimal(30)
        uuid = (digits[:8], digits[8:12], f"4{digits[12:15]}", f"a{digits[15:18]}", digits[18:])
        return f"video_extension_{'-'.join(uuid)}"


def transcription_configuration(text: str) -> Mapping[str, str]:
    """The settings of a `Configuration` parameter.

    Raises:
        Refusal: 20001 unless it is a JSON object of plain values.
    """
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        content = None
    if not isinstance(content, dict) or not all(isinstance(value, (str, int, float)) for value in content.values()):
        raise Refusal(20001, "Invalid parameter Configuration: must be a JSON object of plain values")
    return as_text(content)


def as_text(configuration: Mapping[str, object]) -> Mapping[str, str]:
    """A configuration as Twilio answers it: a map of text to text, in which `true` is `"true"`."""
    return {name: value if isinstance(value, str) else json.dumps(value) for name, value in configuration.items()}


def _require_live(room: Room) -> None:
    if not room.is_live:
        raise Refusal(53118)
