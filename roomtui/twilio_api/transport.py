"""The SDK's pluggable HTTP client: one origin, real time-outs, polite retries.

The SDK's own async client ignores its time-out and the proxies, hands out another request's answer when it does not
pool, follows `next_page_url` to any host with the credentials, and never waits when throttled; this one does none of
that. Nothing is shared between requests but the connections.
"""

from __future__ import annotations

import asyncio
import logging
import random
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from roomtui.twilio_api.answers import request_id
from roomtui.twilio_api.clock import ServerClock
from roomtui.twilio_api.credentials import basic
from roomtui.twilio_api.errors import NotTwilio, Unreachable, Unsendable
from roomtui.twilio_api.faults import FAULTS, Fault, explain
from roomtui.twilio_api.forms import encoded
from roomtui.twilio_api.http11.faults import TooMuch
from roomtui.twilio_api.http11.message import request as message
from roomtui.twilio_api.http11.pool import Pool
from roomtui.twilio_api.http11.unpacking import ACCEPTED
from roomtui.twilio_api.origin import DEFAULT_API_URL, ApiUrl
from roomtui.twilio_api.pace import Pace, Unpaced
from roomtui.twilio_api.retries import THROTTLED, Retries, read_retry_after
from roomtui.twilio_api.route import way_to
from roomtui.twilio_api.sdk_parts import AsyncHttpClient, Response

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator, Mapping

    from roomtui.twilio_api.http11.message import Headers, Hidden
    from roomtui.twilio_api.proxy import Proxy

BODY_MAX: Final = 32 * 1024 * 1024
"""Bytes. A page of 1,000 rooms has 1.2 MB; whoever sends this much more wants to fill our memory."""

POLLS_AT_ONCE: Final = 12
"""Reads on the wire at once that nobody waits for..."""

URGENT_AT_ONCE: Final = 4
"""... those that a person waits for, who never stands behind a slow poll..."""

WRITES_AT_ONCE: Final = 2
"""... and writes, which stand behind neither. At 100 ms each that is Twilio's quota of 20 writes a second."""

_READING: Final = frozenset({"GET", "HEAD"})

_urgent: ContextVar[bool] = ContextVar("urgent", default=False)


@contextmanager
def urgently(*, urgent: bool = True) -> Iterator[None]:
    """Say whether a person waits for the requests made inside.

    The SDK's client stands between the gateway and the transport and has no parameter to carry it, so it goes in the
    context. Hold it around one awaited request, never across a `yield`: a generator shares its caller's context.
    """
    token = _urgent.set(urgent)
    try:
        yield
    finally:
        _urgent.reset(token)


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """What has gone out so far, retries and pages included, and what Twilio last said about it.

    Attributes:
        reads: GET requests sent.
        writes: POST requests sent.
        retries: how many of both were second or later attempts.
        throttled: answers with status 429.
        in_flight: sent and not yet answered, now.
        last_request_id: the newest `Twilio-Request-Id`.
        last_concurrent_requests: the newest `Twilio-Concurrent-Requests`: the account's, not only ours.
    """

    reads: int = 0
    writes: int = 0
    retries: int = 0
    throttled: int = 0
    in_flight: int = 0
    last_request_id: str | None = None
    last_concurrent_requests: int | None = None


class _Request:
    """One request of the SDK, over all its attempts."""

    __slots__ = ("message", "method", "reading", "sent", "spent", "timeout", "urgent")

    def __init__(self, method: str, message: Hidden, timeout: float) -> None:
        self.method = method
        self.message = message
        self.timeout = timeout
        self.reading = method in _READING
        self.urgent = _urgent.get()
        self.sent = False  # by any of them
        self.spent = 0.0


class _Admitted:
    """A read that was let through: tells the pace, once, when it goes out.

    That is later where a connection has to be made first. Handshakes that take their time and end together would
    else let the reads of several seconds arrive in one.
    """

    __slots__ = ("_pace",)

    def __init__(self, pace: Pace) -> None:
        self._pace: Pace | None = pace

    def sent(self) -> None:
        if self._pace is not None:
            self._pace.sent()
            self._pace = None


class Transport(AsyncHttpClient):  # type: ignore[misc]  # the SDK is untyped to mypy, as above
    """Sends the SDK's requests to one API and nowhere else. May be built without a running loop."""

    def __init__(
        self,
        api_url: str = DEFAULT_API_URL,
        *,
        clock: ServerClock | None = None,
        pace: Pace | None = None,
        retries: Retries | None = None,
        timeout: float = 10.0,
        connect_timeout: float = 5.0,
        rng: random.Random | None = None,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
        held_up: Callable[[float], object] = lambda _: None,
    ) -> None:
        """Prepare; nothing is opened before the first request.

        Args:
            api_url: the base of all requests; no request leaves its origin.
            clock: learns Twilio's time from each answer; also gives the monotonic time.
            pace: asked before each read that goes out.
            retries: when to send again.
            timeout: seconds that one attempt may take from sending to the last byte.
            connect_timeout: seconds of it that a new connection may take.
            rng: the jitter of the retries.
            sleep: waits between attempts.
            held_up: told each time that it waits, for so many seconds, because Twilio says 429.

        Raises:
            InvalidApiUrl: `api_url` cannot be used.
            ValueError: a time-out that is not positive.
        """
        # The logger is the base class's wish. It prints URLs, and with them names and identities: we never call it.
        super().__init__(logging.getLogger("twilio.async_http_client"), is_async=True, timeout=timeout)
        self.api = ApiUrl.parse(api_url)
        self.clock = clock if clock is not None else ServerClock()
        self._pace = pace if pace is not None else Unpaced()
        self._retries = retries if retries is not None else Retries()
        self._timeout = timeout
        self._connect_timeout = connect_timeout
        self._rng = rng if rng is not None else random.Random()  # noqa: S311  # jitter, not a secret
        self._sleep = sleep
        self._held_up = held_up
        # Whoever waits here does not yet use up a time-out.
        self._polls = asyncio.Semaphore(POLLS_AT_ONCE)
        self._urgent = asyncio.Semaphore(URGENT_AT_ONCE)
        self._posts = asyncio.Semaphore(WRITES_AT_ONCE)
        self._pool: Pool | None = None
        self._making_pool = asyncio.Lock()
        self._proxy: Proxy | None = None
        self._closed = False
        self._reads = self._writes = self._resent = self._throttled = self._in_flight = 0
        self._last_request_id: str | None = None
        self._last_concurrent: int | None = None

    @property
    def counts(self) -> Counts:
        """What has gone out so far."""
        return Counts(
            reads=self._reads,
            writes=self._writes,
            retries=self._resent,
            throttled=self._throttled,
            in_flight=self._in_flight,
            last_request_id=self._last_request_id,
            last_concurrent_requests=self._last_concurrent,
        )

    async def request(
        self,
        method: str,
        uri: str,
        params: Mapping[str, object] | None = None,
        data: Mapping[str, object] | None = None,
        headers: Mapping[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,  # the SDK's signature
        allow_redirects: bool = False,  # noqa: ARG002, FBT001, FBT002  # the SDK's signature
    ) -> Response:
        """Send one request, again where that is safe, and return the answer, whatever its status.

        Redirects are never followed: a redirect is not an answer of Twilio's.

        Args:
            method: GET or POST.
            uri: absolute, of the API's origin.
            params: the query; times are sent in UTC.
            data: the form fields.
            headers: as the SDK makes them.
            auth: user name and password.
            timeout: seconds for each attempt, instead of the transport's own.
            allow_redirects: ignored.

        Raises:
            ForeignHost: `uri` has another origin; nothing was sent.
            Unreachable: no whole answer came.
            NotTwilio: the answer is too big, or not HTTP; or `uri` is no address.
            Unsendable: a text in `params` or `data` is no UTF-8; nothing was sent.
        """
        request = self._request(method.upper(), uri, params, data, headers, auth, timeout)
        attempt = 1
        while True:
            outcome = await self._attempt(request)
            delay = self._delay(request, outcome, attempt)
            if delay is None:
                if isinstance(outcome, Fault):
                    outcome.error.unsent = not request.sent
                    raise outcome.error from None
                return outcome
            if not isinstance(outcome, Fault) and outcome.status_code == THROTTLED:
                self._held_up(delay)
            await self._sleep(delay)
            request.spent += delay
            attempt += 1
            self._resent += 1

    def _request(
        self,
        method: str,
        uri: str,
        params: Mapping[str, object] | None,
        data: Mapping[str, object] | None,
        headers: Mapping[str, str] | None,
        auth: tuple[str, str] | None,
        timeout: float | None,
    ) -> _Request:
        """What goes out, as it goes out, each time the same."""
        sent = {"Host": str(self.api.origin), "Accept-Encoding": ACCEPTED, **(headers or {})}
        if auth is not None:
            sent["Authorization"] = basic(*auth)
        body = encoded(data).encode("ascii") if data else None if method in _READING else b""
        if data:
            sent.setdefault("Content-Type", "application/x-www-form-urlencoded")
        target = self.api.target(uri)
        if params:
            target = f"{target}{'&' if '?' in target else '?'}{encoded(params)}"
        try:
            sendable = message(method, target, sent, body)
        except ValueError as reason:
            raise Unsendable(f"The request cannot be sent: {reason}.") from None
        return _Request(method, sendable, timeout if timeout is not None else self._timeout)

    def beside(self, api_url: str) -> Transport:
        """A transport to another address with the same clock, pace and patience; this one, if it is the same address.

        Raises:
            InvalidApiUrl: `api_url` cannot be used.
        """
        if api_url == self.api.url:
            return self
        return Transport(
            api_url,
            clock=self.clock,
            pace=self._pace,
            retries=self._retries,
            timeout=self._timeout,
            connect_timeout=self._connect_timeout,
            rng=self._rng,
            sleep=self._sleep,
            held_up=self._held_up,
        )

    async def close(self) -> None:
        """Close the connections, for good."""
        self._closed = True
        if self._pool is not None:
            await self._pool.close()

    def _delay(self, request: _Request, outcome: Response | Fault, attempt: int) -> float | None:
        """Seconds to wait before sending again, or None where this outcome stands."""
        if isinstance(outcome, Fault) and not outcome.passing:
            return None
        status = None if isinstance(outcome, Fault) else outcome.status_code
        if not self._retries.wants(attempt=attempt, reading=request.reading, status=status):
            return None
        retry_after = None if isinstance(outcome, Fault) else self.retry_after(outcome.headers)
        delay = self._retries.delay(attempt=attempt, retry_after=retry_after, rng=self._rng)
        return delay if request.spent + delay < self._retries.total else None

    def retry_after(self, headers: Mapping[str, str]) -> float | None:
        """The seconds that an answer asks us to wait, by Twilio's clock."""
        value = headers.get("Retry-After")
        return None if value is None else read_retry_after(value, self.clock.now())

    async def _attempt(self, request: _Request) -> Response | Fault:
        """Send once, when a connection and the read budget allow it."""
        lane = (self._urgent if request.urgent else self._polls) if request.reading else self._posts
        async with lane:
            admitted: _Admitted | None = None
            if request.reading:
                await self._pace.admit(urgent=request.urgent)
                admitted = _Admitted(self._pace)
                self._reads += 1
            else:
                self._writes += 1
            self._in_flight += 1
            sent = self.clock.monotonic()
            try:
                return await self._exchange(await self._open(), request, sent, admitted)
            except TooMuch:
                most = f"more than {BODY_MAX >> 20} MB"
                return Fault(NotTwilio(f"{self.api.origin} answers with {most}: is the API URL right?"), passing=False)
            except Unreachable as error:
                return Fault(error, passing=False)  # there is no way at all
            except FAULTS as fault:
                host, connecting = str(self.api.origin), self._connect_timeout
                return explain(fault, host=host, connecting=connecting, waiting=request.timeout, proxy=self._proxy)
            finally:
                if admitted is not None:
                    admitted.sent()  # if it came to nothing before
                    self._pace.over()
                self._in_flight -= 1
                request.spent += self.clock.monotonic() - sent

    async def _exchange(self, pool: Pool, request: _Request, sent: float, admitted: _Admitted | None) -> Response:
        def sending() -> None:
            request.sent = True
            if admitted is not None:
                admitted.sent()

        answer = await pool.ask(
            request.message,
            timeout=request.timeout,
            body_max=BODY_MAX,
            sending=sending,
            heard=lambda status, headers: self._note(request, status, headers, sent),
            headless=request.method == "HEAD",
        )
        # JSON is UTF-8 (RFC 8259). One broken byte in a name shall not hide a thousand rooms.
        return Response(answer.status, answer.body.decode("utf-8", errors="replace"), answer.headers)

    def _note(self, request: _Request, status: int, headers: Headers, sent: float) -> None:
        """Learn from the head of an answer, as soon as it is there."""
        self.clock.learn(headers.get("Date"), sent=sent, received=self.clock.monotonic())
        self._last_request_id = request_id(headers) or self._last_request_id
        concurrent = headers.get("Twilio-Concurrent-Requests", "")
        if concurrent.isascii() and concurrent.isdigit() and len(concurrent) < 10:
            self._last_concurrent = int(concurrent)
        throttled = status == THROTTLED
        self._throttled += throttled
        if not request.reading:
            return  # reads and writes have quotas of their own
        if throttled:
            self._pace.throttled(self.retry_after(headers))
        else:
            self._pace.served()

    async def _open(self) -> Pool:
        """The way to the API, found at the first request.

        Raises:
            Unreachable: the connections have been closed, or the environment names a proxy or certificates that
                cannot be used.
        """
        if self._pool is None and not self._closed:
            async with self._making_pool:
                if self._pool is None:
                    way, self._proxy = await way_to(self.api.origin)
                    self._pool = Pool(way, connect_timeout=self._connect_timeout)
        if self._closed or self._pool is None:
            raise Unreachable(f"The connections to {self.api.origin} have been closed.")
        return self._pool
