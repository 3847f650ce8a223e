"""`/v1/CompositionHooks`: templates by which every room that is completed is composed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from roomtui.sandbox.callbacks.compositions import event_parameters

if TYPE_CHECKING:
    from roomtui.sandbox.world.compositions import CompositionEvent
    from tests.sandbox.conftest import Client, Json, Reply

PATH = "/v1/CompositionHooks"
GRID = json.dumps({"grid": {"video_sources": ["*"]}})


def refused(reply: Reply) -> tuple[int, Any]:
    return reply.status, reply.json["code"]


async def hook_up(client: Client, name: str, **form: str) -> Json:
    reply = await client.post(PATH, FriendlyName=name, **{"AudioSources": "*", **form})
    assert reply.status == 201, reply.text
    return dict(reply.json)


async def meet(client: Client, *, record: bool = True, tracks: str = "audio,video") -> Json:
    """A room that somebody is in for forty seconds, and that then ends."""
    room = await client.create(RecordParticipantsOnConnect=str(record).lower())
    await client.join(room["sid"], "alice", Tracks=tracks)
    await client.advance(40)
    return dict((await client.post(room["url"], Status="completed")).json)


async def compositions(client: Client) -> list[Json]:
    return list((await client.get("/v1/Compositions")).json["compositions"])


async def listed(client: Client, query: str = "") -> list[str]:
    return [each["friendly_name"] for each in (await client.get(f"{PATH}{query}")).json["composition_hooks"]]


async def test_a_hook_comes_back_as_asked_for_with_the_defaults(client: Client) -> None:
    hook = await hook_up(client, "MixingAllRoomAudiosHook")
    assert hook == {
        "account_sid": client.sandbox.credentials.account_sid,
        "friendly_name": "MixingAllRoomAudiosHook",
        "enabled": True,
        "date_created": hook["date_created"],
        "date_updated": None,
        "sid": hook["sid"],
        "audio_sources": ["*"],
        "audio_sources_excluded": [],
        "video_layout": {},
        "resolution": "640x480",
        "trim": True,
        "format": "webm",
        "status_callback": None,
        "status_callback_method": "POST",
        "url": f"{client.sandbox.url}{PATH}/{hook['sid']}",
    }
    assert (await client.get(hook["url"])).json == hook


async def test_an_update_replaces_everything(client: Client) -> None:
    hook = await hook_up(
        client, "one", Enabled="false", Format="mp4", Trim="false", Resolution="1280x720", VideoLayout=GRID
    )
    assert (hook["enabled"], hook["format"], hook["trim"], hook["resolution"]) == (False, "mp4", False, "1280x720")
    await client.advance(10)
    reply = await client.post(hook["url"], FriendlyName="two", AudioSources="user*")
    assert reply.status == 200
    assert reply.json == {
        **hook,
        "friendly_name": "two",
        "enabled": True,
        "date_updated": reply.json["date_updated"],
        "audio_sources": ["user*"],
        "video_layout": {},
        "resolution": "640x480",
        "trim": True,
        "format": "webm",
    }
    assert reply.json["date_updated"] > hook["date_created"]
    assert (await client.get(hook["url"])).json == reply.json


async def test_a_name_is_taken_once(client: Client) -> None:
    one, two = await hook_up(client, "one"), await hook_up(client, "two")
    assert refused(await client.post(PATH, FriendlyName="one", AudioSources="*")) == (400, 20001)
    assert refused(await client.post(two["url"], FriendlyName="one", AudioSources="*")) == (400, 20001)
    assert (await client.post(one["url"], FriendlyName="one", AudioSources="a")).status == 200
    assert (await client.ask("DELETE", one["url"])).status == 204
    assert (await client.post(two["url"], FriendlyName="one", AudioSources="*")).status == 200


@pytest.mark.parametrize(
    "form",
    [
        {"AudioSources": "*"},
        {"FriendlyName": "", "AudioSources": "*"},
        {"FriendlyName": "x" * 101, "AudioSources": "*"},
        {"FriendlyName": "x"},
        {"FriendlyName": "x", "VideoLayout": "{}"},
        {"FriendlyName": "x", "AudioSources": "*", "Enabled": "yes"},
        {"FriendlyName": "x", "AudioSources": "*", "Resolution": "1x1"},
    ],
)
async def test_what_cannot_be_is_refused(client: Client, form: dict[str, str]) -> None:
    hook = await hook_up(client, "y" * 100)
    assert refused(await client.post(PATH, **form)) == (400, 20001)
    assert refused(await client.post(hook["url"], **form)) == (400, 20001)
    assert (await client.get(hook["url"])).json == hook
    assert await listed(client) == ["y" * 100]


async def test_lists_are_filtered_and_newest_first(client: Client) -> None:
    await hook_up(client, "First Hook", Enabled="false")
    await client.advance(10)
    second = await hook_up(client, "second hook")
    await hook_up(client, "Third")
    assert await listed(client) == ["Third", "second hook", "First Hook"]
    assert await listed(client, "?Enabled=true") == ["Third", "second hook"]
    assert await listed(client, "?Enabled=false") == ["First Hook"]
    assert await listed(client, "?FriendlyName=*HOOK") == ["second hook", "First Hook"]
    assert await listed(client, "?FriendlyName=third") == ["Third"]
    assert await listed(client, "?FriendlyName=hook") == []
    assert await listed(client, f"?DateCreatedAfter={second['date_created']}") == ["Third", "second hook"]
    assert await listed(client, f"?DateCreatedBefore={second['date_created']}") == ["First Hook"]
    page = (await client.get(f"{PATH}?PageSize=2&Enabled=true&Page=0")).json
    assert ("Enabled=true" in page["meta"]["url"], page["meta"]["next_page_url"]) == (True, None)
    first = (await client.get(f"{PATH}?PageSize=1")).json
    next_one = (await client.get(first["meta"]["next_page_url"])).json
    assert [each["friendly_name"] for each in next_one["composition_hooks"]] == ["second hook"]
    assert (await client.get(next_one["meta"]["previous_page_url"])).json["composition_hooks"] == (
        first["composition_hooks"]
    )
    assert refused(await client.get(f"{PATH}?Enabled=perhaps")) == (400, 20001)


async def test_a_hook_that_is_not_there_is_a_404(client: Client) -> None:
    hook = await hook_up(client, "one")
    assert (await client.ask("DELETE", hook["url"])).text == ""
    for method in ("GET", "DELETE"):
        assert refused(await client.ask(method, hook["url"])) == (404, 20404)
    assert refused(await client.post(hook["url"], FriendlyName="x", AudioSources="*")) == (404, 20404)


async def test_every_enabled_hook_composes_a_room_that_is_completed(client: Client) -> None:
    told: list[CompositionEvent] = []
    client.sandbox.media.compositions.happened.append(told.append)
    sound = await hook_up(client, "sound", Format="mp4")
    picture = await hook_up(client, "picture", VideoLayout=GRID)
    await hook_up(client, "never", Enabled="false")
    room = await meet(client)
    made = (await compositions(client))[::-1]
    assert [(each["room_sid"], each["status"]) for each in made] == [(room["sid"], "enqueued")] * 2
    assert [(each["format"], each["video_layout"]) for each in made] == [
        ("mp4", {}),
        ("webm", picture["video_layout"]),
    ]
    first = event_parameters(told[0], room["account_sid"])
    assert first == {
        "AccountSid": room["account_sid"],
        "RoomSid": room["sid"],
        "HookSid": sound["sid"],
        "HookUri": f"{PATH}/{sound['sid']}",
        "HookFriendlyName": "sound",
        "CompositionSid": made[0]["sid"],
        "CompositionUri": f"/v1/Compositions/{made[0]['sid']}",
        "StatusCallbackEvent": "composition-enqueued",
        "Timestamp": first["Timestamp"],
    }
    await client.advance(3600)
    assert [(each["status"], each["duration"]) for each in await compositions(client)] == [("completed", 40)] * 2


async def test_a_hook_makes_nothing_of_a_room_that_was_not_recorded_or_failed(client: Client) -> None:
    await hook_up(client, "all")
    await meet(client, record=False)
    room = await client.create(RecordParticipantsOnConnect="true")
    await client.join(room["sid"], "alice", Tracks="audio")
    await client.advance(10)
    known = client.sandbox.world.rooms.by_sid(room["sid"])
    assert known is not None
    client.sandbox.world.fail_room(known)
    assert (await client.get(room["url"])).json["status"] == "failed"
    assert await compositions(client) == []


async def test_a_hook_that_finds_no_track_says_so(client: Client) -> None:
    told: list[CompositionEvent] = []
    client.sandbox.media.compositions.happened.append(told.append)
    hook = await hook_up(client, "moderators", AudioSources="moderator*", StatusCallback="http://127.0.0.1:9/")
    room = await meet(client, tracks="audio")
    (failure,) = told
    parameters = event_parameters(failure, room["account_sid"])
    assert (parameters["StatusCallbackEvent"], parameters["HookSid"]) == ("composition-hook-failed", hook["sid"])
    assert parameters["ErrorMessage"] == "Empty track list for composition"
    assert "CompositionSid" not in parameters
    assert failure.settings.status_callback == "http://127.0.0.1:9/"
    assert await compositions(client) == []
