"""`/v1/Recordings`, `/v1/Rooms/{Room}/Recordings` and `/v1/Rooms/{Room}/RecordingRules`."""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING

from roomtui.sandbox.rest.media import check_ttl, media_redirect
from roomtui.sandbox.rest.paging import Listing, list_answer
from roomtui.sandbox.rest.query import choice_of, instant_of
from roomtui.sandbox.rest.render import iso, recording_resource, room_recording_resource
from roomtui.sandbox.rest.rooms import resource_path, room_at
from roomtui.sandbox.wire import Answer, json_answer
from roomtui.sandbox.world.parameters import first_of
from roomtui.sandbox.world.recorder import require_recording
from roomtui.sandbox.world.recording import RecordingKind, RecordingStatus
from roomtui.sandbox.world.recordings import RecordingFilter
from roomtui.sandbox.world.refusals import not_found
from roomtui.sandbox.world.track_rules import parse_recording_rules

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from roomtui.sandbox.wire import Call, Handler
    from roomtui.sandbox.world.recording import Recording
    from roomtui.sandbox.world.room import Room
    from roomtui.sandbox.world.world import World

_LARGEST_ACCOUNT_PAGE = 100
_ROOM_FILTERS = ("Status", "SourceSid", "DateCreatedAfter", "DateCreatedBefore")
_ACCOUNT_LISTING = Listing(
    "recordings",
    "/v1/Recordings",
    (*_ROOM_FILTERS, "MediaType", "GroupingSid"),
    repeated=("GroupingSid",),
    largest_page=_LARGEST_ACCOUNT_PAGE,
)


class RecordingsResource:
    """The Recordings resources, of the account and of rooms, over a world."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._recordings = world.recorder.recordings

    def routes(self) -> Mapping[str, Mapping[str, Handler]]:
        """What answers where. The documented C# and Java examples ask for media with a slash at the end."""
        account, room = "/v1/Recordings", "/v1/Rooms/{NameOrSid}/Recordings"
        fetch_media: Mapping[str, Handler] = {"GET": self._fetch_media}
        return {
            account: {"GET": self._list},
            f"{account}/{{RT}}": {"GET": self._fetch, "DELETE": self._delete},
            f"{account}/{{RT}}/Media": fetch_media,
            f"{account}/{{RT}}/Media/": fetch_media,
            room: {"GET": self._list_of_room},
            f"{room}/{{RT}}": {"GET": self._fetch_of_room, "DELETE": self._delete},
            f"{room}/{{RT}}/Media": fetch_media,
            f"{room}/{{RT}}/Media/": fetch_media,
            "/v1/Rooms/{NameOrSid}/RecordingRules": {"GET": self._fetch_rules, "POST": self._set_rules},
        }

    def _list(self, call: Call, _parts: Sequence[str]) -> Answer:
        kind = choice_of(call.query, "MediaType", RecordingKind)
        wanted = RecordingFilter(
            status=choice_of(call.query, "Status", RecordingStatus),
            source_sid=first_of(call.query.get("SourceSid")),
            grouping_sids=call.query.get("GroupingSid", ()),
            kind=None if kind is None else kind.value,
            created_after=instant_of(call.query, "DateCreatedAfter"),
            created_before=instant_of(call.query, "DateCreatedBefore"),
        )
        return self._list_answer(call, _ACCOUNT_LISTING, wanted, recording_resource)

    def _list_of_room(self, call: Call, parts: Sequence[str]) -> Answer:
        room = room_at(self._world, call, parts[0])
        wanted = RecordingFilter(
            room=room,
            status=choice_of(call.query, "Status", RecordingStatus),
            source_sid=first_of(call.query.get("SourceSid")),
            created_after=instant_of(call.query, "DateCreatedAfter"),
            created_before=instant_of(call.query, "DateCreatedBefore"),
        )
        listing = Listing("recordings", f"/v1/Rooms/{room.sid}/Recordings", _ROOM_FILTERS)
        return self._list_answer(call, listing, wanted, room_recording_resource)

    def _list_answer(
        self,
        call: Call,
        listing: Listing,
        wanted: RecordingFilter,
        resource: Callable[[Recording, str], dict[str, object]],
    ) -> Answer:
        return list_answer(
            call,
            listing,
            partial(self._recordings.newest_first, wanted),
            lambda recording: json.dumps(resource(recording, call.origin)),
        )

    def _fetch(self, call: Call, parts: Sequence[str]) -> Answer:
        return json_answer(200, recording_resource(self._recording_at(call, parts), call.origin))

    def _fetch_of_room(self, call: Call, parts: Sequence[str]) -> Answer:
        return json_answer(200, room_recording_resource(self._recording_at(call, parts), call.origin))

    def _delete(self, call: Call, parts: Sequence[str]) -> Answer:
        self._world.recorder.delete(self._recording_at(call, parts))
        return Answer(204, "")

    def _fetch_media(self, call: Call, parts: Sequence[str]) -> Answer:
        """A redirect to where the media is or, until there is any and when it is deleted, a 404."""
        check_ttl(call.query)
        recording = self._recording_at(call, parts)
        if recording.status is not RecordingStatus.COMPLETED or not recording.has_media:
            raise not_found(resource_path(call))
        return media_redirect(call, f"{recording.sid}.{recording.container}")

    def _fetch_rules(self, call: Call, parts: Sequence[str]) -> Answer:
        room = room_at(self._world, call, parts[0])
        require_recording(room)
        return _rules_answer(room)

    def _set_rules(self, call: Call, parts: Sequence[str]) -> Answer:
        """No `Rules` are as bad as an empty set of them."""
        room = room_at(self._world, call, parts[0])
        require_recording(room)
        rules = parse_recording_rules(first_of(call.form.get("Rules")) or "")
        self._world.recorder.set_rules(room, rules)
        return _rules_answer(room)

    def _recording_at(self, call: Call, parts: Sequence[str]) -> Recording:
        """The recording that a path names: its last open part; the one before, if there is one, is its room."""
        recording = self._recordings.by_sid(parts[-1])
        if recording is None or (len(parts) > 1 and recording.room is not room_at(self._world, call, parts[0])):
            raise not_found(resource_path(call))
        return recording


def _rules_answer(room: Room) -> Answer:
    """The RecordingRules resource: there from the room's creation on, without a rule where nothing is recorded."""
    return json_answer(
        200,
        {
            "room_sid": room.sid,
            "rules": room.recording_rules,
            "date_created": iso(room.date_created),
            "date_updated": iso(room.recording_rules_set),
        },
    )
