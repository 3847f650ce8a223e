from __future__ import annotations

import asyncio
from datetime import datetime, timedelta, timezone
from itertools import pairwise
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from roomtui.twilio_api import parse, sdk
from roomtui.twilio_api.errors import (
    Broken,
    CredentialsRefused,
    ForeignHost,
    NotFound,
    NotTwilio,
    Refused,
    Throttled,
    TwilioError,
    Unreachable,
)
from roomtui.twilio_api.gateway import Gateway, RoomQuery
from tests.twilio_api.scripted import (
    ROOM_SID,
    Action,
    Asked,
    Reply,
    Reset,
    Scripted,
    page_json,
    participant_json,
    refusal_json,
    room_json,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from roomtui.rooms.model import Room
    from tests.twilio_api.conftest import Connect

UTC = timezone.utc


async def listed(gateway: Gateway, query: RoomQuery | None = None) -> list[Room]:
    return [room async for page in gateway.room_pages(query or RoomQuery()) for room in page]


def rooms_page(*numbers: int, next_url: str | None = None) -> Reply:
    return Reply(body=page_json("rooms", [room_json(number) for number in numbers], next_url))


# -- lists ------------------------------------------------------------------------------------------------------------


async def test_reads_a_list_to_its_end(connect: Connect) -> None:
    def script(asked: Asked) -> Action:
        if "PageToken" in asked.target:
            return rooms_page(3)
        return rooms_page(1, 2, next_url=f"{server.url}/v1/Rooms?PageSize=1000&Page=1&PageToken=PT%2B1")

    async with Scripted(script=script) as server:
        pages = [page async for page in connect(server.url).room_pages(RoomQuery())]
        assert [[room.unique_name.raw for room in page] for page in pages] == [["room-1", "room-2"], ["room-3"]]
        assert server.asked[1].target == "/v1/Rooms?PageSize=1000&Page=1&PageToken=PT%2B1", "verbatim"
        assert all("Authorization" in asked.headers for asked in server.asked)


async def test_asks_for_pages_of_a_thousand_and_never_more(connect: Connect) -> None:
    async with Scripted(Reply(body={**page_json("rooms", []), **page_json("participants", [])})) as server:
        gateway = connect(server.url)
        await listed(gateway)
        await gateway.participants(ROOM_SID)
        for asked in server.asked:
            assert parse_qs(urlsplit(asked.target).query)["PageSize"] == ["1000"]


async def test_asks_for_what_the_query_says_in_utc(connect: Connect) -> None:
    east = timezone(timedelta(hours=9))
    query = RoomQuery(
        status="completed",
        unique_name="a&b=c#ä",
        created_after=datetime(2026, 11, 20, 8, 30, 0, 999999, tzinfo=east),
        created_before=datetime(2026, 11, 20, 8, 30, 0, 1, tzinfo=east),
    )
    async with Scripted(rooms_page()) as server:
        await listed(connect(server.url), query)
        assert parse_qs(urlsplit(server.asked[0].target).query) == {
            "Status": ["completed"],
            "UniqueName": ["a&b=c#ä"],
            "DateCreatedAfter": ["2026-11-19T23:30:00Z"],
            "DateCreatedBefore": ["2026-11-19T23:30:01Z"],  # exclusive: rounded down, it would lose a second's rooms
            "PageSize": ["1000"],
        }


def test_a_query_has_no_time_without_a_zone() -> None:
    with pytest.raises(ValueError, match="zone"):
        RoomQuery(created_after=datetime(2026, 11, 20))  # noqa: DTZ001  # the case


async def test_does_not_take_the_credentials_to_another_host(connect: Connect) -> None:
    async with Scripted(rooms_page(2)) as elsewhere:
        async with Scripted(rooms_page(1, next_url=f"{elsewhere.url}/v1/Rooms?Page=1")) as home:
            pages = connect(home.url).room_pages(RoomQuery())
            assert [room.unique_name.raw for room in await anext(pages)] == ["room-1"]
            with pytest.raises(ForeignHost, match="credentials are not sent there"):
                await anext(pages)
        assert elsewhere.asked == []


async def test_does_not_take_the_credentials_where_a_redirect_points(connect: Connect) -> None:
    async with Scripted(Reply(body=room_json(1))) as elsewhere:
        async with Scripted(Reply(302, headers={"Location": f"{elsewhere.url}/v1/Rooms/x"})) as home:
            with pytest.raises(NotTwilio, match="redirects"):
                await connect(home.url).room("x")
        assert elsewhere.asked == []


async def test_follows_a_relative_next_page(connect: Connect) -> None:
    async with Scripted(rooms_page(1, next_url="/v1/Rooms?Page=1"), rooms_page(2)) as server:
        assert len(await listed(connect(server.url))) == 2
        assert server.asked[1].target == "/v1/Rooms?Page=1"


@pytest.mark.parametrize(
    "next_url",
    ["//evil.example/v1/Rooms", "https://user:pw@127.0.0.1/", "javascript:alert(1)", "http://127.0.0.1:port/"],
)
async def test_refuses_a_next_page_that_is_no_plain_address_of_the_api(connect: Connect, next_url: str) -> None:
    async with Scripted(rooms_page(1, next_url=next_url)) as server:
        with pytest.raises((ForeignHost, NotTwilio)):
            await listed(connect(server.url))
        assert len(server.asked) == 1


async def test_ends_where_the_pages_go_in_a_circle(connect: Connect) -> None:
    def script(asked: Asked) -> Action:
        page = int(parse_qs(urlsplit(asked.target).query).get("Page", ["0"])[0])
        return rooms_page(page, next_url=f"{server.url}/v1/Rooms?Page={page % 3 + 1}")

    async with Scripted(script=script) as server:
        with pytest.raises(NotTwilio, match="does not come to an end"):
            await listed(connect(server.url))
        assert len(server.asked) == 4


@pytest.mark.parametrize("next_url", ["http://[::1", "//["])
async def test_refuses_a_next_page_whose_address_is_none(connect: Connect, next_url: str) -> None:
    async with Scripted(rooms_page(1, next_url=next_url)) as server:
        with pytest.raises(NotTwilio) as wrong:
            await listed(connect(server.url))
        host = server.url.removeprefix("http://")
        assert wrong.value.sentence == (
            f"{host} does not answer like Twilio (a next page whose address is none): is the API URL right?"
        )
        assert len(server.asked) == 1


async def test_refuses_a_next_page_whose_host_is_in_brackets_and_no_address(connect: Connect) -> None:
    async with Scripted(rooms_page(1, next_url="http://[not-an-address]/v1/Rooms?Page=1")) as server:
        # To Python 3.10 that is a host like any other: then it is another one.
        with pytest.raises((NotTwilio, ForeignHost)):
            await listed(connect(server.url))
        assert len(server.asked) == 1


@pytest.mark.parametrize("numbers", [(1, 2), ()], ids=["the same rooms", "no rooms"])
async def test_ends_where_page_after_page_has_nothing_new(connect: Connect, numbers: tuple[int, ...]) -> None:
    def script(asked: Asked) -> Action:
        page = int(parse_qs(urlsplit(asked.target).query).get("Page", ["0"])[0])
        assert page < 20, "it would be read for ever"
        return rooms_page(*(numbers if page else (1, 2)), next_url=f"/v1/Rooms?Page={page + 1}")

    async with Scripted(script=script) as server:
        with pytest.raises(NotTwilio, match="does not come to an end"):
            await listed(connect(server.url))
        assert len(server.asked) == 4, "one page with something new, three without"


async def test_reads_on_after_fewer_pages_in_a_row_without_anything_new(connect: Connect) -> None:
    pages = [(), (), (1,), (1,), (), (2,), (2,), (1,), ()]
    replies = [rooms_page(*page, next_url=f"/v1/Rooms?Page={number}") for number, page in enumerate(pages[:-1], 1)]
    async with Scripted(*replies, rooms_page(*pages[-1])) as server:
        rooms = await listed(connect(server.url))
        assert [room.unique_name.raw for room in rooms] == ["room-1", "room-2"]
        assert len(server.asked) == len(pages)


async def test_gives_each_room_once_though_the_list_moves_between_pages(connect: Connect) -> None:
    async with Scripted(rooms_page(1, 2, 2, next_url="/v1/Rooms?Page=1"), rooms_page(2, 3)) as server:
        rooms = await listed(connect(server.url))
        assert [room.unique_name.raw for room in rooms] == ["room-1", "room-2", "room-3"]


async def test_lets_the_loop_breathe_while_it_reads_a_thousand_rooms(
    connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    turn = 0
    read_in: set[int] = set()
    read = parse.room

    async def count_turns() -> None:
        nonlocal turn
        while True:
            turn += 1
            await asyncio.sleep(0)

    def reading(record: Mapping[str, object]) -> Room:
        read_in.add(turn)
        return read(record)

    monkeypatch.setattr(parse, "room", reading)
    async with Scripted(rooms_page(*range(1000))) as server:
        counting = asyncio.create_task(count_turns())
        assert len(await listed(connect(server.url))) == 1000
        counting.cancel()
    assert len(read_in) == 16
    parts = sorted(read_in)
    assert min(after - before for before, after in pairwise(parts)) > 1, "a key takes more than one turn"


async def test_a_room_that_has_not_changed_is_the_same_object_in_the_next_list(
    connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    reads = 0
    read = parse.room

    def counting(record: Mapping[str, object]) -> Room:
        nonlocal reads
        reads += 1
        return read(record)

    monkeypatch.setattr(parse, "room", counting)
    later = Reply(body=page_json("rooms", [room_json(4), room_json(1), room_json(2, status="completed")]))
    async with Scripted(rooms_page(1, 2, 3), rooms_page(1, 2, 3), later, rooms_page(1, 2, 3)) as server:
        gateway = connect(server.url)
        first = await listed(gateway)
        second = await listed(gateway)
        assert [a is b for a, b in zip(first, second, strict=True)] == [True, True, True]
        assert reads == 3
        _, one, two = await listed(gateway)
        assert one is first[0]
        assert two.status == "completed"
        assert reads == 5, "the one that is new, and the one that has changed"
        await listed(gateway)
        assert reads == 7, "the third had been forgotten, and the second is in progress again"


async def test_lists_of_other_rooms_are_not_kept(connect: Connect) -> None:
    async with Scripted(rooms_page(1, 2), rooms_page(3), rooms_page(1, 2)) as server:
        gateway = connect(server.url)
        first = await listed(gateway)
        await listed(gateway, RoomQuery(status="completed"))
        again = await listed(gateway)
        assert all(a is b for a, b in zip(first, again, strict=True))


@pytest.mark.parametrize(
    "body",
    [{"rooms": None}, {"rooms": [{}]}, {"rooms": {"sid": "RM1"}}, {}, {"rooms": [{"sid": None}]}],
)
async def test_never_skips_a_room_it_cannot_read(connect: Connect, body: object) -> None:
    async with Scripted(Reply(body=body)) as server:
        with pytest.raises(NotTwilio):
            await listed(connect(server.url))


# -- one room ---------------------------------------------------------------------------------------------------------

HOSTILE_NAMES = [
    "a/b",
    "a?x=1",
    "a#b",
    "50%",
    "a b",
    "a%2Fb",
    "../Rooms",
    "äöü",
    "会議",
    "a;b&c+d",
    "x" * 128,
    "\x1b[2J",
]


@pytest.mark.parametrize("name", HOSTILE_NAMES)
async def test_addresses_the_room_of_that_name_and_no_other(connect: Connect, name: str) -> None:
    async with Scripted(Reply(body=room_json(4, unique_name=name))) as server:
        room = await connect(server.url).room(name)
        assert room.sid == f"RM{4:032x}"
        prefix, _, last = server.asked[0].target.rpartition("/")
        assert prefix == "/v1/Rooms"
        assert unquote(last) == name
        assert not set(last) & set("?# ")


@pytest.mark.parametrize("name", [".", ".."])
async def test_looks_up_a_name_of_dots_in_the_list(connect: Connect, name: str) -> None:
    async with Scripted(Reply(body=page_json("rooms", [room_json(4, unique_name=name)])), rooms_page()) as server:
        gateway = connect(server.url)
        assert (await gateway.room(name)).sid == f"RM{4:032x}"
        assert server.asked[0].target.startswith("/v1/Rooms?UniqueName=")
        with pytest.raises(NotFound):
            await gateway.room(name)


@pytest.mark.parametrize("name", ["", "\udce9"])
async def test_knows_that_no_room_has_such_a_name(connect: Connect, name: str) -> None:
    async with Scripted(Reply(body=room_json())) as server:
        with pytest.raises(NotFound):
            await connect(server.url).room(name)
        assert server.asked == []


async def test_refuses_an_answer_about_another_room(connect: Connect) -> None:
    async with Scripted(Reply(body=room_json(2))) as server:
        with pytest.raises(NotTwilio, match="another room"):
            await connect(server.url).room(f"RM{1:032x}")


async def test_gives_each_of_300_fetches_its_own_room(connect: Connect) -> None:
    async def script(asked: Asked) -> Action:
        number = int(asked.target.rpartition("RM")[2], 16)
        await asyncio.sleep(number % 5 / 1000)
        return Reply(body=room_json(number))

    async with Scripted(script=script) as server:
        gateway = connect(server.url)
        sids = [f"RM{number:032x}" for number in range(300)]
        rooms = await asyncio.gather(*(gateway.room(sid) for sid in sids))
        assert [room.sid for room in rooms] == sids


async def test_is_not_bent_by_twilio_edge_and_region(connect: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TWILIO_EDGE", "dublin")
    monkeypatch.setenv("TWILIO_REGION", "ie1")
    async with Scripted(Reply(body=room_json(1))) as server:
        await connect(server.url).room("x")
        assert server.asked[0].headers["Host"] == server.url.removeprefix("http://")


async def test_ignores_other_credentials_in_the_environment(connect: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TWILIO_ACCOUNT_SID", "ACother")
    monkeypatch.setenv("TWILIO_AUTH_TOKEN", "other")
    async with Scripted(Reply(body=room_json(1))) as server:
        await connect(server.url).room("x")
        assert server.asked[0].headers["Authorization"].startswith("Basic U0thYWFh")


async def test_keeps_a_path_of_the_api_url(connect: Connect) -> None:
    async with Scripted(Reply(body=room_json(1))) as server:
        await connect(f"{server.url}/twilio/").room("x")
        assert server.asked[0].target == "/twilio/v1/Rooms/x"


async def test_may_be_built_without_a_running_loop(connect: Connect) -> None:
    async with Scripted(Reply(body=room_json(1))) as server:
        gateway = await asyncio.to_thread(connect, server.url)
        assert (await gateway.room("x")).is_live


# -- participants -----------------------------------------------------------------------------------------------------


async def test_reads_all_participants_of_a_status(connect: Connect) -> None:
    first = page_json("participants", [participant_json(1), participant_json(2)], "/v1/next?Page=1")
    second = page_json("participants", [participant_json(2), participant_json(3)])
    async with Scripted(Reply(body=first), Reply(body=second)) as server:
        people = await connect(server.url).participants(ROOM_SID, status="disconnected")
        assert [person.identity.raw for person in people] == ["person-1", "person-2", "person-3"]
        assert server.asked[0].target == f"/v1/Rooms/{ROOM_SID}/Participants?Status=disconnected&PageSize=1000"


async def test_participants_that_have_not_changed_are_the_same_objects_while_they_are_remembered(
    connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sdk, "_ROSTERS_REMEMBERED", 2)
    pages = [[participant_json(1), participant_json(2)], [participant_json(2)], [participant_json(2)]]
    other = Reply(body=page_json("participants", []))
    replies = [Reply(body=page_json("participants", page)) for page in pages]
    async with Scripted(*replies, other, other, replies[2]) as server:
        gateway = connect(server.url)
        _, bob = await gateway.participants(ROOM_SID, status="connected")
        (left,) = await gateway.participants(ROOM_SID, status="disconnected")
        (again,) = await gateway.participants(ROOM_SID, status="connected")
        assert left is not bob
        assert again is bob
        for number in range(2):
            await gateway.participants(f"RM{number:032x}", status="connected")
        (anew,) = await gateway.participants(ROOM_SID, status="connected")
        assert anew == bob
        assert anew is not bob


async def test_refuses_the_participants_of_another_room(connect: Connect) -> None:
    async with Scripted(Reply(body=page_json("participants", [participant_json(1)]))) as server:
        with pytest.raises(NotTwilio, match="another room"):
            await connect(server.url).participants(f"RM{7:032x}")


async def test_leaves_the_choice_of_participants_to_twilio(connect: Connect) -> None:
    async with Scripted(Reply(body=page_json("participants", []))) as server:
        assert await connect(server.url).participants("a/b") == ()
        assert server.asked[0].target == "/v1/Rooms/a%2Fb/Participants?PageSize=1000"


# -- ending a room ----------------------------------------------------------------------------------------------------


async def test_ends_a_room_by_its_sid(connect: Connect) -> None:
    headers = {"Twilio-Request-Id": "RQ" + "7" * 32}
    async with Scripted(Reply(202, room_json(1, status="completed"), headers)) as server:
        room, request_id = await connect(server.url).end_room(ROOM_SID)
        assert (room.status, request_id) == ("completed", "RQ" + "7" * 32)
        [asked] = server.asked
        assert (asked.method, asked.target, asked.body) == ("POST", f"/v1/Rooms/{ROOM_SID}", "Status=completed")


@pytest.mark.parametrize("name", ["daily-standup", "", "..", "RM1", ROOM_SID + "/x", ROOM_SID + "\n"])
async def test_never_ends_a_room_by_its_name(connect: Connect, name: str) -> None:
    async with Scripted(Reply(202, room_json(1, status="completed"))) as server:
        with pytest.raises(NotFound, match="SID"):
            await connect(server.url).end_room(name)
        assert server.asked == []


async def test_says_why_twilio_would_not_end_it(connect: Connect) -> None:
    async with Scripted(Reply(400, refusal_json(400, 53112, "Status is invalid"))) as server:
        with pytest.raises(Refused, match=r"53112.*Status is invalid") as refused:
            await connect(server.url).end_room(ROOM_SID)
        assert type(refused.value) is Refused
        assert refused.value.code == 53112


async def test_takes_no_other_rooms_end_for_this_ones(connect: Connect) -> None:
    async with Scripted(Reply(202, room_json(2, status="completed"))) as server:
        with pytest.raises(NotTwilio, match=rf"was asked to end {ROOM_SID} and answered about another room\."):
            await connect(server.url).end_room(ROOM_SID)
        assert len(server.asked) == 1


async def test_does_not_end_a_room_twice_when_it_does_not_know(connect: Connect) -> None:
    async with Scripted(Reset()) as server:
        with pytest.raises(Unreachable):
            await connect(server.url).end_room(ROOM_SID)
        assert len(server.asked) == 1


# -- refusals ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (401, 20003, CredentialsRefused),
        (403, 20403, CredentialsRefused),
        (404, 20404, NotFound),
        (429, 20429, Throttled),
        (500, 20500, Broken),
        (400, 20007, Refused),
    ],
)
async def test_tells_the_status_of_a_refused_list_as_of_a_refused_fetch(
    connect: Connect, status: int, code: int, kind: type[Refused]
) -> None:
    """The SDK raises another class for a list, without the status."""
    headers = {"Twilio-Request-Id": "RQ" + "3" * 32, "Retry-After": "40"}
    async with Scripted(Reply(status, refusal_json(status, code, "No"), headers)) as server:
        gateway = connect(server.url)
        for asking in (listed(gateway), gateway.room("x"), gateway.participants(ROOM_SID)):
            with pytest.raises(Refused) as refused:
                await asking
            error = refused.value
            assert type(error) is kind
            assert (error.status, error.code, error.message.raw) == (status, code, "No")
            assert (error.request_id, error.retry_after) == ("RQ" + "3" * 32, 40.0)


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (Reply(200, "<html>Welcome</html>", {"Content-Type": "text/html"}), "HTML, not JSON"),
        (Reply(200, '{"rooms": ['), "broken JSON"),
        (Reply(200, []), "no object"),
        (Reply(200, ""), "nothing in its answer"),
        (Reply(204, ""), "nothing in its answer"),
        (Reply(404, "<html>Not here</html>"), "HTTP 404 with HTML"),
        (Reply(304, ""), "redirects"),
    ],
)
async def test_says_that_it_is_not_twilio(connect: Connect, reply: Reply, words: str) -> None:
    async with Scripted(reply) as server:
        gateway = connect(server.url)
        for asking in (listed(gateway), gateway.room("x"), gateway.end_room(ROOM_SID)):
            with pytest.raises(NotTwilio, match=words):
                await asking


async def test_raises_nothing_but_twilio_errors(connect: Connect) -> None:
    troubles: list[Action] = [Reset(), Reply(418, "teapot"), Reply(200, b"\xff\xfe"), Reply(200, "1" * 5000)]
    for trouble in troubles:
        async with Scripted(trouble) as server:
            gateway = connect(server.url)
            for asking in (listed(gateway), gateway.room("x"), gateway.participants("x"), gateway.end_room(ROOM_SID)):
                with pytest.raises(TwilioError) as raised:
                    await asking
                assert raised.value.sentence.isprintable()
