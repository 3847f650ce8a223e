"""Twilio's Python SDK, unmodified, against transcriptions, compositions, hooks and settings."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest
from twilio.base.exceptions import TwilioRestException  # type: ignore[import-untyped]  # has hints, but no py.typed

from tests.sandbox.sdk import in_thread, sdk

if TYPE_CHECKING:
    from roomtui.sandbox.server import Sandbox

EVERYTHING = {"audio_sources": ["*"], "video_layout": {"grid": {"video_sources": ["*"]}}}


async def test_transcriptions(sandbox: Sandbox) -> None:
    room = await in_thread(partial(sdk(sandbox).video.v1.rooms.create, unique_name="talk"))
    of_room = sdk(sandbox).video.v1.rooms(room.sid).transcriptions
    started = await in_thread(partial(of_room.create, configuration={"languageCode": "EN-us", "partialResults": True}))
    assert (started.status, started.start_time, started.source_sid) == ("started", None, None)
    assert started.configuration == {"languageCode": "EN-us", "partialResults": "true"}
    stopped = await in_thread(partial(started.update, status="stopped"))
    assert (stopped.ttid, stopped.status) == (started.ttid, "stopped")
    assert (await in_thread(of_room(started.ttid).fetch)).status == "stopped"
    assert [each.ttid for each in await in_thread(of_room.list)] == [started.ttid]


async def test_compositions(sandbox: Sandbox) -> None:
    client = sdk(sandbox).video.v1
    room = await in_thread(client.rooms.create)
    asked = {"room_sid": room.sid, "format": "mp4", "resolution": "1280x720", "trim": False}
    made = await in_thread(partial(client.compositions.create, **asked, **EVERYTHING))
    assert (made.status, made.format, made.resolution, made.trim) == ("enqueued", "mp4", "1280x720", False)
    assert (made.audio_sources, made.video_layout["grid"]["video_sources"]) == (["*"], ["*"])
    again = await in_thread(partial(client.compositions.create, room_sid=room.sid, video_layout=made.video_layout))
    listed = await in_thread(partial(client.compositions.list, room_sid=room.sid, status="enqueued", limit=5))
    assert [each.sid for each in listed] == [again.sid, made.sid]
    assert await in_thread(made.delete) is True
    assert (await in_thread(client.compositions(made.sid).fetch)).status == "deleted"
    with pytest.raises(TwilioRestException) as refused:
        await in_thread(partial(client.compositions.create, room_sid=room.sid))
    assert (refused.value.status, refused.value.code) == (400, 20001)


async def test_composition_hooks(sandbox: Sandbox) -> None:
    hooks = sdk(sandbox).video.v1.composition_hooks
    hook = await in_thread(partial(hooks.create, friendly_name="MixingAll", audio_sources="*", enabled=False))
    assert (hook.enabled, hook.audio_sources, hook.date_updated) == (False, ["*"], None)
    updated = await in_thread(partial(hook.update, friendly_name="Mixing", audio_sources=["a", "b*"]))
    assert (updated.enabled, updated.audio_sources) == (True, ["a", "b*"])
    assert [each.sid for each in await in_thread(partial(hooks.list, enabled=True, friendly_name="mix*"))] == [hook.sid]
    assert await in_thread(hook.delete) is True
    assert await in_thread(hooks.list) == []


async def test_settings(sandbox: Sandbox) -> None:
    client, key = sdk(sandbox).video.v1, f"CR{'a' * 32}"
    change = client.recording_settings().create
    changed = await in_thread(
        partial(change, friendly_name="Upload encrypted", encryption_enabled=True, encryption_key_sid=key)
    )
    assert (changed.encryption_enabled, changed.encryption_key_sid) == (True, key)
    assert (await in_thread(client.recording_settings().fetch)).friendly_name == "Upload encrypted"
    assert (await in_thread(client.composition_settings().fetch)).friendly_name is None
