"""The door of the REST API: authentication, limits, the route, the answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from roomtui.sandbox.rest.calls import CallsResource
from roomtui.sandbox.rest.composition_hooks import CompositionHooksResource
from roomtui.sandbox.rest.compositions import CompositionsResource
from roomtui.sandbox.rest.gate import Gate
from roomtui.sandbox.rest.media_settings import MediaSettingsResource
from roomtui.sandbox.rest.participants import ParticipantsResource
from roomtui.sandbox.rest.recordings import RecordingsResource
from roomtui.sandbox.rest.rooms import RoomsResource, resource_path
from roomtui.sandbox.rest.tracks import TracksResource
from roomtui.sandbox.rest.transcriptions import TranscriptionsResource
from roomtui.sandbox.wire import Answer, Routes, refusal_answer
from roomtui.sandbox.world.refusals import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable

    from roomtui.sandbox.options import Credentials
    from roomtui.sandbox.voice.switchboard import Switchboard
    from roomtui.sandbox.wire import Call
    from roomtui.sandbox.world.media import Media
    from roomtui.sandbox.world.world import World


class RestApi:
    """Answers what clients of Twilio ask."""

    def __init__(
        self, world: World, media: Media, phones: Switchboard, credentials: Credentials, ticks: Callable[[], float]
    ) -> None:
        self._gate = Gate(credentials, world.account, ticks)
        resources = (
            RoomsResource(world),
            ParticipantsResource(world),
            TracksResource(world),
            CallsResource(phones),
            RecordingsResource(world),
            TranscriptionsResource(world, media.transcriptions),
            CompositionsResource(world, media.compositions),
            CompositionHooksResource(media.composition_hooks),
            MediaSettingsResource("/v1/RecordingSettings/Default", world.account.sid, media.recording_settings),
            MediaSettingsResource("/v1/CompositionSettings/Default", world.account.sid, media.composition_settings),
        )
        self._routes = Routes({path: ways for each in resources for path, ways in each.routes().items()})

    def route_name(self, path: str) -> str:
        """The route of a path as the request counts name it."""
        match = self._routes.match(path)
        return match.route.path if match is not None else "unknown"

    def answer(self, call: Call) -> Answer:
        """The answer to one call; a refusal is an answer too."""
        try:
            self._gate.authenticate(call.authorization)
            self._gate.admit(call.method)
            return self._routes.answer(call, resource_path(call))
        except Refusal as refusal:
            return refusal_answer(refusal)
