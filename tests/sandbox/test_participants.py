"""`/v1/Rooms/{Room}/Participants/{Participant}` over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.sandbox.conftest import Client


async def test_a_participant_has_every_documented_field(client: Client) -> None:
    joined = await client.join("daily", "ann")
    url = f"{client.sandbox.url}/v1/Rooms/{joined['room_sid']}/Participants/{joined['sid']}"
    assert (await client.get(f"/v1/Rooms/daily/Participants/{joined['sid']}")).json == {
        "sid": joined["sid"],
        "room_sid": joined["room_sid"],
        "account_sid": client.sandbox.credentials.account_sid,
        "status": "connected",
        "identity": "ann",
        "date_created": joined["date_created"],
        "date_updated": joined["date_created"],
        "start_time": joined["date_created"],
        "end_time": None,
        "duration": None,
        "url": url,
        "links": {
            "published_tracks": f"{url}/PublishedTracks",
            "subscribed_tracks": f"{url}/SubscribedTracks",
            "subscribe_rules": f"{url}/SubscribeRules",
            "anonymize": f"{url}/Anonymize",
        },
    }


async def test_by_identity_only_connected_by_sid_any_status(client: Client) -> None:
    await client.create(UniqueName="daily")
    ann = await client.join("daily", "ann/a")
    assert (await client.get("/v1/Rooms/daily/Participants/ann%2Fa")).json["sid"] == ann["sid"]
    await client.act(ann, "drop")
    assert (await client.get("/v1/Rooms/daily/Participants/ann%2Fa")).status == 404
    await client.act(ann, "leave")
    gone = await client.get("/v1/Rooms/daily/Participants/ann%2Fa")
    assert gone.json["message"] == "The requested resource /Rooms/daily/Participants/ann%2Fa was not found"
    by_sid = await client.get(f"/v1/Rooms/daily/Participants/{ann['sid']}")
    assert (by_sid.status, by_sid.json["status"]) == (200, "disconnected")


async def test_a_participant_of_another_room_is_not_found(client: Client) -> None:
    ann, bob = await client.join("one", "ann"), await client.join("two", "bob")
    assert (await client.get(f"/v1/Rooms/one/Participants/{bob['sid']}")).status == 404
    assert (await client.get(f"/v1/Rooms/none/Participants/{ann['sid']}")).status == 404
    assert (await client.get("/v1/Rooms/none/Participants")).status == 404


async def test_putting_somebody_out_answers_202_and_tells_their_sdk_nothing(client: Client) -> None:
    await client.create(UniqueName="daily")
    ann = await client.join("daily", "ann")
    await client.advance(7)
    out = await client.post("/v1/Rooms/daily/Participants/ann", Status="disconnected")
    assert (out.status, out.json["status"], out.json["duration"]) == (202, "disconnected", 7)
    told = (await client.get(f"/_sandbox/participants/{ann['sid']}")).json
    assert (told["departure"], told["error_code"]) == ("removed-by-api", None)
    again = await client.post(f"/v1/Rooms/daily/Participants/{ann['sid']}", Status="disconnected")
    assert (again.status, again.json["code"]) == (400, 53209)
    assert (await client.join("daily", "ann"))["sid"] != ann["sid"]


@pytest.mark.parametrize("status", ["connected", "reconnecting", "", "Disconnected"])
async def test_any_other_status_is_refused(client: Client, status: str) -> None:
    ann = await client.join("daily", "ann")
    reply = await client.post(f"/v1/Rooms/daily/Participants/{ann['sid']}", Status=status)
    assert (reply.status, reply.json["code"]) == (400, 53209)


async def test_without_a_status_nothing_changes(client: Client) -> None:
    ann = await client.join("daily", "ann")
    reply = await client.post(f"/v1/Rooms/daily/Participants/{ann['sid']}")
    assert (reply.status, reply.json["status"]) == (202, "connected")


async def test_why_somebody_left_is_not_in_twilios_answers(client: Client) -> None:
    await client.create(UniqueName="daily")
    ann = await client.join("daily", "ann", Tracks="audio")
    await client.act(ann, "leave")
    seen = (await client.get(f"/v1/Rooms/daily/Participants/{ann['sid']}")).json
    assert not {"departure", "error_code", "tracks"} & set(seen)
    room = (await client.get("/v1/Rooms/daily")).json
    assert not {"ending", "origin", "participants"} & set(room)
