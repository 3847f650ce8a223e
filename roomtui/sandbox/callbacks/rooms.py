"""Status callbacks: what happens in rooms, told to the customer's server (Status Callbacks, "Rooms")."""

from __future__ import annotations

from typing import TYPE_CHECKING

from roomtui.sandbox.callbacks.log import Callback
from roomtui.sandbox.world.events import EventKind
from roomtui.sandbox.world.participant import ParticipantStatus

if TYPE_CHECKING:
    from datetime import datetime

    from roomtui.sandbox.callbacks.deliveries import Deliveries
    from roomtui.sandbox.world.account import Account
    from roomtui.sandbox.world.events import Event
    from roomtui.sandbox.world.participant import Participant
    from roomtui.sandbox.world.recording import Recording


class RoomCallbacks:
    """Listens to a world, and makes a callback of every event of a room that has somewhere to tell it to.

    That is the room's own `StatusCallback`, or else the account's default as it is when the event happens. (An
    ad-hoc room is given the default when it is made, and keeps it.)
    """

    def __init__(self, account: Account, deliveries: Deliveries) -> None:
        self._account = account
        self._deliveries = deliveries

    def tell(self, event: Event) -> None:
        """Something has just happened: everything about it is read now, because it goes on changing."""
        settings, account = event.room.settings, self._account
        if settings.status_callback is not None:
            url, method = settings.status_callback, settings.status_callback_method
        elif account.status_callback is not None:
            url, method = account.status_callback, account.status_callback_method
        else:
            return
        self._deliveries.add(Callback(event.room.sid, event.kind.value, method, url, event_parameters(event)))


def event_parameters(event: Event) -> dict[str, str]:
    """The parameters of an event's callback.

    Everything the page lists under "All" is in all of them, those of recordings too. What has no value is left out.
    """
    room = event.room
    parameters = {
        "RoomStatus": room.status.value,
        "RoomType": room.settings.type.value,
        "RoomSid": room.sid,
        "RoomName": room.unique_name,
        "SequenceNumber": str(event.sequence),
        "StatusCallbackEvent": event.kind.value,
        "Timestamp": timestamp(event.at),
        "AccountSid": room.account_sid,
    }
    if event.kind is EventKind.ROOM_ENDED:
        parameters["RoomDuration"] = str(room.duration)
    if event.recording is not None:
        return {**parameters, **_of_recording(event.kind, event.recording)}
    if event.participant is not None:
        parameters.update(_of_participant(event.kind, event.participant))
    if event.track is not None:
        parameters.update(TrackSid=event.track.sid, TrackKind=event.track.kind)
    return parameters


def timestamp(instant: datetime) -> str:
    """An instant as callbacks tell it: UTC, in milliseconds, such as `2025-10-27T18:16:01.876Z`."""
    return f"{instant.replace(tzinfo=None).isoformat(timespec='milliseconds')}Z"


def _of_participant(kind: EventKind, participant: Participant) -> dict[str, str]:
    """`ParticipantStatus` is "either `connected` or `disconnected`": somebody reconnecting is still connected."""
    gone = participant.status is ParticipantStatus.DISCONNECTED
    parameters = {
        "ParticipantSid": participant.sid,
        "ParticipantIdentity": participant.identity,
        "ParticipantStatus": "disconnected" if gone else "connected",
    }
    if kind is EventKind.PARTICIPANT_DISCONNECTED:
        parameters["ParticipantDuration"] = str(participant.duration)
    return parameters


def _of_recording(kind: EventKind, recording: Recording) -> dict[str, str]:
    parameters = {
        "RecordingSid": recording.sid,
        "RecordingUri": recording.path,
        "SourceSid": recording.source_sid,
        "TrackName": recording.track_name,
        "Type": recording.kind,
        "Container": recording.container,
        "Codec": recording.codec,
        "OffsetFromTwilioVideoEpoch": str(recording.offset),
        "ParticipantSid": recording.participant.sid,
        "ParticipantIdentity": recording.participant.identity,
    }
    if kind is EventKind.RECORDING_COMPLETED:
        parameters.update(MediaUri=recording.media_path, Duration=str(recording.duration), Size=str(recording.size))
    if kind is EventKind.RECORDING_FAILED and recording.failed_operation is not None:
        parameters["FailedOperation"] = recording.failed_operation
    return parameters
