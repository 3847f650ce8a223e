"""`/v1/Rooms/{Room}/Transcriptions`: one a room, started and stopped, at work while somebody is there."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.sandbox.conftest import Client, Json, Reply

TTID = re.compile(r"video_extension_[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")


def path(room: Json) -> str:
    return f"/v1/Rooms/{room['sid']}/Transcriptions"


async def start(client: Client, room: Json, **form: str) -> Json:
    reply = await client.post(path(room), **form)
    assert reply.status == 202, reply.text
    return dict(reply.json)


async def update(client: Client, transcription: Json, **form: str) -> Json:
    reply = await client.post(transcription["url"], **form)
    assert reply.status == 202, reply.text
    return dict(reply.json)


def refused(reply: Reply) -> tuple[int, Any]:
    return reply.status, reply.json["code"]


async def test_in_an_empty_room_it_waits_for_somebody(client: Client) -> None:
    room = await client.create(UniqueName="talk")
    started = await start(client, room, Configuration='{"languageCode": "EN-us", "partialResults": true, "n": 1.5}')
    assert TTID.fullmatch(started["ttid"])
    assert started == {
        "ttid": started["ttid"],
        "account_sid": room["account_sid"],
        "room_sid": room["sid"],
        "source_sid": None,
        "status": "started",
        "date_created": room["date_created"],
        "date_updated": None,
        "start_time": None,
        "end_time": None,
        "duration": None,
        "url": f"{room['url']}/Transcriptions/{started['ttid']}",
        "configuration": {"languageCode": "EN-us", "partialResults": "true", "n": "1.5"},
    }
    assert (await client.get(f"/v1/Rooms/talk/Transcriptions/{started['ttid']}")).json == started


async def test_it_works_while_it_is_started_and_somebody_is_there(client: Client) -> None:
    room = await client.create(EmptyRoomTimeout="10")
    alice = await client.join(room["sid"], "alice")
    started = await start(client, room)
    assert started["start_time"] == started["date_created"]
    await client.advance(10)
    bob = await client.join(room["sid"], "bob")
    await client.act(alice, "leave")
    await client.advance(20)
    gone = await client.act(bob, "leave")
    paused = (await client.get(started["url"])).json
    assert (paused["status"], paused["end_time"], paused["duration"]) == ("started", gone["end_time"], None)
    await client.advance(100)
    await client.join(room["sid"], "alice")
    assert (await client.get(started["url"])).json["end_time"] is None
    await client.advance(5)
    stopped = await update(client, started, Status="stopped")
    assert (stopped["status"], stopped["duration"]) == ("stopped", 10 + 20 + 5)
    assert stopped["start_time"] == started["start_time"]
    assert stopped["end_time"] == stopped["date_updated"] > gone["end_time"]


async def test_what_was_stopped_can_be_started_again(client: Client) -> None:
    room = await client.create()
    await client.join(room["sid"], "alice")
    started = await start(client, room)
    await client.advance(7)
    await update(client, started, Status="stopped")
    await client.advance(100)
    again = await update(client, started, Status="started")
    assert (again["ttid"], again["status"], again["end_time"], again["duration"]) == (
        started["ttid"],
        "started",
        None,
        None,
    )
    assert again["start_time"] == started["start_time"]
    await client.advance(3)
    assert (await update(client, started, Status="stopped"))["duration"] == 10


async def test_started_again_without_anybody_it_goes_on_waiting(client: Client) -> None:
    room = await client.create()
    started = await start(client, room)
    assert (await update(client, started, Status="stopped"))["duration"] is None
    assert (await update(client, started, Status="started"))["start_time"] is None


async def test_the_same_status_and_no_parameters_change_nothing(client: Client) -> None:
    started = await start(client, await client.create())
    assert await update(client, started, Status="started") == started
    assert await update(client, started) == started


async def test_a_new_configuration_is_applied_over_the_old_one(client: Client) -> None:
    started = await start(client, await client.create(), Configuration='{"languageCode": "en-US", "hints": "a"}')
    await client.advance(60)
    changed = await update(client, started, Configuration='{"languageCode": "nl-BE"}')
    assert changed["configuration"] == {"languageCode": "nl-BE", "hints": "a"}
    assert (changed["status"], changed["date_created"]) == ("started", started["date_created"])
    assert changed["date_updated"] > started["date_created"]


async def test_a_room_has_only_one(client: Client) -> None:
    room = await client.create()
    assert (await client.get(path(room))).json["transcriptions"] == []
    started = await start(client, room)
    assert refused(await client.post(path(room))) == (400, 20001)
    await update(client, started, Status="stopped")
    assert refused(await client.post(path(room))) == (400, 20001)
    listed = (await client.get(f"{path(room)}?PageSize=1")).json
    assert [each["ttid"] for each in listed["transcriptions"]] == [started["ttid"]]
    assert (listed["meta"]["key"], listed["meta"]["next_page_url"]) == ("transcriptions", None)


async def test_the_first_participant_starts_it_where_the_room_says_so(client: Client) -> None:
    room = await client.create(
        TranscribeParticipantsOnConnect="true",
        TranscriptionsConfiguration='{"languageCode": "de-DE", "profanityFilter": false}',
    )
    assert (await client.get(path(room))).json["transcriptions"] == []
    await client.advance(30)
    alice = await client.join(room["sid"], "alice")
    await client.join(room["sid"], "bob")
    (started,) = (await client.get(path(room))).json["transcriptions"]
    assert (started["status"], started["start_time"]) == ("started", alice["start_time"])
    assert started["configuration"] == {"languageCode": "de-DE", "profanityFilter": "false"}


async def test_a_participant_does_not_start_it_where_it_was_stopped_or_not_asked_for(client: Client) -> None:
    plain = await client.create()
    await client.join(plain["sid"], "alice")
    assert (await client.get(path(plain))).json["transcriptions"] == []
    room = await client.create(TranscribeParticipantsOnConnect="true")
    await client.join(room["sid"], "alice")
    (started,) = (await client.get(path(room))).json["transcriptions"]
    stopped = await update(client, started, Status="stopped")
    await client.join(room["sid"], "bob")
    assert (await client.get(path(room))).json["transcriptions"] == [stopped]


async def test_the_end_of_the_room_stops_it_for_good(client: Client) -> None:
    room = await client.create()
    await client.join(room["sid"], "alice")
    started = await start(client, room)
    await client.advance(42)
    ended = (await client.post(room["url"], Status="completed")).json
    stopped = (await client.get(started["url"])).json
    assert (stopped["status"], stopped["end_time"], stopped["duration"]) == ("stopped", ended["end_time"], 42)
    assert refused(await client.post(started["url"], Status="started")) == (400, 53118)
    assert refused(await client.post(path(room))) == (400, 53118)


async def test_what_had_stopped_before_keeps_its_end(client: Client) -> None:
    room = await client.create()
    started = await start(client, room)
    stopped = await update(client, started, Status="stopped")
    await client.advance(10)
    await client.post(room["url"], Status="completed")
    assert (await client.get(started["url"])).json == stopped


@pytest.mark.parametrize(
    "form",
    [
        {"Status": "failed"},
        {"Status": "paused"},
        {"Status": ""},
        {"Configuration": "en-US"},
        {"Configuration": "[]"},
        {"Configuration": '{"languageCode": null}'},
        {"Configuration": '{"languageCode": {"a": 1}}'},
        {"Configuration": "[" * 20_000},
    ],
)
async def test_what_cannot_be_is_refused_and_changes_nothing(client: Client, form: dict[str, str]) -> None:
    started = await start(client, await client.create())
    assert refused(await client.post(started["url"], **form)) == (400, 20001)
    assert (await client.get(started["url"])).json == started


async def test_a_room_without_media_server_is_not_heard(client: Client) -> None:
    room = await client.create(Type="peer-to-peer")
    assert refused(await client.post(path(room))) == (400, 20001)


async def test_what_is_not_there_is_a_404(client: Client) -> None:
    room = await client.create(UniqueName="talk")
    other = await start(client, await client.create())
    assert refused(await client.get(f"{path(room)}/{other['ttid']}")) == (404, 20404)
    assert refused(await client.post(f"{path(room)}/{other['ttid']}", Status="stopped")) == (404, 20404)
    missing = await client.get("/v1/Rooms/nobody/Transcriptions")
    assert missing.json["message"] == "The requested resource /Rooms/nobody/Transcriptions was not found"
    await client.post(room["url"], Status="completed")
    assert refused(await client.post("/v1/Rooms/talk/Transcriptions")) == (404, 20404)


async def test_a_configuration_of_the_room_that_is_no_map_of_text_does_not_keep_anybody_out(client: Client) -> None:
    room = await client.create(TranscribeParticipantsOnConnect="true", TranscriptionsConfiguration='{"hints": ["a"]}')
    await client.join(room["sid"], "alice")
    (started,) = (await client.get(path(room))).json["transcriptions"]
    assert started["configuration"] == {"hints": '["a"]'}
