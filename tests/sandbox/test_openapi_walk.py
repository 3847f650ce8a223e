"""Every path and method of the Video API, once with a room in progress and once after its end.

What is looked at is the shape of the answers. What the values are, the tests of the resources say.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from tests.sandbox.documented_shapes import (
    META,
    PUBLISHED,
    RECORDING_RULES,
    SETTINGS,
    SUBSCRIBED,
    account_recording,
    anonymized,
    composition,
    hook,
    participant,
    problems,
    room,
    room_recording,
    subscribe_rules,
    transcription,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.sandbox.conftest import Client, Json
    from tests.sandbox.documented_shapes import Shape

GRID = json.dumps({"grid": {"video_sources": ["*"], "z_pos": -1, "cells_excluded": [1]}})
ALL = '[{"type": "include", "all": true}]'
RULES = '[{"type": "include", "all": true}, {"type": "exclude", "kind": "audio", "publisher": "nobody"}]'
SETTING = {
    "FriendlyName": "kept",
    "AwsCredentialsSid": f"CR{'a' * 32}",
    "AwsS3Url": "https://bucket.example.com/x",
    "AwsStorageEnabled": "true",
}
IN_ROOM, IN_PARTICIPANT = "/v1/Rooms/{room}", "/v1/Rooms/{room}/Participants/{alice}"
COMPOSE = {"AudioSources": "*", "VideoLayout": GRID}


@dataclass(frozen=True)
class Ask:
    """One request, and the shape of its answer; of a list, the key of its array too; None for no body at all."""

    method: str
    path: str
    status: int
    shape: Shape | None
    key: str = ""
    form: Mapping[str, str] | None = None


def asks(*, ended: bool) -> list[Ask]:
    """The requests that make sense with the room in that state, those that delete last."""
    people = Ask("GET", f"{IN_ROOM}/Participants", 200, participant(ended=ended), "participants")
    always = [
        Ask("GET", "/v1/Rooms" + ("?Status=completed" if ended else ""), 200, room(ended=ended), "rooms"),
        Ask("GET", IN_ROOM, 200, room(ended=ended)),
        people,
        Ask("GET", IN_PARTICIPANT, 200, participant(ended=ended)),
        Ask("GET", f"{IN_PARTICIPANT}/SubscribeRules", 200, subscribe_rules(given=False)),
        Ask("GET", f"{IN_ROOM}/RecordingRules", 200, RECORDING_RULES),
        Ask("GET", f"{IN_ROOM}/Recordings", 200, room_recording(ended=ended), "recordings"),
        Ask("GET", f"{IN_ROOM}/Recordings/{{recording}}", 200, room_recording(ended=ended)),
        Ask("GET", "/v1/Recordings", 200, account_recording(ended=ended), "recordings"),
        Ask("GET", "/v1/Recordings/{recording}", 200, account_recording(ended=ended)),
        Ask("GET", f"{IN_ROOM}/Transcriptions", 200, transcription(ended=ended), "transcriptions"),
        Ask("GET", f"{IN_ROOM}/Transcriptions/{{transcription}}", 200, transcription(ended=ended)),
        Ask("GET", "/v1/Compositions", 200, composition(ended=ended), "compositions"),
        Ask("GET", "/v1/Compositions/{composition}", 200, composition(ended=ended)),
        Ask(
            "POST",
            "/v1/Compositions",
            201,
            composition(ended=ended, new=True),
            form={"RoomSid": "{room}", **COMPOSE, "Resolution": "1280x720", "Format": "mp4"},
        ),
        Ask("GET", "/v1/CompositionHooks", 200, hook(updated=False), "composition_hooks"),
        Ask("GET", "/v1/CompositionHooks/{hook}", 200, hook(updated=False)),
        Ask("POST", "/v1/CompositionHooks", 201, hook(updated=False), form={"FriendlyName": "new", **COMPOSE}),
        Ask("POST", "/v1/CompositionHooks/{hook}", 200, hook(updated=True), form={"FriendlyName": "other", **COMPOSE}),
        *(
            Ask(method, f"/v1/{kind}Settings/Default", 200, SETTINGS, form=SETTING if method == "POST" else None)
            for kind in ("Recording", "Composition")
            for method in ("POST", "GET")
        ),
    ]
    if ended:
        at_the_end = [
            Ask("POST", f"{IN_PARTICIPANT}/Anonymize", 200, anonymized(ended=True)),
            Ask("DELETE", "/v1/Compositions/{composition}", 204, None),
            Ask("DELETE", f"{IN_ROOM}/Recordings/{{recording}}", 204, None),
            Ask("DELETE", "/v1/Recordings/{other_recording}", 204, None),
        ]
    else:
        at_the_end = [
            Ask("POST", "/v1/Rooms", 201, room(ended=False), form={"UniqueName": "another"}),
            Ask("GET", f"{IN_PARTICIPANT}/PublishedTracks", 200, PUBLISHED, "published_tracks"),
            Ask("GET", f"{IN_PARTICIPANT}/PublishedTracks/{{track}}", 200, PUBLISHED),
            Ask("GET", f"{IN_PARTICIPANT}/SubscribedTracks", 200, SUBSCRIBED, "subscribed_tracks"),
            Ask("GET", f"{IN_PARTICIPANT}/SubscribedTracks/{{track_of_bob}}", 200, SUBSCRIBED),
            Ask("POST", f"{IN_PARTICIPANT}/SubscribeRules", 200, subscribe_rules(given=True), form={"Rules": ALL}),
            Ask("POST", f"{IN_ROOM}/RecordingRules", 200, RECORDING_RULES, form={"Rules": RULES}),
            Ask(
                "POST",
                f"{IN_ROOM}/Transcriptions/{{transcription}}",
                202,
                transcription(ended=True),
                form={"Status": "stopped"},
            ),
            Ask("POST", IN_PARTICIPANT, 202, participant(ended=True), form={"Status": "disconnected"}),
            Ask("POST", IN_ROOM, 202, room(ended=True), form={"Status": "completed"}),
        ]
    return [*always, *at_the_end, Ask("DELETE", "/v1/CompositionHooks/{hook}", 204, None)]


async def told(client: Client, path: str) -> Json:
    reply = await client.get(path)
    assert reply.status == 200, reply.text
    return dict(reply.json)


async def populate(client: Client, *, ended: bool) -> dict[str, str]:
    """A recorded, transcribed and composed room with two people in it; the SIDs of everything."""
    made = await client.create(RecordParticipantsOnConnect="true")
    path = f"/v1/Rooms/{made['sid']}"
    alice, bob = [await client.join(made["sid"], name, Tracks="audio,video") for name in ("alice", "bob")]
    started = await client.post(f"{path}/Transcriptions", Configuration='{"languageCode": "en-US"}')
    assert (started.status, [*started.json]) == (202, [*transcription(ended=False)])
    await client.advance(1)
    changed = await client.post(f"{path}/Transcriptions/{started.json['ttid']}", Configuration='{"hints": "a"}')
    assert changed.status == 202
    composed = await client.post("/v1/Compositions", RoomSid=made["sid"], **COMPOSE)
    hooked = await client.post("/v1/CompositionHooks", FriendlyName="hook", Enabled="false", **COMPOSE)
    track = (await told(client, f"{path}/Participants/{alice['sid']}/PublishedTracks"))["published_tracks"][0]
    other_track = (await told(client, f"{path}/Participants/{bob['sid']}/PublishedTracks"))["published_tracks"][0]
    await client.advance(10)
    if ended:
        await client.post(path, Status="completed")
        await client.advance(600)
    recordings = (await told(client, f"{path}/Recordings"))["recordings"]
    return {
        "room": made["sid"],
        "alice": alice["sid"],
        "track": track["sid"],
        "track_of_bob": other_track["sid"],
        "recording": recordings[0]["sid"],
        "other_recording": recordings[1]["sid"],
        "transcription": started.json["ttid"],
        "composition": composed.json["sid"],
        "hook": hooked.json["sid"],
    }


@pytest.mark.usefixtures("unlimited")
@pytest.mark.parametrize("ended", [False, True], ids=["in-progress", "ended"])
async def test_every_answer_has_the_documented_shape(client: Client, ended: bool) -> None:  # noqa: FBT001 - a parameter of the test
    sids = await populate(client, ended=ended)
    for ask in asks(ended=ended):
        form = {name: value.format(**sids) if name == "RoomSid" else value for name, value in (ask.form or {}).items()}
        reply = await client.ask(ask.method, ask.path.format(**sids), data=form if ask.method == "POST" else None)
        asked = f"{ask.method} {ask.path}: {reply.text}"
        assert reply.status == ask.status, asked
        if ask.shape is None:
            assert reply.text == "", asked
            continue
        bodies = [reply.json]
        if ask.key:
            assert set(reply.json) == {ask.key, "meta"}, asked
            assert (problems(reply.json["meta"], META), reply.json["meta"]["key"]) == ([], ask.key), asked
            bodies = reply.json[ask.key]
            assert bodies, asked
        for body in bodies:
            assert problems(body, ask.shape) == [], asked


def test_every_path_and_method_is_asked() -> None:
    """Thirty-nine of them, as the OpenAPI description of the Video API counts them."""
    asked = {
        (ask.method, re.sub(r"\{\w+\}", "{}", ask.path.partition("?")[0]))
        for ended in (False, True)
        for ask in asks(ended=ended)
    }
    asked.add(("POST", "/v1/Rooms/{}/Transcriptions"))  # by `populate`
    assert len(asked) == 39


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("sid", "RM1"),
        ("date_created", "2026-11-21T10:00:00.000Z"),
        ("end_time", "2026-11-21T10:00:00Z"),
        ("duration", 0),
        ("max_participants", "50"),
        ("enable_turn", 1),
        ("url", "/v1/Rooms/x"),
        ("links", {}),
        ("status", "done"),
        ("participants_count", 3),
    ],
)
async def test_a_wrong_field_would_be_noticed(client: Client, field: str, value: object) -> None:
    body = await client.create()
    shape = room(ended=False)
    assert problems(body, shape) == []
    assert len(problems({**body, field: value}, shape)) == 1
    without = {name: given for name, given in body.items() if name != "sid"}
    assert problems(without, shape) == ["sid is missing"]
