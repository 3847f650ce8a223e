"""Whatever anybody sends, in any order: no 500, no hang, and a state in which everything fits together.

Thousands of random requests, the same ones every time, past the server and over real HTTP; after each burst a census.
"""

from __future__ import annotations

import asyncio
import json
import logging
import re
from collections import Counter
from dataclasses import astuple
from datetime import datetime, timezone
from random import Random
from typing import TYPE_CHECKING, Any

import pytest

from roomtui.sandbox.callbacks.courier import CourierError, Reply
from roomtui.sandbox.callbacks.url import form_encoded
from roomtui.sandbox.reading import _fields, _json_fields
from roomtui.sandbox.server import Sandbox
from roomtui.sandbox.wire import Answer, Call, refusal_answer
from roomtui.sandbox.world.refusals import Refusal
from tests.sandbox.census import Census
from tests.sandbox.conftest import CREDENTIALS, STILL, basic_auth
from tests.sandbox.hostile import Hostile
from tests.sandbox.nonsense import Nonsense, Request
from tests.sandbox.nonsense_twiml import document
from tests.sandbox.nonsense_words import FORM, JSON
from tests.sandbox.voice.office import codes
from tests.sandbox.wires import PATIENCE, NoAnswer, Response, Wire, framed, mangled, read_response, within

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from roomtui.sandbox.callbacks.log import Callback
    from roomtui.sandbox.voice.call import Target
    from roomtui.sandbox.voice.errands import Outcome
    from roomtui.sandbox.wire import Fields

AUTHORIZATION = basic_auth(CREDENTIALS.api_key, CREDENTIALS.api_secret)
HEAD = f"Authorization: {AUTHORIZATION}\r\n".encode()
START = datetime(2100, 1, 2, 3, 4, 5, 678_901, tzinfo=timezone.utc)
SERVER = "http://127.0.0.1:1/voice"


def check(answer: Answer, asked: object) -> Any:
    """An answer has Twilio's shape, whatever was asked. Its JSON, if there is any."""
    assert answer.status < 500, (asked, answer)
    assert answer.body.isascii(), (asked, answer)
    if answer.status == 204:
        assert answer.body == "", asked
        return None
    body = json.loads(answer.body)
    assert isinstance(body, dict), (asked, answer)
    if answer.status >= 400:
        assert set(body) == {"code", "message", "more_info", "status"}, (asked, body)
        assert body["status"] == answer.status, (asked, body)
        assert body["more_info"].endswith(f"/{body['code']}"), (asked, body)
    return body


def set_clock(sandbox: Sandbox) -> None:
    """Begin at the same time, whenever the test is run."""
    sandbox.clock.advance((START - sandbox.clock.now()).total_seconds())


class Direct:
    """Asks a sandbox past its server. A customer's server answers whatever it is asked, some time later.

    Attributes:
        counts: answers by route and status.
    """

    def __init__(self, seed: int) -> None:
        self.sandbox = sandbox = Sandbox(STILL)
        set_clock(sandbox)
        self.sandbox.phones.errand = self.run_errand
        self.sandbox.phones._deliver = self.deliver
        self.sandbox.deliveries.add = self.deliver  # type: ignore[method-assign] # nothing is sent here
        self.nonsense = Nonsense(seed, (sandbox._rest._routes, sandbox._control._routes), [SERVER])
        self.counts: Counter[tuple[str, str, int]] = Counter()
        self.heard = 0
        self._errands: list[tuple[Target, Callable[[Outcome], None]]] = []
        sandbox.world.happened.append(self.hear)
        sandbox.media.compositions.happened.append(self.hear)

    async def burst(self, requests: int) -> None:
        """Random requests, one after the other."""
        for _ in range(requests):
            request = self.nonsense.request()
            await self.answer(request)
            if self.nonsense.random.random() < 0.3:
                await self.arrive()

    async def answer(self, request: Request) -> Answer:
        """One request, which changes nothing if it is refused."""
        await self.sandbox._pulse.catch_up()
        before = self.fingerprint()
        answer = self.respond(request)
        check(answer, request)
        if answer.status >= 400:
            assert self.fingerprint() == before, (request, answer)
        self.sandbox.clock.speed = 0.0
        await self.sandbox._pulse.catch_up()
        self.nonsense.learn(request.method, answer.body)
        self.sandbox.world.account.read_limit = self.sandbox.world.account.write_limit = 0
        return answer

    def respond(self, request: Request) -> Answer:
        """As the server does."""
        path, _, query = request.target.decode("utf-8", "surrogateescape").partition("#")[0].partition("?")
        table = self.sandbox._control if request.is_control else self.sandbox._rest
        try:
            form: Fields = {}
            if request.kind == JSON and request.is_control:
                form = _json_fields(request.body)
            elif request.body:
                form = _fields(request.body.decode("ascii", "surrogateescape"))
            call = Call(request.method, path, "http://sandbox", _fields(query), form, AUTHORIZATION)
        except Refusal as refusal:
            return refusal_answer(refusal)
        answer = table.answer(call)
        match = table._routes.match(path)
        self.counts[request.method, match.route.path if match else "", answer.status] += 1
        return answer

    async def ask(self, method: str, path: str) -> tuple[int, Any]:
        """For the census."""
        query = b""
        if method == "POST":
            path, _, form = path.partition("?")
            query = form.encode()
        answer = self.respond(Request(method, path.encode(), query, FORM))
        await self.sandbox._pulse.catch_up()
        return answer.status, check(answer, path)

    async def arrive(self) -> None:
        """The customer's server answers what it was asked, and what that leads to at once."""
        for _ in range(200):
            if not self._errands:
                break
            target, then = self._errands.pop(0)
            then(self.outcome(target))
            await self.sandbox._pulse.catch_up()

    def outcome(self, target: Target) -> Outcome:
        """What comes of an errand."""
        random = self.nonsense.random
        if random.random() < 0.1:
            return CourierError(11205, "It is down.")
        kind = random.choice(
            ("text/xml", "text/xml", "text/xml", "text/html", "text/plain", "audio/wav", "", "image/png")
        )
        return Reply(random.choice((200, 200, 200, 204, 404, 500)), kind, document(random, [SERVER]), target.url)

    def run_errand(self, target: Target, parameters: Mapping[str, str], then: Callable[[Outcome], None]) -> None:
        assert form_encoded(parameters)
        self._errands.append((target, then))

    def deliver(self, callback: Callback) -> None:
        assert all(isinstance(value, str) for value in callback.parameters.values())
        assert form_encoded(callback.parameters)

    def hear(self, _event: object) -> None:
        self.heard += 1

    def fingerprint(self) -> object:
        """What a refused request must leave as it was."""
        world, media, phones = self.sandbox.world, self.sandbox.media, self.sandbox.phones
        return (
            self.heard,
            repr(world._numbers),
            world._present,
            world.clock.now(),
            world.clock.speed,
            len(world.clock._timers),
            astuple(world.account),
            astuple(media.recording_settings),
            astuple(media.composition_settings),
            repr(media.compositions._numbers),
            repr(media.composition_hooks._numbers),
            [hook.asked for hook in media.composition_hooks._by_sid.values()],
            len(media.compositions._by_sid),
            len(media.transcriptions._of),
            repr(phones._order),
            len(phones.calls._calls),
            phones.numbers.all(),
            len(self._errands),
            list(self.sandbox._faults.faults),
        )


@pytest.mark.parametrize("seed", range(4))
async def test_no_order_of_random_requests_breaks_anything(seed: int) -> None:
    direct = Direct(seed)
    census = Census(direct.sandbox, direct.ask, page_size=2 + 3 * seed)
    for _ in range(6):
        await direct.burst(1000)
        await census.take()
    routes = direct.nonsense.routes
    assert {(path, method) for method, path, _status in direct.counts} >= routes
    succeeded = {(path, method) for method, path, status in direct.counts if status < 400} & routes
    assert len(succeeded) > 0.9 * len(routes)  # else it would be hardly more than refusals
    await direct.arrive()
    await census.settle()


class OverHttp:
    """Asks a running sandbox over real HTTP, well-formed and otherwise, with faults and without.

    Attributes:
        statuses: how often each came back; 0 for a connection closed without an answer.
    """

    def __init__(self, sandbox: Sandbox, seed: int, servers: Sequence[str] = (), avoided: Sequence[str] = ()) -> None:
        self.sandbox = sandbox
        set_clock(sandbox)
        self.nonsense = Nonsense(seed, (sandbox._rest._routes, sandbox._control._routes), servers, avoided)
        self.statuses: Counter[int] = Counter()
        self._port = int(sandbox.url.rpartition(":")[2])
        self._wire = Wire(self._port, HEAD)

    async def burst(self, requests: int, route: tuple[str, str] | None = None) -> None:
        """Requests as a client would send them, one after the other."""
        for _ in range(requests):
            request = self.nonsense.request(route)
            faults = [] if request.is_control else self.sandbox._faults.faults[:]
            try:
                if faults:
                    response = await self._wire.ask(request, patience=300, seconds=0.0)
                else:
                    response = await self._wire.ask(request)
            except NoAnswer:
                assert faults, request  # a fault may well be that there is none
                continue
            if faults:
                self._wire.close()  # which may be about to be closed from the other side
            else:
                assert response.status, request
                self.check(response, request, request.method)
            self.calm_down()

    async def mangle(self, requests: int) -> None:
        """Requests that are broken on their way; some of them end too soon."""
        for _ in range(requests):
            request = self.nonsense.request()
            raw = mangled(self.nonsense.random, request, HEAD)
            if self.nonsense.random.random() < 0.15:
                await self._wire.leave(raw[: self.nonsense.random.randrange(len(raw))])
                continue
            self.sandbox._faults.clear()
            response = await self._wire.send(raw, is_head=request.method == "HEAD")
            self._wire.close()
            if response.status:
                self.check(response, raw, request.method)
            self.calm_down()

    async def pipeline(self, requests: int) -> None:
        """Many requests at once on one connection: as many answers come back, in their order."""
        asked = [self.nonsense.request(("/v1/Rooms", "GET")) for _ in range(requests)]
        sizes = [self.nonsense.random.randrange(1, 1001) for _ in asked]
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        for size in sizes:
            writer.write(framed(Request("GET", b"/v1/Rooms?PageSize=%d" % size, b"", FORM), HEAD))
        answers = [await within(PATIENCE, read_response(reader)) for _ in sizes]
        writer.close()
        assert [answer.json["meta"]["page_size"] for answer in answers] == sizes

    async def ask(self, method: str, path: str) -> tuple[int, Any]:
        """For the census."""
        path, _, form = path.partition("?") if method == "POST" else (path, "", "")
        response = await self._wire.ask(Request(method, path.encode(), form.encode(), FORM))
        return response.status, response.json

    async def rest(self) -> None:
        """Close everything; nothing is under way then."""
        self._wire.close()
        await within(PATIENCE, self._idle())

    async def _idle(self) -> None:
        while self.sandbox._meter.in_flight:  # noqa: ASYNC110 - turns are what is counted here
            await asyncio.sleep(0)

    def check(self, response: Response, asked: object, method: str) -> None:
        """An answer has Twilio's shape and headers."""
        self.statuses[response.status] += 1
        body = response.body.decode()
        assert response.headers["content-type"] == "application/json; charset=utf-8", asked
        assert re.fullmatch("RQ[0-9a-f]{32}", response.headers["twilio-request-id"]), asked
        if method != "HEAD":
            check(Answer(response.status, body), asked)
        self.nonsense.learn(method, body)

    def calm_down(self) -> None:
        """A clock that runs, or a limit of one request a second, would leave little to be seen."""
        self.sandbox.clock.speed = 0.0
        self.sandbox.world.account.read_limit = self.sandbox.world.account.write_limit = 0


@pytest.mark.parametrize("seed", range(2))
async def test_no_request_over_http_breaks_anything(seed: int, caplog: pytest.LogCaptureFixture) -> None:
    async with Sandbox(STILL) as sandbox:
        client = OverHttp(sandbox, seed)
        client.calm_down()
        census = Census(sandbox, client.ask, most=8)
        for _ in range(3):
            await client.burst(700)
            await client.mangle(300)
            await client.pipeline(20)
            await census.take()
        await census.settle()
        await client.rest()
    assert client.statuses.keys() >= {200, 201, 202, 204, 400, 401, 404, 405}
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]


async def test_the_api_answers_while_customers_servers_do_everything_wrong(caplog: pytest.LogCaptureFixture) -> None:
    random = Random(5)  # noqa: S311 - the same every time, nothing secret
    async with Hostile(random) as server, Sandbox(STILL) as sandbox:
        client = OverHttp(sandbox, 5, server.urls, avoided=["/_sandbox/faults"])
        client.calm_down()
        census = Census(sandbox, client.ask, most=8)
        talkative = [("/_sandbox/calls/incoming", "POST"), ("/v1/Rooms", "POST"), ("/_sandbox/participants", "POST")]
        for _ in range(2):
            await client.burst(400)
            for route in talkative:
                await client.burst(60, route)
            await census.take()
        await sandbox.errands.idle()
        assert not [call.sid for call in sandbox.phones.calls if call.interpreter and call.interpreter.is_fetching]
        await client.burst(200)
        await sandbox.deliveries.drain()
        await sandbox.errands.idle()
        await census.settle()
        await client.rest()
    assert server.asked > 200
    assert {code for call in sandbox.phones.calls for code in codes(call)} >= {11200, 11205, 11206, 12100, 12300}
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]
