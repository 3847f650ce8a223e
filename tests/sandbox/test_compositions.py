"""`/v1/Compositions`: asked for at any time, made once the room has ended, as long as its recordings say."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roomtui.sandbox.callbacks.compositions import event_parameters
from roomtui.sandbox.world.composition_sources import matches
from tests.sandbox.conftest import CREDENTIALS, basic_auth
from tests.sandbox.receiver import Receiver

if TYPE_CHECKING:
    from roomtui.sandbox.world.compositions import CompositionEvent
    from tests.sandbox.conftest import Client, Json, Reply

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
PATH = "/v1/Compositions"
GRID = json.dumps({"grid": {"video_sources": ["*"]}})
LONG_ENOUGH = 3600
DAY = 86_400


def refused(reply: Reply) -> tuple[int, Any]:
    return reply.status, reply.json["code"]


async def recorded(client: Client, seconds: float = 40, *, end: bool = True) -> Json:
    """A room in which alice was recorded for a while, with sound and picture."""
    room = await client.create(RecordParticipantsOnConnect="true")
    await client.join(room["sid"], "alice", Tracks="audio,video")
    await client.advance(seconds)
    if end:
        await client.post(room["url"], Status="completed")
    return room


async def compose(client: Client, room: Json, **form: str) -> Json:
    reply = await client.post(PATH, RoomSid=room["sid"], **(form or {"AudioSources": "*", "VideoLayout": GRID}))
    assert reply.status == 201, reply.text
    return dict(reply.json)


async def look(client: Client, composition: Json) -> Json:
    return dict((await client.get(composition["url"])).json)


async def listed(client: Client, query: str = "") -> list[str]:
    return [each["sid"] for each in (await client.get(f"{PATH}{query}")).json["compositions"]]


async def test_a_composition_comes_back_as_asked_for_with_the_defaults(client: Client) -> None:
    room = await recorded(client)
    composition = await compose(client, room)
    url = f"{client.sandbox.url}{PATH}/{composition['sid']}"
    assert composition == {
        "account_sid": room["account_sid"],
        "status": "enqueued",
        "date_created": composition["date_created"],
        "date_completed": None,
        "date_deleted": None,
        "sid": composition["sid"],
        "room_sid": room["sid"],
        "audio_sources": ["*"],
        "audio_sources_excluded": [],
        "video_layout": {
            "grid": {
                "z_pos": 0,
                "reuse": "show_oldest",
                "x_pos": 0,
                "max_columns": None,
                "cells_excluded": [],
                "video_sources_excluded": [],
                "height": None,
                "width": None,
                "max_rows": None,
                "y_pos": 0,
                "video_sources": ["*"],
            }
        },
        "resolution": "640x480",
        "trim": True,
        "format": "webm",
        "status_callback": None,
        "status_callback_method": "POST",
        "bitrate": 0,
        "size": 0,
        "duration": 0,
        "media_external_location": None,
        "url": url,
        "links": {"media": f"{url}/Media"},
    }
    assert await look(client, composition) == composition


async def test_every_parameter_comes_back(client: Client) -> None:
    room = await recorded(client)
    region = {
        "video_sources": ["student*", f"MT{'a' * 32}"],
        "video_sources_excluded": ["teacher"],
        "x_pos": 640,
        "y_pos": 10,
        "z_pos": -99,
        "width": 640,
        "height": 16,
        "max_columns": 1,
        "max_rows": 1000,
        "cells_excluded": [0, 999_999],
        "reuse": "show_newest",
    }
    body = (
        f"RoomSid={room['sid']}&AudioSources=a&AudioSources=b*&AudioSourcesExcluded=%5B%22c%22%5D&Resolution=1280x720"
        f"&VideoLayout={json.dumps({'pip': region})}&Format=mp4&Trim=false"
        "&StatusCallback=http://127.0.0.1:9/&StatusCallbackMethod=GET"
    )
    composition = (await client.ask("POST", PATH, data=body, headers=FORM)).json
    asked_for = {
        "audio_sources": ["a", "b*"],
        "audio_sources_excluded": ["c"],
        "video_layout": {"pip": region},
        "resolution": "1280x720",
        "format": "mp4",
        "trim": False,
        "status_callback": "http://127.0.0.1:9/",
        "status_callback_method": "GET",
    }
    assert {name: composition[name] for name in asked_for} == asked_for


async def test_it_is_processed_and_completed_as_time_goes_by(client: Client) -> None:
    room = await recorded(client, 40)
    composition = await compose(client, room, AudioSources="*", VideoLayout=GRID, Resolution="1280x720")
    await client.advance(12)
    processing = await look(client, composition)
    assert (processing["status"], processing["duration"], processing["date_completed"]) == ("processing", 0, None)
    await client.advance(LONG_ENOUGH)
    completed = await look(client, composition)
    assert (completed["status"], completed["duration"], completed["bitrate"]) == ("completed", 40, 848)
    assert completed["size"] == 848 * 1000 * 40 // 8
    assert processing["date_created"] < completed["date_completed"]


async def test_it_can_be_asked_for_before_the_room_has_ended_and_waits(client: Client) -> None:
    room = await recorded(client, 40, end=False)
    composition = await compose(client, room)
    await client.advance(LONG_ENOUGH)
    assert (await look(client, composition))["status"] == "enqueued"
    await client.post(room["url"], Status="completed")
    await client.advance(LONG_ENOUGH)
    completed = await look(client, composition)
    assert (completed["status"], completed["duration"]) == ("completed", 40 + LONG_ENOUGH)


async def with_a_gap(client: Client) -> Json:
    """Nobody for 60 s; alice for 20; nobody for 100; bob for 30, carol for the last 10 of them and 5 more; 45 empty."""
    room = await client.create(RecordParticipantsOnConnect="true")
    await client.advance(60)
    alice = await client.join(room["sid"], "alice", Tracks="audio")
    await client.advance(20)
    await client.act(alice, "leave")
    await client.advance(100)
    bob = await client.join(room["sid"], "bob", Tracks="audio")
    await client.advance(20)
    carol = await client.join(room["sid"], "carol", Tracks="video")
    await client.advance(10)
    await client.act(bob, "leave")
    await client.advance(5)
    await client.act(carol, "leave")
    await client.advance(45)
    await client.post(room["url"], Status="completed")
    return room


@pytest.mark.parametrize(
    ("form", "seconds"),
    [
        ({"AudioSources": "*"}, 20 + 30),
        ({"AudioSources": "*", "VideoLayout": GRID}, 20 + 35),
        ({"VideoLayout": GRID}, 15),
        ({"AudioSources": "*", "Trim": "false"}, 20 + 100 + 35 + 45),
        ({"VideoLayout": GRID, "Trim": "false"}, 15 + 45),
    ],
)
async def test_gaps_are_cut_out_unless_they_are_to_stay(client: Client, form: dict[str, str], seconds: int) -> None:
    composition = await compose(client, await with_a_gap(client), **form)
    await client.advance(LONG_ENOUGH)
    assert (await look(client, composition))["duration"] == seconds


async def test_sources_are_recordings_tracks_participants_and_names(client: Client) -> None:
    room = await client.create(RecordParticipantsOnConnect="true")
    alice = await client.join(room["sid"], "alice", Tracks="audio")
    await client.advance(10)
    bob = await client.join(room["sid"], "bob")
    await client.act(bob, "publish", Kind="audio", Name="student-bob")
    await client.advance(20)
    await client.post(room["url"], Status="completed")
    recordings = (await client.get(f"{room['url']}/Recordings")).json["recordings"]
    (of_alice,) = [each for each in recordings if each["grouping_sids"]["participant_sid"] == alice["sid"]]
    lengths = {}
    for source in (alice["sid"], of_alice["sid"], of_alice["source_sid"], "student*", "*-bob", "student-bob"):
        composition = await compose(client, room, AudioSources=source)
        await client.advance(LONG_ENOUGH)
        lengths[source] = (await look(client, composition))["duration"]
    assert list(lengths.values()) == [30, 30, 30, 20, 20, 20]
    without = await compose(client, room, AudioSources="*", AudioSourcesExcluded=alice["sid"])
    await client.advance(LONG_ENOUGH)
    assert (await look(client, without))["duration"] == 20


@pytest.mark.parametrize("form", [{"AudioSources": "nobody*"}, {"VideoLayout": GRID, "AudioSources": "x"}])
async def test_a_composition_of_nothing_fails(client: Client, form: dict[str, str]) -> None:
    room = await client.create(RecordParticipantsOnConnect="true")
    await client.join(room["sid"], "alice", Tracks="audio")
    await client.advance(10)
    await client.post(room["url"], Status="completed")
    composition = await compose(client, room, **form)
    await client.advance(LONG_ENOUGH)
    failed = await look(client, composition)
    assert (failed["status"], failed["date_completed"], failed["size"]) == ("failed", None, 0)
    assert refused(await client.ask("DELETE", failed["url"])) == (400, 20001)


async def test_encrypted_recordings_cannot_be_composed(client: Client) -> None:
    await client.post("/v1/RecordingSettings/Default", FriendlyName="x", EncryptionEnabled="true")
    composition = await compose(client, await recorded(client))
    await client.advance(LONG_ENOUGH)
    assert (await look(client, composition))["status"] == "failed"


async def test_deleted_recordings_cannot_be_composed_and_the_callback_says_so(client: Client) -> None:
    told: list[CompositionEvent] = []
    client.sandbox.media.compositions.happened.append(told.append)
    room = await recorded(client)
    await client.advance(60)
    for recording in (await client.get(f"{room['url']}/Recordings")).json["recordings"]:
        assert (await client.ask("DELETE", recording["url"])).status == 204
    await compose(client, room)
    await client.advance(LONG_ENOUGH)
    (failure,) = told
    parameters = event_parameters(failure, room["account_sid"])
    assert parameters["StatusCallbackEvent"] == "composition-failed"
    assert (parameters["FailedOperation"], parameters["ErrorMessage"]) == (
        "CompositionStart",
        "Room recordings deleted",
    )


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"AudioSourcesExcluded": "*"},
        {"VideoLayout": "{}"},
        {"VideoLayout": '{"a": {"video_sources": []}}'},
        {"AudioSources": "*", "Resolution": "1920x1080"},
        {"AudioSources": "*", "Resolution": "1280x721"},
        {"AudioSources": "*", "Resolution": "15x480"},
        {"AudioSources": "*", "Resolution": "640X480"},
        {"AudioSources": "*", "Resolution": "HD"},
        {"AudioSources": "*", "Resolution": ""},
        {"AudioSources": "*", "Format": "avi"},
        {"AudioSources": "*", "Trim": "maybe"},
        {"AudioSources": "[1]"},
        {"AudioSources": '[""]'},
        {"AudioSources": "*", "VideoLayout": ""},
        {"AudioSources": "*", "VideoLayout": "[]"},
        {"AudioSources": "*", "VideoLayout": "null"},
        {"AudioSources": "*", "VideoLayout": "{" * 20_000},
    ],
)
async def test_what_cannot_be_composed_is_refused(client: Client, form: dict[str, str]) -> None:
    room = await client.create()
    assert refused(await client.post(PATH, RoomSid=room["sid"], **form)) == (400, 20001)
    assert await listed(client) == []


@pytest.mark.parametrize(
    "region",
    [
        [],
        {},
        {"video_sources": "*"},
        {"video_sources": [1]},
        {"video_sources": None},
        {"video_sources": ["*"], "video_sources_excluded": "x"},
        {"video_sources": ["*"], "x_pos": -1},
        {"video_sources": ["*"], "x_pos": 625},
        {"video_sources": ["*"], "x_pos": 1, "width": 640},
        {"video_sources": ["*"], "y_pos": 465},
        {"video_sources": ["*"], "width": 15},
        {"video_sources": ["*"], "width": 641},
        {"video_sources": ["*"], "height": 481},
        {"video_sources": ["*"], "height": 100.5},
        {"video_sources": ["*"], "height": "100"},
        {"video_sources": ["*"], "height": True},
        {"video_sources": ["*"], "z_pos": 100},
        {"video_sources": ["*"], "max_rows": 1001},
        {"video_sources": ["*"], "max_columns": -1},
        {"video_sources": ["*"], "cells_excluded": [1_000_000]},
        {"video_sources": ["*"], "cells_excluded": 4},
        {"video_sources": ["*"], "reuse": "always"},
        {"video_sources": ["*"], "reuse": []},
        {"video_sources": ["*"], "colour": "red"},
    ],
)
async def test_a_layout_that_does_not_follow_the_rules_is_refused(client: Client, region: object) -> None:
    room = await client.create()
    reply = await client.post(PATH, RoomSid=room["sid"], VideoLayout=json.dumps({"a": region}))
    assert refused(reply) == (400, 20001)
    assert "VideoLayout" in reply.json["message"]


async def test_a_layout_that_was_read_can_be_sent_again(client: Client) -> None:
    composition = await compose(client, await client.create())
    layout = composition["video_layout"]
    again = await compose(client, await client.create(), VideoLayout=json.dumps(layout))
    assert again["video_layout"] == layout
    zeros = {**layout["grid"], "width": 0, "height": 0, "max_columns": 0, "max_rows": 0}
    as_in_the_examples = await compose(client, await client.create(), VideoLayout=json.dumps({"grid": zeros}))
    assert as_in_the_examples["video_layout"] == layout


async def test_what_is_wrong_with_a_room_or_a_callback_has_a_code(client: Client) -> None:
    room = await client.create()
    asked = {"AudioSources": "*"}
    assert refused(await client.post(PATH, **asked)) == (400, 20001)
    assert refused(await client.post(PATH, RoomSid="talk", **asked)) == (400, 20001)
    assert refused(await client.post(PATH, RoomSid=f"RM{'0' * 32}", **asked)) == (404, 20404)
    peers = await client.create(Type="peer-to-peer")
    assert refused(await client.post(PATH, RoomSid=peers["sid"], **asked)) == (400, 53122)
    assert refused(await client.post(PATH, RoomSid=room["sid"], StatusCallback="nowhere", **asked)) == (400, 53111)
    assert refused(await client.post(PATH, RoomSid=room["sid"], StatusCallbackMethod="PUT", **asked)) == (400, 53110)


async def test_lists_are_filtered_and_newest_first(client: Client) -> None:
    one, two = await recorded(client), await recorded(client)
    first = (await compose(client, one))["sid"]
    await client.advance(LONG_ENOUGH)
    second, third = (await compose(client, two))["sid"], (await compose(client, one))["sid"]
    assert await listed(client) == [third, second, first]
    assert await listed(client, "?Status=completed") == [first]
    assert await listed(client, "?Status=enqueued") == [third, second]
    assert await listed(client, f"?RoomSid={one['sid']}") == [third, first]
    date = (await client.get(f"{PATH}/{second}")).json["date_created"]
    assert await listed(client, f"?DateCreatedAfter={date}") == [third, second]
    assert await listed(client, f"?DateCreatedBefore={date}") == [first]


async def test_lists_are_paged_both_ways(client: Client) -> None:
    room = await client.create()
    sids = [(await compose(client, room))["sid"] for _ in range(5)][::-1]
    first = (await client.get(f"{PATH}?PageSize=2&RoomSid={room['sid']}")).json
    second = (await client.get(first["meta"]["next_page_url"])).json
    third = (await client.get(second["meta"]["next_page_url"])).json
    pages = [[each["sid"] for each in page["compositions"]] for page in (first, second, third)]
    assert pages == [sids[:2], sids[2:4], sids[4:]]
    assert third["meta"]["next_page_url"] is None
    assert (await client.get(third["meta"]["previous_page_url"])).json["compositions"] == second["compositions"]


@pytest.mark.parametrize(
    ("query", "code"),
    [("Status=done", 20001), ("RoomSid=talk", 20001), ("DateCreatedAfter=yesterday", 20001), ("PageSize=101", 20007)],
)
async def test_filters_that_cannot_be_are_refused(client: Client, query: str, code: int) -> None:
    assert refused(await client.get(f"{PATH}?{query}")) == (400, code)


async def test_deleted_ones_are_listed_only_when_asked_for_and_forgotten_after_a_month(client: Client) -> None:
    composition = await compose(client, await recorded(client))
    await client.advance(LONG_ENOUGH)
    reply = await client.ask("DELETE", composition["url"])
    assert (reply.status, reply.text) == (204, "")
    deleted = await look(client, composition)
    assert (deleted["status"], deleted["duration"]) == ("deleted", 40)
    assert deleted["date_deleted"] > deleted["date_completed"]
    assert await listed(client) == []
    assert await listed(client, "?Status=deleted") == [composition["sid"]]
    assert (await client.ask("DELETE", composition["url"])).status == 204
    assert await look(client, composition) == deleted
    await client.advance(30 * DAY)
    assert refused(await client.get(composition["url"])) == (404, 20404)


async def test_one_that_is_deleted_before_it_was_made_is_never_made(client: Client) -> None:
    room = await recorded(client, end=False)
    waiting, queued = await compose(client, room), await compose(client, await recorded(client))
    await client.advance(20)
    for composition in (waiting, queued):
        assert (await client.ask("DELETE", composition["url"])).status == 204
    await client.post(room["url"], Status="completed")
    await client.advance(LONG_ENOUGH)
    assert [(await look(client, each))["status"] for each in (waiting, queued)] == ["deleted", "deleted"]


async def test_the_media_link_leads_to_where_the_sandbox_says_that_it_makes_none(client: Client) -> None:
    composition = await compose(client, await recorded(client), AudioSources="*", Format="mp4")
    media = composition["links"]["media"]
    assert refused(await client.get(media)) == (404, 20404)
    await client.advance(LONG_ENOUGH)
    headers = {"Authorization": basic_auth(CREDENTIALS.api_key, CREDENTIALS.api_secret)}
    async with client.session.get(media, headers=headers, allow_redirects=False) as redirect:
        assert redirect.status == 302
        location = redirect.headers["Location"]
        assert (await redirect.json()) == {"redirect_to": location}
    assert location.endswith(f"/{composition['sid']}.mp4")
    nothing = await client.get(location)
    assert (nothing.status, "makes no media" in nothing.json["message"]) == (404, True)
    assert refused(await client.get(f"{media}?Ttl=0")) == (400, 20001)
    await client.ask("DELETE", composition["url"])
    assert refused(await client.get(media)) == (404, 20404)


async def test_what_happens_to_a_composition_is_told_in_twilios_words(client: Client) -> None:
    told: list[CompositionEvent] = []
    client.sandbox.media.compositions.happened.append(told.append)
    room = await recorded(client, 40)
    composition = await compose(client, room)
    await client.advance(LONG_ENOUGH)
    callbacks = [event_parameters(event, room["account_sid"]) for event in told]
    assert [each["StatusCallbackEvent"] for each in callbacks] == [
        "composition-started",
        *["composition-progress"] * 9,
        "composition-available",
    ]
    assert [each["PercentageDone"] for each in callbacks[1:-1]] == [str(10 * tenth) for tenth in range(1, 10)]
    assert callbacks[-2]["SecondsRemaining"] == "4"
    assert callbacks[-1] == {
        "AccountSid": room["account_sid"],
        "RoomSid": room["sid"],
        "CompositionSid": composition["sid"],
        "CompositionUri": f"{PATH}/{composition['sid']}",
        "MediaUri": f"{PATH}/{composition['sid']}/Media",
        "Duration": "40",
        "Size": str((await look(client, composition))["size"]),
        "StatusCallbackEvent": "composition-available",
        "Timestamp": callbacks[-1]["Timestamp"],
    }


@pytest.mark.parametrize("method", ["POST", "GET"])
async def test_the_callbacks_of_a_composition_arrive(client: Client, method: str) -> None:
    async with Receiver() as receiver:
        callback = {"StatusCallback": receiver.url("/composed"), "StatusCallbackMethod": method}
        composition = await compose(client, await recorded(client), AudioSources="*", **callback)
        await client.advance(LONG_ENOUGH)
        await client.sandbox.deliveries.drain()
        assert {(each.method, each.path) for each in receiver.received} == {(method, "/composed")}
        assert {each.parameters["CompositionSid"] for each in receiver.received} == {composition["sid"]}
        events = [each.parameters["StatusCallbackEvent"] for each in receiver.received]
    assert (events[0], events[-1], len(events)) == ("composition-started", "composition-available", 11)


@given(st.text("ab*", max_size=6), st.text("ab", max_size=8))
def test_a_star_stands_for_any_characters(pattern: str, name: str) -> None:
    expected = re.fullmatch(".*".join(map(re.escape, pattern.split("*"))), name) is not None
    assert matches(pattern, name) is expected
