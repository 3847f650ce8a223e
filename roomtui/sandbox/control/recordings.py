"""The control plane of recordings: let one fail, and what is at the address of its media."""

from __future__ import annotations

from typing import TYPE_CHECKING

from roomtui.sandbox.control.fields import ControlFields
from roomtui.sandbox.rest.render import recording_resource
from roomtui.sandbox.wire import json_answer
from roomtui.sandbox.world.refusals import Refusal, not_found

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from roomtui.sandbox.wire import Answer, Call, Handler
    from roomtui.sandbox.world.recording import Recording
    from roomtui.sandbox.world.world import World

_USUAL_FAILURE = "upload"


class RecordingControl:
    """Answers what test scripts ask about recordings."""

    def __init__(self, world: World) -> None:
        self._recorder = world.recorder

    def routes(self, prefix: str) -> Mapping[str, Mapping[str, Handler]]:
        """What answers where."""
        return {
            f"{prefix}/recordings/{{RT}}": {"GET": self._show},
            f"{prefix}/recordings/{{RT}}/fail": {"POST": self._fail},
            f"{prefix}/media/{{File}}": {"GET": self._no_media},
        }

    def _show(self, call: Call, parts: Sequence[str]) -> Answer:
        return json_answer(200, _view(self._recording(call, parts), call.origin))

    def _fail(self, call: Call, parts: Sequence[str]) -> Answer:
        """`FailedOperation` is what the callback will say about it."""
        recording = self._recording(call, parts)
        self._recorder.fail(recording, ControlFields(call.form).text("FailedOperation", _USUAL_FAILURE))
        return json_answer(200, _view(recording, call.origin))

    def _recording(self, call: Call, parts: Sequence[str]) -> Recording:
        recording = self._recorder.recordings.by_sid(parts[0])
        if recording is None:
            raise not_found(call.path)
        return recording

    def _no_media(self, _call: Call, parts: Sequence[str]) -> Answer:
        raise Refusal(20404, f"The sandbox makes no media: there is no {parts[0]}")


def _view(recording: Recording, origin: str) -> dict[str, object]:
    """The resource, and what Twilio tells in callbacks only: what went wrong; whether the track is recorded now."""
    return {
        **recording_resource(recording, origin),
        "recording_now": recording.is_live,
        "failed_operation": recording.failed_operation,
    }
