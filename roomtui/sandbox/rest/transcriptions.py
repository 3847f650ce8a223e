"""`/v1/Rooms/{Room}/Transcriptions`: list, create, fetch, update."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from roomtui.sandbox.rest.paging import Listing, list_answer
from roomtui.sandbox.rest.render import iso
from roomtui.sandbox.rest.rooms import resource_path, room_at
from roomtui.sandbox.wire import json_answer
from roomtui.sandbox.world.parameters import first_of
from roomtui.sandbox.world.refusals import Refusal, not_found
from roomtui.sandbox.world.transcription import TranscriptionStatus, transcription_configuration

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from roomtui.sandbox.wire import Answer, Call, Fields, Handler
    from roomtui.sandbox.world.register import Span
    from roomtui.sandbox.world.room import Room
    from roomtui.sandbox.world.transcription import Transcription, Transcriptions
    from roomtui.sandbox.world.world import World

_BY_REQUEST = {status.value: status for status in (TranscriptionStatus.STARTED, TranscriptionStatus.STOPPED)}


def transcription_resource(transcription: Transcription, origin: str) -> dict[str, object]:
    """The Transcriptions resource. No call belongs to it here, so that `source_sid` is null."""
    return {
        "ttid": transcription.ttid,
        "account_sid": transcription.account_sid,
        "room_sid": transcription.room_sid,
        "source_sid": None,
        "status": transcription.status.value,
        "date_created": iso(transcription.date_created),
        "date_updated": iso(transcription.date_updated),
        "start_time": iso(transcription.start_time),
        "end_time": iso(transcription.end_time),
        "duration": transcription.duration,
        "url": f"{origin}/v1/Rooms/{transcription.room_sid}/Transcriptions/{transcription.ttid}",
        "configuration": transcription.configuration,
    }


class TranscriptionsResource:
    """The Transcriptions resource of the rooms of a world."""

    def __init__(self, world: World, transcriptions: Transcriptions) -> None:
        self._world = world
        self._transcriptions = transcriptions

    def routes(self) -> Mapping[str, Mapping[str, Handler]]:
        """What answers where."""
        return {
            "/v1/Rooms/{NameOrSid}/Transcriptions": {"GET": self._list, "POST": self._create},
            "/v1/Rooms/{NameOrSid}/Transcriptions/{Ttid}": {"GET": self._fetch, "POST": self._update},
        }

    def _list(self, call: Call, parts: Sequence[str]) -> Answer:
        room = room_at(self._world, call, parts[0])
        only = self._transcriptions.of(room)

        def select(span: Span) -> list[Transcription]:
            """The room's only one, unless the page is beyond it."""
            if only is None or (span.older_than is not None and only.number >= span.older_than):
                return []
            return [] if span.newer_than is not None and only.number <= span.newer_than else [only]

        return list_answer(
            call,
            Listing("transcriptions", f"/v1/Rooms/{room.sid}/Transcriptions", ()),
            select,
            lambda transcription: json.dumps(transcription_resource(transcription, call.origin)),
        )

    def _create(self, call: Call, parts: Sequence[str]) -> Answer:
        room = room_at(self._world, call, parts[0])
        transcription = self._transcriptions.create(room, _configuration(call.form))
        return json_answer(202, transcription_resource(transcription, call.origin))

    def _fetch(self, call: Call, parts: Sequence[str]) -> Answer:
        _, transcription = self._at(call, parts)
        return json_answer(200, transcription_resource(transcription, call.origin))

    def _update(self, call: Call, parts: Sequence[str]) -> Answer:
        """Both parameters are optional; without a change the resource is answered as it is."""
        room, transcription = self._at(call, parts)
        text = first_of(call.form.get("Status"))
        if text is not None and text not in _BY_REQUEST:
            raise Refusal(20001, f"Invalid parameter Status: must be one of {', '.join(_BY_REQUEST)}")
        self._transcriptions.update(
            room,
            transcription,
            status=_BY_REQUEST[text] if text is not None else None,
            configuration=_configuration(call.form),
        )
        return json_answer(202, transcription_resource(transcription, call.origin))

    def _at(self, call: Call, parts: Sequence[str]) -> tuple[Room, Transcription]:
        room = room_at(self._world, call, parts[0])
        transcription = self._transcriptions.of(room)
        if transcription is None or transcription.ttid != parts[1]:
            raise not_found(resource_path(call))
        return room, transcription


def _configuration(form: Fields) -> Mapping[str, str]:
    text = first_of(form.get("Configuration"))
    return {} if text is None else transcription_configuration(text)
