"""`/v1/Rooms`: create, fetch, list, complete."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from roomtui.sandbox.rest.paging import Listing, list_answer
from roomtui.sandbox.rest.query import choice_of, instant_of
from roomtui.sandbox.rest.render import RoomTexts
from roomtui.sandbox.wire import Answer
from roomtui.sandbox.world.parameters import first_of
from roomtui.sandbox.world.refusals import Refusal, not_found
from roomtui.sandbox.world.register import RoomFilter
from roomtui.sandbox.world.room import RoomStatus
from roomtui.sandbox.world.room_request import room_settings

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from roomtui.sandbox.wire import Call, Handler
    from roomtui.sandbox.world.room import Room
    from roomtui.sandbox.world.world import World

_LISTING = Listing("rooms", "/v1/Rooms", ("Status", "UniqueName", "DateCreatedAfter", "DateCreatedBefore"))


def resource_path(call: Call) -> str:
    """The path as Twilio's messages name it: without the API version."""
    return call.path.removeprefix("/v1") or "/"


def room_at(world: World, call: Call, name_or_sid: str) -> Room:
    """The room a path names.

    Raises:
        Refusal: 20404 if there is none.
    """
    room = world.rooms.find(name_or_sid)
    if room is None:
        raise not_found(resource_path(call))
    return room


class RoomsResource:
    """The Rooms resource over a world."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._texts = RoomTexts()

    def routes(self) -> Mapping[str, Mapping[str, Handler]]:
        """What answers where."""
        return {
            "/v1/Rooms": {"GET": self._list, "POST": self._create},
            "/v1/Rooms/{NameOrSid}": {"GET": self._fetch, "POST": self._update},
        }

    def _create(self, call: Call, _parts: Sequence[str]) -> Answer:
        room = self._world.create_room(room_settings(call.form, self._world.account))
        return Answer(201, self._texts.of(room, call.origin))

    def _fetch(self, call: Call, parts: Sequence[str]) -> Answer:
        """Where the account says so a room cannot be found just after its end, as happens at Twilio now and then."""
        room = room_at(self._world, call, parts[0])
        if room.end_time is not None:
            seconds = (self._world.clock.now() - room.end_time).total_seconds()
            if seconds < self._world.account.not_found_after_end:
                raise not_found(resource_path(call))
        return Answer(200, self._texts.of(room, call.origin))

    def _update(self, call: Call, parts: Sequence[str]) -> Answer:
        """A room's only change is its end: `Status=completed`."""
        room = room_at(self._world, call, parts[0])
        status = first_of(call.form.get("Status"))
        if status is None:
            raise Refusal(20001, "Missing required parameter Status in the post body")
        if status != RoomStatus.COMPLETED.value:
            raise Refusal(53112)
        self._world.complete_room(room)
        return Answer(202, self._texts.of(room, call.origin))

    def _list(self, call: Call, _parts: Sequence[str]) -> Answer:
        wanted = RoomFilter(
            status=choice_of(call.query, "Status", RoomStatus) or RoomStatus.IN_PROGRESS,
            unique_name=first_of(call.query.get("UniqueName")),
            created_after=instant_of(call.query, "DateCreatedAfter"),
            created_before=instant_of(call.query, "DateCreatedBefore"),
        )
        return list_answer(
            call,
            _LISTING,
            partial(self._world.rooms.newest_first, wanted),
            lambda room: self._texts.of(room, call.origin),
        )
