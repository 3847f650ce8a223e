"""What people publish and receive, over HTTP: PublishedTracks, SubscribedTracks, SubscribeRules."""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest

from tests.sandbox.sdk import in_thread, sdk

if TYPE_CHECKING:
    from roomtui.sandbox.server import Sandbox
    from tests.sandbox.conftest import Client, Json

ALL = '[{"type": "include", "all": true}]'


def path(participant: Json, what: str) -> str:
    return f"/v1/Rooms/{participant['room_sid']}/Participants/{participant['sid']}/{what}"


async def people(client: Client) -> dict[str, Json]:
    """The room of the Track Subscriptions page: three people and their tracks."""
    published = {
        "Alice": {"alice-audio": "audio", "alice-cam": "video", "screen": "video"},
        "Bob": {"bob-audio": "audio", "bob-cam": "video", "screen": "video"},
        "Carl": {"carl-audio": "audio", "carl-cam": "video", "carl-data": "data"},
    }
    room = await client.create(UniqueName="example")
    found = {}
    for identity, tracks in published.items():
        found[identity] = await client.join(room["sid"], identity)
        for name, kind in tracks.items():
            await client.act(found[identity], "publish", Kind=kind, Name=name)
    return found


async def subscribed(client: Client, participant: Json) -> set[str]:
    """Identity initial and name of every track that somebody receives."""
    page = (await client.get(path(participant, "SubscribedTracks"))).json
    return {each["name"] for each in page["subscribed_tracks"]}


async def test_a_published_track_has_every_documented_field(client: Client) -> None:
    ann = await client.join("daily", "ann", Tracks="audio")
    (shown,) = (await client.get(path(ann, "PublishedTracks"))).json["published_tracks"]
    assert shown == {
        "sid": ann["tracks"][0]["sid"],
        "participant_sid": ann["sid"],
        "room_sid": ann["room_sid"],
        "name": ann["tracks"][0]["sid"],
        "date_created": ann["date_created"],
        "date_updated": ann["date_created"],
        "enabled": True,
        "kind": "audio",
        "url": f"{client.sandbox.url}{path(ann, 'PublishedTracks')}/{ann['tracks'][0]['sid']}",
    }
    assert (await client.get(shown["url"])).json == shown


async def test_only_what_is_published_now_is_listed(client: Client) -> None:
    await client.create(UniqueName="daily")
    ann = await client.join("daily", "ann", Tracks="audio,video")
    assert len((await client.get("/v1/Rooms/daily/Participants/ann/PublishedTracks")).json["published_tracks"]) == 2
    await client.act(ann, "unpublish", Kind="video")
    (left,) = (await client.get(path(ann, "PublishedTracks"))).json["published_tracks"]
    assert left["kind"] == "audio"
    await client.act(ann, "leave")
    assert (await client.get(path(ann, "PublishedTracks"))).json["published_tracks"] == []
    assert (await client.get(left["url"])).status == 404


async def test_muting_shows_and_renews_the_date(client: Client) -> None:
    ann = await client.join("daily", "ann", Tracks="audio")
    await client.advance(5)
    await client.act(ann, "publish", Kind="audio", Enabled="false")
    (muted,) = (await client.get(path(ann, "PublishedTracks"))).json["published_tracks"]
    assert (muted["enabled"], muted["date_created"] == ann["date_created"]) == (False, True)
    assert muted["date_updated"] > muted["date_created"]


async def test_a_track_is_fetched_by_name_or_sid_and_the_sid_comes_first(client: Client) -> None:
    ann = await client.join("daily", "ann", Tracks="audio")
    sid = ann["tracks"][0]["sid"]
    await client.act(ann, "publish", Kind="video", Name="my screen/1")
    by_name = (await client.get(f"{path(ann, 'PublishedTracks')}/{quote('my screen/1', safe='')}")).json
    assert (by_name["kind"], by_name["name"]) == ("video", "my screen/1")
    assert (await client.get(f"{path(ann, 'PublishedTracks')}/{sid}")).json["kind"] == "audio"
    missing = await client.get(f"{path(ann, 'PublishedTracks')}/MT{'0' * 32}")
    assert (missing.status, missing.json["code"]) == (404, 20404)


async def test_tracks_are_listed_newest_first_page_by_page(client: Client) -> None:
    ann = await client.join("daily", "ann", Tracks="audio,video,data")
    made = [track["sid"] for track in ann["tracks"]]
    first = (await client.get(f"{path(ann, 'PublishedTracks')}?PageSize=2")).json
    second = (await client.get(first["meta"]["next_page_url"])).json
    assert [each["sid"] for page in (first, second) for each in page["published_tracks"]] == made[::-1]
    assert second["meta"]["next_page_url"] is None
    back = (await client.get(second["meta"]["previous_page_url"])).json
    assert back["published_tracks"] == first["published_tracks"]


async def test_a_subscribed_track_has_every_documented_field(client: Client) -> None:
    ann = await client.join("daily", "ann", Tracks="audio")
    await client.advance(8)
    bob = await client.join("daily", "bob")
    track = ann["tracks"][0]["sid"]
    shown = (await client.get(f"{path(bob, 'SubscribedTracks')}/{track}")).json
    assert shown == {
        "sid": track,
        "participant_sid": bob["sid"],
        "publisher_sid": ann["sid"],
        "room_sid": ann["room_sid"],
        "name": track,
        "date_created": bob["date_created"],
        "date_updated": bob["date_created"],
        "enabled": True,
        "kind": "audio",
        "url": f"{client.sandbox.url}{path(bob, 'SubscribedTracks')}/{track}",
    }
    assert (await client.get(path(bob, "SubscribedTracks"))).json["subscribed_tracks"] == [shown]
    assert (await client.get(f"{path(ann, 'SubscribedTracks')}/{track}")).status == 404


async def test_everybody_starts_with_a_rule_to_subscribe_to_everything(client: Client) -> None:
    found = await people(client)
    assert await subscribed(client, found["Alice"]) == {
        "bob-audio", "bob-cam", "screen", "carl-audio", "carl-cam", "carl-data",
    }  # fmt: skip
    assert (await client.get(path(found["Alice"], "SubscribeRules"))).json == {
        "participant_sid": found["Alice"]["sid"],
        "room_sid": found["Alice"]["room_sid"],
        "rules": [{"type": "include", "all": True}],
        "date_created": None,
        "date_updated": None,
    }


@pytest.mark.parametrize(
    ("who", "rules", "expected"),
    [
        (
            "Alice",
            """[{"type": "include", "all": true}, {"type": "exclude", "kind": "video"},
                {"type": "include", "publisher": "Bob", "track": "screen"}]""",
            {"bob-audio", "carl-audio", "carl-data", "screen"},
        ),
        ("Alice", '[{"type": "exclude", "all": true}]', set()),
        ("Alice", '[{"type": "exclude", "kind": "video"}]', set()),
        ("Alice", '[{"type": "include", "track": "alice-audio"}]', set()),
        ("Alice", '[{"type": "include", "track": "screen"}]', {"screen"}),
        ("Alice", '[{"type": "include", "track": "Screen"}]', set()),
        (
            "Carl",
            """[{"type": "include", "all": true}, {"type": "exclude", "publisher": "PTB", "kind": "audio"},
                {"type": "exclude", "kind": "video", "track": "screen"}]""",
            {"alice-audio", "alice-cam", "bob-cam"},
        ),
        ("Alice", '[{"type": "include", "kind": "data"}, {"type": "exclude", "publisher": "Carl"}]', set()),
        ("Alice", '[{"type": "exclude", "publisher": "Carl"}, {"type": "include", "kind": "data"}]', {"carl-data"}),
    ],
)
async def test_the_examples_of_the_track_subscriptions_page(
    client: Client, who: str, rules: str, expected: set[str]
) -> None:
    found = await people(client)
    rules = rules.replace("PTB", found["Bob"]["sid"])
    reply = await client.post(path(found[who], "SubscribeRules"), Rules=rules)
    assert (reply.status, reply.json["rules"]) == (200, json.loads(rules))
    assert await subscribed(client, found[who]) == expected


async def test_subscribe_rules_are_enforced_as_people_come_and_go(client: Client) -> None:
    room = await client.create()
    alice = await client.join(room["sid"], "Alice")
    rules = [
        {"type": "include", "kind": "audio"},
        {"type": "include", "track": "screen"},
        {"type": "exclude", "publisher": "Carl"},
        {"type": "include", "kind": "data"},
    ]
    await client.post(path(alice, "SubscribeRules"), Rules=json.dumps(rules))
    bob = await client.join(room["sid"], "Bob", Tracks="audio,video")
    await client.act(bob, "publish", Kind="video", Name="screen")
    assert await subscribed(client, alice) == {bob["tracks"][0]["sid"], "screen"}
    carl = await client.join(room["sid"], "Carl", Tracks="audio,video")
    assert len(await subscribed(client, alice)) == 2
    await client.act(carl, "publish", Kind="data", Name="chat")
    assert await subscribed(client, alice) == {bob["tracks"][0]["sid"], "screen", "chat"}
    await client.act(bob, "leave")
    assert await subscribed(client, alice) == {"chat"}
    await client.act(carl, "leave")
    assert await subscribed(client, alice) == set()


@pytest.mark.parametrize(
    "rules",
    [
        "[]",
        "{}",
        "",
        "nonsense",
        '[{"type": "include"}]',
        '[{"all": true}]',
        '[{"type": "include", "all": false}]',
        '[{"type": "include", "all": "true"}]',
        '[{"type": "include", "all": true, "kind": "data"}]',
        '[{"type": "include", "kind": "wideo"}]',
        '[{"type": "include", "kind": "audio", "kind": "data"}]',
        '[{"type": "include", "publisher": ""}]',
        '[{"type": "include", "track": ["screen"]}]',
        '[{"type": ["include"], "all": true}]',
        '[{"type": "include", "all": true, "priority": "urgent"}]',
        '[{"type": "include", "priority": "high"}]',
        '[{"type": "include", "all": true, "color": "red"}]',
        '["include"]',
        json.dumps([{"type": "include", "all": True}] * 21),
    ],
)
async def test_invalid_subscribe_rules_are_refused_and_change_nothing(client: Client, rules: str) -> None:
    ann = await client.join("daily", "ann")
    reply = await client.post(path(ann, "SubscribeRules"), Rules=rules)
    assert reply.status == 400
    assert reply.json == {
        "code": 53215,
        "message": "Invalid Subscribe Rule(s)",
        "more_info": "https://www.twilio.com/docs/errors/53215",
        "status": 400,
    }
    assert (await client.get(path(ann, "SubscribeRules"))).json["rules"] == json.loads(ALL)


async def test_subscribe_rules_may_carry_a_priority_and_nulls(client: Client) -> None:
    ann = await client.join("daily", "ann")
    rule = {"type": "include", "all": True, "publisher": None, "kind": None, "priority": "high"}
    reply = await client.post(path(ann, "SubscribeRules"), Rules=json.dumps([rule]))
    assert reply.json["rules"] == [{"type": "include", "all": True, "priority": "high"}]
    assert reply.json["date_created"] == reply.json["date_updated"] == ann["date_created"]


async def test_a_phone_receives_sound_only(client: Client) -> None:
    room = await client.create(UniqueName="daily")
    await client.join("daily", "ann", Tracks="audio,video,data")
    phone = client.sandbox.world.join_by_phone("daily", "+16505550123")
    page = (await client.get(f"/v1/Rooms/{room['sid']}/Participants/{phone.sid}/SubscribedTracks")).json
    assert [track["kind"] for track in page["subscribed_tracks"]] == ["audio"]


@pytest.mark.parametrize("room_type", ["peer-to-peer", "go"])
async def test_without_a_media_server_there_are_no_subscriptions_but_there_are_tracks(
    client: Client, room_type: str
) -> None:
    room = await client.create(Type=room_type)
    ann = await client.join(room["sid"], "ann", Tracks="audio")
    for what in ("SubscribedTracks", f"SubscribedTracks/{ann['tracks'][0]['sid']}", "SubscribeRules"):
        reply = await client.get(path(ann, what))
        assert (reply.status, reply.json["code"]) == (400, 53117)
    assert (await client.post(path(ann, "SubscribeRules"), Rules=ALL)).json["code"] == 53117
    assert len((await client.get(path(ann, "PublishedTracks"))).json["published_tracks"]) == 1


async def test_who_has_left_receives_nothing_and_cannot_change_their_rules(client: Client) -> None:
    await client.create(UniqueName="daily")
    await client.join("daily", "ann", Tracks="audio")
    bob = await client.join("daily", "bob")
    await client.act(bob, "leave")
    assert await subscribed(client, bob) == set()
    assert (await client.post(path(bob, "SubscribeRules"), Rules=ALL)).json["code"] == 53204
    assert (await client.get(path(bob, "SubscribeRules"))).json["rules"] == json.loads(ALL)


async def test_anonymizing_puts_the_sid_in_the_place_of_the_identity(client: Client) -> None:
    await client.create(UniqueName="daily")
    ann = await client.join("daily", "ann@example.com")
    still_in = await client.post(path(ann, "Anonymize"))
    assert (still_in.status, still_in.json["code"]) == (400, 53209)
    await client.act(ann, "leave")
    await client.advance(3)
    reply = await client.post(path(ann, "Anonymize"))
    assert (reply.status, reply.json["identity"], reply.json["status"]) == (200, ann["sid"], "disconnected")
    assert reply.json["url"].endswith(f"/Participants/{ann['sid']}/Anonymize")
    assert "links" not in reply.json
    fetched = (await client.get(f"/v1/Rooms/daily/Participants/{ann['sid']}")).json
    assert (fetched["identity"], fetched["date_updated"]) == (ann["sid"], reply.json["date_updated"])
    listed = (await client.get("/v1/Rooms/daily/Participants?Status=disconnected&Identity=ann%40example.com")).json
    assert listed["participants"] == []


async def test_the_sdk_reads_and_sets_all_of_it(sandbox: Sandbox, client: Client) -> None:
    ann = await client.join("daily", "ann", Tracks="audio")
    bob = await client.join("daily", "bob")
    participants: Any = sdk(sandbox).video.v1.rooms(ann["room_sid"]).participants
    (published,) = await in_thread(participants(ann["sid"]).published_tracks.list)
    assert (published.sid, published.kind, published.enabled) == (ann["tracks"][0]["sid"], "audio", True)
    (received,) = await in_thread(participants(bob["sid"]).subscribed_tracks.list)
    assert (received.publisher_sid, received.participant_sid) == (ann["sid"], bob["sid"])
    rules = participants(bob["sid"]).subscribe_rules
    await in_thread(partial(rules.update, rules=[{"type": "exclude", "all": True}]))
    assert (await in_thread(rules.fetch)).rules == [{"type": "exclude", "all": True}]
    assert await in_thread(participants(bob["sid"]).subscribed_tracks.list) == []
    await client.act(ann, "leave")
    anonymous = await in_thread(participants(ann["sid"]).anonymize().update)
    assert anonymous.identity == ann["sid"]
