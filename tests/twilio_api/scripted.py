"""A server on loopback that answers what a test tells it to, however badly, and remembers what it was asked."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from aiohttp import web

from tests.passing import let_pass

if TYPE_CHECKING:
    from typing_extensions import Self

SECRET = "s3cr3t-t0ken-0f-nobody"
ROOM_SID = "RM" + "0" * 31 + "1"
PARTICIPANT_SID = "PA" + "0" * 31 + "1"
CALL_SID = "CA" + "0" * 31 + "1"


@dataclass(frozen=True)
class Asked:
    """A request, as it came."""

    method: str
    target: str  # path and query, not decoded
    headers: dict[str, str]
    body: str


@dataclass(frozen=True)
class Reply:
    """An answer. `body` is sent as JSON unless it is text or bytes."""

    status: int = 200
    body: object = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)

    def response(self) -> web.Response:
        headers = {"Content-Type": "application/json", **self.headers}
        if isinstance(self.body, bytes):
            return web.Response(status=self.status, body=self.body, headers=headers)
        text = self.body if isinstance(self.body, str) else json.dumps(self.body)
        return web.Response(status=self.status, text=text, headers=headers)


class Reset:
    """The connection breaks before the answer."""


@dataclass(frozen=True)
class Silence:
    """No answer ever comes; so many seconds pass as soon as that is known."""

    seconds: float = 0.0


class Truncated:
    """The answer breaks off in its body."""


Action = Reply | Reset | Silence | Truncated
Script = Callable[[Asked], Action | Awaitable[Action]]


class Scripted:
    """`async with Scripted(Reset(), Reply(...)) as server`: one action per request, the last one for all others."""

    def __init__(self, *actions: Action, script: Script | None = None) -> None:
        self._actions = list(actions)
        self._script = script
        self._silence = asyncio.Event()
        self._came = asyncio.Condition()
        self.asked: list[Asked] = []
        self.at_once = 0
        self.most_at_once = 0
        self.url = ""
        self._runner = web.ServerRunner(
            web.Server(self._handle, access_log=None, handler_cancellation=True), shutdown_timeout=0.1
        )

    async def __aenter__(self) -> Self:
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        self._silence.set()
        await self._runner.cleanup()

    async def until_asked(self, count: int) -> None:
        """Return when so many requests have come."""
        async with self._came:
            await self._came.wait_for(lambda: len(self.asked) >= count)

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        asked = Asked(request.method, request.raw_path, dict(request.headers), await request.text())
        self.asked.append(asked)
        async with self._came:
            self._came.notify_all()
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            return await self._act(request, await self._action(asked))
        finally:
            self.at_once -= 1

    async def _action(self, asked: Asked) -> Action:
        if self._script is None:
            return self._actions.pop(0) if len(self._actions) > 1 else self._actions[0]
        action = self._script(asked)
        return await action if isinstance(action, Awaitable) else action

    async def _act(self, request: web.BaseRequest, action: Action) -> web.StreamResponse:
        if isinstance(action, Reply):
            return action.response()
        if isinstance(action, Silence):
            let_pass(action.seconds)
            await self._silence.wait()
        if isinstance(action, Truncated):
            response = web.StreamResponse(headers={"Content-Length": "1000"})
            await response.prepare(request)
            await response.write(b'{"rooms": [')
        if request.transport is not None:
            request.transport.abort()
        return web.Response()


class Counting:
    """A pace that lets everything go and counts it."""

    def __init__(self) -> None:
        self.admitted: list[bool] = []

    async def admit(self, *, urgent: bool) -> None:
        self.admitted.append(urgent)

    def sent(self) -> None:
        """Nothing to count."""

    def over(self) -> None:
        """Nothing to count."""

    def throttled(self, retry_after: float | None) -> None:
        """Nothing to learn."""

    def served(self) -> None:
        """Nothing to learn."""


def room_json(number: int = 1, **fields: object) -> dict[str, object]:
    """A room as a live account answered on 2025-06-12."""
    sid = f"RM{number:032x}"
    url = f"https://video.twilio.com/v1/Rooms/{sid}"
    return {
        "account_sid": "AC" + "0" * 32,
        "audio_only": False,
        "date_created": "2025-06-12T15:42:32Z",
        "date_updated": "2025-06-12T15:42:32Z",
        "duration": None,
        "empty_room_timeout": 5,
        "enable_turn": True,
        "end_time": None,
        "large_room": False,
        "links": {
            "participants": f"{url}/Participants",
            "recording_rules": f"{url}/RecordingRules",
            "recordings": f"{url}/Recordings",
            "transcriptions": f"{url}/Transcriptions",
        },
        "max_concurrent_published_tracks": 170,
        "max_participant_duration": 14400,
        "max_participants": 50,
        "media_region": "us1",
        "record_participants_on_connect": False,
        "sid": sid,
        "status": "in-progress",
        "status_callback": None,
        "status_callback_method": "POST",
        "type": "group",
        "unique_name": f"room-{number}",
        "unused_room_timeout": 5,
        "url": url,
        "video_codecs": ["VP8", "H264"],
        **fields,
    }


def participant_json(number: int = 1, **fields: object) -> dict[str, object]:
    """A participant with every field of the Participants resource."""
    sid = f"PA{number:032x}"
    url = f"https://video.twilio.com/v1/Rooms/{ROOM_SID}/Participants/{sid}"
    return {
        "account_sid": "AC" + "0" * 32,
        "date_created": "2025-06-12T15:42:40Z",
        "date_updated": "2025-06-12T15:42:40Z",
        "duration": None,
        "end_time": None,
        "identity": f"person-{number}",
        "links": {
            "anonymize": f"{url}/Anonymize",
            "published_tracks": f"{url}/PublishedTracks",
            "subscribe_rules": f"{url}/SubscribeRules",
            "subscribed_tracks": f"{url}/SubscribedTracks",
        },
        "room_sid": ROOM_SID,
        "sid": sid,
        "start_time": "2025-06-12T15:42:40Z",
        "status": "connected",
        "url": url,
        **fields,
    }


def track_json(number: int = 1, **fields: object) -> dict[str, object]:
    """A track with every field of the PublishedTracks resource."""
    sid = f"MT{number:032x}"
    return {
        "date_created": "2025-06-12T15:42:41Z",
        "date_updated": "2025-06-12T15:42:41Z",
        "enabled": True,
        "kind": "audio",
        "name": f"track-{number}",
        "participant_sid": PARTICIPANT_SID,
        "room_sid": ROOM_SID,
        "sid": sid,
        "url": f"https://video.twilio.com/v1/Rooms/{ROOM_SID}/Participants/{PARTICIPANT_SID}/PublishedTracks/{sid}",
        **fields,
    }


def rules_json(rules: list[dict[str, object]], **fields: object) -> dict[str, object]:
    """The recording rules of a room."""
    return {
        "date_created": "2025-06-12T15:42:32Z",
        "date_updated": "2025-06-12T15:42:32Z",
        "room_sid": ROOM_SID,
        "rules": rules,
        **fields,
    }


def call_json(number: int = 1, **fields: object) -> dict[str, object]:
    """A call as the older API tells it: RFC 2822 times, numbers in quotes. It has just been made."""
    sid = f"CA{number:032x}"
    return {
        "account_sid": "AC" + "0" * 32,
        "answered_by": None,
        "api_version": "2010-04-01",
        "date_created": "Fri, 20 Nov 2026 12:00:00 +0000",
        "date_updated": "Fri, 20 Nov 2026 12:00:00 +0000",
        "direction": "outbound-api",
        "duration": None,
        "end_time": None,
        "from": "+15005550001",
        "from_formatted": "(500) 555-0001",
        "parent_call_sid": None,
        "price": None,
        "price_unit": "USD",
        "queue_time": "0",
        "sid": sid,
        "start_time": None,
        "status": "queued",
        "subresource_uris": {"recordings": f"/2010-04-01/Accounts/AC{0:032x}/Calls/{sid}/Recordings.json"},
        "to": "+15005550006",
        "to_formatted": "(500) 555-0006",
        "uri": f"/2010-04-01/Accounts/AC{0:032x}/Calls/{sid}.json",
        **fields,
    }


def calls_page_json(records: list[dict[str, object]], next_uri: str | None = None) -> dict[str, object]:
    """The envelope of a list of the older API: no `meta`, and addresses without a host."""
    return {"calls": records, "page": 0, "page_size": 1000, "next_page_uri": next_uri, "end": len(records), "start": 0}


def page_json(key: str, records: list[dict[str, object]], next_url: str | None = None) -> dict[str, object]:
    """The envelope of a list."""
    return {key: records, "meta": {"page": 0, "page_size": 1000, "next_page_url": next_url, "key": key}}


def refusal_json(status: int, code: int, message: str) -> dict[str, object]:
    """Twilio's error body."""
    return {
        "code": code,
        "message": message,
        "more_info": f"https://www.twilio.com/docs/errors/{code}",
        "status": status,
    }
