"""The gateway on Twilio's SDK.

The SDK gives the client, the address scheme, the authentication and the headers; answers are read as plain JSON
rather than through its instances. Those cost 20 ms a page on the event loop, hand a date with a fraction back as a
string, and raise a different class for a list than for a fetch.
"""

from __future__ import annotations

import asyncio
import re
from datetime import timedelta
from typing import TYPE_CHECKING, Final, TypeVar
from urllib.parse import quote, urljoin

from twilio.rest import Client  # type: ignore[import-untyped]  # has hints, but no py.typed

from roomtui.rooms.untrusted import Untrusted
from roomtui.twilio_api import parse
from roomtui.twilio_api.answers import Answer, not_twilio, payload, request_id
from roomtui.twilio_api.credentials import Secret, basic
from roomtui.twilio_api.errors import NotFound, NotTwilio
from roomtui.twilio_api.transport import urgently

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping
    from datetime import datetime

    from twilio.http.response import Response  # type: ignore[import-untyped]  # has hints, but no py.typed

    from roomtui.rooms.model import Participant, Room
    from roomtui.twilio_api.credentials import Credentials
    from roomtui.twilio_api.gateway import RoomQuery
    from roomtui.twilio_api.transport import Transport

PAGE_SIZE: Final = 1000
"""The most that Twilio gives in one page; more is refused with error 20007."""

BARREN_PAGES_MAX: Final = 3
"""Pages in a row without a record that is new. A list that changes while it is read repeats some, never so many."""

_AT_A_TIME: Final = 200
"""Records read before the event loop gets its turn: about 2 ms."""

_ROOM_SID: Final = re.compile(r"RM[0-9a-fA-F]{32}", re.ASCII)

# The SDK reads os.environ where this is empty, and TWILIO_EDGE and TWILIO_REGION would bend the API's address.
_ENVIRONMENT: Final = {"ROOMTUI": "1"}

_Resource = TypeVar("_Resource", "Room", "Participant")


class SdkGateway:
    """Twilio, asked through its SDK; see `roomtui.twilio_api.gateway.Gateway`. May be built without a running loop."""

    def __init__(self, credentials: Credentials, transport: Transport) -> None:
        """Speak as `credentials` to the API of `transport`, which the gateway closes."""
        self._transport = transport
        header = basic(credentials.username, credentials.password)
        self._secrets = (Secret(credentials.password), Secret(header.removeprefix("Basic ")))
        self._host = str(transport.api.origin)
        self._client = Client(
            credentials.username,
            credentials.password,
            credentials.account_sid,
            http_client=transport,
            environment=dict(_ENVIRONMENT),
        )
        self._client.video.base_url = transport.api.url
        self._video = self._client.video.v1

    async def room_pages(self, query: RoomQuery, *, urgent: bool = False) -> AsyncIterator[tuple[Room, ...]]:
        """The rooms of `query`, page by page (1,000 rooms each), each SID once."""
        filters = {
            "Status": query.status,
            "UniqueName": query.unique_name,
            "DateCreatedAfter": query.created_after,
            "DateCreatedBefore": _up_to_the_second(query.created_before),
        }
        async for page in self._pages("/Rooms", "rooms", filters, parse.room, urgent=urgent):
            yield page

    async def room(self, name_or_sid: str, *, urgent: bool = False) -> Room:
        """The room of this SID (any status) or unique name (in progress only)."""
        if name_or_sid in {".", ".."}:
            return await self._room_listed(name_or_sid, urgent=urgent)
        path = f"/Rooms/{_quoted(name_or_sid)}"
        room = parse.room(await self._get(path, urgent=urgent))
        if _ROOM_SID.fullmatch(name_or_sid) and room.sid != name_or_sid:
            raise NotTwilio(f"{self._host} was asked for {name_or_sid} and answered about another room.")
        return room

    async def participants(
        self, room_sid: str, *, status: str | None = None, urgent: bool = False
    ) -> tuple[Participant, ...]:
        """The participants of one status; without one, Twilio's choice: connected if live, else disconnected."""
        path = f"/Rooms/{_quoted(room_sid)}/Participants"
        pages = self._pages(path, "participants", {"Status": status}, parse.participant, urgent=urgent)
        return tuple([participant async for page in pages for participant in page])

    async def end_room(self, room_sid: str) -> tuple[Room, str | None]:
        """End the room for everybody. The room as Twilio then tells it, and the request id of the answer."""
        if not _ROOM_SID.fullmatch(room_sid):
            # A name may meanwhile be another room's.
            raise _no_such("a room is ended by its SID")
        answer = await self._ask("POST", f"/Rooms/{room_sid}", data={"Status": "completed"})
        room = parse.room(payload(answer))
        if room.sid != room_sid:
            raise NotTwilio(f"{self._host} was asked to end {room_sid} and answered about another room.")
        return room, request_id(answer.headers)

    async def close(self) -> None:
        """Close the connections."""
        await self._transport.close()

    async def _room_listed(self, name: str, *, urgent: bool) -> Room:
        """The room of a name that cannot be part of a path: every server on the way resolves dots."""
        filters = {"UniqueName": name}
        async for page in self._pages("/Rooms", "rooms", filters, parse.room, urgent=urgent):
            for room in page:
                if room.unique_name.raw == name:
                    return room
        raise _no_such("no room of this name is in progress")

    async def _pages(
        self,
        path: str,
        key: str,
        filters: Mapping[str, object],
        read: Callable[[Mapping[str, object]], _Resource],
        *,
        urgent: bool,
    ) -> AsyncIterator[tuple[_Resource, ...]]:
        """A list's pages, each record's SID once: a list changes while it is read."""
        first = {**filters, "PageSize": PAGE_SIZE}
        page = parse.page(await self._get(path, params=first, urgent=urgent), key)
        sids: set[str] = set()
        urls: set[str] = set()
        barren = 0
        while True:
            fresh: list[_Resource] = []
            for number, record in enumerate(page.records, start=1):
                resource = read(record)
                if resource.sid not in sids:
                    sids.add(resource.sid)
                    fresh.append(resource)
                if number % _AT_A_TIME == 0:
                    await asyncio.sleep(0)
            yield tuple(fresh)
            if page.next_url is None:
                return
            url = self._absolute(page.next_url)
            barren = 0 if fresh else barren + 1
            if url in urls or barren >= BARREN_PAGES_MAX:
                raise NotTwilio(f"{self._host} does not come to an end with its {key}: its pages lead nowhere new.")
            urls.add(url)
            page = parse.page(await self._get_url(url, urgent=urgent), key)

    def _absolute(self, url: str) -> str:
        try:
            return urljoin(f"{self._transport.api.url}/", url)
        except ValueError:
            raise not_twilio(self._host, "a next page whose address is none") from None

    async def _get(self, path: str, *, params: Mapping[str, object] | None = None, urgent: bool) -> dict[str, object]:
        return payload(await self._ask("GET", path, params=params, urgent=urgent))

    async def _get_url(self, url: str, *, urgent: bool) -> dict[str, object]:
        """GET an address that an answer named; the transport refuses any other origin than the API's."""
        with urgently(urgent=urgent):
            return payload(self._answer(await self._client.request_async("GET", url)))

    async def _ask(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, object] | None = None,
        data: Mapping[str, object] | None = None,
        urgent: bool = False,
    ) -> Answer:
        with urgently(urgent=urgent):
            return self._answer(await self._video.request_async(method, path, params=params, data=data))

    def _answer(self, response: Response) -> Answer:
        text: str = response.text
        if response.status_code >= 400:
            # What refuses us may repeat what we sent; people are to read its words, not the secret in them.
            for secret in self._secrets:
                text = text.replace(secret, "***")
        return Answer(
            status=response.status_code,
            text=text,
            headers=response.headers,
            host=self._host,
            retry_after=self._transport.retry_after(response.headers),
        )


def _quoted(part: str) -> str:
    """One part of a path. The SDK puts names in as they are: `a#b` would address the room `a`.

    Raises:
        NotFound: nothing at Twilio can have this name: it is empty, or no UTF-8.
    """
    if part in {"", ".", ".."}:
        raise _no_such("it has no name")
    try:
        return quote(part, safe="")
    except UnicodeEncodeError:
        raise _no_such("its name is not UTF-8") from None


def _no_such(why: str) -> NotFound:
    return NotFound(status=404, code=None, message=Untrusted(why))


def _up_to_the_second(moment: datetime | None) -> datetime | None:
    """`moment`, or the whole second after it: cut off, an exclusive end would lose that second's rooms."""
    if moment is None or not moment.microsecond:
        return moment
    return moment.replace(microsecond=0) + timedelta(seconds=1)
