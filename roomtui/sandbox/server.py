"""The sandbox as a server: wires world, REST API and control plane, and listens on loopback."""

from __future__ import annotations

import asyncio
import gc
import ipaddress
import json
import logging
from datetime import timedelta
from email.utils import format_datetime
from functools import partial
from random import Random
from typing import TYPE_CHECKING

from aiohttp import web

from roomtui.sandbox.callbacks.compositions import CompositionCallbacks
from roomtui.sandbox.callbacks.courier import Courier
from roomtui.sandbox.callbacks.deliveries import Deliveries
from roomtui.sandbox.callbacks.log import CallbackLog
from roomtui.sandbox.callbacks.rooms import RoomCallbacks
from roomtui.sandbox.callbacks.url import host_name
from roomtui.sandbox.clock import Clock, real_seconds, wall_time
from roomtui.sandbox.connection import TwilioServer
from roomtui.sandbox.control.callbacks import callback_routes
from roomtui.sandbox.control.calls import call_routes
from roomtui.sandbox.control.plane import FASTEST, PREFIX, ControlPlane
from roomtui.sandbox.faults import Exchange, FaultBook, suffer
from roomtui.sandbox.meter import NO_ANSWER, Meter
from roomtui.sandbox.options import SandboxError, SandboxOptions
from roomtui.sandbox.pulse import Pulse
from roomtui.sandbox.reading import path_and_query, read_call
from roomtui.sandbox.rest.api import RestApi
from roomtui.sandbox.traffic.director import HISTORY_SECONDS, Director
from roomtui.sandbox.voice.errands import Errands
from roomtui.sandbox.voice.switchboard import Switchboard
from roomtui.sandbox.wire import Answer, refusal_answer
from roomtui.sandbox.world import limits
from roomtui.sandbox.world.account import Account
from roomtui.sandbox.world.media import Media
from roomtui.sandbox.world.refusals import Refusal
from roomtui.sandbox.world.world import World

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from types import TracebackType

    from typing_extensions import Self

    from roomtui.sandbox.faults import Fault
    from roomtui.sandbox.options import Credentials
    from roomtui.sandbox.wire import Call

_log = logging.getLogger(__name__)

LAST_PORT = 65_535

_PATIENCE_AT_STOP = 0.5
"""Real seconds that answers under way get when the server stops."""


class Sandbox:
    """A running sandbox: `async with Sandbox(SandboxOptions()) as sandbox: ...`, made where an event loop runs.

    Attributes:
        clock: the virtual clock; tests in the same process may advance it.
        world: rooms and participants.
        media: what is made of rooms: transcriptions and compositions.
        phones: the calls.
        errands: what they ask the customer's server.
        deliveries: the callbacks under way; tests may wait for them.
        credentials: what clients authenticate with.
        url: the base URL; known once it has started.
    """

    def __init__(self, options: SandboxOptions) -> None:
        _check(options)
        self._options = options
        self.credentials: Credentials = options.credentials
        history = timedelta(seconds=HISTORY_SECONDS if options.rooms else 0.0)
        self.clock = Clock(start=wall_time() - history, speed=options.speed)
        self.world = World(self.clock, _account(options), options.seed)
        self.media = Media(self.world, options.seed)
        self.url = ""
        self._faults = FaultBook(options.seed)
        self._meter = Meter(real_seconds)
        log = CallbackLog()
        self._courier = Courier(self.credentials.auth_token, options.allow_callbacks_to)
        self.deliveries = Deliveries(self._courier, log)
        self.world.happened.append(RoomCallbacks(self.world.account, self.deliveries).tell)
        self.media.compositions.happened.append(CompositionCallbacks(self.world.account, self.deliveries).tell)
        self._pulse = Pulse(self.clock)
        self.errands = Errands(self._courier, self._pulse.catch_up)
        self.phones = Switchboard(self.world, self.errands.run, self.deliveries.add, options.seed)
        self._rest = RestApi(self.world, self.media, self.phones, self.credentials, real_seconds)
        more = {**callback_routes(PREFIX, log), **call_routes(PREFIX, self.phones)}
        self._control = ControlPlane(self.world, self._faults, self._meter, more)
        self._closing = asyncio.Event()
        self._request_ids = Random()  # noqa: S311 - an id to quote, not a secret
        server = TwilioServer(
            self._respond, refuse=lambda refusal: self._response(refusal_answer(refusal), real_seconds())
        )
        self._runner = web.ServerRunner(server, shutdown_timeout=_PATIENCE_AT_STOP)

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    async def start(self) -> None:
        """Listen.

        Raises:
            SandboxError: if host or port cannot be listened on.
        """
        host, port = _loopback(self._options.host), self._options.port
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, host, port).start()
        except OSError as error:
            await self._runner.cleanup()
            raise SandboxError(f"Cannot listen on {host} port {port}: {error.strerror or error}.") from error
        shown = f"[{host}]" if ":" in host else host
        self.url = f"http://{shown}:{self._runner.addresses[0][1]}"
        if self._options.rooms:
            Director(self.world, self._options.rooms, self._options.seed).begin()
        await self._pulse.catch_up()

    async def stop(self) -> None:
        """Stop listening; requests that hang on purpose are let go."""
        self._closing.set()
        self._pulse.stop()
        await self._runner.cleanup()
        await self.errands.close()
        await self.deliveries.stop()
        await self._courier.close()

    async def _respond(self, request: web.BaseRequest) -> web.StreamResponse:
        path = path_and_query(request)[0]
        if path == PREFIX or path.startswith(f"{PREFIX}/"):
            return await self._respond_as_sandbox(request)
        return await self._respond_as_twilio(request, path)

    async def _respond_as_sandbox(self, request: web.BaseRequest) -> web.Response:
        arrived = real_seconds()
        answer = await self._produce(request, self._control.answer, json_too=True)
        await self._pulse.catch_up()  # the clock may have been made to jump
        return self._response(answer, arrived)

    async def _respond_as_twilio(self, request: web.BaseRequest, path: str) -> web.Response:
        arrived = real_seconds()
        status = NO_ANSWER
        self._meter.arrived(request.method)
        try:
            produce = partial(self._produce, request, self._rest.answer, json_too=False)
            answer: Answer | None
            if (fault := self._faults.strike(path)) is None:
                answer = await produce()
            else:
                answer = await self._suffer(fault, request, produce)
            if answer is None:
                return web.Response()  # reaches nobody: the connection is gone
            status = answer.status
            return self._response(answer, arrived)
        finally:
            self._meter.answered(request.method, self._rest.route_name(path), status)

    async def _suffer(
        self, fault: Fault, request: web.BaseRequest, produce: Callable[[], Awaitable[Answer]]
    ) -> Answer | None:
        if request.transport is None:  # the client has gone already
            return None
        return await suffer(fault, Exchange(produce, request.transport, self._closing))

    async def _produce(self, request: web.BaseRequest, respond: Callable[[Call], Answer], *, json_too: bool) -> Answer:
        """The true answer, given at the clock's true time."""
        try:
            call = await read_call(request, json_too=json_too, usual_origin=self.url)
            await self._pulse.catch_up()
            answer = respond(call)
            await self._pulse.catch_up()  # it may have set timers, some of them for this very moment
        except Refusal as refusal:
            return refusal_answer(refusal)
        except Exception:  # noqa: BLE001 - the last resort: a client gets Twilio's shape, whatever broke here
            _log.exception("no answer to %s %s", request.method, request.raw_path)
            return refusal_answer(Refusal(20500))
        return answer

    def _response(self, answer: Answer, arrived: float) -> web.Response:
        """The answer with the headers Twilio sends (REST API best practices, "Response headers")."""
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "Date": format_datetime(self.clock.now(), usegmt=True),
            "Server": "roomtui-sandbox",
            "Twilio-Concurrent-Requests": str(max(self._meter.in_flight, 1)),
            "Twilio-Request-Duration": f"{real_seconds() - arrived:.3f}",
            "Twilio-Request-Id": f"RQ{self._request_ids.getrandbits(128):032x}",
            **answer.headers,
        }
        return web.Response(status=answer.status, body=answer.body.encode(), headers=headers)


async def serve(options: SandboxOptions, *, announce: Callable[[str], None], stop: asyncio.Event) -> None:
    """Run a sandbox until `stop` is set.

    Args:
        options: what to run.
        announce: handed one line of JSON once the sandbox answers: `url`, `account_sid`, `auth_token`,
            `api_key`, `api_secret`.
        stop: set to end it.

    Raises:
        SandboxError: if it cannot start.
    """
    async with Sandbox(options) as sandbox:
        gc.freeze()  # the world as it is stays: searching it for garbage would only make answers late
        credentials = sandbox.credentials
        line = {
            "url": sandbox.url,
            "account_sid": credentials.account_sid,
            "auth_token": credentials.auth_token,
            "api_key": credentials.api_key,
            "api_secret": credentials.api_secret,
        }
        announce(json.dumps(line))
        await stop.wait()


def _check(options: SandboxOptions) -> None:
    if not 0 <= options.port <= LAST_PORT:
        raise SandboxError(f"The port must be 0 to {LAST_PORT}, not {options.port}.")
    if not 0 <= options.speed <= FASTEST:  # false for nan too
        raise SandboxError(f"The speed must be 0 to {FASTEST:g}, not {options.speed:g}.")
    if options.rooms < 0:
        raise SandboxError(f"The number of rooms must be 0 or more, not {options.rooms}.")
    for host in options.allow_callbacks_to:
        _check_host(host)


def _check_host(host: str) -> None:
    try:
        host_name(host)
    except ValueError:
        raise SandboxError(f"Callbacks are allowed to a host by its name or address, not to {host!r}.") from None


def _account(options: SandboxOptions) -> Account:
    """The account, with its quotas raised (as Twilio's sales can) where the traffic asked for needs it."""
    return Account(
        sid=options.credentials.account_sid,
        room_quota=max(limits.CONCURRENT_ROOMS, 2 * options.rooms),
        participant_quota=max(limits.CONCURRENT_PARTICIPANTS, 10 * options.rooms),
    )


def _loopback(host: str) -> str:
    """The address to listen on. Only this machine may reach a sandbox: its control plane asks for no password."""
    if host.lower() == "localhost":
        return "127.0.0.1"
    try:
        is_loopback = ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        is_loopback = False
    if not is_loopback:
        raise SandboxError(f"The sandbox listens on this machine only: {host!r} is not a loopback address.")
    return host.strip("[]")
