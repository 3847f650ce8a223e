"""`/v1/Compositions`: list, create, fetch, delete, and where the media would be."""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING

from roomtui.sandbox.rest.media import check_ttl, media_redirect
from roomtui.sandbox.rest.paging import Listing, list_answer
from roomtui.sandbox.rest.query import choice_of, instant_of
from roomtui.sandbox.rest.render import iso
from roomtui.sandbox.rest.rooms import resource_path
from roomtui.sandbox.wire import Answer, json_answer
from roomtui.sandbox.world.composition import CompositionStatus
from roomtui.sandbox.world.composition_request import composition_settings
from roomtui.sandbox.world.compositions import CompositionFilter
from roomtui.sandbox.world.parameters import first_of
from roomtui.sandbox.world.refusals import Refusal, not_found
from roomtui.sandbox.world.sids import is_sid

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from roomtui.sandbox.wire import Call, Fields, Handler
    from roomtui.sandbox.world.composition import Composition, CompositionSettings, Region
    from roomtui.sandbox.world.compositions import Compositions
    from roomtui.sandbox.world.world import World

_LISTING = Listing(
    "compositions",
    "/v1/Compositions",
    ("Status", "RoomSid", "DateCreatedAfter", "DateCreatedBefore"),
    largest_page=100,
)


def settings_fields(settings: CompositionSettings) -> dict[str, object]:
    """What to compose and how, as the Composition and the CompositionHook resource have it.

    Layouts come back with every property of their regions, those not given as null, as recorded answers show.
    """
    width, height = settings.resolution
    return {
        "audio_sources": settings.audio_sources,
        "audio_sources_excluded": settings.audio_sources_excluded,
        "video_layout": {name: _region_fields(region) for name, region in settings.layout.items()},
        "resolution": f"{width}x{height}",
        "trim": settings.trim,
        "format": settings.format.value,
        "status_callback": settings.status_callback,
        "status_callback_method": settings.status_callback_method,
    }


def composition_resource(composition: Composition, origin: str) -> dict[str, object]:
    """The Composition resource. As no media is made, it is nowhere stored externally."""
    return {
        "account_sid": composition.account_sid,
        "status": composition.status.value,
        "date_created": iso(composition.date_created),
        "date_completed": iso(composition.date_completed),
        "date_deleted": iso(composition.date_deleted),
        "sid": composition.sid,
        "room_sid": composition.room_sid,
        **settings_fields(composition.settings),
        "bitrate": composition.bitrate,
        "size": composition.size,
        "duration": composition.duration,
        "media_external_location": None,
        "url": f"{origin}{composition.path}",
        "links": {"media": f"{origin}{composition.media_path}"},
    }


class CompositionsResource:
    """The Compositions resource over a world."""

    def __init__(self, world: World, compositions: Compositions) -> None:
        self._world = world
        self._compositions = compositions

    def routes(self) -> Mapping[str, Mapping[str, Handler]]:
        """What answers where."""
        return {
            "/v1/Compositions": {"GET": self._list, "POST": self._create},
            "/v1/Compositions/{CJ}": {"GET": self._fetch, "DELETE": self._delete},
            "/v1/Compositions/{CJ}/Media": {"GET": self._fetch_media},
        }

    def _list(self, call: Call, _parts: Sequence[str]) -> Answer:
        wanted = CompositionFilter(
            status=choice_of(call.query, "Status", CompositionStatus),
            room_sid=_room_sid(call.query),
            created_after=instant_of(call.query, "DateCreatedAfter"),
            created_before=instant_of(call.query, "DateCreatedBefore"),
        )
        return list_answer(
            call,
            _LISTING,
            partial(self._compositions.newest_first, wanted),
            lambda composition: json.dumps(composition_resource(composition, call.origin)),
        )

    def _create(self, call: Call, _parts: Sequence[str]) -> Answer:
        sid = _room_sid(call.form)
        if sid is None:
            raise Refusal(20001, "Missing required parameter RoomSid in the post body")
        settings = composition_settings(call.form)
        room = self._world.rooms.by_sid(sid)
        if room is None:
            raise not_found(f"/Rooms/{sid}")
        composition = self._compositions.create(room, settings)
        return json_answer(201, composition_resource(composition, call.origin))

    def _fetch(self, call: Call, parts: Sequence[str]) -> Answer:
        return json_answer(200, composition_resource(self._composition_at(call, parts), call.origin))

    def _delete(self, call: Call, parts: Sequence[str]) -> Answer:
        self._compositions.delete(self._composition_at(call, parts))
        return Answer(204, "")

    def _fetch_media(self, call: Call, parts: Sequence[str]) -> Answer:
        """A redirect to where the media is: "If the composition is not yet available, a 404 is returned."."""
        check_ttl(call.query)
        composition = self._composition_at(call, parts)
        if composition.status is not CompositionStatus.COMPLETED:
            raise not_found(resource_path(call))
        return media_redirect(call, f"{composition.sid}.{composition.settings.format.value}")

    def _composition_at(self, call: Call, parts: Sequence[str]) -> Composition:
        composition = self._compositions.find(parts[0])
        if composition is None:
            raise not_found(resource_path(call))
        return composition


def _room_sid(fields: Fields) -> str | None:
    sid = first_of(fields.get("RoomSid"))
    if sid is not None and not is_sid(sid, "RM"):
        raise Refusal(20001, "Invalid parameter RoomSid: must be RM and 32 hexadecimal digits")
    return sid


def _region_fields(region: Region) -> dict[str, object]:
    return {
        "z_pos": region.z_pos,
        "reuse": region.reuse.value,
        "x_pos": region.x_pos,
        "max_columns": region.max_columns,
        "cells_excluded": region.cells_excluded,
        "video_sources_excluded": region.video_sources_excluded,
        "height": region.height,
        "width": region.width,
        "max_rows": region.max_rows,
        "y_pos": region.y_pos,
        "video_sources": region.video_sources,
    }
