"""A census of a sandbox: everything it has, asked of its own API, and whether it all fits together.

What the API does not tell (who is a phone, the counts that make it fast) is looked up inside.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from tests.sandbox.conftest import CREDENTIALS

if TYPE_CHECKING:
    from roomtui.sandbox.server import Sandbox
    from tests.sandbox.conftest import Json

Ask = Callable[[str, str], Awaitable[tuple[int, Any]]]
"""Sends a method and a path with its query, or with a form where the method is POST; status and JSON come back."""

CALLS = f"/2010-04-01/Accounts/{CREDENTIALS.account_sid}/Calls"
FINISH = timedelta(seconds=5)
LOST = timedelta(seconds=31)  # half a minute, and the fraction of a second that dates do not tell
DAY = timedelta(days=1)
ORDINARY = "ReadLimit=0&WriteLimit=0&NotFoundAfterEnd=0&Region=us1"


@dataclass
class Census:
    """Takes the census.

    Args:
        sandbox: whose.
        ask: asks it.
        page_size: of the walks through the lists.
        most: how many things of a kind are looked at one by one; of lists, all of it is.
    """

    sandbox: Sandbox
    ask: Ask
    page_size: int = 7
    most: int = 40

    async def take(self) -> None:
        """Look at everything.

        Raises:
            AssertionError: if something does not fit.
        """
        await self.tell("/_sandbox/account", ORDINARY)
        assert (await self.ask("DELETE", "/_sandbox/faults"))[0] == 200
        self.now = _instant((await self.get("/_sandbox/clock"))["now"])
        rooms = {
            status: await self.listed(f"/v1/Rooms?Status={status}", "rooms")
            for status in ("in-progress", "completed", "failed")
        }
        live, ended = rooms["in-progress"], rooms["completed"] + rooms["failed"]
        assert all(room["status"] == status for status, found in rooms.items() for room in found)
        assert len(live) == self.sandbox.world.rooms.live_count
        assert len({room["unique_name"] for room in live}) == len(live)
        present = [person for room in live[: self.most] for person in await self.live_room(room)]
        for room in ended[: self.most // 2]:
            await self.ended_room(room)
        assert self.sandbox.world._present == sum(
            len(room.present) for room in map(self.sandbox.world.rooms.by_sid, (each["sid"] for each in live)) if room
        )
        await self.recordings(live + ended)
        await self.compositions()
        await self.calls([person["sid"] for person in present], is_whole=len(live) <= self.most)

    async def settle(self) -> None:
        """Let three days pass: then everything is over.

        Raises:
            AssertionError: if something is not.
        """
        await self.tell("/_sandbox/clock", f"Advance={3 * 86_400}")
        await self.take()
        assert await self.listed("/v1/Rooms", "rooms") == []
        assert await self.listed("/v1/Recordings?Status=processing", "recordings", 100) == []
        for status in ("enqueued", "processing"):
            assert await self.listed(f"/v1/Compositions?Status={status}", "compositions", 100) == []
        for status in ("queued", "ringing", "in-progress"):
            assert await self.listed_calls(f"Status={status}") == []
        assert self.sandbox.world._present == 0
        assert all(not call.timers for call in self.sandbox.phones.calls)

    # Rooms and people

    async def live_room(self, room: Json) -> list[Json]:
        """A room in progress is not past its deadline; whoever is in it is not past theirs."""
        path = f"/v1/Rooms/{room['sid']}"
        assert await self.get(path) == room
        name = quote(room["unique_name"], safe="")
        assert (await self.get(f"/v1/Rooms/{name}"))["unique_name"] == room["unique_name"]
        assert self.now < _instant(room["date_created"]) + DAY
        people = await self.people(room)
        present = [person for person in people if person["status"] != "disconnected"]
        assert len(present) <= room["max_participants"]
        assert len({person["identity"] for person in present}) == len(present)
        if not present:
            minutes = room["empty_room_timeout"] if people else room["unused_room_timeout"]
            since = max((person["end_time"] for person in people), default=room["date_created"])
            assert self.now < _instant(since) + timedelta(minutes=minutes)
        for person in present:
            assert self.now < _instant(person["start_time"]) + timedelta(seconds=room["max_participant_duration"])
            assert person["status"] == "connected" or self.now < _instant(person["date_updated"]) + LOST
        tracks = {track["sid"] for person in present for track in person["tracks"]}
        assert room["max_concurrent_published_tracks"] == 0 or len(tracks) <= 170
        if room["max_concurrent_published_tracks"]:
            for person in present[:3]:
                theirs = {track["sid"] for track in person["tracks"]}
                received = await self.listed(f"{person['path']}/SubscribedTracks", "subscribed_tracks")
                assert {track["sid"] for track in received} <= tracks - theirs
        found = self.sandbox.world.rooms.by_sid(room["sid"])
        assert found is not None
        assert found.published_tracks == len(tracks)
        assert {recording.source_sid for recording in found.recordings if recording.is_live} <= tracks
        return present

    async def ended_room(self, room: Json) -> None:
        """A room that is over has nobody in it, and its times add up."""
        assert await self.get(f"/v1/Rooms/{room['sid']}") == room
        created, ended = _instant(room["date_created"]), _instant(room["end_time"])
        assert room["duration"] == (ended - created).total_seconds()
        assert ended <= created + DAY
        assert ended <= self.now
        for person in await self.people(room):
            assert person["status"] == "disconnected"
            assert _instant(person["end_time"]) <= ended

    async def people(self, room: Json) -> list[Json]:
        """Everybody of a room: what its lists say together is what the control plane says."""
        path = f"/v1/Rooms/{room['sid']}"
        everybody: list[Json] = (await self.get(f"/_sandbox/rooms/{room['sid']}"))["participants"]
        for status in ("connected", "reconnecting", "disconnected"):
            found = await self.listed(f"{path}/Participants?Status={status}", "participants")
            theirs = [each["sid"] for each in reversed(everybody) if each["status"] == status]
            assert [each["sid"] for each in found] == theirs
        for person in everybody:
            person["path"] = f"{path}/Participants/{person['sid']}"
        for person in everybody[-self.most // 4 :]:
            fetched = await self.get(person["path"])
            assert fetched.items() <= person.items()
            tracks = await self.listed(f"{person['path']}/PublishedTracks", "published_tracks")
            assert {track["sid"] for track in tracks} == {track["sid"] for track in person["tracks"]}
            assert person["status"] != "disconnected" or not tracks
            if person["end_time"] is not None:
                stay = _instant(person["end_time"]) - _instant(person["start_time"])
                assert person["duration"] == stay.total_seconds() >= 0
        transcriptions = await self.listed(f"{path}/Transcriptions", "transcriptions")
        assert len(transcriptions) <= 1
        assert all(each["status"] != "started" or room["status"] == "in-progress" for each in transcriptions)
        return everybody

    # What is made of rooms

    async def recordings(self, rooms: list[Json]) -> None:
        """They are processing as long as they are recorded and a moment longer; rooms and account agree."""
        kinds = ("processing", "completed", "failed", "deleted")
        by_status = {each: await self.listed(f"/v1/Recordings?Status={each}", "recordings", 100) for each in kinds}
        account = await self.listed("/v1/Recordings", "recordings", 9)
        all_but_deleted = [each for status in kinds[:3] for each in by_status[status]]
        assert _sids(account) == _sids(all_but_deleted)
        of_rooms: set[str] = set()
        for room in rooms:
            found = await self.listed(f"/v1/Rooms/{room['sid']}/Recordings", "recordings")
            assert all(each["room_sid"] == room["sid"] == each["grouping_sids"]["room_sid"] for each in found)
            of_rooms |= _sids(found)
        assert of_rooms == _sids(account)
        for listed in account[: self.most]:
            view = await self.get(f"/_sandbox/recordings/{listed['sid']}")
            assert listed.items() <= view.items()
            recording = self.sandbox.world.recorder.recordings.by_sid(listed["sid"])
            assert recording is not None
            assert view["recording_now"] is (recording.room.recording_now.get(recording.source_sid) is recording)
            if view["recording_now"]:
                assert listed["status"] == "processing"
                assert listed["source_sid"] in {track.sid for track in recording.participant.tracks.values()}
            elif listed["status"] == "processing":
                assert recording.stopped is not None
                assert self.now < recording.stopped + FINISH + timedelta(seconds=1)

    async def compositions(self) -> None:
        """What is not completed has no size yet; hooks have names of their own."""
        for composition in (await self.listed("/v1/Compositions", "compositions", 9))[: self.most]:
            assert await self.get(f"/v1/Compositions/{composition['sid']}") == composition
            is_done = composition["date_completed"] is not None
            assert is_done is (composition["status"] == "completed")
            assert is_done or composition["size"] == composition["duration"] == 0
        hooks = await self.listed("/v1/CompositionHooks", "composition_hooks")
        assert len({hook["friendly_name"] for hook in hooks}) == len(hooks)
        for hook in hooks[: self.most]:
            assert await self.get(f"/v1/CompositionHooks/{hook['sid']}") == hook

    # Calls

    async def calls(self, present: list[str], *, is_whole: bool) -> None:
        """Whoever is in a room by phone is on a call that is in that room, and the other way round."""
        calls = await self.listed_calls("")
        in_rooms: list[str] = []
        for call in calls:
            view = await self.get(f"/_sandbox/calls/{call['sid']}")
            assert call.items() <= view.items()
            found = self.sandbox.phones.calls.find(call["sid"])
            assert found is not None
            assert found.is_live or not (found.timers or view["fetching"] or view["doing"])
            if call["status"] == "in-progress":
                started = parsedate_to_datetime(call["start_time"])
                assert self.now < started + timedelta(seconds=found.time_limit)
            if view["doing"] == "Connect" and not view["fetching"]:
                in_rooms.append(view["participant_sid"])
        phones = [sid for sid in present if getattr(self.sandbox.world.find_participant(sid), "phone", None)]
        if is_whole:
            assert sorted(in_rooms) == sorted(phones)

    async def listed_calls(self, query: str) -> list[Json]:
        """The calls of all pages."""
        found: list[Json] = []
        path: str | None = f"{CALLS}.json?PageSize={self.page_size}&{query}"
        while path is not None:
            page = await self.get(path)
            found += page["calls"]
            assert page["next_page_uri"] is None or page["calls"]
            path = page["next_page_uri"]
        assert len(_sids(found)) == len(found)
        dates = [parsedate_to_datetime(each["date_created"]) for each in found]
        assert dates == sorted(dates, reverse=True)
        return found

    # Asking

    async def get(self, path: str) -> Json:
        """What is there."""
        status, body = await self.ask("GET", path)
        assert status == 200, (path, status, body)
        return dict(body)

    async def tell(self, path: str, form: str) -> None:
        """Change something by form."""
        status, body = await self.ask("POST", f"{path}?{form}")
        assert status == 200, (path, status, body)

    async def listed(self, path: str, key: str, page_size: int | None = None) -> list[Json]:
        """Everything in a list, walked page by page to its end, and back again."""
        size = page_size or self.page_size
        url: str | None = f"{path}{'&' if '?' in path else '?'}PageSize={size}"
        pages: list[list[Json]] = []
        previous: str | None = None
        while url is not None:
            page = await self.get(url)
            meta = page["meta"]
            assert (meta["page"], meta["page_size"], meta["key"]) == (len(pages), size, key)
            assert len(page[key]) == size or meta["next_page_url"] is None
            pages.append(page[key])
            previous, url = _path(meta["previous_page_url"]), _path(meta["next_page_url"])
        for before in reversed(pages[:-1]):
            assert previous is not None
            page = await self.get(previous)
            assert page[key] == before
            previous = _path(page["meta"]["previous_page_url"])
        assert previous is None
        found = [each for page_of_it in pages for each in page_of_it]
        assert len({each.get("sid") or each["ttid"] for each in found}) == len(found)
        dates = [each["date_created"] for each in found]
        assert key == "subscribed_tracks" or dates == sorted(dates, reverse=True)
        return found


def _path(url: str | None) -> str | None:
    return None if url is None else "/" + url.split("/", 3)[3]


def _sids(things: list[Json]) -> set[str]:
    return {each["sid"] for each in things}


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00")).astimezone(timezone.utc)
