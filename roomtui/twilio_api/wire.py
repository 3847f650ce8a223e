"""One of Twilio's hosts, asked through the SDK.

The SDK gives the client, the address scheme, the authentication and the headers; answers are read as plain JSON
rather than through its instances. Those cost 20 ms a page on the event loop, hand a date with a fraction back as a
string, and raise a different class for a list than for a fetch.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Final, TypeVar
from urllib.parse import quote, urljoin

from roomtui.rooms.untrusted import Untrusted
from roomtui.twilio_api import proxy
from roomtui.twilio_api.answers import Answer, body, not_twilio, payload
from roomtui.twilio_api.blotting import KNOWS_NONE, Blotter
from roomtui.twilio_api.credentials import Secret, basic
from roomtui.twilio_api.errors import NotFound, NotTwilio
from roomtui.twilio_api.pages import Reading
from roomtui.twilio_api.sdk_parts import Client, Domain, Version
from roomtui.twilio_api.transport import urgently
from roomtui.twilio_api.turns import let_others_go_first

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping

    from twilio.http.response import Response  # type: ignore[import-untyped]  # has hints, but no py.typed

    from roomtui.rooms.calls import Call
    from roomtui.rooms.model import Participant, Room, Track
    from roomtui.twilio_api.as_told import RoomAsTold
    from roomtui.twilio_api.credentials import Credentials
    from roomtui.twilio_api.pages import Memory
    from roomtui.twilio_api.transport import Transport

BARREN_PAGES_MAX: Final = 3
"""Pages in a row without a record that is new. A list that changes while it is read repeats some, never so many."""

_LONG: Final = 100_000
"""Characters of an answer that takes a while to be put together and decoded."""
_REFUSAL_MAX: Final = 32_768
"""Characters of a refusal that are read. Twilio's have some two hundred."""

# The SDK reads os.environ where this is empty, and TWILIO_EDGE and TWILIO_REGION would bend the API's address.
_ENVIRONMENT: Final = {"ROOMTUI": "1"}

_Resource = TypeVar("_Resource", "Room", "Participant", "Track", "Call", "RoomAsTold")


class Wire:
    """Asks one API of Twilio's at one address. May be built without a running loop.

    Attributes:
        host: whom we ask, for people.
    """

    def __init__(self, credentials: Credentials, transport: Transport, version: str) -> None:
        """Speak as `credentials` over `transport` to this version of its API, as it stands in addresses."""
        self.host = str(transport.api.origin)
        self._transport = transport
        header = basic(credentials.username, credentials.password)
        self._secrets = (Secret(credentials.password), Secret(header.removeprefix("Basic ")))
        self._client = Client(
            credentials.username,
            credentials.password,
            credentials.account_sid,
            http_client=transport,
            environment=dict(_ENVIRONMENT),
        )
        # What `client.video.v1` is, but for the resources: we read answers ourselves, and they take 30 ms to load.
        self._version = Version(Domain(self._client, transport.api.url), version)

    async def ask(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, object] | None = None,
        data: Mapping[str, object] | None = None,
        urgent: bool = False,
    ) -> Answer:
        """Send one request to a path below the API's version; the answer, whatever its status.

        Raises:
            TwilioError: as `Transport.request`.
        """
        with urgently(urgent=urgent):
            return self._answer(await self._version.request_async(method, path, params=params, data=data))

    async def get(
        self, path: str, *, params: Mapping[str, object] | None = None, urgent: bool = False
    ) -> dict[str, object]:
        """The JSON object at a path.

        Raises:
            TwilioError: none came.
        """
        return payload(await self.ask("GET", path, params=params, urgent=urgent))

    async def pages(
        self,
        path: str,
        key: str,
        params: Mapping[str, object],
        read: Callable[[Mapping[str, object]], _Resource],
        *,
        urgent: bool,
        memory: Memory[_Resource] | None = None,
    ) -> AsyncIterator[tuple[_Resource, ...]]:
        """A list's pages, each record's SID once: a list changes while it is read.

        Args:
            path: of the list.
            key: the list's name in its envelope.
            params: filters and page size.
            read: reads one record.
            urgent: whether a person waits for it.
            memory: what this list held the last time; a record that has not changed since is the same object again.

        Raises:
            TwilioError: a page did not come, or the list does not end.
        """
        async for page in self.read(path, params, Reading(self.host, key, read, memory), urgent=urgent):
            yield page

    async def read(
        self, path: str, params: Mapping[str, object], reading: Reading[_Resource], *, urgent: bool
    ) -> AsyncIterator[tuple[_Resource, ...]]:
        """The same, where the reading has been begun already."""
        answer = await self.ask("GET", path, params=params, urgent=urgent)
        urls: set[str] = set()
        barren = 0
        while True:
            fresh: list[_Resource] = []
            text = body(answer)
            if len(text) > _LONG:
                await let_others_go_first()  # to put it together took a while
            for _ in reading.page(text, fresh):
                await let_others_go_first()
            if reading.next_url is None:
                reading.finish()
                yield tuple(fresh)
                return
            yield tuple(fresh)
            url = self._absolute(reading.next_url)
            barren = 0 if fresh else barren + 1
            if url in urls or barren >= BARREN_PAGES_MAX:
                raise NotTwilio(
                    f"{self.host} does not come to an end with its {reading.key}: its pages lead nowhere new."
                )
            urls.add(url)
            answer = await self._ask_url(url, urgent=urgent)

    def another(self, asked: str, what: str) -> NotTwilio:
        """The error of an answer about something else than was asked."""
        return NotTwilio(f"{self.host} was asked {asked} and answered about another {what}.")

    def _absolute(self, url: str) -> str:
        try:
            return urljoin(f"{self._transport.api.url}/", url)
        except ValueError:
            raise not_twilio(self.host, "a next page whose address is none") from None

    async def _ask_url(self, url: str, *, urgent: bool) -> Answer:
        """GET an address that an answer named; the transport refuses any other origin than the API's."""
        with urgently(urgent=urgent):
            return self._answer(await self._client.request_async("GET", url))

    def _answer(self, response: Response) -> Answer:
        text, blotter = response.text, KNOWS_NONE
        if response.status_code >= 400:
            # What refuses us may repeat what we sent; people are to read its words, not the secret in them.
            blotter = self._blotter
            text = blotter.clean(text[:_REFUSAL_MAX])
        return Answer(
            status=response.status_code,
            text=text,
            headers=response.headers,
            host=self.host,
            retry_after=self._transport.retry_after(response.headers),
            blotter=blotter,
        )

    @cached_property
    def _blotter(self) -> Blotter:
        """Knows what we sent, which whatever refuses us may repeat; it takes a while to make."""
        return Blotter((*self._secrets, *proxy.secrets(self._transport.api.origin)))


def quoted(part: str) -> str:
    """One part of a path. The SDK puts names in as they are: `a#b` would address the room `a`.

    Raises:
        NotFound: nothing at Twilio can have this name: it is empty, or no UTF-8.
    """
    if part.isalnum() and part.isascii():
        return part
    if part in {"", ".", ".."}:
        raise no_such("it has no name")
    try:
        return quote(part, safe="")
    except UnicodeEncodeError:
        raise no_such("its name is not UTF-8") from None


def no_such(why: str) -> NotFound:
    """What Twilio would say of something that cannot be; nothing was sent."""
    return NotFound(status=404, code=None, message=Untrusted(why))
