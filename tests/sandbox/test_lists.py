"""Lists over HTTP: filters, envelope, pages."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from roomtui.sandbox.world.room_request import room_settings

if TYPE_CHECKING:
    from tests.sandbox.conftest import Client, Json

pytestmark = pytest.mark.usefixtures("unlimited")


def sids(page: Json) -> list[str]:
    return [room["sid"] for room in page["rooms"]]


async def walk(client: Client, url: str, key: str = "rooms") -> list[str]:
    """Every SID from this page to the last."""
    found = []
    while url:
        page = (await client.get(url)).json
        found += [each["sid"] for each in page[key]]
        url = page["meta"]["next_page_url"]
    return found


async def test_an_empty_list_has_the_documented_envelope(client: Client) -> None:
    page = (await client.get("/v1/Rooms?Status=completed")).json
    url = f"{client.sandbox.url}/v1/Rooms?Status=completed&PageSize=50&Page=0"
    meta = {
        "page": 0,
        "page_size": 50,
        "first_page_url": url,
        "previous_page_url": None,
        "url": url,
        "next_page_url": None,
        "key": "rooms",
    }
    assert page == {"rooms": [], "meta": meta}


async def test_rooms_come_newest_first_and_in_progress_by_default(client: Client) -> None:
    first, second, third = [await client.create() for _ in range(3)]
    await client.post(f"/v1/Rooms/{second['sid']}", Status="completed")
    assert sids((await client.get("/v1/Rooms")).json) == [third["sid"], first["sid"]]
    assert sids((await client.get("/v1/Rooms?Status=completed")).json) == [second["sid"]]


async def test_a_name_filter_finds_the_name_in_the_asked_status_only(client: Client) -> None:
    old = await client.create(UniqueName="daily")
    await client.post("/v1/Rooms/daily", Status="completed")
    new = await client.create(UniqueName="daily")
    await client.create(UniqueName="daily2")
    assert sids((await client.get("/v1/Rooms?UniqueName=daily")).json) == [new["sid"]]
    assert sids((await client.get("/v1/Rooms?UniqueName=daily&Status=completed")).json) == [old["sid"]]
    assert sids((await client.get("/v1/Rooms?UniqueName=none")).json) == []


async def test_after_is_inclusive_and_before_is_exclusive_to_the_second(client: Client) -> None:
    rooms = []
    for _ in range(3):
        rooms.append(await client.create())
        await client.advance(1)
    middle = rooms[1]["date_created"]
    assert sids((await client.get(f"/v1/Rooms?DateCreatedAfter={middle}")).json) == [rooms[2]["sid"], rooms[1]["sid"]]
    assert sids((await client.get(f"/v1/Rooms?DateCreatedBefore={middle}")).json) == [rooms[0]["sid"]]
    both = f"/v1/Rooms?DateCreatedAfter={middle}&DateCreatedBefore={rooms[2]['date_created']}"
    assert sids((await client.get(both)).json) == [rooms[1]["sid"]]


async def test_a_plain_date_is_its_midnight_in_utc(client: Client) -> None:
    room = await client.create()
    await client.advance(3 * 86_400)
    today = room["date_created"][:10]
    asked = f"/v1/Rooms?Status=completed&DateCreatedAfter={today}"
    assert sids((await client.get(asked)).json) == [room["sid"]]
    assert sids((await client.get(f"/v1/Rooms?Status=completed&DateCreatedBefore={today}")).json) == []


@pytest.mark.parametrize("fraction", ["", ".5", ".25", ".000001", ".123456789"])
@pytest.mark.parametrize(("offset", "hours"), [("Z", 0), ("z", 0), ("", 0), ("+02:00", 2), ("-0530", -5.5)])
async def test_a_date_time_may_have_any_fraction_and_offset(
    client: Client, fraction: str, offset: str, hours: float
) -> None:
    room = await client.create()
    made = datetime.fromisoformat(f"{room['date_created'][:-1]}+00:00")
    local = made + timedelta(hours=hours)
    later = quote(f"{local:%Y-%m-%dT%H:%M:%S}{fraction}{offset}")
    sooner = quote(f"{local - timedelta(seconds=1):%Y-%m-%dt%H:%M:%S}{fraction}{offset}")
    found = [] if fraction else [room["sid"]]
    assert sids((await client.get(f"/v1/Rooms?DateCreatedAfter={later}")).json) == found
    assert sids((await client.get(f"/v1/Rooms?DateCreatedAfter={sooner}")).json) == [room["sid"]]
    assert sids((await client.get(f"/v1/Rooms?DateCreatedBefore={sooner}")).json) == []


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("PageSize=1001", 20007),
        ("PageSize=0", 20001),
        ("PageSize=-1", 20001),
        ("PageSize=ten", 20001),
        ("PageSize=", 20001),
        ("Page=1", 20001),
        ("Page=-1", 20001),
        ("Page=x", 20001),
        ("PageToken=PTnonsense", 20001),
        ("PageToken=", 20001),
        ("PageToken=%ff", 20001),
        ("Status=open", 20001),
        ("DateCreatedAfter=yesterday", 20001),
        ("DateCreatedBefore=2026-13-01", 20001),
        ("DateCreatedAfter=0001-01-01T00:00:00%2B23:59", 20001),
        ("DateCreatedAfter=20260101", 20001),
        ("DateCreatedAfter=2026-W01-1", 20001),
        ("DateCreatedAfter=2026-01-01T10", 20001),
        ("DateCreatedAfter=2026-01-01T10:00:00%2B02:60", 20001),
        ("DateCreatedAfter=2026-01-01Z", 20001),
    ],
)
async def test_a_query_that_cannot_be_is_refused(client: Client, query: str, code: int) -> None:
    for path in ("/v1/Rooms", f"/v1/Rooms/{(await client.create())['sid']}/Participants"):
        reply = await client.get(f"{path}?{query}")
        assert (reply.status, reply.json["code"]) == (400, code)


async def test_absolute_paging_says_that_a_token_is_needed(client: Client) -> None:
    assert (await client.get("/v1/Rooms?Page=2")).json["message"] == "PageToken is required for paging."


async def test_pages_lead_forward_and_back_with_their_filters(client: Client) -> None:
    made = [(await client.create(UniqueName=f"r&d {number}"))["sid"] for number in range(5)]
    first = (await client.get("/v1/Rooms?PageSize=2&DateCreatedAfter=2020-01-01T00%3A00%3A00Z")).json
    second = (await client.get(first["meta"]["next_page_url"])).json
    third = (await client.get(second["meta"]["next_page_url"])).json
    assert [sids(first), sids(second), sids(third)] == [made[:2:-1], made[2:0:-1], made[:1]]
    assert third["meta"]["next_page_url"] is None
    back = (await client.get(third["meta"]["previous_page_url"])).json
    assert sids(back) == sids(second)
    start = (await client.get(back["meta"]["previous_page_url"])).json
    assert sids(start) == sids(first)
    assert start["meta"]["previous_page_url"] is None
    assert sids((await client.get(third["meta"]["first_page_url"])).json) == sids(first)
    query = parse_qs(urlsplit(second["meta"]["url"]).query)
    assert (query["DateCreatedAfter"], query["PageSize"], query["Page"]) == (["2020-01-01T00:00:00Z"], ["2"], ["1"])


async def test_a_filter_is_echoed_percent_encoded(client: Client) -> None:
    await client.create(UniqueName="a&b=c d/e")
    page = (await client.get("/v1/Rooms?UniqueName=a%26b%3Dc%20d%2Fe")).json
    assert "UniqueName=a%26b%3Dc%20d%2Fe&PageSize" in page["meta"]["url"]
    assert len(page["rooms"]) == 1


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    size=st.integers(1, 4),
    changes=st.lists(st.sampled_from(["create", "end-shown", "end-unshown"]), max_size=6),
)
async def test_no_room_is_lost_or_doubled_while_rooms_come_and_go(
    client: Client, size: int, changes: list[str]
) -> None:
    for room in (await client.get("/v1/Rooms?PageSize=1000")).json["rooms"]:
        await client.post(f"/v1/Rooms/{room['sid']}", Status="completed")
    staying = [(await client.create())["sid"] for _ in range(8)]
    page = (await client.get(f"/v1/Rooms?PageSize={size}")).json
    shown = sids(page)
    ended = set()
    for change in changes:
        pool = shown if change == "end-shown" else [sid for sid in staying if sid not in shown]
        candidates = [sid for sid in pool if sid not in ended]
        if change == "create" or not candidates:
            await client.create()
        else:
            ended.add(candidates[0])
            await client.post(f"/v1/Rooms/{candidates[0]}", Status="completed")
    seen = shown + await walk(client, page["meta"]["next_page_url"])
    assert len(seen) == len(set(seen))
    assert set(staying) - ended <= set(seen)


async def test_a_token_of_one_list_does_not_open_another(client: Client) -> None:
    for _ in range(2):
        room = await client.create()
    page = (await client.get("/v1/Rooms?PageSize=1")).json
    token = parse_qs(urlsplit(page["meta"]["next_page_url"]).query)["PageToken"][0]
    other = await client.get(f"/v1/Rooms/{room['sid']}/Participants?Page=1&PageToken={token}")
    assert (other.status, other.json["code"]) == (400, 20001)


async def test_a_thousand_rooms_fit_on_one_page_and_the_default_is_fifty(client: Client) -> None:
    world = client.sandbox.world
    for _ in range(1001):
        world.create_room(room_settings({}, world.account))
    assert len((await client.get("/v1/Rooms?PageSize=1000")).json["rooms"]) == 1000
    assert len((await client.get("/v1/Rooms")).json["rooms"]) == 50
    assert len(await walk(client, "/v1/Rooms?PageSize=300")) == 1001


async def test_participants_are_listed_by_status_identity_and_page(client: Client) -> None:
    room = await client.create(UniqueName="daily")
    people = [await client.join("daily", identity) for identity in ("ann", "bob", "eve")]
    await client.act(people[0], "leave")
    await client.act(people[1], "drop")
    path = f"/v1/Rooms/{room['sid']}/Participants"

    async def identities(query: str) -> list[str]:
        return [who["identity"] for who in (await client.get(f"{path}{query}")).json["participants"]]

    assert await identities("") == ["eve"]
    assert await identities("?Status=connected") == ["eve"]
    assert await identities("?Status=reconnecting") == ["bob"]
    assert await identities("?Status=disconnected") == ["ann"]
    assert await identities("?Identity=ann") == []
    assert await identities("?Identity=ann&Status=disconnected") == ["ann"]
    await client.post(f"/v1/Rooms/{room['sid']}", Status="completed")
    assert await identities("") == ["eve", "bob", "ann"]
    assert await identities("?Status=connected") == []
    started = people[0]["date_created"]
    assert await identities(f"?DateCreatedBefore={started}") == []
    assert await identities(f"?DateCreatedAfter={started}") == ["eve", "bob", "ann"]
    assert await walk(client, f"{path}?PageSize=1", "participants") == [who["sid"] for who in reversed(people)]
    second = (await client.get((await client.get(f"{path}?PageSize=1")).json["meta"]["next_page_url"])).json
    back = (await client.get(second["meta"]["previous_page_url"])).json
    assert [who["identity"] for who in back["participants"]] == ["eve"]


async def test_a_participants_list_by_name_has_urls_that_outlive_the_name(client: Client) -> None:
    room = await client.create(UniqueName="daily")
    page = (await client.get("/v1/Rooms/daily/Participants?Status=connected&Identity=a%20b")).json
    url = f"{client.sandbox.url}/v1/Rooms/{room['sid']}/Participants?Status=connected&Identity=a%20b&PageSize=50&Page=0"
    assert (page["meta"]["url"], page["meta"]["key"]) == (url, "participants")
